"""Moves, mergers and dissolutions from a day on: planned, called off, carried out."""

from collections.abc import Sequence
from datetime import date, timedelta

import sqlalchemy as sa

from stakeholder_hub.accounts.models import User
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM, Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, HubError, Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.text import normalise
from stakeholder_hub.territories.events import (
    TerritoryChangeCalledOff,
    TerritoryChangeHindered,
    TerritoryChangePlanned,
    TerritoryDissolved,
    TerritoryMerged,
    TerritoryMoved,
)
from stakeholder_hub.territories.models import ChangeKind, Territory, TerritoryChange
from stakeholder_hub.territories.operations.tree import (
    check_level,
    hang,
    lock_tree,
    note_move,
    rewrite_paths,
)
from stakeholder_hub.territories.policy import may_manage_territory, may_reshape, still_exists

FURTHEST = timedelta(days=3660)
LONGEST_REASON = 2000


@operation
def merge_territory(
    place: Territory,
    *,
    into: Territory,
    day: date | None = None,
    reason: str = "",
    language: str = "en",
    actor: Actor,
) -> TerritoryChange:
    """Merge a place into another from ``day`` on (default: today); see :func:`plan_change`."""
    return plan_change(
        place,
        kind=ChangeKind.MERGED,
        day=day or clock.today(place.timezone),
        into=into,
        reason=reason,
        language=language,
        actor=actor,
    )


@operation
def dissolve_territory(
    place: Territory,
    *,
    day: date | None = None,
    successors: Sequence[Territory] = (),
    reason: str = "",
    language: str = "en",
    actor: Actor,
) -> TerritoryChange:
    """Dissolve a place from ``day`` on (default: today); see :func:`plan_change`."""
    return plan_change(
        place,
        kind=ChangeKind.DISSOLVED,
        day=day or clock.today(place.timezone),
        successors=successors,
        reason=reason,
        language=language,
        actor=actor,
    )


@operation
def plan_change(
    place: Territory,
    *,
    kind: ChangeKind,
    day: date,
    into: Territory | None = None,
    successors: Sequence[Territory] = (),
    reason: str = "",
    language: str = "en",
    actor: Actor,
) -> TerritoryChange:
    """Move, merge or dissolve a place from ``day`` on: at once where that day has come in its zone, else on that day.

    ``into`` is the new parent, or the place that takes over everything; ``successors`` are those that take over parts
    of what is dissolved.

    Raises:
        NotAllowed: the actor does not manage what the place lies in and every other place that is named.
        Invalid: the day, or what is named, does not fit.
        Conflict: something else is planned for the place already.
    """
    lock_tree()
    db.session.refresh(place)
    require(may_reshape(actor, place))
    for other in {p.id: p for p in (into, *successors) if p is not None}.values():
        require(may_manage_territory(actor, other))
    if kind is not ChangeKind.DISSOLVED and into is None:
        raise Invalid(_l("Choose a place."), "into")
    change = TerritoryChange(
        territory_id=place.id,
        kind=kind,
        day=_checked_day(day, clock.today(place.timezone)),
        from_parent_id=place.parent_id,
        into_id=into.id if into is not None and kind is not ChangeKind.DISSOLVED else None,
        reason=normalise(reason, longest=LONGEST_REASON),
        reason_language=language,
        planned_by_id=actor.id,
    )
    if kind is ChangeKind.DISSOLVED:
        change.successors = [p for p in dict.fromkeys(successors) if _is_another(p, place)]
    _check(place, kind, into)
    _refuse_second_plan(place)
    db.session.add(change)
    db.session.flush()
    if change.day <= clock.today(place.timezone):
        _carry_out(change, actor)
    else:
        emit(TerritoryChangePlanned(actor=actor, subject=change))
    return change


def _is_another(successor: Territory, place: Territory) -> bool:
    require(still_exists(successor))
    if successor.path.startswith(place.path):
        raise Invalid(_l("Choose another place than the one that ends, and none in it."), "successors")
    return True


def _checked_day(day: date, today: date) -> date:
    if day.year < 1900 or day > today + FURTHEST:
        raise Invalid(_l("Choose a day between the year 1900 and ten years from now."), "day")
    return day


def _refuse_second_plan(place: Territory) -> None:
    waiting = sa.select(TerritoryChange.id).where(
        TerritoryChange.territory_id == place.id,
        TerritoryChange.carried_out_at.is_(None),
        TerritoryChange.called_off_at.is_(None),
    )
    if db.session.scalar(waiting) is not None:
        raise Conflict(_l("Something else is planned for this place already. Call that off first."))


