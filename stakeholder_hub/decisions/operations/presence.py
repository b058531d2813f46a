"""Being present at a vote, where those who are present are the base of a majority.

There is no room whose door could be watched: who may vote says that they are here, while the vote is open, and whoever
votes is here. So somebody can be counted without taking a side and without a ballot, as in an assembly where whoever
does not raise a hand weighs against the motion. At the close only the number stays.
"""

import sqlalchemy as sa

from stakeholder_hub.decisions.events import PresenceNoted, PresenceTakenBack
from stakeholder_hub.decisions.models import Ballot, BallotState, Elector, Presence, Voter, Way
from stakeholder_hub.decisions.operations.holding import hold_to_take_part
from stakeholder_hub.decisions.operations.opening import open_ballot
from stakeholder_hub.decisions.policy import may_be_present, may_leave
from stakeholder_hub.kernel.authorization import SYSTEM, Actor, require
from stakeholder_hub.kernel.database import db, insert_ignore
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.operation import operation


@operation
def note_presence(ballot: Ballot, *, actor: Actor) -> None:
    """Note that the actor is present at the vote; saying it twice changes nothing.

    Raises:
        NotAllowed: the presence is no base here, the ballot is not open, or the actor may not vote in it.
    """
    hold_to_take_part(ballot)
    require(may_be_present(actor, ballot))
    if ballot.state == BallotState.PREPARED:
        open_ballot(ballot, actor=SYSTEM)
    row = {"ballot_id": ballot.id, "user_id": actor.id}
    if insert_ignore(Presence.__table__, row, index_elements=["ballot_id", "user_id"]):
        emit(PresenceNoted(actor=actor, subject=ballot))


@operation
def take_back_presence(ballot: Ballot, *, actor: Actor) -> None:
    """Note that the actor has left before the end; who has voted stays counted.

    Raises:
        NotAllowed: the vote is over, the actor has voted, or was not noted as present.
    """
    hold_to_take_part(ballot)
    require(may_leave(actor, ballot))
    own = sa.delete(Presence).where(Presence.ballot_id == ballot.id, Presence.user_id == actor.id)
    db.session.execute(own)
    emit(PresenceTakenBack(actor=actor, subject=ballot))


def count_presence(ballot: Ballot) -> int:
    """How many are present at the close: who voted, who said so, and who was handed a ballot on paper, each once. The
    names are forgotten. ``vote_count``, ``paper_count`` and ``crossed_off`` of the ballot have been set.
    """
    voted = sa.select(Voter.user_id).where(Voter.ballot_id == ballot.id)
    on_paper = sa.select(Elector.user_id).where(
        Elector.ballot_id == ballot.id, Elector.way == Way.PAPER, Elector.user_id.is_not(None)
    )
    here = sa.and_(
        Presence.ballot_id == ballot.id, Presence.user_id.not_in(voted), Presence.user_id.not_in(on_paper)
    )
    silent = db.session.scalar(sa.select(sa.func.count()).select_from(Presence).where(here)) or 0
    db.session.execute(sa.delete(Presence).where(Presence.ballot_id == ballot.id))
    unused = max(0, (ballot.crossed_off or 0) - ballot.paper_count)
    return ballot.vote_count + int(silent) + unused
