"""The first step of an account: a letter, whatever is known of the address."""

from collections.abc import Mapping
from typing import Any

from flask_security.utils import hash_password

from stakeholder_hub.accounts.emails import valid_email
from stakeholder_hub.accounts.links import REGISTER, SIGN_IN, send_link
from stakeholder_hub.accounts.operations import checked_name, checked_password
from stakeholder_hub.accounts.queries import user_by_email


def begin_registration(*, name: str, email: str, password: str | None, next_url: str, language: str) -> None:
    """Send the letter that makes the account once its link is opened.

    To an address that has an account goes a letter that says so and signs in. The answer on the page, the work
    done and the time it takes are the same.

    Raises:
        Invalid: name, address or password are not in order.
        TooMany: the address has been sent several letters lately.
    """
    address, shown = valid_email(email), checked_name(name)
    hashed = hash_password(checked_password(password)) if password else None
    person = user_by_email(address)
    if person is not None and person.active:
        send_link(
            SIGN_IN, email=person.email, payload={"next": next_url}, language=language, words="accounts.known"
        )
        return
    payload = {"name": shown, "password": hashed, "next": next_url}
    send_link(REGISTER, email=address, payload=payload, language=language)


def send_known_link(kind: str, email: str, payload: Mapping[str, Any], language: str) -> None:
    """Send a link to somebody who has an account; for an unknown address nothing is sent, and nothing is told.

    Raises:
        Invalid: it is no address.
        TooMany: the address has been sent several letters lately.
    """
    person = user_by_email(valid_email(email))
    if person is not None and person.active:
        send_link(kind, email=person.email, payload=payload, language=language)
