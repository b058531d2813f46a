"""Everything that changes where somebody is verified as a resident."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotAllowed
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.notifications.operations import notify
from stakeholder_hub.residents import sentences
from stakeholder_hub.residents.events import (
    ResidenceAsked,
    ResidenceConfirmed,
    ResidenceGivenUp,
    ResidenceRefused,
    ResidenceRevoked,
)
from stakeholder_hub.residents.models import Evidence, Residence, ResidenceState
from stakeholder_hub.residents.policy import (
    may_answer_residence,
    may_ask_for_residence,
    may_give_up_residence,
    may_revoke_residence,
)
from stakeholder_hub.residents.queries import request_of
from stakeholder_hub.territories.models import Territory

LONGEST_REASON = 1_000
LONGEST_VALIDITY = timedelta(days=10 * 366)
TOLD_BEFORE = timedelta(days=30)
"""So long before the end of a verification the person is told."""

A_DAY, MOST_A_DAY = timedelta(days=1), 3
"""So often may one person ask: every request is told to officers."""

KEPT = timedelta(days=92)
"""So long what is over is kept: refused, given up, taken back, replaced."""


@operation
def ask_for_residence(place: Territory, *, actor: Any) -> Residence:
    """Ask the town to make sure that the actor lives there.

    Raises:
        NotAllowed: the place is no town, the actor's address is not confirmed, or they have asked too often today.
        Conflict: another request of theirs is open.
    """
    require(may_ask_for_residence(actor, place))
    if (waiting := request_of(actor)) is not None:
        raise Conflict(
            _l("You have asked already. Take that request back first.")
            if waiting.territory_id != place.id
            else _l("You have asked already. The town answers here.")
        )
    lately = sa.select(sa.func.count()).select_from(Residence)
    lately = lately.where(Residence.user_id == actor.id, Residence.asked_at > clock.now() - A_DAY)
    if (db.session.scalar(lately) or 0) >= MOST_A_DAY:
        raise NotAllowed(_l("You have asked several times today. Ask again tomorrow."))
    asked = Residence(user_id=actor.id, territory=place)
    db.session.add(asked)
    db.session.flush()
    emit(ResidenceAsked(actor=actor, subject=asked))
    return asked


@operation
def confirm_residence(
    residence: Residence, *, evidence: Evidence, valid_until: date | None, actor: Actor
) -> Residence:
    """Confirm that the person lives there; whatever was confirmed of them before is replaced.

    Raises:
        NotAllowed: it is answered already, or the actor is the person, or no officer there.
        Invalid: the last day lies in the past or too far ahead, at ``valid_until``.
    """
    _hold(residence)
    require(may_answer_residence(actor, residence))
    today = clock.today(residence.territory.timezone)
    if valid_until is not None and not today <= valid_until <= today + LONGEST_VALIDITY:
        raise Invalid(_l("Choose a day within the next ten years, or none."), "valid_until")
    before = db.session.scalars(
        sa.select(Residence)
        .where(Residence.user_id == residence.user_id, Residence.state == ResidenceState.CONFIRMED)
        .with_for_update(of=Residence.__table__)
    )
    for earlier in before:
        earlier.state, earlier.ended_at = ResidenceState.REPLACED, clock.now()
    db.session.flush()
    residence.evidence, residence.valid_until = evidence, valid_until
    _answer(residence, ResidenceState.CONFIRMED, actor)
    emit(ResidenceConfirmed(actor=actor, subject=residence))
    return residence


@operation
def refuse_residence(residence: Residence, *, reason: str, actor: Actor) -> Residence:
    """Say that it could not be verified, and why. The person may ask again.

    Raises:
        NotAllowed: it is answered already, or the actor is the person, or no officer there.
        Invalid: no reason is given.
    """
    _hold(residence)
    require(may_answer_residence(actor, residence))
    residence.reason, residence.ended_at = _reason(reason), clock.now()
    _answer(residence, ResidenceState.REFUSED, actor)
    emit(ResidenceRefused(actor=actor, subject=residence))
    return residence


@operation
def revoke_residence(residence: Residence, *, reason: str, actor: Actor) -> Residence:
    """Take a verification back, and say why. A vote that was cast stands; no other is taken.

    Raises:
        NotAllowed: it does not hold any more, or the actor is no officer there.
        Invalid: no reason is given.
    """
    _hold(residence)
    require(may_revoke_residence(actor, residence))
    residence.reason, residence.ended_at = _reason(reason), clock.now()
    _answer(residence, ResidenceState.REVOKED, actor)
    emit(ResidenceRevoked(actor=actor, subject=residence))
    return residence


@operation
def give_up_residence(residence: Residence, *, actor: Any) -> Residence:
    """Take one's own request back, or say that one lives there no longer.

    Raises:
        NotAllowed: it is over already.
    """
    _hold(residence)
    require(may_give_up_residence(actor, residence))
    residence.state, residence.ended_at = ResidenceState.WITHDRAWN, clock.now()
    emit(ResidenceGivenUp(actor=actor, subject=residence))
    return residence


@operation
def tell_of_ending() -> int:
    """Tell everybody whose verification ends within a month, once; returns how many. Runs twice without harm."""
    now = clock.now()
    soon = (now + TOLD_BEFORE).date()
    ending = db.session.scalars(
        sa.select(Residence)
        .where(
            Residence.state == ResidenceState.CONFIRMED,
            Residence.reminded_at.is_(None),
            Residence.valid_until <= soon,
            Residence.valid_until >= now.date(),
        )
        .with_for_update(of=Residence.__table__)
    ).all()
    for residence in ending:
        residence.reminded_at = now
        data = sentences.said(residence.territory)
        notify([residence.user_id], kind=sentences.ENDING, data=data)
    return len(ending)


@operation
def forget_ended() -> int:
    """Remove what has been over for a quarter of a year; returns how much."""
    done = db.session.execute(
        sa.delete(Residence).where(Residence.ended_at < clock.now() - KEPT),
        execution_options={"preserve_rowcount": True, "synchronize_session": False},
    )
    return int(getattr(done, "rowcount", 0))


def _hold(residence: Residence) -> None:
    """Lock the row and read it anew: two officers do not answer one request differently."""
    row = sa.select(Residence.id).where(Residence.id == residence.id)
    db.session.execute(row.with_for_update())
    db.session.refresh(residence)


def _answer(residence: Residence, state: ResidenceState, actor: Actor) -> None:
    residence.state, residence.answered_at, residence.answered_by_id = state, clock.now(), actor.id
    db.session.flush()


def _reason(text: str) -> str:
    said = text.strip()
    if not said:
        raise Invalid(_l("Give the reason: the person reads it."), "reason")
    if len(said) > LONGEST_REASON:
        raise Invalid(_l("At most %(num)s characters.", num=LONGEST_REASON), "reason")
    return said
