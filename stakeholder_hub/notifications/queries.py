"""Reading what one is told: only of records that one may still see."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload
from sqlalchemy.sql import ColumnElement, Select

from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.records.models import Record
from stakeholder_hub.records.queries import visible_to


def notifications_of(actor: Actor) -> Select[Notification]:
    """Everything the actor is told, with the records."""
    return (
        sa.select(Notification)
        .outerjoin(Record, Record.id == Notification.record_id)
        .where(Notification.user_id == actor.id, _still_visible(actor))
        .options(joinedload(Notification.record))
    )


def unread_of(actor: Actor, *, limit: int) -> Sequence[Notification]:
    """The latest of what is new."""
    return db.session.scalars(
        notifications_of(actor)
        .where(Notification.read_at.is_(None))
        .order_by(Notification.id.desc())
        .limit(limit)
    ).all()


def unread_count(actor: Actor) -> int:
    """How much is new: one statement, none for visitors."""
    if not actor.is_authenticated or actor.id is None:
        return 0
    counted = (
        sa.select(sa.func.count())
        .select_from(Notification)
        .outerjoin(Record, Record.id == Notification.record_id)
        .where(Notification.user_id == actor.id, Notification.read_at.is_(None), _still_visible(actor))
    )
    return int(db.session.scalar(counted) or 0)


def load_notification(notification_id: int, actor: Actor) -> Notification:
    """One notification of the actor's own.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    found = db.session.scalar(
        sa.select(Notification).where(Notification.id == notification_id, Notification.user_id == actor.id)
    )
    if found is None:
        raise NotFound()
    return found


def _still_visible(actor: Actor) -> ColumnElement[bool]:
    return sa.or_(Notification.record_id.is_(None), visible_to(actor))
