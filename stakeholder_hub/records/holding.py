"""A record is held while it is changed, so that two who act at once act one after the other."""

from collections.abc import Iterable
from typing import TypeVar

import sqlalchemy as sa

from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.models import Record

R = TypeVar("R", bound=Record)


def hold(record: R) -> R:
    """Lock a record for the length of the transaction, then read what it says now.

    Two statements: who waits for the lock and reads in the same one gets the columns of ``record`` as they are now and
    those of its kind as they were before the wait (PostgreSQL reads again only the rows that it locks).
    """
    db.session.flush()
    row = Record.__table__.c.id
    db.session.execute(sa.select(row).where(row == record.id).with_for_update())
    db.session.refresh(record)
    return record


def hold_all(records: Iterable[R]) -> None:
    """Hold several, the latest first, whoever asks: two who need the same ones never wait for each other."""
    for record in sorted(records, key=lambda one: one.id, reverse=True):
        hold(record)
