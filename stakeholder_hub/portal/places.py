"""What the start page and the page of a place show: a few statements each, however much there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.sql import Select

from stakeholder_hub.actions.models import OPEN_STATUSES, ActionItem, ActionStatus
from stakeholder_hub.actions.queries import due_or_far, is_overdue, listed
from stakeholder_hub.bodies.models import Body
from stakeholder_hub.bodies.queries import active_bodies
from stakeholder_hub.commitments.parts import place_part
from stakeholder_hub.consultations.models import Consultation, ConsultationState
from stakeholder_hub.consultations.queries import going_on
from stakeholder_hub.consultations.queries import listed as listed_consultations
from stakeholder_hub.consultations.slugs import KIND
from stakeholder_hub.editions.models import Edition, EditionState
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.firsts import WINDOW, first_ids, ids_in, inside
from stakeholder_hub.records.models import Record, Visibility
from stakeholder_hub.records.queries import visible_to
from stakeholder_hub.referrals.kinds import OPEN_STATES
from stakeholder_hub.referrals.listing import Wanted, referrals_for
from stakeholder_hub.referrals.models import Referral
from stakeholder_hub.referrals.queries import listed as listed_referrals
from stakeholder_hub.territories.models import Level, Territory
from stakeholder_hub.territories.queries import changes_of, subtree_ids, within

MOST = 6
_TIMES: Any = aliased(Consultation.__table__, name="times")


def open_now(actor: Actor, territory: Territory | None = None, limit: int = MOST) -> Sequence[Consultation]:
    """Consultations that people can take part in now, what ends first at the top; what runs in many places once."""
    moment = clock.now()
    statement = going_on(actor, territory).where(
        Consultation.starts_at <= moment, Consultation.id.not_in(_editions_of_open_ones(moment))
    )
    statement = statement.limit(limit)
    return db.session.scalars(statement).unique().all()


def _editions_of_open_ones(moment: datetime) -> Select[int | None]:
    """Editions of a consultation that is open itself, and leads to all of them."""
    parent = aliased(Consultation, flat=True)
    return (
        sa.select(Edition.consultation_id)
        .join(parent, parent.id == Edition.parent_id)
        .where(
            Edition.state == EditionState.ACCEPTED,
            parent.state == ConsultationState.PUBLISHED,
            parent.visibility == Visibility.PUBLIC,
            parent.starts_at <= moment,
            parent.ends_at > moment,
        )
    )


def open_around(actor: Actor, territory: Territory, limit: int = MOST) -> Sequence[Consultation]:
    """What is open in a place, below it, and above it: a town's people are asked by their region as well.

    Where the place carries a consultation out itself, people take part in its own edition, not in the parent.
    """
    found = _first_going_on(_is_open_around(territory), _around(territory), actor, limit).subquery()
    statement = listed_consultations().join(found, found.c.id == Consultation.id)
    return db.session.scalars(statement.order_by(Consultation.ends_at, Consultation.id)).unique().all()


def _around(territory: Territory) -> Select[int]:
    """Ids of a place, of all below it, and of what it lies in."""
    return sa.select(Territory.id).where(
        sa.or_(Territory.id.in_(territory.lineage_ids), within(territory.path))
    )


def _is_open_around(territory: Territory) -> tuple[sa.ColumnElement[bool], ...]:
    """Whether people can take part by now, in it itself and not in an edition of it."""
    own = sa.select(Edition.parent_id).where(
        Edition.territory_id == territory.id, Edition.state == EditionState.ACCEPTED
    )
    elsewhere = _editions_of_open_ones(clock.now()).where(Edition.territory_id != territory.id)
    return (
        Consultation.starts_at <= clock.now(),
        Consultation.id.not_in(own),
        Consultation.id.not_in(elsewhere),
    )


@dataclass(frozen=True)
class Held:
    """Consultations around a place: what is open there, below and above; what begins later in it; what is over."""

    open: Sequence[Consultation]
    coming: Sequence[Consultation]
    past: Sequence[Consultation]


def consultations_around(
    actor: Actor, territory: Territory, *, open_: int = MOST, coming: int = 3, past: int = MOST
) -> Held:
    """What people can take part in around a place now and later, and what is over: what became of that is told on its
    pages. Two statements.
    """
    cuts = (
        _first_going_on(_is_open_around(territory), _around(territory), actor, open_),
        _first_going_on((Consultation.starts_at > clock.now(),), subtree_ids(territory), actor, coming),
        _last_over(subtree_ids(territory), actor, past),
    )
    # UNION though nothing is there twice: SQLite would write the whole statement three times for a UNION ALL.
    found = sa.union(
        *(sa.select(cut.subquery().c.id, sa.literal(n).label("cut")) for n, cut in enumerate(cuts))
    ).subquery("found")
    rows = db.session.execute(
        listed_consultations()
        .add_columns(found.c.cut)
        .join(found, found.c.id == Consultation.id)
        .order_by(Consultation.ends_at, Consultation.id)
    ).unique()
    kinds: tuple[list[Consultation], ...] = ([], [], [])
    for consultation, n in rows:
        kinds[n].append(consultation)
    return Held(kinds[0], kinds[1], kinds[2][::-1])


def _first_going_on(
    wanted: Sequence[sa.ColumnElement[bool]], places: Select[int], actor: Actor, limit: int
) -> Select[int]:
    """Ids of published consultations of ``places`` that have not ended, what ends first first."""
    now = clock.now()
    order = (Consultation.ends_at, Consultation.id)
    published = (Consultation.state == ConsultationState.PUBLISHED, Consultation.ends_at > now)
    return first_ids(
        sa.select(Consultation.id).where(*published, *wanted, visible_to(actor)),
        order=order,
        limit=limit,
        window=sa.select(_TIMES.c.id)
        .where(_TIMES.c.ends_at > now)
        .order_by(_TIMES.c.ends_at, _TIMES.c.id)
        .limit(WINDOW),
        nearby=inside(places),
        there=ids_in(places, KIND, [ConsultationState.PUBLISHED]),
    )


def _last_over(places: Select[int], actor: Actor, limit: int) -> Select[int]:
    """Ids of consultations of ``places`` that are over, what ended last first."""
    now = clock.now()
    over = sa.or_(
        Consultation.state.in_((ConsultationState.CLOSED, ConsultationState.ARCHIVED)),
        sa.and_(Consultation.state == ConsultationState.PUBLISHED, Consultation.ends_at <= now),
    )
    # Some were closed before their time: what has not ended by its dates is few, and all of it is looked at.
    ended = sa.select(_TIMES.c.id).where(_TIMES.c.ends_at <= now)
    ended = ended.order_by(_TIMES.c.ends_at.desc(), _TIMES.c.id.desc()).limit(WINDOW)
    early = sa.select(_TIMES.c.id).where(_TIMES.c.ends_at > now)
    return first_ids(
        sa.select(Consultation.id).where(over, visible_to(actor)),
        order=(Consultation.ends_at.desc().nulls_last(), Consultation.id.desc()),
        limit=limit,
        window=sa.select(sa.union_all(sa.select(ended.subquery().c.id), early).subquery().c.id),
        nearby=inside(places),
        there=ids_in(places, KIND),
    )


def groups_in(territory: Territory, limit: int = MOST) -> Sequence[Group]:
    """Working groups of a place and below it, the place's own first."""
    return db.session.scalars(
        sa.select(Group)
        .join(Territory, Group.territory_id == Territory.id)
        .where(Group.archived_at.is_(None), within(territory.path))
        .order_by(Territory.path, Group.id)
        .limit(limit)
    ).all()


