"""What is filled in about places and roles."""

from collections.abc import Sequence
from typing import Any

from wtforms import StringField, TextAreaField

from stakeholder_hub.kernel.i18n import CONTENT, INTERFACE, NAMES, _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.territories.fields import (
    ChoiceField,
    DegreesField,
    NameInLanguages,
    Needed,
    TicksField,
    WholeField,
    zones,
)
from stakeholder_hub.territories.models import Level, Role, Territory
from stakeholder_hub.webkit.formats import in_language
from stakeholder_hub.webkit.forms import EditForm, HubForm

ROLES_OF_A_PLACE: tuple[Role, ...] = (Role.ADMIN, Role.COORDINATOR, Role.MODERATOR, Role.OBSERVER)


class PlaceForm(NameInLanguages, EditForm):
    """A place of the tree."""

    name = StringField(_l("Name"), [Needed(_l("Give the place a name."))])
    language = ChoiceField(
        _l("Language of the name"), choices=[(code, NAMES[code]) for code in CONTENT], default="en"
    )
    level = ChoiceField(_l("Level"), choices=[(level.value, level.label) for level in Level], coerce=Level)
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
        _l("Main language"), choices=[(code, NAMES[code]) for code in INTERFACE], default="en"
    )
    languages = TicksField(
        _l("Languages people write in here"), choices=[(code, NAMES[code]) for code in CONTENT]
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
        form.parent.choices = [(p.slug, in_language(p.name).text) for p in parents]
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
        form.level.choices = [(lv.value, lv.label) for lv in Level if lv.rank > parent.level.rank]
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


class RoleForm(HubForm):
    """A role for a person with an account."""

    email = StringField(
        _l("E-mail address of the person"), [Needed(_l("Write the person's e-mail address."))]
    )
    role = ChoiceField(
        _l("Role"),
        choices=[(role.value, role.label) for role in ROLES_OF_A_PLACE],
        coerce=Role,
        default=Role.COORDINATOR,
    )
