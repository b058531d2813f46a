"""What is filled in about places and roles."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import CONTENT, INTERFACE, NAMES, _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.territories.fields import NameInLanguages, zones
from stakeholder_hub.territories.models import ChangeKind, Level, Role, Territory
from stakeholder_hub.webkit.fields import (
    ChoiceField,
    DayField,
    DegreesField,
    Needed,
    OneOfField,
    TicksField,
    WholeField,
)
from stakeholder_hub.webkit.formats import in_language
from stakeholder_hub.webkit.forms import EditForm, HubForm

ROLES_OF_A_PLACE: tuple[Role, ...] = (Role.ADMIN, Role.COORDINATOR, Role.MODERATOR, Role.OBSERVER)


class PlaceForm(NameInLanguages, EditForm):
    """A place of the tree."""

    name = StringField(_l("Name"), [Needed(_l("Give the place a name."))])
    language = ChoiceField(
        _l("Language of the name"),
        choices=[SelectChoice(code, NAMES[code]) for code in CONTENT],
        default="en",
    )
    level = ChoiceField(
        _l("Level"), choices=[SelectChoice(level.value, level.label) for level in Level], coerce=Level
    )
    parent = ChoiceField(_l("Lies in"))
    code = StringField(
        _l("Short code"),
        [Needed(_l("Give the place a short code, such as VEL."))],
        description=_l("Two to eight letters: every reference begins with it, as in VEL-2026-P12."),
    )
    slug = StringField(
        _l("Word in the address"), description=_l("The old address goes on leading here when you change it.")
    )
    description = TextAreaField(_l("About this place"))
    country = StringField(_l("Country"), description=_l("Two letters, such as SI."))
    timezone = ChoiceField(_l("Time zone"))
    default_language = ChoiceField(
        _l("Main language"), choices=[SelectChoice(code, NAMES[code]) for code in INTERFACE], default="en"
    )
    languages = TicksField(
        _l("Languages people write in here"), choices=[SelectChoice(code, NAMES[code]) for code in CONTENT]
    )
    population = WholeField(_l("Inhabitants"))
    latitude = DegreesField(_l("Latitude"))
    longitude = DegreesField(_l("Longitude"))
    currency = StringField(_l("Currency"), description=_l("Three letters, such as EUR."), default="EUR")

    @classmethod
    def for_place(cls, place: Territory, parents: Sequence[Territory]) -> "PlaceForm":
        """The form that changes ``place``; ``parents`` is where it may be hung."""
        form = cls.from_request(obj=place)
        form.timezone.choices = zones()
        form.parent.choices = [SelectChoice(p.slug, in_language(p.name).text) for p in parents]
        if not form.is_submitted():
            form.name.data, form.language.data = place.name.original.text, place.name.source
            form.description.data = place.description.original.text if place.description else ""
            form.parent.data = place.parent.slug if place.parent is not None else ""
        form.show_names(place.name)
        for name in ("language", "level", "code", *(() if len(form.parent.choices) > 1 else ("parent",))):
            del form[name]
        return form

    @classmethod
    def for_new(cls, parent: Territory) -> "PlaceForm":
        """The form that adds a place below ``parent``."""
        shared = ("country", "timezone", "default_language", "languages", "currency")
        form = cls.from_request(
            **{name: getattr(parent, name) for name in shared},
            language=parent.default_language,
            level=Level.LOCAL,
        )
        form.timezone.choices = zones()
        form.level.choices = [SelectChoice(lv.value, lv.label) for lv in Level if lv.rank > parent.level.rank]
        for name in ("version", "slug", "parent"):
            del form[name]
        return form

    def place_values(self, stored: Multilingual, described: Multilingual | None) -> dict[str, Any]:
        """The operations' arguments: what both adding and editing take."""
        taken = (
            *("country", "timezone", "default_language", "languages", "population"),
            *("latitude", "longitude", "currency"),
        )
        values = {name: self[name].data for name in taken}
        text = (self.description.data or "").strip()
        about = (described or Multilingual(stored.source)).with_source(text) if text else None
        return {
            **values,
            "languages": values["languages"] or (),
            "currency": values["currency"] or "",
            "name": self.names(stored),
            "description": about,
        }


KINDS_OF_CHANGE: dict[ChangeKind, Reason] = {
    ChangeKind.MERGED: _l("It becomes part of another place, with all that happened in it."),
    ChangeKind.DISSOLVED: _l("It ends. Places that lie in it move up, or to the first of its successors."),
    ChangeKind.MOVED: _l("It lies in another place from that day on, with all that lies in it."),
}


class ChangeForm(HubForm):
    """What becomes of a place, from which day on."""

    kind = OneOfField(
        _l("What becomes of it"),
        [Needed(_l("Say what becomes of it."))],
        choices=[SelectChoice(kind.value, kind.label) for kind in KINDS_OF_CHANGE],
        coerce=lambda raw: ChangeKind(raw) if raw else None,
        default=ChangeKind.MERGED,
    )
    day = DayField(
        _l("From which day on"),
        [Needed(_l("Say from which day on."))],
        description=_l("A day that has come is carried out at once, a later one by itself on that day."),
    )
    into = ChoiceField(
        _l("Into which place"), description=_l("Where it becomes part of another, or lies in another.")
    )
    successors = TicksField(_l("Who takes over parts of it"), description=_l("Only where it is dissolved."))
    reason = TextAreaField(
        _l("Why"),
        description=_l("Such as the law that says so. Everybody can read it on the page of the place."),
    )
    language = ChoiceField(
        _l("Language of the reason"),
        choices=[SelectChoice(code, NAMES[code]) for code in CONTENT],
        default="en",
    )
    sure = BooleanField(
        _l("I know that nothing new can begin there afterwards, and that roles in it end."),
    )

    @classmethod
    def for_place(
        cls, place: Territory, *, successors: Sequence[Territory], parents: Sequence[Territory]
    ) -> "ChangeForm":
        """The form for ``place``, with what it may be merged into and where it may be hung."""
        form = cls.from_request(day=clock.today(place.timezone), language=place.default_language)
        known = {p.slug: p for p in [*successors, *parents] if p.id != place.parent_id}
        form.into.choices = [
            SelectChoice("", _l("Choose a place")),
            *[SelectChoice(s, _placed(p)) for s, p in known.items()],
        ]
        form.successors.choices = [
            SelectChoice(p.slug, _placed(p)) for p in successors if p.parent_id == place.parent_id
        ]
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: what ends a place is done knowingly."""
        right = bool(super().validate(extra_validators))
        if right and self.kind.data is not ChangeKind.MOVED and not self.sure.data:
            self.refuse(_l("Tick this: it cannot be undone once the day has come."), "sure")
            return False
        return right


def _placed(place: Territory) -> str:
    return f"{in_language(place.name).text} ({place.level.label})"


class RoleForm(HubForm):
    """A role for a person with an account."""

    email = StringField(
        _l("E-mail address of the person"), [Needed(_l("Write the person's e-mail address."))]
    )
    role = ChoiceField(
        _l("Role"),
        choices=[SelectChoice(role.value, role.label) for role in ROLES_OF_A_PLACE],
        coerce=Role,
        default=Role.COORDINATOR,
    )
