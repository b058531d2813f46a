"""What officials fill in about commitments and texts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from flask_wtf.file import MultipleFileField
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.commitments.models import Claim, Commitment, Finding, TextVersion
from stakeholder_hub.commitments.operations.texts import MOST_CLAUSES, ClauseDraft
from stakeholder_hub.commitments.operations.wording import LONGEST_TITLE
from stakeholder_hub.consultations.fields import CardsField
from stakeholder_hub.kernel.i18n import CONTENT, NAMES, _l
from stakeholder_hub.ratifications.rules import Rule
from stakeholder_hub.ratifications.wording import RULES
from stakeholder_hub.webkit.fields import ChoiceField, DayField, Needed, TicksField
from stakeholder_hub.webkit.formats import in_language
from stakeholder_hub.webkit.forms import EditForm, HubForm

EMPTY_CLAUSES = 3
"""So many empty rows stand below the clauses there are."""


def body_choices(bodies: Iterable[Body]) -> list[SelectChoice]:
    """Bodies to choose from, with their place."""
    return [
        SelectChoice(b.slug, f"{in_language(b.name).text} ({in_language(b.territory.name).text})")
        for b in bodies
    ]


class PromiseFields:
    """What is promised."""

    title = StringField(
        _l("What is to be promised"),
        [Needed(_l("Say in a few words what is to be promised."))],
        render_kw={"maxlength": LONGEST_TITLE},
    )
    text = TextAreaField(_l("More exactly"), description=_l("What belongs to it, and what does not."))
    measure = TextAreaField(
        _l("How it is measured"),
        [Needed(_l("Say how everybody can see that it was kept."))],
        description=_l("By what everybody can see that it was kept."),
        render_kw={"rows": 3},
    )
    due_on = DayField(_l("Due on"), [Needed(_l("Say by when: today or later."))])


class AskForm(PromiseFields, HubForm):
    """Ask a body for a commitment."""

    body = ChoiceField(_l("Which body"), description=_l("A body of this place or of one below it."))
    language = SelectField(_l("Written in"), choices=[SelectChoice(code, NAMES[code]) for code in CONTENT])

    @classmethod
    def among(cls, bodies: Sequence[Body], language: str) -> Self:
        """The form with the bodies that can be asked."""
        form = cls.from_request(language=language)
        form.body.choices = [SelectChoice("", _l("Choose a body")), *body_choices(bodies)]
        return form


class ReasonsForm(EditForm):
    """A step with reasons."""

    reasons = TextAreaField(_l("Reasons"), description=_l("They are public."), render_kw={"rows": 5})


class AmendForm(PromiseFields, ReasonsForm):
    """Offer another text."""

    @classmethod
    def on(cls, commitment: Commitment) -> Self:
        """The form with what is asked."""
        return cls.from_request(
            title=commitment.title.original.text,
            text=commitment.body_text,
            measure=commitment.measure,
            due_on=commitment.due_on,
            version=commitment.version,
        )


class SupersedeForm(ReasonsForm):
    """Choose what takes its place."""

    successor = ChoiceField(_l("Which promise takes its place"))


class EvidenceForm(HubForm):
    """Show what was done."""

    claim = CardsField(_l("What it shows"))
    text = TextAreaField(
        _l("What was done"),
        [Needed(_l("Say what was done, and how one can see it."))],
        description=_l("And how one can see it."),
        render_kw={"rows": 6},
    )
    url = StringField(
        _l("Link to evidence"), [Optional()], description=_l("A page that shows it, for example a report.")
    )
    uploads = MultipleFileField(_l("Photos or PDFs"))

    @classmethod
    def empty(cls) -> Self:
        """The form with what can be claimed."""
        form = cls.from_request(claim=Claim.STARTED.value)
        form.claim.choices = [SelectChoice(claim.value, claim.label) for claim in Claim]
        return form


class VerifyForm(HubForm):
    """Say whether evidence shows what it claims."""

    body = ChoiceField(_l("You act for"))
    finding = CardsField(_l("What you found"))
    reasons = TextAreaField(
        _l("Reasons"), description=_l("Needed where you dispute it. They are public."), render_kw={"rows": 5}
    )

    @classmethod
    def among(cls, bodies: Sequence[Body]) -> Self:
        """The form with the bodies the reader can verify for."""
        form = cls.from_request(body=bodies[0].slug if bodies else "")
        form.body.choices = body_choices(bodies)
        form.finding.choices = [
            SelectChoice(Finding.CONFIRMED.value, _l("It shows what it claims")),
            SelectChoice(Finding.DISPUTED.value, _l("It does not show what it claims")),
        ]
        return form


class ClauseForm(Form):
    """One clause."""

    key = IntegerField(validators=[Optional()], widget=HiddenInput())
    text = TextAreaField(_l("Text"), render_kw={"rows": 3})
    bodies = TicksField(_l("Addressed to"))
    material = BooleanField(_l("What I changed here is material"))


class TextForm(HubForm):
    """A text in clauses, and who ratifies it."""

    clauses = FieldList(FormField(ClauseForm), max_entries=MOST_CLAUSES + EMPTY_CLAUSES)
    bodies = TicksField(_l("Bodies that ratify"))
    rule = ChoiceField(_l("How many have to ratify"))
    needed = IntegerField(_l("How many bodies"), [Optional()], description=_l("Only for “so many of them”."))
    until = DayField(_l("Answers are taken until"), [Optional()])
    version = IntegerField(validators=[Optional()], widget=HiddenInput())
    note = TextAreaField(
        _l("What changed"),
        description=_l("Say what changed, and why the rest is not material."),
        render_kw={"rows": 3},
    )

    known: Mapping[str, Body]

    @classmethod
    def on(cls, bodies: Sequence[Body], text: TextVersion | None) -> Self:
        """The form for a first text (``bodies`` can be asked) or a new version (``bodies`` ratify)."""
        slugs = {body.id: body.slug for body in bodies}
        rows: list[dict[str, Any]] = [
            {
                "key": clause["key"],
                "text": clause["text"],
                "bodies": [slugs[number] for number in clause["bodies"] if number in slugs],
            }
            for clause in (text.clauses if text else ())
        ]
        rows += [{} for _row in range(EMPTY_CLAUSES)]
        form = cls.from_request(clauses=rows, version=text.number if text else None, rule=Rule.EVERY.value)
        form.known = {body.slug: body for body in bodies}
        form.bodies.choices = body_choices(bodies)
        form.rule.choices = [SelectChoice(rule.value, label) for rule, label in RULES.items()]
        for entry in form.clauses:
            entry.form.bodies.choices = body_choices(bodies)
        for name in ("bodies", "rule", "needed") if text else ("note", "version"):
            del form[name]
        return form

    @property
    def drafts(self) -> list[ClauseDraft]:
        """The clauses as they were filled in."""
        return [
            ClauseDraft(
                text=row["text"] or "",
                bodies=[self.known[slug] for slug in row["bodies"] or () if slug in self.known],
                key=row["key"],
                material=bool(row["material"]),
            )
            for row in (entry.form.data for entry in self.clauses)
        ]

    @property
    def ratifiers(self) -> list[Body]:
        """The bodies that are to ratify."""
        return [self.known[slug] for slug in self.bodies.data or () if slug in self.known]


def commitment_choices(found: Iterable[Commitment]) -> list[SelectChoice]:
    """Commitments to choose from."""
    return [
        SelectChoice("", _l("Choose a promise")),
        *(SelectChoice(one.reference, f"{one.reference}: {in_language(one.title).text}") for one in found),
    ]
