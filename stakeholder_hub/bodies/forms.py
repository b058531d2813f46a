"""What is filled in about bodies and competences."""

from collections.abc import Sequence
from typing import Any, Self

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from stakeholder_hub.bodies.models import Body, BodyKind, Competence, LevelCompetence, Strength, Topic
from stakeholder_hub.bodies.operations import Power, fingerprint, powers_of
from stakeholder_hub.groups.models import Group, Organisation
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import CONTENT, NAMES, _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.webkit.fields import ChoiceField, DayField, Needed, OneOfField, WholeField
from stakeholder_hub.webkit.formats import in_language
from stakeholder_hub.webkit.forms import EditForm, HubForm

LANGUAGES = [SelectChoice(code, NAMES[code]) for code in CONTENT]
KIND_DETAILS: dict[str, Reason] = {
    BodyKind.GENERAL_PURPOSE: _l(
        "A council, a ministry: it stands at its place in the tree, without an end."
    ),
    BodyKind.TASK_SPECIFIC: _l(
        "A working group, a consortium: it lies across the tree and may end on a day."
    ),
}


class BodyForm(EditForm):
    """A body of the register."""

    owner = ChoiceField(
        _l("Who it is"),
        description=_l("An organisation or a group of this place. It acts by named people."),
        validate_choice=False,  # sent a second time, it stands in the register already
    )
    kind = OneOfField(
        _l("Kind of body"),
        choices=[SelectChoice(kind.value, kind.label) for kind in BodyKind],
        coerce=BodyKind,
    )
    remit = TextAreaField(
        _l("What it is responsible for"),
        description=_l("In a few sentences, in words everybody understands."),
    )
    language = ChoiceField(_l("Language of the text"), choices=LANGUAGES, default="en")
    acknowledge_days = WholeField(
        _l("Acknowledges within days"), [Needed(_l("Write a number of days."))], default=14
    )
    answer_days = WholeField(_l("Answers within days"), [Needed(_l("Write a number of days."))], default=60)
    escalate_days = WholeField(
        _l("Goes one level up after days"),
        [Needed(_l("Write a number of days."))],
        default=30,
        description=_l("Counted from the day on which the answer was due and did not come."),
    )
    sunset_on = DayField(
        _l("Ends on"),
        description=_l(
            "Only for a body for one task. On this day it can still be asked and answer, then no more."
        ),
    )

    @classmethod
    def for_new(
        cls, organisations: Sequence[Organisation], groups: Sequence[Group], *, chosen: str, language: str
    ) -> Self:
        """The form that enters one of these into the register."""
        authorities = [f"organisation:{o.slug}" for o in organisations if o.sector is Sector.ADMINISTRATION]
        first = chosen or next(iter(authorities), "")
        kind = BodyKind.GENERAL_PURPOSE if first in authorities else BodyKind.TASK_SPECIFIC
        form = cls.from_request(owner=first, language=language, kind=kind)
        form.owner.choices = [
            *[SelectChoice(f"organisation:{o.slug}", f"{o.name} ({o.sector.label})") for o in organisations],
            *[
                SelectChoice(f"group:{g.slug}", f"{in_language(g.name).text} ({g.kind.label})")
                for g in groups
            ],
        ]
        del form["version"]
        return form

    @classmethod
    def for_body(cls, body: Body) -> Self:
        """The form that changes ``body``."""
        remit = body.remit
        form = cls.from_request(obj=body, language=remit.source if remit else body.territory.default_language)
        if not form.is_submitted():
            form.remit.data = remit.original.text if remit else ""
        del form["owner"]
        return form

    def body_values(self, stored: Multilingual | None) -> dict[str, Any]:
        """The operations' arguments: what both registering and editing take."""
        taken = ("kind", "acknowledge_days", "answer_days", "escalate_days", "sunset_on")
        text, language = (self.remit.data or "").strip(), self.language.data
        if stored is None or stored.source != language:
            remit = Multilingual.of(text, language)
        else:
            remit = stored.with_source(text)
        return {**{name: self[name].data for name in taken}, "remit": remit if text else None}


def _strength_or_none(raw: Any) -> Strength | None:
    return Strength(raw) if raw else None


class CompetencesForm(HubForm):
    """What a body, or a level, may do about each topic. ``version`` tells what was seen when it was opened."""

    version = HiddenField()
    language = ChoiceField(_l("Language of what you write"), choices=LANGUAGES, default="en")

    @classmethod
    def showing(cls, rows: Sequence[Competence | LevelCompetence], *, language: str) -> Self:
        """The form with what stands there now."""
        held = powers_of(rows)
        values: dict[str, Any] = {"version": fingerprint(held), "language": language}
        for topic, power in held.items():
            values[f"strength_{topic}"], values[f"basis_{topic}"] = power.strength, power.basis
        return cls.from_request(**values)

    def topic_fields(self) -> list[tuple[Topic, Any, Any]]:
        """For each topic the field of what may be done and of what it rests on."""
        return [(topic, self[f"strength_{topic}"], self[f"basis_{topic}"]) for topic in Topic]

    @property
    def values(self) -> dict[str, Any]:
        """The operations' arguments."""
        powers = {
            topic: Power(strength.data, basis.data or "")
            for topic, strength, basis in self.topic_fields()
            if strength.data
        }
        return {"powers": powers, "language": self.language.data, "seen": self.version.data or ""}


for _topic in Topic:
    # Fields of a form are its attributes; one pair for each topic.
    setattr(
        CompetencesForm,
        f"strength_{_topic}",
        ChoiceField(
            _l("What it may do"),
            choices=[
                SelectChoice("", _l("Nothing said")),
                *[SelectChoice(strength.value, strength.label) for strength in Strength],
            ],
            coerce=_strength_or_none,
        ),
    )
    setattr(CompetencesForm, f"basis_{_topic}", StringField(_l("Law, statute or agreement")))