def _check(place: Territory, kind: ChangeKind, into: Territory | None) -> None:
    """Whether it could be carried out in the tree as it is now.

    Raises:
        NotAllowed: a place exists no more.
        Invalid: at the field ``into``.
    """
    require(still_exists(place))
    if into is None:
        return
    require(still_exists(into))
    if into.path.startswith(place.path):
        raise Invalid(_l("Choose another place than the one that ends, and none in it."), "into")
    if kind is ChangeKind.MOVED:
        if into.level.rank >= place.level.rank:
            raise Invalid(_l("A place must be of a narrower level than the place it lies in."), "into")
    elif into.level.rank > place.level.rank:
        raise Invalid(_l("A place can only be merged into one of its own level or a wider one."), "into")


@operation
def call_off_change(change: TerritoryChange, *, actor: Actor) -> None:
    """Give up what was planned. Calling it off twice changes nothing.

    Raises:
        Conflict: it has been carried out already.
    """
    lock_tree()
    db.session.refresh(change)
    require(may_reshape(actor, change.territory))
    if change.carried_out_at is not None:
        raise Conflict(_l("This has been carried out already."))
    if change.called_off_at is None:
        change.called_off_at = clock.now()
        emit(TerritoryChangeCalledOff(actor=actor, subject=change))


@operation
def carry_out_if_due(change_id: int) -> int:
    """Carry out a plan whose day has come in the place's zone; returns 1 if it was done now. Can run twice.

    A plan that cannot be carried out any more waits with its obstacle written down; it is tried again at every turn.
    """
    lock_tree()
    change = db.session.get(TerritoryChange, change_id, populate_existing=True)
    if change is None or not change.is_waiting or change.day > clock.today(change.territory.timezone):
        return 0
    try:
        with db.session.begin_nested():
            _carry_out(change, SYSTEM)
    except HubError as refusal:
        _note_obstacle(change_id, str(refusal))
        return 0
    return 1


def _note_obstacle(change_id: int, obstacle: str) -> None:
    change = db.session.get_one(TerritoryChange, change_id)
    if change.obstacle != obstacle:
        change.obstacle = obstacle
        emit(TerritoryChangeHindered(actor=SYSTEM, subject=change))


def _carry_out(change: TerritoryChange, actor: Actor) -> None:
    place, into = change.territory, living(change.into)
    _check(place, change.kind, into)
    change.from_parent_id = place.parent_id
    if into is not None:
        change.into_id = into.id
    change.carried_out_at, change.obstacle = clock.now(), ""
    db.session.flush()
    if change.kind is ChangeKind.MOVED and into is not None:
        hang(place, into)
        emit(TerritoryMoved(actor=actor, subject=place))
    elif change.kind is ChangeKind.MERGED and into is not None:
        _hand_over_children(place, [into], actor)
        _end(place, change.day)
        place.successor_id = into.id
        rewrite_paths(place, into)
        _move_homes(place, into)
        emit(TerritoryMerged(actor=actor, subject=change))
    else:
        parent = db.session.get_one(Territory, place.parent_id)
        _hand_over_children(place, [*change.successors, parent], actor)
        _end(place, change.day)
        _move_homes(place, change.successors[0] if len(change.successors) == 1 else None)
        emit(TerritoryDissolved(actor=actor, subject=change))


def living(place: Territory | None) -> Territory | None:
    """The place itself, or what it has been merged into meanwhile."""
    while place is not None and place.successor is not None:
        place = place.successor
    return place


def _hand_over_children(place: Territory, heirs: Sequence[Territory], actor: Actor) -> None:
    """The places that lie in one that ends move to the first heir whose level is wide enough for them.

    Raises:
        Invalid: none is.
    """
    children = db.session.scalars(
        sa.select(Territory)
        .where(Territory.parent_id == place.id, Territory.dissolved_on.is_(None))
        .order_by(Territory.id)
    ).all()
    for child in children:
        fitting = [heir for heir in heirs if heir.level.rank < child.level.rank and not heir.is_dissolved]
        if not fitting:
            check_level(child.level, heirs[0])
        hang(child, fitting[0])
        note_move(child, place.id, fitting[0], actor=actor)


def _end(place: Territory, day: date) -> None:
    place.dissolved_on = day
    db.session.flush()


def _move_homes(place: Territory, heir: Territory | None) -> None:
    """Whose town it was has the heir as their town now; without one they are asked again."""
    db.session.execute(
        sa.update(User)
        .where(User.home_territory_id == place.id)
        .values(home_territory_id=heir.id if heir is not None else None)
    )
