"""The worker's part: deliver what waits, forget what is old."""

import smtplib
from collections.abc import Iterable
from typing import Any

import structlog
from flask import current_app

from stakeholder_hub.kernel.jobs import periodic
from stakeholder_hub.kernel.settings import Settings
from stakeholder_hub.mail.operations import claim, find_due, forget_old_mail, give_up, mark_sent, put_off
from stakeholder_hub.mail.transports import compose, transport

log = structlog.get_logger(__name__)

NEVER = 500
"""SMTP's replies from here on mean that trying again does not help."""


@periodic(seconds=60, name="mail.deliver")
def deliver_due() -> int:
    """Send what waits; returns how many messages were sent.

    Where the server cannot be reached, nothing is counted as tried: everything waits for the next turn.
    """
    waiting = find_due()
    if not waiting:
        return 0
    settings: Settings = current_app.config["HUB_SETTINGS"]
    way_out = transport(current_app._get_current_object())  # type: ignore[attr-defined]
    try:
        way_out.open()
    except OSError as down:  # SMTPException is one
        log.warning("mail_server_unreachable", kind=type(down).__name__, waiting=len(waiting))
        return 0
    try:
        return _deliver(waiting, way_out, settings.mail_sender)
    finally:
        way_out.close()


def _deliver(waiting: Iterable[int], way_out: Any, sender: str) -> int:
    """Send one after the other. A connection that breaks ends this turn: what is left waits for the next."""
    sent = 0
    for mail in (claimed for mail_id in waiting if (claimed := claim(mail_id)) is not None):
        try:
            way_out.send_messages([compose(mail, sender)])
        except (OSError, ValueError) as refusal:  # SMTPException is an OSError
            code = _code(refusal)
            error = f"{type(refusal).__name__} {code or ''}".strip()
            log.warning("mail_not_sent", mail=mail.id, error=error)
            if code >= NEVER or isinstance(refusal, ValueError):
                give_up(mail.id, error=error)
                continue
            put_off(mail.id, error=error)
            if not code:
                break
        else:
            mark_sent(mail.id)
            sent += 1
    return sent


def _code(refusal: Exception) -> int:
    """The server's reply code, or 0 where it gave none."""
    if isinstance(refusal, smtplib.SMTPRecipientsRefused):
        return max((code for code, _text in refusal.recipients.values()), default=0)
    if isinstance(refusal, smtplib.SMTPResponseException):
        return refusal.smtp_code
    return 0


@periodic(seconds=24 * 3600, name="mail.forget")
def forget() -> int:
    """Remove old messages."""
    return forget_old_mail()
