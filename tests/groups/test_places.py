"""Those who work in a place are told what becomes of it."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.territories.jobs import carry_out_changes
from stakeholder_hub.territories.models import ChangeKind, Level, Role, Territory
from stakeholder_hub.territories.operations import dissolve_territory, merge_territory, plan_change
from tests.factories.accounts import make_user
from tests.factories.groups import make_group
from tests.factories.territories import give_role, make_region, make_territory

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def state() -> Territory:
    return make_territory(parent=make_region(), level=Level.NATIONAL)


def told(kind: str) -> set[int]:
    return set(db.session.scalars(sa.select(Notification.user_id).where(Notification.kind == kind)))


def people_of(place: Territory) -> tuple[Any, Any]:
    """A coordinator of the place, and one of a group in it; a member who is not told is there too."""
    group = make_group(place)
    give_role(make_user(), Role.MEMBER, group=group)
    return (
        give_role(make_user(), Role.COORDINATOR, territory=place),
        give_role(make_user(), Role.COORDINATOR, group=group),
    )


def test_coordinators_of_a_place_and_its_groups_are_told_of_a_plan_and_of_its_end(state: Territory) -> None:
    old, new = make_territory(parent=state), make_territory(parent=state)
    concerned = {person.id for person in people_of(old)}
    people_of(new)
    merge_territory(old, into=new, day=clock.today() + timedelta(days=2), actor=SYSTEM)
    assert told("groups.place_change_planned") == concerned
    assert told("groups.place_merged") == set()
    with clock.frozen(clock.now() + timedelta(days=3)):
        carry_out_changes()
    assert told("groups.place_merged") == concerned


def test_they_are_told_when_it_is_dissolved(state: Territory) -> None:
    old = make_territory(parent=state)
    concerned = {person.id for person in people_of(old)}
    dissolve_territory(old, actor=SYSTEM)
    assert told("groups.place_dissolved") == concerned


def test_who_planned_it_is_told_once_that_it_could_not_be_done(state: Territory) -> None:
    town, region = make_territory(parent=state), make_territory(parent=state, level=Level.REGIONAL)
    planner = give_role(make_user(), Role.ADMIN, territory=state)
    later = clock.today() + timedelta(days=2)
    plan_change(town, kind=ChangeKind.MOVED, into=region, day=later, actor=planner)
    dissolve_territory(region, actor=SYSTEM)
    with clock.frozen(clock.now() + timedelta(days=3)):
        carry_out_changes()
        carry_out_changes()
    assert told("groups.place_change_hindered") == {planner.id}
    assert len(db.session.scalars(sa.select(Notification)).all()) == 1
