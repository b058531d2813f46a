"""A second vote after a veto: whether the result shall stand in spite of it."""

from datetime import datetime

from stakeholder_hub.decisions.binding import conditions_of
from stakeholder_hub.decisions.events import AskedAgain
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.methods.conditions import Conditions
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.decisions.operations.holding import hold
from stakeholder_hub.decisions.operations.preparing import prepare_ballot
from stakeholder_hub.decisions.policy import may_ask_again
from stakeholder_hub.decisions.wording import again_question, again_title
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.records.models import Relation
from stakeholder_hub.records.operations import add_link


@operation
def ask_again(ballot: Ballot, *, opens_at: datetime, closes_at: datetime, actor: Actor) -> Ballot:
    """Prepare the one vote that can override a veto: yes or no, by the same voters, with the share that the terms name.

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
        conditions=Conditions(threshold=conditions_of(ballot).veto_override),
        opens_at=opens_at,
        closes_at=closes_at,
        actor=actor,
    )
    second.overrides = ballot
    db.session.flush()
    add_link(ballot, Relation.REPEATED_AS, second, actor=actor)
    emit(AskedAgain(actor=actor, subject=second))
    return second
