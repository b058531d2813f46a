"""What is filled in about the site."""

from typing import Any

from wtforms import PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice

from stakeholder_hub.installation.queries import places_to_begin_with
from stakeholder_hub.kernel.i18n import INTERFACE, NAMES, _, _l
from stakeholder_hub.territories.fields import zones
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.webkit.fields import ChoiceField, DegreesField, Needed
from stakeholder_hub.webkit.formats import in_language
from stakeholder_hub.webkit.forms import HubForm


class SetupForm(HubForm):
    """The first hour: name, town, administrator."""

    site_name = StringField(
        _l("Name of the site"),
        [Needed(_l("Give the site a name."))],
        description=_l("It stands at the top of every page."),
    )
    language = ChoiceField(
        _l("Main language"), choices=[SelectChoice(code, NAMES[code]) for code in INTERFACE], default="en"
    )
    town = ChoiceField(_l("Your town"), default="")
    town_name = StringField(_l("Name of the town"))
    town_code = StringField(
        _l("Short code"),
        description=_l("Two to eight letters: every reference begins with it, as in VEL-2026-P12."),
    )
    town_country = StringField(_l("Country"), description=_l("Two letters, such as SI."))
    town_timezone = ChoiceField(_l("Time zone"), default="Europe/Ljubljana")
    town_latitude = DegreesField(_l("Latitude"), description=_l("Puts the town on the map. It can wait."))
    town_longitude = DegreesField(_l("Longitude"))
    admin_name = StringField(
        _l("Your name"),
        [Needed(_l("Say how others should call you."))],
        render_kw={"autocomplete": "name"},
    )
    admin_email = StringField(
        _l("Your e-mail address"),
        [Needed(_l("Write your e-mail address."))],
        render_kw={"autocomplete": "username"},
    )
    admin_password = PasswordField(
        _l("Password"),
        [Needed(_l("Choose a password of at least ten characters."))],
        description=_l("At least ten characters. Several words are good."),
        render_kw={"autocomplete": "new-password"},
    )
    demonstration = RadioField(
        _l("What shall become of it?"),
        choices=[SelectChoice("keep", _l("Keep it for now")), SelectChoice("remove", _l("Remove it"))],
        default="keep",
        validate_choice=False,
    )

    @classmethod
    def for_setup(cls, *, demonstration: bool) -> "SetupForm":
        """The form with the towns there are; the last question only where there is a demonstration."""
        form = cls.from_request()
        form.places = places_to_begin_with()
        form.town.choices = [
            SelectChoice("", _("A town that is not in the list")),
            *[SelectChoice(place.slug, in_language(place.name).text) for place in form.places],
        ]
        form.town_timezone.choices = zones()
        if not demonstration:
            del form.demonstration
        return form

    places: list[Territory]

    def submitted(self) -> bool:
        """A new town needs its name and its code."""
        if not super().submitted():
            return False
        if not self.town.data:
            for name, reason in (
                ("town_name", _("Give the town a name.")),
                ("town_code", _("Give the town a short code, such as VEL.")),
            ):
                if not (self[name].data or "").strip():
                    self.refuse(reason, name)
            if self.errors:
                self.answer_status = 422
        return not self.errors

    @property
    def arguments(self) -> dict[str, Any]:
        """The operation's arguments."""
        values = self.values
        chosen = next((place for place in self.places if place.slug == values["town"]), None)
        taken = ("site_name", "language", "admin_name", "admin_email", "admin_password")
        new = {name: values[f"town_{name}"] for name in ("name", "code", "country", "timezone")}
        new |= {name: values[f"town_{name}"] for name in ("latitude", "longitude")}
        return {
            **{name: values[name] for name in taken},
            "town": chosen,
            "new_town": None if chosen is not None else new,
            "keep_demonstration": values.get("demonstration", "keep") == "keep",
        }


class SiteForm(HubForm):
    """The site's name and whom to write to."""

    name = StringField(_l("Name of the site"), [Needed(_l("Give the site a name."))])
    contact = StringField(
        _l("Whom to write to"),
        description=_l("An e-mail address or a web page that people can turn to."),
    )


class RemoveForm(HubForm):
    """Take the demonstration out."""
