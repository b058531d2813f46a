"""Addresses: checked on the way in, and compared in one form, so that one person has one account."""

from email_validator import EmailNotValidError, validate_email

from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.i18n import _l

DOTLESS = frozenset({"gmail.com", "googlemail.com"})
"""Providers that ignore dots and whatever follows a plus sign."""


def valid_email(raw: str) -> str:
    """The address as mail is sent to it.

    Raises:
        Invalid: it is no address, at ``email``.
    """
    try:
        found = validate_email(raw.strip()[:320], check_deliverability=False)
    except EmailNotValidError as wrong:
        raise Invalid(_l("This is not an e-mail address."), "email") from wrong
    return found.normalized


def email_key(email: str) -> str:
    """The address as compared: case folded, the domain in its ASCII form, aliases of known providers undone."""
    local, _at, domain = email.strip().rpartition("@")
    try:
        host = domain.lower().encode("idna").decode()
    except UnicodeError:
        host = domain.casefold()
    local = local.casefold()
    if host in DOTLESS:
        local, host = local.split("+", 1)[0].replace(".", ""), "gmail.com"
    return f"{local}@{host}"
