"""Everything that changes a ratification. Who may begin one, or change what is ratified, is asked by the features that
have something to be ratified.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.bodies.officials import let_officials_read
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM, Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.text import normalise, normalise_line
from stakeholder_hub.ratifications.events import (
    RatificationBegun,
    RatificationGiven,
    RatificationLapsed,
    RatificationReset,
    RatificationSettled,
)
from stakeholder_hub.ratifications.models import Ratification, RatificationAct, RatifyingBody
from stakeholder_hub.ratifications.policy import may_ratify
from stakeholder_hub.ratifications.rules import Outcome, Rule
from stakeholder_hub.records.models import Record

LONGEST_ACT = 200
LONGEST_POSITION = 120
LONGEST_REASONS = 4_000
OLDEST_ACT = timedelta(days=3 * 366)


@operation
def begin_ratification(
    record: Record, *, bodies: Sequence[Body], rule: Rule, needed: int = 0, due_at: datetime, actor: Actor
) -> Ratification:
    """Ask bodies to ratify ``record``; whoever calls has asked whether the actor may.

    Raises:
        Invalid: no body, more wanted than there are, or a time that is over, at the field.
    """
    named = list(dict.fromkeys(bodies))
    if not named:
        raise Invalid(_l("Name the bodies that have to ratify."), "bodies")
    if rule is Rule.SOME and not 1 <= needed <= len(named):
        raise Invalid(_l("Give a number from 1 to %(most)s.", most=len(named)), "needed")
    if due_at <= clock.now():
        raise Invalid(_l("Choose a day that is still to come."), "until")
    ratification = Ratification(
        record=record,
        rule=rule,
        needed=needed if rule is Rule.SOME else 0,
        due_at=due_at,
        seats=[RatifyingBody(body=body, outcome=Outcome.WAITING) for body in named],
    )
    db.session.add(ratification)
    let_officials_read(record, named)
    emit(RatificationBegun(actor=actor, subject=record, ratification=ratification))
    return ratification


@operation
def ratify(
    seat: RatifyingBody,
    *,
    outcome: Outcome,
    act: str,
    acted_on: date,
    position: str,
    reasons: str = "",
    language: str,
    actor: Actor,
) -> RatificationAct:
    """Say for a body what it resolved: ratified, with reservations, or not. It is public, with the signatory's name.

    Raises:
        NotAllowed: the actor does not act for the body today, it has answered, or the time is over.
        Invalid: act, day, position or reasons are missing, at the field.
    """
    hold(seat.ratification)
    db.session.refresh(seat)
    require(may_ratify(actor, seat))
    if not (outcome.ratifies or outcome is Outcome.REJECTED):
        raise Invalid(_l("Choose from the list."), "outcome")
    why = normalise(reasons, longest=LONGEST_REASONS).strip()
    if outcome is not Outcome.ADOPTED and not why:
        raise Invalid(_l("Say why: reservations and refusals are public with their reasons."), "reasons")
    given = RatificationAct(
        seat=seat,
        outcome=outcome,
        act=_line(act, "act", LONGEST_ACT, _l("Give the title or the number of the act.")),
        acted_on=_day_of_act(acted_on, seat.body),
        position=_line(position, "position", LONGEST_POSITION, _l("Say in which position you sign.")),
        signatory_id=actor.id,
        reasons=why,
        language=language,
        revision=seat.ratification.revision,
        given_at=clock.now(),
    )
    db.session.add(given)
    seat.outcome = outcome
    db.session.flush()
    ratification, record = seat.ratification, seat.ratification.record
    emit(
        RatificationGiven(
            actor=actor, subject=record, ratification=ratification, body=seat.body, outcome=outcome.value
        )
    )
    _settle(ratification, actor=actor)
    return given


def _line(text: str, field: str, longest: int, missing: object) -> str:
    try:
        line = normalise_line(text, longest=longest)
    except Invalid as refusal:
        raise Invalid(refusal.reason, field) from refusal
    if not line:
        raise Invalid(str(missing), field)
    return line


def _day_of_act(day: date | None, body: Body) -> date:
    today = clock.today(body.territory.timezone)
    if day is None or not today - OLDEST_ACT <= day <= today:
        raise Invalid(_l("Give the day of the act: today or earlier."), "acted_on")
    return day


@operation
def reset_ratifications(
    ratification: Ratification, *, touched: Collection[int], revision: int, actor: Actor
) -> list[Body]:
    """What is ratified has changed: the bodies in ``touched`` (ids) are asked again, what others did stays. Returns
    whom it reset. A body that let it lapse is asked again too, if there is time left.
    """
    hold(ratification)
    ratification.revision = revision
    again: list[Body] = []
    for seat in ratification.seats:
        if seat.body_id not in touched or seat.outcome is Outcome.WAITING:
            continue
        if (held := seat.act) is not None:
            held.reset_at, held.reset_by = clock.now(), revision
        seat.outcome = Outcome.WAITING
        again.append(seat.body)
    db.session.flush()
    if again:
        emit(
            RatificationReset(
                actor=actor, subject=ratification.record, ratification=ratification, bodies=again
            )
        )
    _settle(ratification, actor=actor)
    return again


@operation
def extend_ratification(ratification: Ratification, *, due_at: datetime, actor: Actor) -> None:
    """Give more time; never less, so that nobody is surprised.

    Raises:
        Invalid: it would end earlier than it does, at ``until``.
    """
    hold(ratification)
    if due_at < ratification.due_at:
        raise Invalid(_l("The time to ratify can only be made longer."), "until")
    ratification.due_at = due_at


@operation
def lapse_if_due(ratification_id: int) -> int:
    """Once the day is over, write down who had not answered; returns how many. Runs twice without harm."""
    row = sa.select(Ratification.id).where(Ratification.id == ratification_id)
    if db.session.scalar(row.with_for_update(skip_locked=True)) is None:
        return 0
    ratification = db.session.get(Ratification, ratification_id, populate_existing=True)
    if ratification is None or clock.now() < ratification.due_at:
        return 0
    silent = [seat for seat in ratification.seats if seat.outcome is Outcome.WAITING]
    for seat in silent:
        seat.outcome = Outcome.LAPSED
    db.session.flush()
    if silent:
        emit(
            RatificationLapsed(
                actor=SYSTEM, subject=ratification.record, ratification=ratification, bodies=len(silent)
            )
        )
    _settle(ratification, actor=SYSTEM)
    return len(silent)


def hold(ratification: Ratification) -> None:
    """Lock the ratification for the length of the transaction, and read it and its bodies anew."""
    row = sa.select(Ratification.id).where(Ratification.id == ratification.id)
    db.session.execute(row.with_for_update())
    db.session.refresh(ratification)
    for seat in ratification.seats:
        db.session.refresh(seat)


def _settle(ratification: Ratification, *, actor: Actor) -> None:
    """Write down how it stands, and tell where that has changed. A change of the text may open it again."""
    standing = ratification.tally.standing
    if standing is ratification.standing:
        return
    ratification.standing = standing
    ratification.settled_at = clock.now()
    db.session.flush()
    emit(
        RatificationSettled(
            actor=actor, subject=ratification.record, ratification=ratification, standing=standing.value
        )
    )