def items_in(actor: Actor, territory: Territory, limit: int = 5) -> tuple[Sequence[ActionItem], int]:
    """Action items of a place, overdue and open ones first, then what was done last; and how many of all are overdue.

    One statement: the database counts before it cuts, and only what is open is read in whole.
    """
    below = subtree_ids(territory)
    late = sa.func.sum(sa.case((is_overdue(), 1), else_=0)).over()
    open_ones = (
        sa.select(ActionItem.id, late.label("late"))
        .where(visible_to(actor), ActionItem.id.in_(ids_in(below, "action_item", OPEN_STATUSES)))
        .order_by(due_or_far(), ActionItem.id)
        .limit(limit)
        .subquery()
    )
    ended = (ActionStatus.DONE, ActionStatus.DROPPED)
    completed: Any = aliased(ActionItem.__table__, name="completed")
    ended_ones = first_ids(
        sa.select(ActionItem.id).where(ActionItem.state.in_(ended), visible_to(actor)),
        order=(ActionItem.completed_at.desc().nulls_last(), ActionItem.id.desc()),
        limit=limit,
        window=sa.select(completed.c.id)
        .where(completed.c.completed_at.is_not(None))
        .order_by(completed.c.completed_at.desc(), completed.c.id.desc())
        .limit(WINDOW),
        nearby=inside(below),
        there=ids_in(below, "action_item"),
    ).subquery()
    found = sa.union(
        sa.select(open_ones.c.id, open_ones.c.late), sa.select(ended_ones.c.id, sa.null())
    ).subquery("found")
    is_open = sa.case((ActionItem.state.in_(OPEN_STATUSES), 0), else_=1)
    rows = db.session.execute(
        listed()
        .add_columns(found.c.late)
        .join(found, found.c.id == ActionItem.id)
        .order_by(
            is_open,
            sa.case((is_open == 0, due_or_far())),
            ActionItem.completed_at.desc().nulls_last(),
            sa.case((is_open == 0, ActionItem.id), else_=-ActionItem.id),
        )
        .limit(limit)
    ).all()
    return [row[0] for row in rows], int(rows[0][1] or 0) if rows else 0


