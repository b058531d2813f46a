"""Asking for a letter: whatever is known of the address, the page, the work and the time are the same.

To an address with an account goes a link that signs in, to any other one that makes an account. Only
whoever reads the letter box learns which.
"""

from stakeholder_hub.accounts.emails import valid_email
from stakeholder_hub.accounts.links import REGISTER, RESET, SIGN_IN, check_not_flooded, send_link
from stakeholder_hub.accounts.operations import checked_name
from stakeholder_hub.accounts.queries import user_by_email


def begin_registration(*, name: str, email: str, next_url: str, language: str) -> None:
    """Send the letter that makes the account once its link is opened; to who has one, a letter that signs in.

    Raises:
        Invalid: name or address are not in order.
        TooMany: the address has been sent several letters lately.
    """
    _send(
        email,
        checked_name(name),
        language,
        {"next": next_url},
        known=(SIGN_IN, "accounts.known"),
        new=REGISTER,
    )


def send_sign_in_link(*, email: str, next_url: str, language: str) -> None:
    """Send a link that signs in.

    Raises:
        Invalid: it is no address.
        TooMany: the address has been sent several letters lately.
    """
    _send(email, "", language, {"next": next_url}, known=(SIGN_IN, SIGN_IN), new="accounts.unknown")


def send_reset_link(*, email: str, language: str) -> None:
    """Send a link to choose a new password.

    Raises:
        Invalid: it is no address.
        TooMany: the address has been sent several letters lately.
    """
    _send(email, "", language, {}, known=(RESET, RESET), new="accounts.unknown")


def _send(
    email: str, name: str, language: str, payload: dict[str, str], *, known: tuple[str, str], new: str
) -> None:
    address = valid_email(email)
    person = user_by_email(address)
    if person is None:
        send_link(REGISTER, email=address, language=language, payload={**payload, "name": name}, words=new)
    elif person.active:
        kind, words = known
        send_link(kind, email=person.email, language=person.language, payload=payload, words=words)
    else:
        check_not_flooded(address)
