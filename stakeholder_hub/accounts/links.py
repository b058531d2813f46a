"""Links sent by mail: each does one thing, once, and only when its button is pressed.

A mail scanner opens links: opening one therefore changes nothing. The page it leads to says what will happen and has
one button. What is begun is a row (see ``pending``); the link holds a random token of which the row has the hash.
"""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app, url_for

from stakeholder_hub.accounts.emails import email_key, valid_email
from stakeholder_hub.accounts.messages import letter
from stakeholder_hub.accounts.models import PendingContribution, User
from stakeholder_hub.accounts.operations import (
    LINKS_OF_ACCOUNT,
    NEW_EMAIL,
    RESET,
    SIGN_IN,
    hold_account,
    void_new_addresses,
)
from stakeholder_hub.accounts.pending import KEPT, NAME, hash_of, keep
from stakeholder_hub.accounts.queries import user_by_email
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound, TooMany
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.settings import Settings
from stakeholder_hub.mail.operations import queue_mail

__all__ = ["LINKS_OF_ACCOUNT", "NEW_EMAIL", "REGISTER", "RESET", "SIGN_IN"]

REGISTER = "accounts.register"

SHORT = timedelta(hours=2)
"""How long a link holds that opens an account; others hold for two days."""

MOST_LETTERS = 5
WINDOW = timedelta(minutes=30)

ANYWHERE = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - what is listened on, not what is written into a mail


def absolute(path: str) -> str:
    """``path`` as an address for a mail: from the settings alone.

    What a request says of its host may be forged, and would lead a reader of our mail elsewhere.
    """
    settings: Settings = current_app.config["HUB_SETTINGS"]
    host = "localhost" if settings.host in ANYWHERE else settings.host
    shown = f"[{host}]" if ":" in host else host
    return (settings.base_url or f"http://{shown}:{settings.port}") + path


@operation
def send_link(
    kind: str,
    *,
    email: str,
    language: str,
    payload: Mapping[str, Any] | None = None,
    words: str | None = None,
) -> None:
    """Send a link of ``kind`` to ``email``; ``words`` names another letter than that of the kind.

    Raises:
        Invalid: it is no address.
        TooMany: this address has been sent several letters in the last half hour.
    """
    pending, _page = keep(kind, payload=payload or {}, language=language)
    _post(pending, words or kind, email, language)


@operation
def send_link_to_new_address(person: User, *, email: str, language: str) -> None:
    """Send the link that makes ``email`` the address of ``person``. Of several that were asked for, one after the
    other or at once, the last one holds.

    Raises:
        Invalid: it is no address.
        TooMany: this address has been sent several letters in the last half hour.
    """
    hold_account(person.id)
    void_new_addresses(person)
    send_link(NEW_EMAIL, email=email, payload={"user": person.id}, language=language)


@operation
def send_contribution_link(pending: PendingContribution, *, email: str, name: str, language: str) -> None:
    """Send the link that finishes what a visitor wrote; it may be asked for again, for a mended address.

    Raises:
        Invalid: it is no address.
        TooMany: this address has been sent several letters in the last half hour.
    """
    db.session.refresh(pending, with_for_update=True)
    pending.payload = {**pending.payload, NAME: name}
    _post(pending, "contribution", email, language)


def _post(pending: PendingContribution, words: str, email: str, language: str) -> None:
    """Give the row its address and a new token, and queue the letter: the link of an earlier one is dead."""
    address, token = valid_email(email), secrets.token_urlsafe(24)
    check_not_flooded(address)
    valid_for = SHORT if pending.kind in LINKS_OF_ACCOUNT else KEPT
    pending.email, pending.token_hash = address, hash_of(token)
    pending.created_at, pending.expires_at = clock.now(), clock.now() + valid_for
    link = absolute(url_for("accounts.open_link", token=token, lang=language))
    said = letter(words, language, hours=int(valid_for.total_seconds() // 3600))
    text = f"{said.text}\n\n{link}\n\n{said.note}\n"
    queue_mail(to=address, subject=said.subject, text=text, language=language)


def check_not_flooded(address: str) -> None:
    """Nobody's letter box is filled by somebody else.

    Raises:
        TooMany: several letters have gone there lately.
    """
    sent = db.session.scalar(
        sa.select(sa.func.count())
        .select_from(PendingContribution)
        .where(
            sa.func.lower(PendingContribution.email) == address.lower(),
            PendingContribution.created_at > clock.now() - WINDOW,
        )
    )
    if (sent or 0) >= MOST_LETTERS:
        raise TooMany(
            _l("Several e-mails have been sent to this address. Look into its inbox, or wait half an hour.")
        )


def person_of(pending: PendingContribution) -> User | None:
    """The account with the address the link was sent to.

    Raises:
        NotFound: no address has been given yet.
    """
    if pending.email is None:
        raise NotFound()
    return user_by_email(pending.email)


def key_of(email: str) -> str:
    """The address as compared, for counting tries; anything at all for what is no address."""
    return email_key(email[:320])[:254]