def lately_done(actor: Actor, limit: int = 4) -> Sequence[ActionItem]:
    """What was finished last, anywhere."""
    return db.session.scalars(
        listed()
        .where(visible_to(actor), ActionItem.state == ActionStatus.DONE)
        .order_by(ActionItem.completed_at.desc(), ActionItem.id.desc())
        .limit(limit)
    ).all()


def towns() -> list[tuple[Territory | None, list[Territory]]]:
    """Every town under what it lies in: for choosing one's own."""
    found = db.session.scalars(
        sa.select(Territory)
        .where(Territory.level == Level.LOCAL, Territory.dissolved_on.is_(None))
        .options(joinedload(Territory.parent))
        .order_by(Territory.path)
        .limit(1000)
    )
    grouped: dict[Territory | None, list[Territory]] = {}
    for town in found:
        grouped.setdefault(town.parent, []).append(town)
    return list(grouped.items())


@dataclass(frozen=True)
class Figures:
    """How much there is, for one line on the start page."""

    towns: int
    consultations: int
    proposals: int
    items_done: int


def figures(actor: Actor) -> Figures:
    """Counts of what everyone may see. One statement."""

    def records(kind: str, *more: Any) -> Any:
        return (
            sa.select(sa.func.count())
            .select_from(Record)
            .where(Record.kind == kind, visible_to(actor), *more)
            .scalar_subquery()
        )

    row = db.session.execute(
        sa.select(
            sa.select(sa.func.count())
            .select_from(Territory)
            .where(Territory.level == Level.LOCAL, Territory.dissolved_on.is_(None))
            .scalar_subquery(),
            records("consultation"),
            records("proposal"),
            records("action_item", Record.state == ActionStatus.DONE),
        )
    ).one()
    return Figures(*row)


def referrals_of(actor: Actor, territory: Territory, limit: int = 5) -> Sequence[Referral]:
    """What a place referred or was asked: what is still owed first, then the latest."""
    owed: Any = sa.case((Referral.state.in_(OPEN_STATES), 0), else_=1)
    first = (
        referrals_for(Wanted(place=territory), actor)
        .with_only_columns(Referral.id)
        .order_by(owed, Referral.id.desc())
        .limit(limit)
        .subquery()
    )
    # Bodies and groups are looked up for what is shown alone, not for all that is sorted.
    statement = listed_referrals().join(first, first.c.id == Referral.id)
    return db.session.scalars(statement.order_by(owed, Referral.id.desc())).all()


def bodies_in(territory: Territory, limit: int = MOST) -> list[Body]:
    """Bodies of this very place that can be asked."""
    found = db.session.scalars(
        active_bodies().where(Body.territory_id == territory.id).order_by(Body.kind, Body.id).limit(limit)
    )
    return [body for body in found if body.is_active_on(clock.today(territory.timezone))]


def about_place(actor: Actor, place: Territory) -> dict[str, Any]:
    """Everything the page of a place shows."""
    items, overdue = items_in(actor, place)
    held = consultations_around(actor, place)
    return {
        "open_here": held.open,
        "upcoming": held.coming,
        "earlier": held.past,
        "groups": groups_in(place),
        "action_items": items,
        "overdue": overdue,
        "referrals": referrals_of(actor, place),
        "now": clock.now(),
        "changes": changes_of(place),
        "bodies": bodies_in(place),
        "commitments": place_part(place, actor),
    }
