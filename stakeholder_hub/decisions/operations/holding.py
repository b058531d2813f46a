"""Holding a ballot for the length of a transaction, so that nothing about it changes meanwhile."""

from typing import cast

import sqlalchemy as sa

from stakeholder_hub.decisions.models import Ballot, BallotState
from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.models import Record


def hold(ballot: Ballot, *, alone: bool) -> None:
    """Lock the ballot's own row and read the ballot anew; ``alone``, or shared with others that do not want it alone.

    Only that row: the joins with which a page loads a ballot have sides that may be missing; those cannot be locked.
    """
    table = Ballot.__table__
    row = sa.select(table.c.id).where(table.c.id == _id_of(ballot))
    db.session.execute(row.with_for_update(read=not alone))
    db.session.refresh(ballot)


def _state_of(ballot: Ballot) -> str | None:
    """The state in the database at this moment, without reading the whole ballot."""
    table = Record.__table__
    return db.session.scalar(sa.select(table.c.state).where(table.c.id == _id_of(ballot)))


def _id_of(ballot: Ballot) -> int:
    """The ballot's number. At the start of an operation what was read before has expired, and the attribute would read
    the whole ballot with its options, only for that to be read anew under the lock.
    """
    return cast("tuple[int]", sa.inspect(ballot).identity)[0]


def hold_to_take_part(ballot: Ballot) -> None:
    """Lock the ballot's row for somebody who votes: shared among them; alone for the first one, who opens the ballot.
    Two that both held it shared and then both wanted it alone would wait for each other for ever.
    """
    hold(ballot, alone=_state_of(ballot) == BallotState.PREPARED)


def hold_if_free(ballot_id: int) -> Ballot | None:
    """The ballot, locked and read anew, or ``None`` where somebody else holds it (PostgreSQL)."""
    table = Ballot.__table__
    row = sa.select(table.c.id).where(table.c.id == ballot_id)
    if db.session.scalar(row.with_for_update(skip_locked=True)) is None:
        return None
    return db.session.get(Ballot, ballot_id, populate_existing=True)
