"""Links sent by mail: each does one thing, once, and only when its button is pressed.

A mail scanner opens links: opening one therefore changes nothing. The page it leads to says what will happen and has
one button. What is begun is a row (see ``pending``); the link holds the row's random token.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

import sqlalchemy as sa
from flask import current_app, request, url_for

from stakeholder_hub.accounts.emails import email_key, valid_email
from stakeholder_hub.accounts.messages import Letter, letter
from stakeholder_hub.accounts.models import PendingContribution, User
from stakeholder_hub.accounts.pending import keep_contribution, load_pending, renew_token
from stakeholder_hub.accounts.queries import user_by_email
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound, TooMany
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.settings import Settings
from stakeholder_hub.mail.models import OutgoingMail
from stakeholder_hub.mail.operations import queue_mail

SIGN_IN = "accounts.sign_in"
REGISTER = "accounts.register"
RESET = "accounts.reset"
NEW_EMAIL = "accounts.email"

MOST_MAILS = 5
WINDOW = timedelta(minutes=30)


def absolute(path: str) -> str:
    """``path`` as an address for a mail: from the settings, else from the loopback address this site listens on.

    What a request says of its host is believed only on this machine itself: a forged header must not
    lead a reader of our mail elsewhere.
    """
    settings: Settings = current_app.config["HUB_SETTINGS"]
    base = settings.base_url or f"http://{settings.host}:{settings.port}"
    host = request.host.rsplit(":", 1)[0] if request else ""
    if settings.base_url is None and host in ("127.0.0.1", "localhost", "[::1]"):
        base = request.host_url
    return urljoin(base.rstrip("/") + "/", path.lstrip("/"))


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
    address = valid_email(email)
    check_not_flooded(address)
    token = keep_contribution(kind, payload=payload or {}, language=language)
    pending = load_pending(token)
    token = renew_token(pending, email=address)
    post(letter(words or kind, language), address, token, language)


@operation
def send_contribution_link(pending: PendingContribution, *, email: str, name: str, language: str) -> None:
    """Send the link that finishes what a visitor wrote.

    Raises:
        Invalid: it is no address.
        TooMany: this address has been sent several letters in the last half hour.
    """
    address = valid_email(email)
    check_not_flooded(address)
    pending.payload = {**pending.payload, "_name": name}
    token = renew_token(pending, email=address)
    post(letter("contribution", language), address, token, language)


def post(words: Letter, address: str, token: str, language: str) -> None:
    """Queue the letter with its link."""
    link = absolute(url_for("accounts.open_link", token=token, lang=language))
    queue_mail(
        to=address,
        subject=words.subject,
        text=f"{words.text}\n\n{link}\n\n{words.note}\n",
        language=language,
    )


def check_not_flooded(address: str) -> None:
    """Nobody's letter box is filled by somebody else.

    Raises:
        TooMany: several letters have gone there lately.
    """
    since = clock.now() - WINDOW
    sent = db.session.scalar(
        sa.select(sa.func.count())
        .select_from(OutgoingMail)
        .where(OutgoingMail.recipient == address, OutgoingMail.created_at > since)
    )
    if (sent or 0) >= MOST_MAILS:
        raise TooMany(
            _l(
                "Several letters have been sent to this address. Look into your letter box, or wait half an hour."
            )
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
    return email_key(email)[:254]
