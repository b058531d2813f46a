"""Reading ratifications."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.bodies.queries import bodies_acted_for
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.ratifications.models import Ratification, RatificationAct, RatifyingBody
from stakeholder_hub.ratifications.rules import Outcome, Standing
from stakeholder_hub.records.models import Record
from stakeholder_hub.records.queries import visible_to


def ratification_of(record: Record) -> Ratification | None:
    """The ratification of a record with its bodies and their acts. One statement: bodies and acts are few."""
    seats = joinedload(Ratification.seats)
    found = db.session.scalars(
        sa.select(Ratification)
        .where(Ratification.record_id == record.id)
        .options(
            seats.joinedload(RatifyingBody.body),
            seats.joinedload(RatifyingBody.acts).joinedload(RatificationAct.signatory),
        )
    )
    return found.unique().one_or_none()


def load_seat(record: Record, slug: str) -> RatifyingBody:
    """The body called ``slug`` among those that ratify ``record``.

    Raises:
        NotFound: it is none of them, or nothing is ratified there.
    """
    found = db.session.scalar(
        sa.select(RatifyingBody)
        .join(RatifyingBody.ratification)
        .join(RatifyingBody.body)
        .where(Ratification.record_id == record.id, Body.slug == slug)
        .options(joinedload(RatifyingBody.ratification))
    )
    if found is None:
        raise NotFound()
    return found


def waiting_for_act(actor: Actor, bodies: Sequence[Body] | None = None) -> Sequence[RatifyingBody]:
    """What waits for an act of a body the actor acts for: for the desk."""
    acted_for = bodies_acted_for(actor) if bodies is None else bodies
    if not acted_for:
        return []
    return db.session.scalars(
        sa.select(RatifyingBody)
        .join(RatifyingBody.ratification)
        .join(Ratification.record)
        .where(
            RatifyingBody.body_id.in_([body.id for body in acted_for]),
            RatifyingBody.outcome == Outcome.WAITING,
            Ratification.standing != Standing.FAILED,
            Ratification.due_at > clock.now(),
            visible_to(actor),
        )
        .options(joinedload(RatifyingBody.ratification).joinedload(Ratification.record))
        .order_by(Ratification.due_at, RatifyingBody.id)
        .limit(50)
    ).all()


def acts_asked_of(body: Body, actor: Actor, limit: int = 10) -> Sequence[RatifyingBody]:
    """What a body was asked to ratify, the latest first: for its page."""
    return db.session.scalars(
        sa.select(RatifyingBody)
        .join(RatifyingBody.ratification)
        .join(Ratification.record)
        .where(RatifyingBody.body_id == body.id, visible_to(actor))
        .options(joinedload(RatifyingBody.ratification).joinedload(Ratification.record))
        .order_by(RatifyingBody.id.desc())
        .limit(limit)
    ).all()
