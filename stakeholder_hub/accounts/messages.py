"""The letters that accounts send."""

from dataclasses import dataclass

from flask_babel import force_locale

from stakeholder_hub.kernel.i18n import _, _n


@dataclass(frozen=True)
class Letter:
    """Subject, what stands before the link, and what after it."""

    subject: str
    text: str
    note: str


def letter(kind: str, language: str, *, hours: int) -> Letter:
    """The letter of ``kind`` in ``language``, with a link that holds for ``hours``."""
    with force_locale(language):
        return _letters(kind, hours)


def _letters(kind: str, hours: int) -> Letter:
    ignore = _n(
        "If it was not you, ignore this e-mail: nothing will happen. The link works once, for %(num)s hour.",
        "If it was not you, ignore this e-mail: nothing will happen. The link works once, for %(num)s hours.",
        hours,
    )
    letters = {
        "accounts.sign_in": (
            _("Your link to sign in"),
            _("Hello,\n\nopen this link and press the button to sign in:"),
        ),
        "accounts.register": (
            _("Confirm your address"),
            _("Hello,\n\nwelcome! Open this link and press the button to confirm your address:"),
        ),
        "accounts.known": (
            _("You have an account already"),
            _(
                "Hello,\n\nsomebody, probably you, wanted to make an account with this address. There is one already: "
                "open this link and press the button to sign in."
            ),
        ),
        "accounts.unknown": (
            _("There is no account with this address"),
            _(
                "Hello,\n\nsomebody, probably you, wanted to sign in with this address. There is no account with "
                "it yet: open this link and press the button to make one. Perhaps you use another address here?"
            ),
        ),
        "accounts.reset": (
            _("Choose a new password"),
            _("Hello,\n\nopen this link to choose a new password:"),
        ),
        "accounts.email": (
            _("Confirm your new address"),
            _("Hello,\n\nopen this link and press the button to use this address for your account:"),
        ),
        "contribution": (
            _("One last step: confirm your address"),
            _(
                "Hello,\n\nthank you for taking part. Open this link and press the button to publish what you sent:"
            ),
        ),
    }
    subject, text = letters[kind]
    return Letter(subject, text, ignore)


def changed_address(language: str) -> Letter:
    """Tells the old address that the account has another one now."""
    with force_locale(language):
        return Letter(
            _("Your address was changed"),
            _(
                "Hello,\n\nthe address of your account was changed just now. If it was not you, write to the people "
                "who run this site."
            ),
            "",
        )
