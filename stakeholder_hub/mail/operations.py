"""Queueing mail: a row in the transaction that causes it."""

import secrets

from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.jobs import nudge
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.text import normalise_line
from stakeholder_hub.mail.models import OutgoingMail


@operation
def queue_mail(*, to: str, subject: str, text: str, html: str | None = None, language: str) -> OutgoingMail:
    """Put a message into the queue; the worker delivers it, at least once, under one Message-ID."""
    message = OutgoingMail(
        message_id=f"<{secrets.token_hex(16)}@stakeholder-hub>",
        recipient=normalise_line(to, longest=254),
        subject=normalise_line(subject, longest=300),
        text=text,
        html=html,
        language=language,
    )
    db.session.add(message)
    db.session.flush()
    nudge("mail.deliver")
    return message
