"""Officials are reminded of a promise before its day and after it. What became of it they say; no clock does."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from stakeholder_hub.bodies.officials import ids_of_officials
from stakeholder_hub.commitments import sentences
from stakeholder_hub.commitments.models import RUNNING, Commitment
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.jobs import periodic
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.notifications.operations import notify
from stakeholder_hub.records.holding import hold

BEFORE = timedelta(days=14)


@periodic(seconds=3600, name="commitments.remind")
def remind() -> int:
    """Remind of what is due within two weeks, and of what is overdue, once each; returns how many were told."""
    today = clock.today()
    soon = sa.and_(Commitment.due_on <= today + BEFORE, Commitment.reminded_before_at.is_(None))
    late = sa.and_(Commitment.due_on < today, Commitment.reminded_after_at.is_(None))
    due = db.session.scalars(
        sa.select(Commitment.id)
        .where(Commitment.state.in_(RUNNING), sa.or_(soon, late))
        .order_by(Commitment.id)
        .limit(500)
    )
    return sum(remind_of(commitment_id) for commitment_id in list(due))


@operation
def remind_of(commitment_id: int) -> int:
    """Tell the officials of the body before the day, and after it those of the body that asked too. Runs twice without
    harm; returns how many were told.
    """
    commitment = db.session.get(Commitment, commitment_id)
    if commitment is None or hold(commitment).state not in RUNNING:
        return 0
    today = clock.today(commitment.territory.timezone)
    late = commitment.is_overdue(today)
    if late and commitment.reminded_after_at is None:
        values = {
            "reminded_before_at": commitment.reminded_before_at or clock.now(),
            "reminded_after_at": clock.now(),
        }
        kind, people = sentences.AFTER, ids_of_officials([commitment.body, commitment.asker])
    elif not late and commitment.reminded_before_at is None:
        values, kind = {"reminded_before_at": clock.now()}, sentences.BEFORE
        people = ids_of_officials([commitment.body])
    else:
        return 0
    # beside the version, so that a reminder never spoils an answer
    table: Any = Commitment.__table__
    db.session.execute(sa.update(table).where(table.c.id == commitment.id).values(values))
    db.session.expire(commitment)
    return notify(people, kind=kind, record=commitment)
