"""A phase that begins is told of."""

from typing import Any

import sqlalchemy as sa

from stakeholder_hub.consultations.events import PhaseBegan
from stakeholder_hub.consultations.models import Phase
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.operation import operation


@operation
def announce_phase(phase: Phase) -> bool:
    """Tell those who follow the consultation that a phase has begun, once, however often this is called.

    A phase that ran already when the consultation was published was told of then.
    """
    table: Any = Phase.__table__
    claimed: Any = db.session.execute(
        sa.update(table)
        .where(table.c.id == phase.id, table.c.announced_at.is_(None))
        .values(announced_at=clock.now()),
        execution_options={"preserve_rowcount": True},
    )
    consultation = phase.consultation
    if claimed.rowcount != 1:
        return False
    if consultation.published_at is not None and phase.starts_at > consultation.published_at:
        emit(PhaseBegan(actor=None, subject=consultation, position=phase.position))
    return True
