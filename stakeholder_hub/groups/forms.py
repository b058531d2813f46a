"""What is filled in about groups, organisations, mandates and invitations."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from stakeholder_hub.groups.models import Group, GroupKind, Organisation
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.i18n import CONTENT, INTERFACE, NAMES, _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.sectors import HELIX, Sector
from stakeholder_hub.territories.fields import NameInLanguages
from stakeholder_hub.territories.models import Role
from stakeholder_hub.webkit.fields import ChoiceField, DayField, Needed, WholeField
from stakeholder_hub.webkit.forms import EditForm, HubForm, uploaded_files

LANGUAGES = [SelectChoice(code, NAMES[code]) for code in CONTENT]
SEATS: tuple[Role, ...] = (Role.COORDINATOR, Role.MODERATOR, Role.MEMBER, Role.OBSERVER)
INVITED: tuple[Role, ...] = (Role.MEMBER, Role.OBSERVER, Role.MODERATOR)


def _roles(roles: tuple[Role, ...]) -> list[SelectChoice]:
    return [SelectChoice(role.value, role.label) for role in roles]


def _sectors(*, own: bool = False) -> list[SelectChoice]:
    first = [SelectChoice("", _l("As each person says"))] if own else []
    return [*first, *[SelectChoice(sector.value, sector.label) for sector in Sector]]


def _sector_or_none(raw: Any) -> Sector | None:
    return Sector(raw) if raw else None


class GroupForm(NameInLanguages, EditForm):
    """A working group."""

    name = StringField(_l("Name"), [Needed(_l("Give the group a name."))])
    language = ChoiceField(_l("Language of name and purpose"), choices=LANGUAGES, default="en")
    kind = ChoiceField(
        _l("Kind of group"),
        choices=[SelectChoice(kind.value, kind.label) for kind in GroupKind],
        coerce=GroupKind,
    )
    purpose = TextAreaField(
        _l("What the group is for"), description=_l("Who meets, how often, what you want to achieve.")
    )
    open_to_join = BooleanField(_l("Everybody with an account may join"))
    target_academia = WholeField(Sector.ACADEMIA.label)
    target_administration = WholeField(Sector.ADMINISTRATION.label)
    target_business = WholeField(Sector.BUSINESS.label)
    target_civil_society = WholeField(Sector.CIVIL_SOCIETY.label)

    @classmethod
    def for_group(cls, group: Group) -> "GroupForm":
        """The form that changes ``group``."""
        form = cls.from_request(obj=group)
        if not form.is_submitted():
            form.name.data, form.purpose.data = group.name.original.text, group.purpose_text
            form.language.data = group.purpose_language
            for target in group.targets:
                form[f"target_{target.sector}"].data = target.share or None
        form.show_names(group.name)
        return form

    @classmethod
    def for_new(cls, language: str) -> "GroupForm":
        """The form that sets a group up."""
        form = cls.from_request(language=language)
        del form["version"]
        return form

    @property
    def target_fields(self) -> list[Any]:
        """The field of each sector's target."""
        return [self[f"target_{sector}"] for sector in HELIX]

    def group_values(self, stored: Multilingual) -> dict[str, Any]:
        """The operations' arguments: what both setting up and editing take."""
        targets: Mapping[Sector, int] = {s: self[f"target_{s}"].data or 0 for s in HELIX}
        taken = ("language", "kind", "purpose", "open_to_join")
        values = {name: self[name].data for name in taken}
        return {**values, "purpose": values["purpose"] or "", "targets": targets, "name": self.names(stored)}


class MemberForm(HubForm):
    """The seat of one person."""

    role = ChoiceField(_l("Role"), choices=_roles(SEATS), coerce=Role)
    sector = ChoiceField(_l("Stands for"), choices=_sectors(), coerce=Sector)


class JoinForm(HubForm):
    """For whom somebody who joins stands."""

    sector = ChoiceField(
        _l("I stand for"),
        choices=_sectors(),
        coerce=Sector,
        description=_l("So that everybody sees who is at the table and who is missing."),
    )


class OrganisationForm(EditForm):
    """A stakeholder organisation."""

    name = StringField(_l("Name"), [Needed(_l("Give the organisation a name."))])
    language = ChoiceField(_l("Language of name and description"), choices=LANGUAGES, default="en")
    sector = ChoiceField(_l("Sector"), choices=[SelectChoice(s.value, s.label) for s in HELIX], coerce=Sector)
    description = TextAreaField(_l("What it does"))
    website = StringField(_l("Web address"), description=_l("It begins with https://"))

    @classmethod
    def for_organisation(cls, body: Organisation) -> "OrganisationForm":
        """The form that changes ``body``."""
        form = cls.from_request(obj=body)
        if not form.is_submitted():
            form.language.data, form.description.data = body.name_language, body.description_text
        return form

    @classmethod
    def for_new(cls, language: str) -> "OrganisationForm":
        """The form that adds an organisation."""
        form = cls.from_request(language=language)
        del form["version"]
        return form

    @property
    def values(self) -> dict[str, Any]:
        """The operations' arguments."""
        return {**super().values, "description": self.description.data or ""}


class MandateForm(HubForm):
    """The right of a person to speak for an organisation."""

    email = StringField(
        _l("E-mail address of the person"), [Needed(_l("Write the person's e-mail address."))]
    )
    position = StringField(_l("Position"), description=_l("Shown with the name, such as Director."))
    starts_on = DayField(_l("From"), [Needed(_l("Say from which day."))])
    ends_on = DayField(_l("Until"), description=_l("This day belongs to it. Leave it empty for no end."))

    @classmethod
    def beginning(cls, day: date | None = None) -> "MandateForm":
        """A mandate that begins today, unless told otherwise."""
        return cls.from_request(starts_on=day or clock.today())


class SeatForm(HubForm):
    """An organisation for the group's table."""

    organisation = ChoiceField(_l("Organisation"))


class LinkForm(HubForm):
    """A link by which many can join."""

    role = ChoiceField(_l("They come as"), choices=_roles(INVITED), coerce=Role, default=Role.MEMBER)
    sector = ChoiceField(_l("They stand for"), choices=_sectors(own=True), coerce=_sector_or_none)
    days = WholeField(_l("The link works for so many days"), default=30)


class GuestsForm(HubForm):
    """A list of people to write to. ``confirmed`` is set once the sender has seen what will happen."""

    people = TextAreaField(
        _l("Names and addresses"),
        description=_l("One person a line: name, e-mail address. You can paste from a spreadsheet."),
    )
    file = FileField(_l("Or a CSV file"))
    role = ChoiceField(_l("They come as"), choices=_roles(INVITED), coerce=Role, default=Role.MEMBER)
    sector = ChoiceField(_l("They stand for"), choices=_sectors(own=True), coerce=_sector_or_none)
    message = TextAreaField(_l("A few words of your own"))
    language = ChoiceField(
        _l("Language of the mail"), choices=[SelectChoice(code, NAMES[code]) for code in INTERFACE]
    )
    confirmed = HiddenField()

    def given(self) -> bytes | str:
        """What was pasted, else the file."""
        files = uploaded_files(self.file.data)
        if files and not (self.people.data or "").strip():
            return files[0].stream.read(1_000_001)
        return self.people.data or ""
