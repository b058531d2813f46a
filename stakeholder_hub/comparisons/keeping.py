"""What one contribution, or one closed ballot, counts for: the same whether it is counted as it comes or anew."""

from typing import Any

import sqlalchemy as sa

from stakeholder_hub.comparisons.models import BallotCount, ContributionCount
from stakeholder_hub.decisions.counting import chosen_positions
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.deliberation.models import Support
from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.models import Moderation, Record

COUNTED = {"proposal": "proposals", "comment": "comments"}
"""The kinds of records that are counted, and where."""

_RECORD: Any = Record.__table__


def stands() -> sa.ColumnElement[bool]:
    """Whether a record is counted: its author has not withdrawn it, and no moderator has hidden it."""
    return sa.and_(_RECORD.c.state != "withdrawn", _RECORD.c.moderation == Moderation.VISIBLE)


def count_in(consultation_id: int | None, **by: Any) -> None:
    """Change the counts of a consultation by numbers or by what a subquery finds, in one atomic statement."""
    if consultation_id is None:
        return
    table: Any = ContributionCount.__table__
    db.session.execute(
        sa.update(table)
        .where(table.c.consultation_id == consultation_id)
        .values({name: table.c[name] + change for name, change in by.items()})
    )


def count_record(record: Record, sign: int) -> None:
    """A record with the support it has comes to be counted (1), or is counted no more (-1)."""
    if record.kind not in COUNTED or record.state == "withdrawn":
        return
    supports = sa.select(_RECORD.c.support_count).where(_RECORD.c.id == record.id).scalar_subquery()
    count_in(record.context_id, **{COUNTED[record.kind]: sign}, supports=sign * supports)


def count_support(record: Record, sign: int) -> None:
    """A support comes, or goes: counted if what it is for is. The record's row is held by who changed its counter."""
    counted = (
        sa.select(sa.func.count())
        .select_from(_RECORD)
        .where(_RECORD.c.id == record.id, _RECORD.c.kind.in_(COUNTED), stands())
        .scalar_subquery()
    )
    count_in(record.context_id, supports=sign * counted)


def count_supports_of(user_id: int, sign: int) -> None:
    """Every support that somebody gave comes, or goes."""
    table: Any = ContributionCount.__table__
    mine = (
        sa.select(_RECORD.c.context_id)
        .join(Support, Support.record_id == _RECORD.c.id)
        .where(Support.user_id == user_id, _RECORD.c.kind.in_(COUNTED), stands())
    )
    number = (
        mine.with_only_columns(sa.func.count())
        .where(_RECORD.c.context_id == table.c.consultation_id)
        .correlate(table)
        .scalar_subquery()
    )
    db.session.execute(
        sa.update(table)
        .where(table.c.consultation_id.in_(mine))
        .values(supports=table.c.supports + sign * number)
    )


def figures_of(ballot: Ballot) -> dict[str, Any]:
    """The row that is kept of a closed ballot."""
    result = ballot.result or {}
    return {
        "ballot_id": ballot.id,
        "consultation_id": ballot.consultation_id,
        "voters": ballot.vote_count,
        "figures": {str(name): int(figure) for name, figure in result.get("scores", {}).items()},
        "chosen": chosen_positions(ballot),
        "closed_at": ballot.closed_at or ballot.closes_at,
    }


def keep_ballot(ballot: Ballot) -> None:
    """Store the figures of a ballot that has just been closed. Its row is held, so that this happens once."""
    db.session.flush()
    db.session.execute(sa.insert(BallotCount), [figures_of(ballot)])
    count_in(ballot.consultation_id, votes=ballot.vote_count)
