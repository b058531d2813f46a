"""The day by which bodies ratify ends by the clock, and they are reminded of it."""

from datetime import timedelta

import sqlalchemy as sa

from stakeholder_hub.bodies.officials import ids_of_officials
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.jobs import periodic
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.notifications.operations import notify
from stakeholder_hub.ratifications import sentences
from stakeholder_hub.ratifications.models import Ratification, RatifyingBody
from stakeholder_hub.ratifications.operations import hold, lapse_if_due
from stakeholder_hub.ratifications.rules import Outcome, Standing

BEFORE_THE_END = timedelta(days=7)


def _waits() -> sa.ColumnElement[bool]:
    return sa.exists().where(
        RatifyingBody.ratification_id == Ratification.id, RatifyingBody.outcome == Outcome.WAITING
    )


@periodic(seconds=60, name="ratifications.lapse")
def lapse_due() -> int:
    """End every ratification whose day is over; returns how many bodies had not answered."""
    due = db.session.scalars(
        sa.select(Ratification.id)
        .where(Ratification.due_at <= clock.now(), _waits())
        .order_by(Ratification.id)
    )
    return sum(lapse_if_due(ratification_id) for ratification_id in list(due))


@periodic(seconds=3600, name="ratifications.remind")
def remind() -> int:
    """Remind the officials of bodies that have not answered a week before the end, once; returns how many."""
    now = clock.now()
    due = db.session.scalars(
        sa.select(Ratification.id)
        .where(
            Ratification.due_at > now,
            Ratification.due_at <= now + BEFORE_THE_END,
            Ratification.standing == Standing.PENDING,
            _waits(),
        )
        .order_by(Ratification.id)
    )
    return sum(remind_of(ratification_id) for ratification_id in list(due))


@operation
def remind_of(ratification_id: int) -> int:
    """Tell those who act for a body that waits, and have not been reminded; returns how many."""
    ratification = db.session.get(Ratification, ratification_id)
    if ratification is None:
        return 0
    hold(ratification)
    waiting = [seat.body for seat in ratification.seats if seat.outcome is Outcome.WAITING]
    reminded = sa.select(Notification.user_id).where(
        Notification.kind == sentences.REMINDER, Notification.record_id == ratification.record_id
    )
    people = ids_of_officials(waiting) - set(db.session.scalars(reminded))
    return notify(people, kind=sentences.REMINDER, record=ratification.record)
