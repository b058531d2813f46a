"""What people fill in about their account."""

from wtforms import BooleanField, EmailField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from stakeholder_hub.accounts.homes import home_choices
from stakeholder_hub.accounts.operations import LONGEST_NAME, LONGEST_PASSWORD
from stakeholder_hub.kernel.i18n import INTERFACE, NAMES, _l
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.webkit.forms import HubForm

_ADDRESS = [
    InputRequired(_l("Write your e-mail address.")),
    Length(max=254, message=_l("This is not an e-mail address.")),
]
_NAME = [
    InputRequired(_l("Say how others should call you.")),
    Length(max=LONGEST_NAME, message=_l("Use at most 80 characters for the name.")),
]
_TOO_LONG = Length(max=LONGEST_PASSWORD, message=_l("Use at most 200 characters."))


def town_choices(none: str) -> list[SelectChoice]:
    """The towns that can be one's own, after ``none``."""
    return [SelectChoice(0, none), *(SelectChoice(key, name) for key, name in home_choices())]


class SignInForm(HubForm):
    """Sign in by password."""

    email = EmailField(_l("E-mail address"), _ADDRESS, render_kw={"autocomplete": "username"})
    password = PasswordField(
        _l("Password"),
        [InputRequired(_l("Write your password.")), _TOO_LONG],
        render_kw={"autocomplete": "current-password"},
    )
    remember = BooleanField(_l("Stay signed in on this device"))


class AddressForm(HubForm):
    """Ask for a letter with a link."""

    email = EmailField(_l("E-mail address"), _ADDRESS, render_kw={"autocomplete": "email"})


class RegisterForm(HubForm):
    """Make an account."""

    name = StringField(
        _l("Your name"),
        _NAME,
        description=_l("It stands beside what you write."),
        render_kw={"autocomplete": "name"},
    )
    email = EmailField(
        _l("E-mail address"),
        _ADDRESS,
        description=_l("It is never shown to anyone."),
        render_kw={"autocomplete": "email"},
    )


class LastStepForm(HubForm):
    """The address of somebody who wrote first."""

    name = StringField(
        _l("Your name"),
        _NAME,
        description=_l("It stands beside what you write."),
        render_kw={"autocomplete": "name"},
    )
    email = EmailField(
        _l("E-mail address"),
        _ADDRESS,
        description=_l("We send you a link. Your address is never shown to anyone."),
        render_kw={"autocomplete": "email"},
    )


class NewPasswordForm(HubForm):
    """Choose a password."""

    password = PasswordField(
        _l("New password"),
        [
            InputRequired(_l("Write a password.")),
            Length(min=10, message=_l("Use at least 10 characters.")),
            _TOO_LONG,
        ],
        description=_l("At least 10 characters: several words in a row are good."),
        render_kw={"autocomplete": "new-password"},
    )


class WelcomeForm(HubForm):
    """The last page of making an account: the address is confirmed by having come here."""

    name = StringField(
        _l("Your name"),
        _NAME,
        description=_l("It stands beside what you write."),
        render_kw={"autocomplete": "name"},
    )
    home = SelectField(_l("My town"), coerce=int, description=_l("It is shown first when you come here."))
    password = PasswordField(
        _l("Password"),
        [Optional(), Length(min=10, message=_l("Use at least 10 characters.")), _TOO_LONG],
        description=_l("At least 10 characters. Leave it empty to sign in by a link in an e-mail each time."),
        render_kw={"autocomplete": "new-password"},
    )


class ChangePasswordForm(NewPasswordForm):
    """Choose another password; who has one says it first."""

    current = PasswordField(
        _l("Present password"),
        [Optional(), _TOO_LONG],
        description=_l("Leave it empty if you have none yet."),
        render_kw={"autocomplete": "current-password"},
    )


class NewEmailForm(AddressForm):
    """Use another address; the password, where there is one, says that it is you."""

    current = PasswordField(
        _l("Password"), [Optional(), _TOO_LONG], render_kw={"autocomplete": "current-password"}
    )


class ProfileForm(HubForm):
    """Who I am to others, and how I am written to."""

    name = StringField(_l("Your name"), _NAME, render_kw={"autocomplete": "name"})
    sector = SelectField(
        _l("I take part as"),
        choices=[SelectChoice(sector.value, sector.label) for sector in Sector],
        description=_l("Results show how many of each sector took part, never who."),
    )
    home = SelectField(_l("My town"), coerce=int)
    language = SelectField(
        _l("Language of e-mails"), choices=[SelectChoice(code, NAMES[code]) for code in INTERFACE]
    )
    mail_frequency = SelectField(
        _l("E-mails about what I follow"),
        choices=[
            SelectChoice("now", _l("At once")),
            SelectChoice("daily", _l("Once a day")),
            SelectChoice("weekly", _l("Once a week")),
            SelectChoice("never", _l("Never")),
        ],
    )


class EraseForm(HubForm):
    """Erase the account: asks once more; the password, where there is one, says that it is you."""

    current = PasswordField(
        _l("Password"), [Optional(), _TOO_LONG], render_kw={"autocomplete": "current-password"}
    )
    sure = BooleanField(
        _l("Yes, erase my account for good"), [InputRequired(_l("Tick this if you really want it."))]
    )
