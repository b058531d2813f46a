"""Crossing off the roll who is handed a ballot on paper, so that nobody votes both ways.

A line of the roll says how its person votes, and it is written by one statement that changes it only where it is still
empty. So whichever comes first, the vote online or the crossing off, shuts the other out, also when both come at once.
"""

from typing import Any

import sqlalchemy as sa

from stakeholder_hub.decisions.electorates import entry_at, entry_of, own_name_on_roll
from stakeholder_hub.decisions.entitlement import LATE, ON_PAPER, TAKEN
from stakeholder_hub.decisions.events import CrossedOff, CrossingUndone
from stakeholder_hub.decisions.models import Ballot, Elector, Proxy, ProxyFate, Way
from stakeholder_hub.decisions.operations.holding import hold
from stakeholder_hub.decisions.paper import Crossing
from stakeholder_hub.decisions.policy import may_cross_off
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotAllowed
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation

LONGEST_REASON = 500


@operation
def cross_off(ballot: Ballot, *, key: str, actor: Actor) -> Crossing:
    """Note that the person at this line of the roll was handed a ballot on paper. They vote online no more, and a vote
    they gave to somebody else is not used.

    Raises:
        NotAllowed: the ballot takes no paper, has no roll or is not open, or the actor does not run it.
        Invalid: nobody stands on the roll there.
        Conflict: the person voted online, or is crossed off already.
    """
    hold(ballot, alone=False)
    require(may_cross_off(actor, ballot))
    if not _take(ballot, key, Way.PAPER, Elector.way.is_(None)):
        entry = entry_at(ballot, key)
        if entry is None:
            raise Invalid(_l("Nobody stands on the roll there."))
        raise Conflict(
            _l("This person is crossed off already.")
            if entry.way is Way.PAPER
            else _l("This person has voted online. Hand out no ballot on paper.")
        )
    crossing = Crossing(ballot_id=ballot.id, elector_key=key, crossed_by_id=actor.id)
    db.session.add(crossing)
    db.session.flush()
    user_id = _account_at(ballot, key)
    _end_proxy(ballot, user_id, before=None, after=ProxyFate.PAPER)
    emit(CrossedOff(actor=actor, subject=ballot, user_id=user_id))
    return crossing


@operation
def undo_crossing(crossing: Crossing, *, reason: str, actor: Actor) -> Crossing:
    """Take it back, with the reason: the person brought the ballot back, or it was somebody else.

    Raises:
        NotAllowed: the ballot is counted, or the actor does not run it.
        Conflict: it was taken back already.
        Invalid: no reason is given.
    """
    ballot = crossing.ballot
    hold(ballot, alone=False)
    require(may_cross_off(actor, ballot))
    said = reason.strip()
    if not 1 <= len(said) <= LONGEST_REASON:
        raise Invalid(_l("Give the reason, in at most %(most)s characters.", most=LONGEST_REASON), "reason")
    row = sa.select(Crossing.id).where(Crossing.id == crossing.id)
    db.session.execute(row.with_for_update())
    db.session.refresh(crossing)
    if crossing.undone_at is not None:
        raise Conflict(_l("This was undone already."))
    crossing.undone_at, crossing.undone_by_id, crossing.undone_reason = clock.now(), actor.id, said
    _take(ballot, crossing.elector_key, None, Elector.way == Way.PAPER)
    user_id = _account_at(ballot, crossing.elector_key)
    _end_proxy(ballot, user_id, before=ProxyFate.PAPER, after=None)
    emit(CrossingUndone(actor=actor, subject=ballot, user_id=user_id))
    return crossing


def vote_online(ballot: Ballot, person: Any) -> None:
    """Note on the roll that the person votes online; a line serves one account only.

    Raises:
        NotAllowed: the person is not on the roll, was handed a ballot on paper, or somebody else voted at their line.
    """
    if ballot.electorate.for_everyone:
        return
    own = sa.and_(Elector.way == Way.ONLINE, Elector.user_id == person.id)
    key = own_name_on_roll(ballot, person)
    if _take(ballot, key, Way.ONLINE, sa.or_(Elector.way.is_(None), own), user_id=person.id):
        return
    entry = entry_of(ballot, person)
    if entry is None:
        raise NotAllowed(LATE)
    raise NotAllowed(ON_PAPER if entry.way is Way.PAPER else TAKEN)


def number_crossed_off(ballot: Ballot) -> int:
    """How many were handed a ballot on paper."""
    counted = sa.select(sa.func.count()).select_from(Elector)
    at = counted.where(Elector.ballot_id == ballot.id, Elector.way == Way.PAPER)
    return int(db.session.scalar(at) or 0)


def _take(ballot: Ballot, key: str, way: Way | None, where: Any, **more: Any) -> bool:
    """Write a way at a line of the roll where ``where`` holds, in one statement; tells whether it did."""
    change = (
        sa.update(Elector)
        .where(Elector.ballot_id == ballot.id, Elector.key == key, where)
        .values(way=way, **more)
        .returning(Elector.key)
        .execution_options(synchronize_session=False)
    )
    return db.session.execute(change).first() is not None


def _account_at(ballot: Ballot, key: str) -> int | None:
    entry = entry_at(ballot, key)
    return None if entry is None else entry.user_id


def _end_proxy(
    ballot: Ballot, giver_id: int | None, *, before: ProxyFate | None, after: ProxyFate | None
) -> None:
    given = db.session.get(Proxy, (ballot.id, giver_id)) if giver_id is not None else None
    if given is not None and given.fate is before:
        given.fate = after
        db.session.flush()
