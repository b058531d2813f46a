"""Counting what became of proposals: per consultation, kept, and counted anew where something changed.

The kept counts and a count of the proposals themselves are the same by construction: both come from :func:`counted`.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement

from stakeholder_hub.consultations.models import Category
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.jobs import periodic
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.outcomes.models import Changed, Tally
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.records.models import Moderation, Record, Visibility
from stakeholder_hub.territories.models import Territory

ANSWERED, DONE, WAITING, STATE = "answered", "done", "waiting", "state:"
AT_ONCE = 50


class Cell(NamedTuple):
    """What some proposals have in common (see :class:`Tally`)."""

    consultation_id: int
    year: int
    heading: str
    measure: str
    value: int


def counted(of: ColumnElement[bool]) -> Counter[Cell]:
    """The cells of the proposals for which ``of`` holds. One statement."""
    rows = db.session.execute(
        sa.select(
            Proposal.consultation_id,
            Proposal.state,
            Proposal.created_at,
            Proposal.responded_at,
            Proposal.done_at,
            Category.slug,
            Territory.timezone,
        )
        .join(Territory, Territory.id == Proposal.territory_id)
        .outerjoin(Category, Category.id == Proposal.category_id)
        .where(of, Proposal.visibility == Visibility.PUBLIC, Proposal.moderation == Moderation.VISIBLE)
    )
    return Counter(cell for row in rows for cell in _cells(*row))


def _cells(
    consultation_id: int, state: str, begun: Any, responded: Any, done: Any, slug: str | None, zone: str
) -> Iterable[Cell]:
    day = clock.to_local(begun, zone).date()

    def cell(measure: str, value: int = 0) -> Cell:
        return Cell(consultation_id, day.year, slug or "", measure, value)

    yield cell(STATE + state)
    if state == ProposalState.WITHDRAWN:
        return
    if responded is None:
        yield cell(WAITING, day.toordinal())
    else:
        yield cell(ANSWERED, max(0, (responded - begun).days))
    if done is not None:
        yield cell(DONE, max(0, (done - begun).days))


@operation
def count_anew(consultation_id: int) -> None:
    """Replace what is kept of a consultation by what is true now. Twice changes nothing."""
    # One after the other: two counts of the same consultation would write the same rows.
    db.session.execute(sa.select(Record.id).where(Record.id == consultation_id).with_for_update())
    seen = db.session.scalars(
        sa.select(Changed.id).where(Changed.consultation_id == consultation_id).order_by(Changed.id)
    ).all()
    cells = counted(Proposal.consultation_id == consultation_id)
    db.session.execute(sa.delete(Tally).where(Tally.consultation_id == consultation_id))
    if cells:
        rows = [{**cell._asdict(), "number": number} for cell, number in sorted(cells.items())]
        db.session.execute(sa.insert(Tally), rows)
    for start in range(0, len(seen), 500):
        db.session.execute(sa.delete(Changed).where(Changed.id.in_(seen[start : start + 500])))


@periodic(seconds=60, name="outcomes.count_changed")
def count_changed() -> int:
    """Count anew where something changed; returns in how many consultations."""
    changed = db.session.scalars(
        sa.select(Changed.consultation_id).distinct().order_by(Changed.consultation_id).limit(AT_ONCE)
    ).all()
    for consultation_id in changed:
        count_anew(consultation_id)
    return len(changed)


@operation
def count_everything_anew() -> int:
    """Say of every consultation with proposals that it is to be counted anew; returns how many there are."""
    ids = db.session.scalars(sa.select(Proposal.consultation_id).distinct()).all()
    kept = db.session.scalars(sa.select(Tally.consultation_id).distinct()).all()
    wanted = sorted({*ids, *kept})
    if wanted:
        db.session.execute(sa.insert(Changed), [{"consultation_id": one} for one in wanted])
    return len(wanted)
