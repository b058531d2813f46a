"""Voting: one vote for each person, changeable until the close."""

import secrets
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from stakeholder_hub.consultations.operations import take_part
from stakeholder_hub.decisions.events import VoteCast
from stakeholder_hub.decisions.marks import Marks, checked
from stakeholder_hub.decisions.models import Ballot, BallotReceipt, BallotState, Vote, Voter
from stakeholder_hub.decisions.operations.crossing import vote_online
from stakeholder_hub.decisions.operations.holding import hold_to_take_part
from stakeholder_hub.decisions.operations.objecting import checked_reason, note_objection
from stakeholder_hub.decisions.operations.opening import open_ballot
from stakeholder_hub.decisions.operations.proxies import end_proxy
from stakeholder_hub.decisions.operations.voters import organisation_of, sector_of, town_of, voter_key
from stakeholder_hub.decisions.policy import may_vote
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM, require
from stakeholder_hub.kernel.database import db, insert_ignore
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.operation import operation


@operation
def cast_vote(
    ballot: Ballot,
    *,
    choices: Sequence[int],
    points: Sequence[int] | None = None,
    reason: str = "",
    language: str = "en",
    actor: Any,
) -> None:
    """Store the actor's vote in place of an earlier one. ``choices`` are positions of options, the first preference
    first where the ballot ranks them; ``points`` one number for each where it has points; ``reason`` why somebody
    objects, where the vote is by consent.

    The ballot's row is held with a shared lock: votes do not wait for each other, but closing waits for them, so
    that no vote is taken after the count has begun. One vote per person is a database rule.

    Raises:
        NotAllowed: the ballot is not open, or the actor does not belong to its electorate.
        Invalid: unknown or repeated options, too few or too many, or over the budget.
    """
    hold_to_take_part(ballot)
    now = clock.now()
    require(may_vote(actor, ballot, now))
    if ballot.state == BallotState.PREPARED:
        open_ballot(ballot, actor=SYSTEM)
    vote_online(ballot, actor)
    marks = checked(ballot, Marks(list(choices), None if points is None else list(points)))
    end_proxy(ballot, actor)
    why = checked_reason(ballot, marks, reason)
    receipt = secrets.token_hex(16)
    voter = {
        "ballot_id": ballot.id,
        "user_id": actor.id,
        "sector": sector_of(ballot, actor),
        "receipt": receipt,
        "organisation_id": organisation_of(ballot, actor),
        "territory_id": town_of(ballot, actor),
    }
    if insert_ignore(Voter.__table__, voter, index_elements=["ballot_id", "user_id"]):
        db.session.execute(sa.insert(BallotReceipt).values(ballot_id=ballot.id, code=receipt))
    _store_vote(ballot.id, voter_key(ballot, actor.id), marks)
    note_objection(ballot, why, user_id=actor.id, language=language)
    take_part(ballot.consultation, actor=actor)
    emit(VoteCast(actor=actor, subject=ballot))


def own_marks(ballot: Ballot, actor: Any) -> Marks | None:
    """What the actor has chosen so far; ``None`` before voting, and for ever after the close."""
    if ballot.key is None or not actor.is_authenticated or actor.id is None:
        return None
    row = db.session.execute(
        sa.select(Vote.choices, Vote.points).where(
            Vote.ballot_id == ballot.id, Vote.voter_key == voter_key(ballot, actor.id)
        )
    ).one_or_none()
    return None if row is None else Marks(row[0], row[1])


def _store_vote(ballot_id: int, key: str, marks: Marks) -> None:
    values = {"ballot_id": ballot_id, "voter_key": key, "choices": marks.choices, "points": marks.points}
    dialect = db.session.get_bind().dialect.name
    statement: Any = (sqlite_insert if dialect == "sqlite" else postgresql_insert)(Vote).values(**values)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["ballot_id", "voter_key"],
            set_={"choices": statement.excluded.choices, "points": statement.excluded.points},
        )
    )
