"""Delivering what waits: to a mail server, or to a folder where there is none."""

import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa
import structlog
from flask import current_app
from flask_mailman import EmailMultiAlternatives
from flask_mailman.backends.smtp import EmailBackend

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.jobs import periodic
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.settings import Settings
from stakeholder_hub.mail.models import OutgoingMail

log = structlog.get_logger(__name__)

BATCH = 100
LONGEST_WAIT = timedelta(hours=6)
GIVE_UP = timedelta(days=5)
KEPT = timedelta(days=30)

Send = Callable[[OutgoingMail], None]


@periodic(seconds=60, name="mail.deliver")
def deliver_due() -> int:
    """Send what waits; returns how many were sent. A message that fails waits longer each time, for five days."""
    sent = 0
    for message_id in due_ids():
        sent += deliver(message_id)
    return sent


def due_ids() -> list[int]:
    """Messages whose time has come."""
    ids = db.session.scalars(
        sa.select(OutgoingMail.id)
        .where(OutgoingMail.sent_at.is_(None), OutgoingMail.next_try_at <= clock.now())
        .order_by(OutgoingMail.id)
        .limit(BATCH)
    ).all()
    db.session.rollback()
    return list(ids)


@operation
def deliver(id: int) -> bool:
    """Send one message, under a lock, so that two workers never send it at once; tells whether it went out."""
    message = db.session.scalar(
        sa.select(OutgoingMail)
        .where(OutgoingMail.id == id, OutgoingMail.sent_at.is_(None))
        .with_for_update(skip_locked=True)
    )
    if message is None:
        return False
    message.tries += 1
    try:
        sender()(message)
    except (OSError, smtplib.SMTPException) as failure:
        message.last_error = type(failure).__name__
        message.next_try_at = next_try(message, clock.now())
        log.warning("mail_not_sent", mail=message.id, tries=message.tries, kind=type(failure).__name__)
        return False
    message.sent_at, message.next_try_at, message.last_error = clock.now(), None, None
    return True


def next_try(message: OutgoingMail, now: datetime) -> datetime | None:
    """When to try again: after one, two, four ... minutes, at most six hours; never after five days."""
    if now - message.created_at > GIVE_UP:
        return None
    wait: timedelta = min(timedelta(minutes=2 ** min(message.tries - 1, 12)), LONGEST_WAIT)
    return now + wait


def sender() -> Send:
    """How messages leave this installation."""
    settings: Settings = current_app.config["HUB_SETTINGS"]
    if settings.mail_url is None:
        return lambda message: write_to_outbox(message, settings.instance / "outbox", settings.mail_sender)
    return lambda message: send_by_smtp(message, settings)


def send_by_smtp(message: OutgoingMail, settings: Settings) -> None:
    """Hand a message to the mail server.

    Raises:
        OSError, smtplib.SMTPException: it did not take it.
    """
    parts = urlsplit(settings.mail_url or "")
    secure = parts.scheme == "smtps"
    backend = EmailBackend(
        host=parts.hostname or "localhost",
        port=parts.port or (465 if secure else 25),
        username=unquote(parts.username) if parts.username else "",
        password=unquote(parts.password) if parts.password else "",
        use_ssl=secure,
        use_tls="starttls" in parts.query,
        timeout=20,
        fail_silently=False,
    )
    letter = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        from_email=settings.mail_sender,
        to=[message.recipient],
        headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
        connection=backend,
    )
    if message.html:
        letter.attach_alternative(message.html, "text/html")
    letter.send()


def write_to_outbox(message: OutgoingMail, folder: Path, sender: str) -> None:
    """Write a message to a folder, as a file that mail programs open."""
    letter = EmailMessage()
    letter["Subject"], letter["From"], letter["To"] = (
        message.subject,
        sender,
        Address(addr_spec=message.recipient),
    )
    letter["Message-ID"], letter["Date"] = message.message_id, message.created_at
    letter["Content-Language"] = message.language
    letter.set_content(message.text)
    if message.html:
        letter.add_alternative(message.html, subtype="html")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / f"{message.created_at:%Y%m%d-%H%M%S}-{message.id}.eml"
    target.write_bytes(bytes(letter))


@periodic(seconds=6 * 3600, name="mail.forget")
def forget_old() -> int:
    """Remove what was sent a month ago."""
    return forget_sent_before(clock.now() - KEPT)


@operation
def forget_sent_before(limit: datetime) -> int:
    """Remove messages sent before ``limit``; returns how many."""
    gone = db.session.execute(sa.delete(OutgoingMail).where(OutgoingMail.sent_at < limit))
    return int(getattr(gone, "rowcount", 0))
