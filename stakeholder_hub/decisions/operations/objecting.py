"""Objections in a vote by consent: given with a vote, answered by those who run it, settled at the close."""

from collections.abc import Sequence
from fractions import Fraction

import sqlalchemy as sa

from stakeholder_hub.decisions.binding import conditions_of
from stakeholder_hub.decisions.events import ObjectionAnswered
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.marks import Marks
from stakeholder_hub.decisions.models import Ballot, Objection, ObjectionState
from stakeholder_hub.decisions.operations.holding import hold
from stakeholder_hub.decisions.policy import may_answer_objection
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.text import normalise

OBJECTION = 3
"""The position of the answer that objects."""
LONGEST_REASON = 4_000


def checked_reason(ballot: Ballot, marks: Marks, reason: str) -> str:
    """The reason of an objection; empty for everything else.

    Raises:
        Invalid: somebody objects and does not say why, or says too much, at ``reason``.
    """
    if ballot.method is not Method.CONSENT or marks.choices != [OBJECTION]:
        return ""
    text = normalise(reason).strip()
    if not text:
        raise Invalid(_l("Say why you object: the others have to be able to answer."), "reason")
    if len(text) > LONGEST_REASON:
        raise Invalid(_l("This has more than %(most)s characters.", most=LONGEST_REASON), "reason")
    return text


def note_objection(ballot: Ballot, reason: str, *, user_id: int, language: str) -> None:
    """Write down, renew or withdraw the objection of somebody who votes. An answered one stays answered unless its
    reason
    changes.
    """
    if ballot.method is not Method.CONSENT:
        return
    mine = sa.select(Objection).where(Objection.ballot_id == ballot.id, Objection.user_id == user_id)
    found = db.session.scalar(mine.with_for_update())
    if found is None and reason:
        db.session.add(Objection(ballot_id=ballot.id, user_id=user_id, reason=reason, language=language))
    elif found is not None and not reason:
        found.state = ObjectionState.WITHDRAWN
    elif found is not None and (found.reason != reason or found.state is ObjectionState.WITHDRAWN):
        found.reason, found.language, found.state = reason, language, ObjectionState.STANDING
    db.session.flush()


@operation
def answer_objection(objection: Objection, *, answer: str, actor: Actor) -> Objection:
    """Say how an objection was resolved, such as by changing what is proposed; it no longer blocks.

    Raises:
        NotAllowed: the vote does not run, or the actor does not run it.
        Invalid: without an answer, at ``answer``.
    """
    hold(objection.ballot, alone=True)
    db.session.refresh(objection)
    require(may_answer_objection(actor, objection))
    text = normalise(answer).strip()
    if not text:
        raise Invalid(_l("Say how the objection was resolved."), "answer")
    if len(text) > LONGEST_REASON:
        raise Invalid(_l("This has more than %(most)s characters.", most=LONGEST_REASON), "answer")
    objection.answer, objection.state = text, ObjectionState.RESOLVED
    objection.answered_by_id = actor.id
    emit(ObjectionAnswered(actor=actor, subject=objection.ballot, objection=objection))
    return objection


def settle_objections(ballot: Ballot, votes: Sequence[Marks]) -> None:
    """Count what blocks at the close: objections that stand, unless enough others consent to overrule them."""
    if ballot.method is not Method.CONSENT:
        return
    standing = db.session.scalars(
        sa.select(Objection).where(
            Objection.ballot_id == ballot.id, Objection.state == ObjectionState.STANDING
        )
    ).all()
    share = conditions_of(ballot).overrule
    consenting = sum(marks.choices != [OBJECTION] for marks in votes)
    if share is not None and votes and Fraction(consenting, len(votes)) >= share:
        for objection in standing:
            objection.state = ObjectionState.OVERRULED
        standing = []
    ballot.standing_objections = len(standing)
