"""Moves, mergers and dissolutions: dated, planned, written down; the tree stays a tree."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from stakeholder_hub.audit.models import AuditEntry
from stakeholder_hub.consultations.policy import may_create, may_create_in_territory
from stakeholder_hub.groups.policy import may_add_organisation, may_create_group
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, HubError, Invalid, NotAllowed
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.records.models import Record
from stakeholder_hub.territories.jobs import carry_out_changes
from stakeholder_hub.territories.models import ChangeKind, Level, Role, Territory, TerritoryChange
from stakeholder_hub.territories.operations import (
    call_off_change,
    choose_home,
    dissolve_territory,
    grant_role,
    merge_territory,
    move_territory,
    plan_change,
)
from stakeholder_hub.territories.policy import manages_territory, may_reshape
from stakeholder_hub.territories.queries import changes_of, subtree_ids, towns
from stakeholder_hub.territories.tree import town_choices
from tests.factories.accounts import make_user
from tests.factories.actions import make_action_item
from tests.factories.groups import make_group
from tests.factories.territories import give_role, make_region, make_territory

pytestmark = pytest.mark.usefixtures("app")

At = Callable[[datetime], AbstractContextManager[None]]


@pytest.fixture
def state() -> Territory:
    return make_territory(parent=make_region(timezone="UTC"), level=Level.NATIONAL, name="State")


def towns_of(state: Territory, number: int = 2) -> list[Territory]:
    return [make_territory(parent=state) for _ in range(number)]


def records_in(place: Territory) -> set[str]:
    found = sa.select(Record.reference).where(Record.territory_id.in_(subtree_ids(place)))
    return set(db.session.scalars(found))


def test_what_happened_in_a_merged_place_is_found_under_its_successor_and_keeps_its_reference(
    state: Territory,
) -> None:
    old, new = towns_of(state)
    item = make_action_item(territory=old)
    reference = item.reference
    merge_territory(old, into=new, actor=SYSTEM)
    assert item.reference == reference
    assert item.territory_id == old.id
    assert records_in(new) == {reference}
    assert records_in(state) == {reference}
    assert (old.successor_id, old.path) == (new.id, f"{new.path}{old.id}/")


def test_places_in_a_merged_one_lie_in_its_successor_from_then_on(state: Territory) -> None:
    one, other = (make_territory(parent=state, level=Level.REGIONAL) for _ in range(2))
    town = make_territory(parent=one)
    merge_territory(one, into=other, actor=SYSTEM)
    assert town.path == f"{other.path}{town.id}/"
    assert [c.kind for c in changes_of(town)] == [ChangeKind.MOVED]
    assert town.id in set(db.session.scalars(subtree_ids(other)))


def test_mergers_follow_each_other(state: Territory) -> None:
    first, second, third = towns_of(state, 3)
    item = make_action_item(territory=first)
    merge_territory(first, into=second, actor=SYSTEM)
    merge_territory(second, into=third, actor=SYSTEM)
    assert records_in(third) == {item.reference}
    assert first.path == f"{third.path}{second.id}/{first.id}/"


def test_a_dissolved_place_stays_where_it_was_and_its_places_move_up(state: Territory) -> None:
    region = make_territory(parent=state, level=Level.REGIONAL)
    town, heirs = make_territory(parent=region), towns_of(state)
    item = make_action_item(territory=region)
    change = dissolve_territory(region, successors=heirs, reason="Reform", actor=SYSTEM)
    assert region.parent_id == state.id
    assert town.parent_id == state.id
    assert {p.id for p in change.successors} == {p.id for p in heirs}
    assert item.reference in records_in(state)


def test_the_history_says_when_from_where_and_why(state: Territory) -> None:
    region = make_territory(parent=state, level=Level.REGIONAL)
    old, new = make_territory(parent=state), make_territory(parent=state)
    move_territory(old, parent=region, actor=SYSTEM)
    merge_territory(old, into=new, day=date(2020, 1, 1), reason="Law 7/2019", actor=SYSTEM)
    merged = next(c for c in changes_of(old) if c.kind is ChangeKind.MERGED)
    assert (merged.day, merged.reason, merged.from_parent_id) == (date(2020, 1, 1), "Law 7/2019", region.id)
    assert old.dissolved_on == date(2020, 1, 1)
    assert [c.territory_id for c in changes_of(new)] == [old.id]
    events = set(db.session.scalars(sa.select(AuditEntry.event)))
    assert {"territories.moved", "territories.merged"} <= events


def test_a_plan_is_carried_out_on_its_day_in_the_zone_of_the_place(state: Territory, at: At) -> None:
    old, new = towns_of(state)
    midnight = datetime(2031, 1, 1, tzinfo=UTC) - timedelta(hours=1)  # in Ljubljana
    with at(midnight - timedelta(days=30)):
        merge_territory(old, into=new, day=date(2031, 1, 1), actor=SYSTEM)
    for moment, expected in (
        (midnight - timedelta(milliseconds=1), None),
        (midnight, date(2031, 1, 1)),
        (midnight + timedelta(minutes=1), date(2031, 1, 1)),
    ):
        with at(moment):
            carry_out_changes()
            db.session.expire_all()
            assert old.dissolved_on == expected
    assert db.session.scalar(sa.select(sa.func.count()).select_from(TerritoryChange)) == 1


def test_a_plan_can_be_called_off_and_then_does_not_happen(state: Territory, at: At) -> None:
    old, new = towns_of(state)
    later = clock.today() + timedelta(days=3)
    change = merge_territory(old, into=new, day=later, actor=SYSTEM)
    call_off_change(change, actor=SYSTEM)
    with at(clock.now() + timedelta(days=9)):
        carry_out_changes()
    assert not old.is_dissolved
    assert list(changes_of(old)) == []


def test_what_was_carried_out_cannot_be_called_off(state: Territory) -> None:
    old, new = towns_of(state)
    done = merge_territory(old, into=new, actor=SYSTEM)
    with pytest.raises(NotAllowed, match="exists no more"):
        call_off_change(done, actor=SYSTEM)
    moved = make_territory(parent=state)
    region = make_territory(parent=state, level=Level.REGIONAL)
    move_territory(moved, parent=region, actor=SYSTEM)
    with pytest.raises(Conflict):
        call_off_change(changes_of(moved)[0], actor=SYSTEM)


def test_one_thing_at_a_time_is_planned_for_a_place(state: Territory) -> None:
    old, new = towns_of(state)
    later = clock.today() + timedelta(days=3)
    merge_territory(old, into=new, day=later, actor=SYSTEM)
    with pytest.raises(Conflict, match="Call that off first"):
        dissolve_territory(old, day=later, actor=SYSTEM)


def test_a_plan_follows_what_its_goal_was_merged_into_meanwhile(state: Territory, at: At) -> None:
    old, new, newest = towns_of(state, 3)
    merge_territory(old, into=new, day=clock.today() + timedelta(days=3), actor=SYSTEM)
    merge_territory(new, into=newest, actor=SYSTEM)
    with at(clock.now() + timedelta(days=4)):
        carry_out_changes()
    assert old.successor_id == newest.id


def test_a_plan_that_cannot_be_carried_out_says_why_and_hinders_no_other(state: Territory, at: At) -> None:
    first, second, third = towns_of(state, 3)
    region = make_territory(parent=state, level=Level.REGIONAL)
    later = clock.today() + timedelta(days=3)
    hindered = plan_change(first, kind=ChangeKind.MOVED, into=region, day=later, actor=SYSTEM)
    merge_territory(second, into=third, day=later, actor=SYSTEM)
    dissolve_territory(region, actor=SYSTEM)
    with at(clock.now() + timedelta(days=4)):
        carry_out_changes()
        carry_out_changes()
    db.session.expire_all()
    assert "exists no more" in hindered.obstacle
    assert hindered.is_waiting
    assert second.successor_id == third.id
    told = sa.select(sa.func.count()).where(AuditEntry.event == "territories.change_hindered")
    assert db.session.scalar(told) == 1


def test_nothing_new_begins_in_a_place_that_ended(state: Territory) -> None:
    old, new = towns_of(state)
    group = make_group(old)
    officer = give_role(make_user(), Role.COORDINATOR, territory=state)
    merge_territory(old, into=new, actor=SYSTEM)
    for verdict in (
        may_create_group(officer, old),
        may_create(officer, group),
        may_create_in_territory(officer, old),
        may_add_organisation(officer, old),
        may_reshape(officer, old),
    ):
        assert not verdict
        assert "exists no more" in str(verdict.reason)
    for attempt in (
        lambda: grant_role(make_user(), role=Role.COORDINATOR, territory=old, actor=SYSTEM),
        lambda: choose_home(old, actor=officer),
        lambda: make_territory(parent=old, level=Level.LOCAL),
    ):
        with pytest.raises(NotAllowed):
            attempt()


@pytest.mark.hostile("H10")
def test_roles_in_a_place_that_ended_reach_nothing_any_more(state: Territory) -> None:
    """Fails when ``grants_of`` hands out grants of dissolved places."""
    region, other = (make_territory(parent=state, level=Level.REGIONAL) for _ in range(2))
    town = make_territory(parent=region)
    officer = give_role(make_user(), Role.ADMIN, territory=region)
    above = give_role(make_user(), Role.COORDINATOR, territory=other)
    assert manages_territory(officer, town)
    merge_territory(region, into=other, actor=SYSTEM)
    db.session.expire_all()
    for place in (region, town, other):
        assert not manages_territory(officer, place)
        assert manages_territory(above, place)
    assert officer.grants  # its history stays


def test_a_home_town_that_was_merged_is_its_successor(state: Territory) -> None:
    old, new = towns_of(state)
    citizen = make_user()
    choose_home(old, actor=citizen)
    merge_territory(old, into=new, actor=SYSTEM)
    db.session.expire_all()
    assert citizen.home_territory_id == new.id
    assert [i for i, _name in town_choices()] == [new.id]
    assert [p.id for p in db.session.scalars(towns())] == [new.id]


@pytest.mark.hostile("H02")
def test_a_place_is_reshaped_by_those_above_it_and_only_into_what_they_manage(state: Territory) -> None:
    """Fails when ``plan_change`` asks only for the place itself."""
    old, new = towns_of(state)
    elsewhere = make_territory(parent=make_territory(parent=state, level=Level.REGIONAL))
    mayor = give_role(make_user(), Role.ADMIN, territory=old)
    give_role(mayor, Role.ADMIN, territory=new)
    for attempt in (
        lambda: merge_territory(old, into=new, actor=mayor),
        lambda: dissolve_territory(old, actor=mayor),
    ):
        with pytest.raises(NotAllowed, match="the place it lies in"):
            attempt()
    region = make_territory(parent=state, level=Level.REGIONAL)
    inner = make_territory(parent=region)
    officer = give_role(make_user(), Role.COORDINATOR, territory=region)
    with pytest.raises(NotAllowed, match="coordinators of this place"):
        merge_territory(inner, into=elsewhere, actor=officer)
    with pytest.raises(NotAllowed, match="coordinators of this place"):
        dissolve_territory(inner, successors=[elsewhere], actor=officer)
    assert not inner.is_dissolved


def test_the_root_cannot_end(state: Territory) -> None:
    root = state.parent
    assert root is not None
    with pytest.raises(NotAllowed, match="whole tree"):
        dissolve_territory(root, actor=SYSTEM)


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1899, 12, 31), date(9999, 12, 31)])
def test_days_out_of_reach_are_refused_at_their_field(state: Territory, day: date) -> None:
    with pytest.raises(Invalid) as refusal:
        dissolve_territory(make_territory(parent=state), day=day, actor=SYSTEM)
    assert refusal.value.field == "day"


def test_a_place_is_not_merged_into_itself_what_lies_in_it_or_something_narrower(state: Territory) -> None:
    region = make_territory(parent=state, level=Level.REGIONAL)
    town = make_territory(parent=region)
    for into in (region, town, make_territory(parent=state)):
        with pytest.raises(Invalid) as refusal:
            merge_territory(region, into=into, actor=SYSTEM)
        assert refusal.value.field == "into"


def test_the_database_itself_refuses_a_cycle(state: Territory) -> None:
    """Whoever writes to the table: fails when the trigger of the migrations is gone (a table made anew loses it)."""
    region = make_territory(parent=state, level=Level.REGIONAL)
    table = Territory.__table__
    for place, parent in ((state, region), (state, state)):
        change = sa.update(table).where(table.c.id == place.id).values(parent_id=parent.id)
        with pytest.raises(IntegrityError):
            db.session.execute(change)
        db.session.rollback()
    with pytest.raises(IntegrityError):
        db.session.execute(sa.update(table).where(table.c.id == region.id).values(path="/1/2/"))
    db.session.rollback()


# -- Whatever is done to it, it stays a tree ---------------------------------------------------------------------------


def assert_a_tree() -> None:
    """Every path says what the parents say; everything hangs below the one root; what lives lies in narrower levels."""
    places = {p.id: p for p in db.session.scalars(sa.select(Territory))}
    for place in places.values():
        chain, above = [place.id], place.parent_id
        while above is not None:
            assert above not in chain
            chain.append(above)
            above = places[above].parent_id
        assert place.path == "/" + "/".join(str(i) for i in reversed(chain)) + "/"
        parent = places.get(place.parent_id or 0)
        if parent is not None and not place.is_dissolved:
            assert not parent.is_dissolved
            assert place.level.rank > parent.level.rank
        if place.successor_id is not None:
            assert place.parent_id == place.successor_id


class _Undo(Exception):
    """Takes everything back."""


@given(seed=st.integers(0, 2**32))
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_moved_merged_and_dissolved_it_stays_a_tree(seed: int) -> None:
    dice = random.Random(seed)

    @operation
    def reshape_at_random() -> None:
        root = make_region()
        places = [root]
        for _ in range(14):
            above = dice.choice([p for p in places if p.level is not Level.LOCAL])
            level = dice.choice([lv for lv in Level if lv.rank > above.level.rank])
            places.append(make_territory(parent=above, level=level))
        for _ in range(20):
            place, into = dice.choice(places), dice.choice(places)
            step = dice.choice((move_territory, merge_territory, dissolve_territory))
            target: dict[str, Any] = {
                move_territory: {"parent": into},
                merge_territory: {"into": into},
                dissolve_territory: {"successors": [into] * dice.randint(0, 1)},
            }[step]
            try:
                with db.session.begin_nested():
                    step(place, **target, actor=SYSTEM)
            except HubError:
                db.session.expire_all()
            assert_a_tree()
        raise _Undo

    with pytest.raises(_Undo):
        reshape_at_random()


# -- Two at once -------------------------------------------------------------------------------------------------------


def in_parallel(app: Flask, *tasks: Callable[[], Any]) -> list[Any]:
    """Run the tasks at the same moment, each in a context of its own; answers or refusals in order."""
    db.session.remove()  # a transaction left open here would hold SQLite's lock
    begin = Barrier(len(tasks))

    def run(task: Callable[[], Any]) -> Any:
        begin.wait(30)
        with app.app_context():
            try:
                return task()
            except HubError as refusal:
                return refusal
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def moving(place_id: int, parent_id: int) -> Callable[[], Any]:
    def task() -> None:
        place, parent = (db.session.get_one(Territory, i) for i in (place_id, parent_id))
        move_territory(place, parent=parent, actor=SYSTEM)

    return task


def place_at(territory_id: int) -> Territory:
    return db.session.get_one(Territory, territory_id)


def test_moves_at_once_leave_paths_that_say_what_the_parents_say(app: Flask, state: Territory) -> None:
    """One moves what the other moves into. Fails on PostgreSQL when ``lock_tree`` locks nothing: tried; SQLite has one
    writer at a time.
    """
    home, abroad = state.id, make_territory(parent=state.parent, level=Level.NATIONAL).id
    for _ in range(12):
        region, other = (make_territory(parent=place_at(home), level=Level.REGIONAL) for _ in range(2))
        town = make_territory(parent=other)
        in_parallel(app, moving(region.id, abroad), moving(town.id, region.id))
        assert_a_tree()


def test_a_place_added_below_one_that_moves_lies_where_its_parent_does(app: Flask, state: Territory) -> None:
    """Fails on PostgreSQL when ``create_territory`` does not take the lock of the tree: tried."""
    home, abroad = state.id, make_territory(parent=state.parent, level=Level.NATIONAL).id
    for _ in range(12):
        region = make_territory(parent=place_at(home), level=Level.REGIONAL).id
        in_parallel(app, moving(region, abroad), partial(add_below, region))
        assert_a_tree()


def add_below(parent_id: int) -> None:
    make_territory(parent=place_at(parent_id))


def merge(place_id: int, into_id: int) -> None:
    merge_territory(place_at(place_id), into=place_at(into_id), actor=SYSTEM)


def test_of_mergers_at_once_those_hold_that_fit_each_other(app: Flask, state: Territory) -> None:
    """One place into two others, and one of these into it."""
    home = state.id
    for _ in range(6):
        one, other, third = (make_territory(parent=place_at(home)).id for _ in range(3))
        answers = in_parallel(
            app, partial(merge, one, other), partial(merge, one, third), partial(merge, other, one)
        )
        assert any(isinstance(answer, HubError) for answer in answers)
        assert_a_tree()
