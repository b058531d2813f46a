"""What comes after the close of a ballot, read from what bodies did: vetoes, a second vote, ratification."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.bodies.queries import bodies_acted_for
from stakeholder_hub.decisions.binding import conditions_of
from stakeholder_hub.decisions.counting import chosen_positions
from stakeholder_hub.decisions.methods.conditions import AfterCheck, AfterFigures, Conditions, check_after
from stakeholder_hub.decisions.models import Ballot, BallotState, Veto
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.ratifications.models import Ratification
from stakeholder_hub.ratifications.queries import ratification_of
from stakeholder_hub.ratifications.rules import Standing
from stakeholder_hub.records.queries import visible_to
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.territories.queries import within

LEAST_TIME = timedelta(days=1)
"""Bodies have at least so long to ratify, even where the count was late (paper)."""
MOST_BODIES = 300


def bodies_named(slugs: Iterable[str]) -> dict[str, Body]:
    """The bodies that the terms of a ballot name, by slug."""
    wanted = list(slugs)
    if not wanted:
        return {}
    found = db.session.scalars(sa.select(Body).where(Body.slug.in_(wanted)))
    by_slug = {body.slug: body for body in found}
    return {slug: by_slug[slug] for slug in wanted if slug in by_slug}


def bodies_about(territory: Territory) -> Sequence[Body]:
    """Bodies that can have a say in a vote of ``territory``: of the place, above it, and below it."""
    today = clock.today(territory.timezone)
    return db.session.scalars(
        sa.select(Body)
        .join(Body.territory)
        .where(
            Body.archived_at.is_(None),
            sa.or_(Body.sunset_on.is_(None), Body.sunset_on >= today),
            sa.or_(within(territory.path), Territory.id.in_(territory.lineage_ids)),
        )
        .order_by(Territory.path, Body.slug)
        .limit(MOST_BODIES)
    ).all()


def vetoes_of(ballot: Ballot) -> Sequence[Veto]:
    """The vetoes against the result, in the order in which they came."""
    return db.session.scalars(
        sa.select(Veto)
        .where(Veto.ballot_id == ballot.id)
        .options(joinedload(Veto.body), joinedload(Veto.official))
        .order_by(Veto.id)
    ).all()


def named_with_vetoes(ballot: Ballot) -> tuple[dict[str, Body], list[Veto]]:
    """The bodies that the terms name, by slug, and the vetoes among them. One statement."""
    asked = conditions_of(ballot)
    rows = db.session.execute(
        sa.select(Body, Veto)
        .outerjoin(Veto, sa.and_(Veto.body_id == Body.id, Veto.ballot_id == ballot.id))
        .where(Body.slug.in_((*asked.veto_bodies, *asked.ratify_bodies)))
        .options(joinedload(Veto.official))
        .order_by(Veto.id, Body.id)
    ).all()
    return {row[0].slug: row[0] for row in rows}, [row[1] for row in rows if row[1] is not None]


def second_vote(ballot: Ballot) -> Ballot | None:
    """The vote that asks again in spite of a veto."""
    return db.session.scalar(sa.select(Ballot).where(Ballot.overrides_id == ballot.id))


def overridden_by(second: Ballot | None) -> bool:
    """Whether a second vote overrode the veto: it is counted, and enough said yes."""
    return second is not None and second.state == BallotState.CLOSED and bool(chosen_positions(second))


def ratify_until(ballot: Ballot, conditions: Conditions, closed_at: datetime) -> datetime:
    """When the time to ratify is over: the end of the day that the terms name, where the vote is held."""
    day = date.fromisoformat(conditions.ratify_until) + timedelta(days=1)
    due = clock.from_local(datetime.combine(day, time()), ballot.consultation.timezone)
    return max(due, closed_at + LEAST_TIME)


def after_checks(
    ballot: Ballot,
    vetoes: Sequence[Veto] | None = None,
    second: Ballot | None = None,
    ratification: Ratification | None = None,
) -> tuple[AfterCheck, ...]:
    """The conditions after the close as they stand now. What the caller has read already is not read again."""
    conditions = conditions_of(ballot)
    found = vetoes if vetoes is not None else vetoes_of(ballot)
    again = second or (second_vote(ballot) if found else None)
    told = ratification or (ratification_of(ballot) if conditions.ratify_bodies else None)
    return check_after(
        conditions,
        AfterFigures(
            vetoes=len(found),
            overridden=overridden_by(again),
            veto_time_is_over=ballot.veto_until is not None and clock.now() >= ballot.veto_until,
            ratification=told.tally if told is not None else None,
        ),
    )


def waiting_for_veto(actor: Actor, bodies: Sequence[Body] | None = None) -> list[tuple[Ballot, Body]]:
    """Results that a body the actor acts for can veto now: for the desk."""
    acted_for = {body.slug: body for body in (bodies_acted_for(actor) if bodies is None else bodies)}
    if not acted_for:
        return []
    open_ = db.session.scalars(
        sa.select(Ballot)
        .where(Ballot.after_close == Standing.PENDING, Ballot.veto_until > clock.now(), visible_to(actor))
        .options(defer(Ballot.result), joinedload(Ballot.territory))
        .order_by(Ballot.veto_until, Ballot.id)
        .limit(200)
    )
    return [
        (ballot, acted_for[slug])
        for ballot in open_
        for slug in conditions_of(ballot).veto_bodies
        if slug in acted_for
    ]
