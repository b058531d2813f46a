"""What the clock does to consultations. Phases open and close by themselves; people are told by this sweep."""

import sqlalchemy as sa

from stakeholder_hub.consultations.models import Consultation, ConsultationState, Phase
from stakeholder_hub.consultations.operations import announce_phase
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.jobs import periodic


@periodic(seconds=60, name="consultations.announce_phases")
def announce_phases() -> int:
    """Tell of phases that have begun since the last turn; returns how many. Running it twice tells nobody twice."""
    moment = clock.now()
    begun = db.session.scalars(
        sa.select(Phase)
        .join(Consultation, Consultation.id == Phase.consultation_id)
        .where(
            Consultation.state == ConsultationState.PUBLISHED,
            Phase.announced_at.is_(None),
            Phase.starts_at <= moment,
            Phase.ends_at > moment,
        )
        .order_by(Phase.id)
        .limit(500)
    ).all()
    return sum(announce_phase(phase) for phase in begun)
