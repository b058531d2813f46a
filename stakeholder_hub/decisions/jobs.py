"""Ballots open and close by the clock, with or without anybody looking."""

import sqlalchemy as sa
import structlog

from stakeholder_hub.consultations.models import Consultation, ConsultationState
from stakeholder_hub.decisions.models import Ballot, BallotState
from stakeholder_hub.decisions.operations import close_ballot, open_ballot
from stakeholder_hub.decisions.operations.afterwards import settle_if_due
from stakeholder_hub.decisions.operations.holding import hold_if_free
from stakeholder_hub.decisions.operations.reminding import BEFORE_THE_END, remind_if_due
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import HubError
from stakeholder_hub.kernel.jobs import periodic
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.ratifications.rules import Standing

log = structlog.get_logger(__name__)


@periodic(seconds=60, name="decisions.open_and_close_due")
def open_and_close_due() -> int:
    """Open and close every ballot whose time has come; returns how many. Each in a transaction of its own, so that
    one that cannot be counted holds up no other; can run twice and in several workers at once.
    """
    done = 0
    for ballot_id, step in [(i, open_if_due) for i in _due_to_open()] + [
        (i, close_if_due) for i in _due_to_close()
    ]:
        try:
            done += step(ballot_id)
        except HubError as refusal:
            log.warning("ballot_sweep_refused", ballot_id=ballot_id, reason=type(refusal).__name__)
        except Exception as failure:  # noqa: BLE001 - whatever a count may raise: the others are counted all the same
            # what it says could hold a choice
            db.session.rollback()
            log.error("ballot_sweep_failed", ballot_id=ballot_id, kind=type(failure).__name__)
    return done


@periodic(seconds=600, name="decisions.remind")
def remind() -> int:
    """Remind those who have not voted of votes in their last day; returns how many were told."""
    now = clock.now()
    due = db.session.scalars(
        sa.select(Ballot.id)
        .where(
            Ballot.state == BallotState.OPEN,
            Ballot.reminded_at.is_(None),
            Ballot.closes_at > now,
            Ballot.closes_at <= now + BEFORE_THE_END,
        )
        .order_by(Ballot.closes_at, Ballot.id)
    )
    return sum(remind_if_due(ballot_id) for ballot_id in list(due))


@periodic(seconds=60, name="decisions.settle_after_veto")
def settle_after_veto() -> int:
    """Let results bind once the time for a veto is over; returns how many were settled."""
    due = db.session.scalars(
        sa.select(Ballot.id)
        .where(Ballot.after_close == Standing.PENDING, Ballot.veto_until <= clock.now())
        .order_by(Ballot.id)
    )
    return sum(settle_if_due(ballot_id) for ballot_id in list(due))


def _due_to_open() -> list[int]:
    now = clock.now()
    return list(
        db.session.scalars(
            sa.select(Ballot.id)
            .where(
                Ballot.state == BallotState.PREPARED,
                Ballot.consultation_id.in_(
                    sa.select(Consultation.id).where(Consultation.state == ConsultationState.PUBLISHED)
                ),
                Ballot.opens_at <= now,
                Ballot.closes_at > now,
            )
            .order_by(Ballot.id)
        )
    )


def _due_to_close() -> list[int]:
    return list(
        db.session.scalars(
            sa.select(Ballot.id)
            .where(
                Ballot.state == BallotState.OPEN,
                Ballot.paper.is_(False),  # those who run it say when all paper is entered
                Ballot.closes_at <= clock.now(),
            )
            .order_by(Ballot.closes_at, Ballot.id)
        )
    )


@operation
def open_if_due(ballot_id: int) -> int:
    """Open this ballot unless somebody else did."""
    ballot = hold_if_free(ballot_id)
    if (
        ballot is None
        or ballot.state != BallotState.PREPARED
        or not ballot.opens_at <= clock.now() < ballot.closes_at
    ):
        return 0
    open_ballot(ballot, actor=SYSTEM)
    return 1


@operation
def close_if_due(ballot_id: int) -> int:
    """Close and count this ballot unless somebody else did."""
    ballot = hold_if_free(ballot_id)
    if ballot is None or ballot.state != BallotState.OPEN or clock.now() < ballot.closes_at:
        return 0
    close_ballot(ballot, actor=SYSTEM)
    return 1
