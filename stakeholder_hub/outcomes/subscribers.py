"""Notes where something changed, so that it is counted anew."""

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.events import Event, subscribe
from stakeholder_hub.outcomes.models import Changed
from stakeholder_hub.proposals.models import Proposal

TALK = ("deliberation.", "records.")
"""Comments, support and files change no figure."""


@subscribe(Event)
def note_change(event: Event) -> None:
    """Whatever happens to a proposal or to its consultation, whoever told of it."""
    if isinstance(event.subject, Proposal | Consultation) and not event.name.startswith(TALK):
        subject = event.subject
        key = subject.consultation_id if isinstance(subject, Proposal) else subject.id
        db.session.add(Changed(consultation_id=key))
