"""Giving one's vote to somebody else: in one ballot, to a fellow member, taken back by voting oneself.

No chains: who gave their vote away carries no other, and who carries one cannot give their own away. How many one
person
may carry stands in the terms of the ballot.
"""

import secrets
from typing import Any

import sqlalchemy as sa

from stakeholder_hub.accounts.models import User
from stakeholder_hub.decisions.electorates import people_entitled
from stakeholder_hub.decisions.events import ProxyGiven, ProxyTakenBack
from stakeholder_hub.decisions.models import Ballot, BallotReceipt, Proxy, ProxyFate, Vote, Voter
from stakeholder_hub.decisions.operations.crossing import vote_online
from stakeholder_hub.decisions.operations.holding import hold
from stakeholder_hub.decisions.operations.voters import sector_of, town_of, voter_key
from stakeholder_hub.decisions.policy import may_give_proxy
from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation


@operation
def give_proxy(ballot: Ballot, *, holder_id: int, actor: Any) -> Proxy:
    """Let somebody vote for the actor as they vote themselves, in place of anybody named before.

    The ballot is held alone, so that no two people exceed the limit at once.

    Raises:
        NotAllowed: the ballot takes no proxies, is over, or the actor has voted or is not entitled.
        Invalid: the other is not entitled, gave their own vote away, or carries enough already, at ``holder``.
    """
    hold(ballot, alone=True)
    require(may_give_proxy(actor, ballot))
    if holder_id == actor.id or holder_id not in people_entitled(ballot):
        raise Invalid(_l("Choose somebody who may vote here."), "holder")
    theirs = db.session.get(Proxy, (ballot.id, holder_id))
    if theirs is not None and theirs.fate is None:
        raise Invalid(_l("This person gave their own vote to somebody else."), "holder")
    if carried_by(ballot, actor.id):
        raise Invalid(_l("You carry the vote of somebody else, so you have to vote yourself."), "holder")
    others = [proxy for proxy in carried_by(ballot, holder_id) if proxy.giver_id != actor.id]
    if len(others) >= ballot.max_proxies:
        raise Invalid(_l("This person carries as many votes as one may already."), "holder")
    given = db.session.get(Proxy, (ballot.id, actor.id))
    if given is None:
        given = Proxy(ballot_id=ballot.id, giver_id=actor.id, holder_id=holder_id)
        db.session.add(given)
    given.holder_id = holder_id
    db.session.flush()
    emit(ProxyGiven(actor=actor, subject=ballot, holder_id=holder_id))
    return given


@operation
def take_back_proxy(ballot: Ballot, *, actor: Any) -> None:
    """Vote oneself after all; nothing happens where no vote was given away."""
    hold(ballot, alone=True)
    given = db.session.get(Proxy, (ballot.id, actor.id))
    if given is not None and given.fate is None:
        db.session.delete(given)
        db.session.flush()
        emit(ProxyTakenBack(actor=actor, subject=ballot))


def end_proxy(ballot: Ballot, actor: Any) -> None:
    """Note that the actor votes themselves after having given their vote away."""
    given = db.session.get(Proxy, (ballot.id, actor.id)) if ballot.max_proxies else None
    if given is not None and given.fate is None:
        given.fate = ProxyFate.VOTED
        db.session.flush()
        emit(ProxyTakenBack(actor=actor, subject=ballot))


def carried_by(ballot: Ballot, user_id: int) -> list[Proxy]:
    """The votes of others that somebody carries in this ballot, as long as they have not voted themselves."""
    return list(
        db.session.scalars(
            sa.select(Proxy)
            .where(Proxy.ballot_id == ballot.id, Proxy.holder_id == user_id, Proxy.fate.is_(None))
            .order_by(Proxy.giver_id)
        )
    )


def use_proxies(ballot: Ballot) -> int:
    """At the close: whoever gave their vote away and did not vote votes like the holder; returns how many do.

    What the holders chose is read before the first such vote is cast, so that none of them counts as a holder's own:
    there are no chains, not even where one came about by taking a crossing off back.
    """
    waiting = db.session.scalars(
        sa.select(Proxy).where(Proxy.ballot_id == ballot.id, Proxy.fate.is_(None))
    ).all()
    entitled = people_entitled(ballot) if waiting else set()
    votes = {proxy.holder_id: _vote_of(ballot, proxy.holder_id) for proxy in waiting}
    for proxy in waiting:
        vote = votes[proxy.holder_id]
        if proxy.giver_id not in entitled:
            proxy.fate = ProxyFate.BARRED
        elif vote is None:
            proxy.fate = ProxyFate.LAPSED
        else:
            _vote_alike(ballot, db.session.get_one(User, proxy.giver_id), vote)
            proxy.fate = ProxyFate.USED
    db.session.flush()
    return sum(proxy.fate is ProxyFate.USED for proxy in waiting)


def _vote_of(ballot: Ballot, user_id: int) -> Vote | None:
    return db.session.scalar(
        sa.select(Vote).where(Vote.ballot_id == ballot.id, Vote.voter_key == voter_key(ballot, user_id))
    )


def _vote_alike(ballot: Ballot, giver: User, vote: Vote) -> None:
    """A vote of the giver's own, with a receipt, that says what the holder's does."""
    vote_online(ballot, giver)
    receipt = secrets.token_hex(16)
    db.session.add_all(
        [
            Voter(
                ballot_id=ballot.id,
                user_id=giver.id,
                sector=sector_of(ballot, giver),
                receipt=receipt,
                territory_id=town_of(ballot, giver),
            ),
            BallotReceipt(ballot_id=ballot.id, code=receipt),
            Vote(
                ballot_id=ballot.id,
                voter_key=voter_key(ballot, giver.id),
                choices=list(vote.choices),
                points=vote.points,
            ),
        ]
    )
