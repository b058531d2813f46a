"""Queueing mail, and what becomes of it: a row in the transaction that causes it, sent at least once.

A worker claims a message for a while before it sends it, in one atomic UPDATE: two workers never send the same one
at once, and one that dies on the way leaves it to be claimed again.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.jobs import nudge
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.settings import Settings
from stakeholder_hub.kernel.text import normalise, normalise_line
from stakeholder_hub.mail.models import OutgoingMail

CLAIMED_FOR = timedelta(minutes=10)
"""How long a worker has for one message; after that another may send it."""

WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, 60, 120, 240, 360))
"""How long to wait after each failed try; the last one is repeated."""

TRIED_FOR = timedelta(days=7)
KEPT = timedelta(days=30)

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\\]{1,253}")
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True)
class Claimed:
    """A message that this worker may send now: plain values, so that no transaction stays open meanwhile."""

    id: int
    message_id: str
    recipient: str
    subject: str
    text: str
    html: str | None
    language: str
    created_at: datetime


@operation
def queue_mail(*, to: str, subject: str, text: str, html: str | None = None, language: str) -> OutgoingMail:
    """Put a message into the queue; the worker delivers it, at least once, under one Message-ID.

    Raises:
        Invalid: ``to`` is not one plain address.
    """
    message = OutgoingMail(
        message_id=_message_id(),
        recipient=_one_address(to),
        subject=normalise_line(_BREAKS.sub(" ", subject)[:900])[:300],
        text=normalise(text),
        html=html,
        language=language,
    )
    db.session.add(message)
    db.session.flush()
    nudge("mail.deliver")
    return message


def _message_id() -> str:
    settings: Settings = current_app.config["HUB_SETTINGS"]
    host = urlsplit(settings.base_url or "").hostname or "stakeholder-hub.invalid"
    return f"<{secrets.token_hex(16)}@{host[:70]}>"


def _one_address(raw: str) -> str:
    """The address, which becomes a header and a command of SMTP: nothing but an address may be in it."""
    if len(raw) > 254 or _ADDRESS.fullmatch(raw) is None or _BREAKS.search(raw):
        raise Invalid(_l("This is not an e-mail address."), "email")
    return raw


def due(limit: int) -> list[int]:
    """Ids of messages to send now, the longest waiting first."""
    statement = (
        sa.select(OutgoingMail.id)
        .where(OutgoingMail.sent_at.is_(None), OutgoingMail.next_try_at <= clock.now())
        .order_by(OutgoingMail.next_try_at, OutgoingMail.id)
        .limit(limit)
    )
    return list(db.session.scalars(statement))


@operation
def find_due(limit: int = 200) -> list[int]:
    """:func:`due` in a transaction that is over when it returns: sending must not hold one open."""
    return due(limit)


@operation
def claim(mail_id: int) -> Claimed | None:
    """Take a message for :data:`CLAIMED_FOR`; ``None`` where somebody else has it or it is sent."""
    taken = db.session.execute(
        sa.update(OutgoingMail)
        .where(
            OutgoingMail.id == mail_id,
            OutgoingMail.sent_at.is_(None),
            OutgoingMail.next_try_at <= clock.now(),
        )
        .values(tries=OutgoingMail.tries + 1, next_try_at=clock.now() + CLAIMED_FOR)
    )
    if getattr(taken, "rowcount", 0) != 1:
        return None
    mail = db.session.get_one(OutgoingMail, mail_id)
    return Claimed(
        mail.id,
        mail.message_id,
        mail.recipient,
        mail.subject,
        mail.text,
        mail.html,
        mail.language,
        mail.created_at,
    )


@operation
def mark_sent(mail_id: int) -> None:
    """The server has taken the message."""
    db.session.execute(
        sa.update(OutgoingMail)
        .where(OutgoingMail.id == mail_id)
        .values(sent_at=clock.now(), next_try_at=None, last_error=None)
    )


@operation
def put_off(mail_id: int, *, error: str) -> None:
    """A try failed: wait longer each time, for days, then give up. ``error`` tells no person."""
    mail = db.session.get_one(OutgoingMail, mail_id)
    wait = WAITS[min(max(mail.tries, 1), len(WAITS)) - 1]
    mail.last_error = error[:300]
    mail.next_try_at = clock.now() + wait if clock.now() - mail.created_at < TRIED_FOR else None


@operation
def give_up(mail_id: int, *, error: str) -> None:
    """The server will never take the message."""
    mail = db.session.get_one(OutgoingMail, mail_id)
    mail.last_error, mail.next_try_at = error[:300], None


@operation
def forget_old_mail() -> int:
    """Remove messages a month after they were sent or given up; returns how many."""
    limit = clock.now() - KEPT
    gone = db.session.execute(
        sa.delete(OutgoingMail).where(
            OutgoingMail.created_at < limit,
            sa.or_(OutgoingMail.sent_at < limit, OutgoingMail.next_try_at.is_(None)),
        )
    )
    return int(getattr(gone, "rowcount", 0))


@operation
def forget_mail_to(address: str) -> None:
    """Remove every message to ``address``: it has been asked to be forgotten."""
    db.session.execute(sa.delete(OutgoingMail).where(OutgoingMail.recipient == address))
