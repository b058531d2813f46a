"""A second vote after a veto: whether the result shall stand in spite of it."""

from datetime import datetime

import sqlalchemy as sa

from stakeholder_hub.decisions.binding import conditions_of
from stakeholder_hub.decisions.electorates import write_roll
from stakeholder_hub.decisions.events import AskedAgain
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.locks import Locked, add_terms_lock
from stakeholder_hub.decisions.methods.conditions import Conditions
from stakeholder_hub.decisions.models import Ballot, Elector
from stakeholder_hub.decisions.operations.holding import hold
from stakeholder_hub.decisions.operations.preparing import prepare_ballot
from stakeholder_hub.decisions.policy import may_ask_again
from stakeholder_hub.decisions.wording import again_question, again_title
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.records.models import Relation
from stakeholder_hub.records.operations import add_link

STANDS = _l(
    "The terms of the first vote say how the voters are asked again. Only its dates, "
    "and whether ballots on paper are taken, can be changed."
)


@operation
def ask_again(ballot: Ballot, *, opens_at: datetime, closes_at: datetime, actor: Actor) -> Ballot:
    """Prepare the one vote that can override a veto: yes or no, by those who belong to the same voters when it opens (a
    list is taken over), with the share that the terms name.

    Raises:
        NotAllowed: there is no veto to be overridden, the terms do not allow it, or it was asked already.
        Invalid: the dates do not fit.
    """
    hold(ballot, alone=True)
    require(may_ask_again(actor, ballot))
    second = prepare_ballot(
        ballot.consultation,
        title=again_title(ballot.title),
        question=again_question(ballot.title),
        method=Method.YES_NO,
        electorate=ballot.electorate,
        secret=ballot.secret,
        max_proxies=ballot.max_proxies,
        conditions=_share_of(ballot),
        opens_at=opens_at,
        closes_at=closes_at,
        actor=actor,
    )
    second.overrides = ballot
    if ballot.electorate.by_address:
        _take_list_over(ballot, second)
    db.session.flush()
    add_link(ballot, Relation.REPEATED_AS, second, actor=actor)
    emit(AskedAgain(actor=actor, subject=second))
    return second


def _share_of(ballot: Ballot) -> Conditions:
    return Conditions(threshold=conditions_of(ballot).veto_override)


def _take_list_over(ballot: Ballot, second: Ballot) -> None:
    """Hashes are made with the salt of their ballot, so that goes with them."""
    listed = sa.select(Elector.key).where(Elector.ballot_id == ballot.id, Elector.listed.is_(True))
    second.roll_salt = ballot.roll_salt
    db.session.flush()
    write_roll(second, db.session.scalars(listed).all())


@add_terms_lock
def second_votes_keep_their_terms(ballot: Ballot) -> Locked | None:
    """What a second vote asks, and of whom, is not open to change: with other voters, or a smaller share, it would be
    no answer to the veto.
    """
    first = ballot.overrides
    if first is None:
        return None
    terms = {
        "title": ballot.title,
        "question": ballot.question,
        "method": Method.YES_NO,
        "proposals": (),
        "electorate": first.electorate,
        "secret": first.secret,
        "max_proxies": first.max_proxies,
        "conditions": _share_of(first),
    }
    return Locked(terms, STANDS)
