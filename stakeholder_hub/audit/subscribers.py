"""Writes every event down, in the transaction of the operation that emits it."""

from stakeholder_hub.audit.models import AuditEntry
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.events import Event, subscribe


@subscribe(Event)
def write_down(event: Event) -> None:
    """One row per event."""
    if event.subject is not None:
        db.session.flush()
    db.session.add(
        AuditEntry(
            event=event.name,
            actor_id=getattr(event.actor, "id", None),
            subject_kind=type(event.subject).__name__.lower() if event.subject is not None else None,
            subject_id=getattr(event.subject, "id", None),
            details=event.details(),
        )
    )
