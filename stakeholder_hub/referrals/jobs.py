"""What the clock does to referrals: officials are reminded, silence is told, and goes one level up."""

import sqlalchemy as sa
import structlog

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import HubError
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.jobs import periodic
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.records.holding import hold
from stakeholder_hub.referrals.deadlines import REMINDED_BEFORE
from stakeholder_hub.referrals.events import ReplyDueSoon, ReplyOverdue
from stakeholder_hub.referrals.kinds import OPEN_STATES
from stakeholder_hub.referrals.models import Referral
from stakeholder_hub.referrals.operations.handing_on import escalate_referral

AT_ONCE = 500

log = structlog.get_logger(__name__)


def _open(*conditions: sa.ColumnElement[bool]) -> list[int]:
    """Ids of rungs whose clock runs, what is due first at the top."""
    return list(
        db.session.scalars(
            sa.select(Referral.id)
            .where(Referral.state.in_(OPEN_STATES), Referral.bundle_id.is_(None), *conditions)
            .order_by(Referral.due_at, Referral.id)
            .limit(AT_ONCE)
        )
    )


@periodic(seconds=600, name="referrals.remind")
def remind() -> int:
    """Remind officials a week before an answer is due and once it is overdue; returns how often. Can run twice."""
    now = clock.now()
    soon = _open(
        Referral.reminded_at.is_(None), Referral.due_at > now, Referral.due_at <= now + REMINDED_BEFORE
    )
    late = _open(Referral.warned_at.is_(None), Referral.due_at <= now)
    return sum(remind_if_due(i) for i in soon) + sum(warn_if_overdue(i) for i in late)


@periodic(seconds=600, name="referrals.escalate")
def escalate() -> int:
    """Let what nobody answered go one level up; returns how much did. Each in a transaction of its own."""
    done = 0
    for referral_id in _open(Referral.escalate_at <= clock.now()):
        try:
            done += escalate_referral(referral_id)
        except HubError as refusal:
            log.warning("escalation_refused", referral_id=referral_id, reason=type(refusal).__name__)
    return done


@operation
def remind_if_due(referral_id: int) -> int:
    """Remind the officials of one rung, unless they were, or it was answered in between."""
    referral, now = hold(db.session.get_one(Referral, referral_id)), clock.now()
    if not referral.is_open or referral.reminded_at is not None or referral.due_at is None:
        return 0
    if not now < referral.due_at <= now + REMINDED_BEFORE:
        return 0
    referral.reminded_at = now
    emit(ReplyDueSoon(actor=SYSTEM, subject=referral))
    return 1


@operation
def warn_if_overdue(referral_id: int) -> int:
    """Tell both sides of one rung that the answer is overdue, once."""
    referral, now = hold(db.session.get_one(Referral, referral_id)), clock.now()
    if referral.warned_at is not None or not referral.is_overdue(now):
        return 0
    referral.warned_at = now
    emit(ReplyOverdue(actor=SYSTEM, subject=referral))
    return 1
