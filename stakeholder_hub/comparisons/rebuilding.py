"""Counting anew from what is stored: the same figures as were kept, and as often as one likes."""

from typing import Any

import sqlalchemy as sa

from stakeholder_hub.comparisons.keeping import COUNTED, figures_of, stands
from stakeholder_hub.comparisons.models import BallotCount, ContributionCount
from stakeholder_hub.consultations.models import Consultation, ParticipantCount, Participation
from stakeholder_hub.decisions.models import Ballot, BallotState
from stakeholder_hub.deliberation.models import Support
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.records.models import Record

CHUNK = 200

_RECORD: Any = Record.__table__
_CONSULTATION: Any = Consultation.__table__


@operation
def rebuild_counts(*, only: int | None = None) -> int:
    """Count everything anew, or one consultation; twice changes nothing. Returns how many consultations there are.

    Who contributes meanwhile waits: what is not committed yet is not seen here, and is added afterwards.
    """
    db.session.flush()
    if only is None:
        _hold_the_counts()
    number = _count_contributions(only)
    _count_participants(only)
    _count_ballots(only)
    db.session.expire_all()
    return number


def _hold_the_counts() -> None:
    if db.session.get_bind().dialect.name == "postgresql":
        names = ", ".join(t.__tablename__ for t in (ContributionCount, ParticipantCount, BallotCount))
        db.session.execute(sa.text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))


def _run(statement: Any) -> Any:
    return db.session.execute(statement, execution_options={"synchronize_session": False})


def _of(column: Any, only: int | None) -> Any:
    return sa.true() if only is None else column == only


def _count_contributions(only: int | None) -> int:
    table: Any = ContributionCount.__table__
    _run(sa.delete(table).where(_of(table.c.consultation_id, only)))
    here = _RECORD.c.context_id == _CONSULTATION.c.id

    def number(kind: str) -> Any:
        statement = sa.select(sa.func.count()).select_from(_RECORD)
        return statement.where(here, _RECORD.c.kind == kind, stands()).scalar_subquery()

    supports = (
        sa.select(sa.func.count())
        .select_from(_RECORD)
        .join(Support, Support.record_id == _RECORD.c.id)
        .where(here, _RECORD.c.kind.in_(COUNTED), stands())
        .scalar_subquery()
    )
    votes = (
        sa.select(sa.func.coalesce(sa.func.sum(Ballot.vote_count), 0))
        .where(Ballot.consultation_id == _CONSULTATION.c.id, Ballot.state == BallotState.CLOSED)
        .scalar_subquery()
    )
    counted = sa.select(_CONSULTATION.c.id, number("proposal"), number("comment"), supports, votes)
    names = ["consultation_id", "proposals", "comments", "supports", "votes"]
    _run(sa.insert(table).from_select(names, counted.where(_of(_CONSULTATION.c.id, only))))
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def _count_participants(only: int | None) -> None:
    table: Any = ParticipantCount.__table__
    _run(sa.delete(table).where(_of(table.c.consultation_id, only)))
    by_sector = (
        sa.select(Participation.consultation_id, Participation.sector, sa.func.count())
        .where(_of(Participation.consultation_id, only))
        .group_by(Participation.consultation_id, Participation.sector)
    )
    _run(sa.insert(table).from_select(["consultation_id", "sector", "people"], by_sector))
    people = (
        sa.select(sa.func.count())
        .select_from(Participation)
        .where(Participation.consultation_id == _CONSULTATION.c.id)
        .scalar_subquery()
    )
    elsewhere = (
        sa.select(sa.func.coalesce(sa.func.sum(Ballot.vote_count), 0))
        .where(Ballot.consultation_id == _CONSULTATION.c.id, Ballot.imported.is_(True))
        .scalar_subquery()
    )
    _run(
        sa.update(_CONSULTATION)
        .where(_of(_CONSULTATION.c.id, only))
        .values(participant_count=people + elsewhere)
    )


def _count_ballots(only: int | None) -> None:
    table: Any = BallotCount.__table__
    _run(sa.delete(table).where(_of(table.c.consultation_id, only)))
    closed = sa.select(Ballot).where(Ballot.state == BallotState.CLOSED, _of(Ballot.consultation_id, only))
    for some in db.session.scalars(closed.order_by(Ballot.id)).partitions(CHUNK):
        _run(sa.insert(BallotCount).values([figures_of(ballot) for ballot in some]))
