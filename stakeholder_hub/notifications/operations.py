"""Telling people: rows in the transaction of what happened; pages and mails read them later."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from stakeholder_hub.accounts.models import User
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.jobs import periodic
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.notifications.frequency import MailFrequency
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.notifications.policy import may_read
from stakeholder_hub.records.models import Record

CHUNK = 500
KEPT = timedelta(days=92)


@operation
def notify(
    user_ids: Iterable[int | None],
    *,
    kind: str,
    record: Record | None = None,
    data: dict[str, Any] | None = None,
) -> int:
    """Tell each person once. ``kind`` names the sentence, ``data`` its placeholders; returns how many are told.

    Whether they may still see ``record`` is asked when they read it: rights may change in between.
    """
    ids = sorted({i for i in user_ids if i is not None})
    if not ids:
        return 0
    db.session.flush()
    told = 0
    shared = {"kind": kind, "record_id": record.id if record is not None else None, "data": data or {}}
    for at in range(0, len(ids), CHUNK):
        there = db.session.scalars(
            sa.select(User.id).where(
                User.id.in_(ids[at : at + CHUNK]), User.active.is_(True), User.erased_at.is_(None)
            )
        ).all()
        rows = [{**shared, "user_id": i, "created_at": clock.now()} for i in there]
        if rows:
            db.session.execute(sa.insert(Notification), rows)
        told += len(rows)
    return told


@operation
def mark_read(notification: Notification, *, actor: Any) -> None:
    """Remember that the person has read it."""
    require(may_read(actor, notification))
    if notification.read_at is None:
        notification.read_at = clock.now()


@operation
def mark_all_read(*, actor: User) -> int:
    """Remember that the person has read everything; returns how much was new."""
    done = db.session.execute(
        sa.update(Notification)
        .where(Notification.user_id == actor.id, Notification.read_at.is_(None))
        .values(read_at=clock.now()),
        execution_options={"preserve_rowcount": True},
    )
    return int(getattr(done, "rowcount", 0))


@operation
def choose_frequency(user: User, *, frequency: MailFrequency) -> None:
    """Write to the person as often as chosen. Who may is told by the session, or by the link in a mail."""
    user.mail_frequency = frequency.value


@operation
def forget_old(*, now: datetime | None = None) -> int:
    """Remove what was told more than a quarter of a year ago; returns how much."""
    limit = (now or clock.now()) - KEPT
    done = db.session.execute(
        sa.delete(Notification).where(Notification.created_at < limit),
        execution_options={"preserve_rowcount": True, "synchronize_session": False},
    )
    return int(getattr(done, "rowcount", 0))


@periodic(seconds=24 * 3600, name="notifications.forget_old")
def _forget_old_ones() -> int:
    return forget_old()
