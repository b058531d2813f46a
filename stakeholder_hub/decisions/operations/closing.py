"""Closing: counting, untying every vote from its voter, and recording the decision, in one transaction."""

import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from stakeholder_hub.decisions.binding import checks_of, conditions_of
from stakeholder_hub.decisions.counting import count
from stakeholder_hub.decisions.events import BallotClosed
from stakeholder_hub.decisions.evidence.leaves import lot_of, tree_of, vote_line
from stakeholder_hub.decisions.evidence.publishing import receipts_of, seal
from stakeholder_hub.decisions.marks import Marks
from stakeholder_hub.decisions.models import Ballot, BallotState, SectorTurnout, Vote, Voter
from stakeholder_hub.decisions.operations.afterwards import mark_winners, settle_result, wait_for_bodies
from stakeholder_hub.decisions.operations.crossing import number_crossed_off
from stakeholder_hub.decisions.operations.deciding import record_decision
from stakeholder_hub.decisions.operations.holding import hold
from stakeholder_hub.decisions.operations.objecting import settle_objections
from stakeholder_hub.decisions.operations.paperwork import paper_votes
from stakeholder_hub.decisions.operations.presence import count_presence
from stakeholder_hub.decisions.operations.proxies import use_proxies
from stakeholder_hub.decisions.operations.voters import voter_key
from stakeholder_hub.decisions.policy import may_close_ballot
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.operation import operation


@operation
def close_ballot(ballot: Ballot, *, actor: Actor) -> Ballot:
    """Close, count, untie every vote from its voter, and record the decision: in one transaction.

    The key is destroyed and the votes are stored anew in random order under random keys.

    Raises:
        NotAllowed: it is not open, or the actor does not run it.
    """
    hold(ballot, alone=True)
    require(may_close_ballot(actor, ballot))
    now = clock.now()
    ballot.closes_at, ballot.closed_at = min(ballot.closes_at, now), now
    use_proxies(ballot)
    votes, marks_of = _take_out(ballot)
    on_paper = [_Vote(secrets.token_hex(16), marks, None) for marks in paper_votes(ballot)]
    ballot.paper_count = len(on_paper)
    if ballot.paper and not ballot.electorate.for_everyone:
        ballot.crossed_off = number_crossed_off(ballot)
    votes += on_paper
    random.SystemRandom().shuffle(votes)
    ballot.vote_count = len(votes)
    if conditions_of(ballot).ask_who_is_present:
        ballot.present = count_presence(ballot)
    settle_objections(ballot, [vote.marks for vote in votes])
    numbered = [(vote.number, vote.marks) for vote in votes]
    receipts = receipts_of(ballot)
    tree = tree_of((vote_line(*vote) for vote in numbered), receipts)
    ballot.root = tree.root.hex()
    lot = lot_of(ballot.seed, ballot.root) if ballot.seed else None
    ballot.result = count(ballot, (vote.marks for vote in votes), lot=lot).to_json()
    ballot.checks = checks_of(ballot, marks_of, len(votes)) or None
    seal(ballot, numbered, receipts, tree)
    _store_untied(ballot, votes)
    _fix_turnout(ballot)
    ballot.key = None
    ballot.move_to(BallotState.CLOSED)
    wait_for_bodies(ballot, actor=actor)
    if ballot.after_close is None:
        mark_winners(ballot, actor=actor)
    emit(BallotClosed(actor=actor, subject=ballot, votes=len(votes)))
    record_decision(ballot, actor=actor)
    if ballot.overrides_id is not None and ballot.overrides is not None:
        settle_result(ballot.overrides, actor=actor)
    return ballot


@dataclass(frozen=True)
class _Vote:
    number: str
    marks: Marks
    user_id: int | None


def _take_out(ballot: Ballot) -> tuple[list[_Vote], dict[int, Marks]]:
    """All votes cast here, each under a new random number, with its voter only where votes are open; and the
    marks by voter, for as long as the count needs them.
    """
    ids = db.session.scalars(sa.select(Voter.user_id).where(Voter.ballot_id == ballot.id))
    voters = {voter_key(ballot, user_id): user_id for user_id in ids} if ballot.key else {}
    rows = db.session.execute(
        sa.select(Vote.voter_key, Vote.choices, Vote.points).where(Vote.ballot_id == ballot.id)
    )
    votes: list[_Vote] = []
    marks_of: dict[int, Marks] = {}
    for key, choices, points in rows:
        marks, user_id = Marks(choices, points), voters.get(key)
        votes.append(_Vote(secrets.token_hex(16), marks, None if ballot.secret else user_id))
        if user_id is not None:
            marks_of[user_id] = marks
    return votes, marks_of


def _store_untied(ballot: Ballot, votes: Sequence[_Vote]) -> None:
    db.session.execute(sa.delete(Vote).where(Vote.ballot_id == ballot.id))
    rows = [
        {
            "ballot_id": ballot.id,
            "voter_key": vote.number,
            "choices": vote.marks.choices,
            "points": vote.marks.points,
            "user_id": vote.user_id,
        }
        for vote in votes
    ]
    if rows:
        db.session.execute(sa.insert(Vote), rows)


def _fix_turnout(ballot: Ballot) -> None:
    """How many of each sector voted, beside how many could: that was written down at the opening."""
    counted = (
        sa.select(Voter.sector, sa.func.count()).where(Voter.ballot_id == ballot.id).group_by(Voter.sector)
    )
    voted = {str(row[0]): int(row[1]) for row in db.session.execute(counted)}
    entitled = {row.sector: row for row in ballot.turnout}
    for sector in sorted(voted.keys() - entitled.keys()):
        # somebody changed their sector since; where nobody knows how many could vote, that stays open
        eligible = voted[sector] if entitled else None
        ballot.turnout.append(SectorTurnout(sector=sector, voted=voted[sector], eligible=eligible))
    for sector, row in entitled.items():
        row.voted = voted.get(sector, 0)
        row.eligible = None if row.eligible is None else max(row.eligible, row.voted)
