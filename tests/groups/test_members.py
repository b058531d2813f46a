"""The table: who sits at it, who may change that, who is missing."""

from typing import Any

import pytest
import sqlalchemy as sa

from stakeholder_hub.groups.models import Group, GroupKind
from stakeholder_hub.groups.operations import (
    add_member,
    archive_group,
    create_group,
    edit_group,
    join_group,
    remove_member,
)
from stakeholder_hub.groups.policy import may_create_group, may_join, may_manage_group, may_see_members
from stakeholder_hub.groups.queries import gauge_of, missing_sectors
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotAllowed
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.search.models import SearchEntry
from stakeholder_hub.territories.models import Level, Role
from tests.factories.accounts import make_user
from tests.factories.groups import make_group
from tests.factories.territories import give_role, make_region, make_territory

pytestmark = pytest.mark.usefixtures("app")

SEATS = ("coordinator", "moderator", "member", "observer")


def people(group: Group) -> dict[str, Any]:
    """Somebody for each role, here, above and elsewhere."""
    elsewhere = make_group()
    found: dict[str, Any] = {"visitor": VISITOR, "citizen": make_user()}
    for name in SEATS:
        found[name] = give_role(make_user(), Role(name), group=group)
        found[f"{name} elsewhere"] = give_role(make_user(), Role(name), group=elsewhere)
    found["town's coordinator"] = give_role(make_user(), Role.COORDINATOR, territory=group.territory)
    found["administrator"] = give_role(make_user(), Role.ADMIN, territory=group.territory.parent)
    found["other town's coordinator"] = give_role(
        make_user(), Role.COORDINATOR, territory=elsewhere.territory
    )
    return found


@pytest.fixture
def group() -> Group:
    return make_group(make_territory(parent=make_region()))


def test_who_may_do_what(group: Group) -> None:
    runs = {"coordinator", "town's coordinator", "administrator"}
    group.open_to_join = True
    for name, person in people(group).items():
        assert bool(may_manage_group(person, group)) is (name in runs), name
        assert bool(may_see_members(person, group)) is (name in runs | set(SEATS)), name
        assert bool(may_join(person, group)) is (name not in {"visitor", *SEATS}), name
        assert bool(may_create_group(person, group.territory)) is (name in runs - {"coordinator"}), name


def test_operations_ask_the_same_policies(group: Group) -> None:
    runs = {"coordinator", "town's coordinator", "administrator"}
    for name, person in people(group).items():
        somebody = make_user()
        if name in runs:
            add_member(group, user=somebody, role=Role.MEMBER, sector=Sector.BUSINESS, actor=person)
            remove_member(group, user=somebody, actor=person)
            continue
        with pytest.raises(NotAllowed):
            add_member(group, user=somebody, role=Role.MEMBER, sector=None, actor=person)
        with pytest.raises(NotAllowed):
            archive_group(group, actor=person)
    assert group.archived_at is None


def test_whoever_sets_a_group_up_coordinates_it() -> None:
    town = make_territory()
    chief = give_role(make_user(sector=Sector.ADMINISTRATION), Role.COORDINATOR, territory=town)
    group = make_group(town, actor=chief)
    assert [(g.user_id, g.role, g.sector) for g in group.memberships] == [
        (chief.id, Role.COORDINATOR, Sector.ADMINISTRATION)
    ]


def test_a_group_keeps_a_coordinator(group: Group) -> None:
    first = give_role(make_user(), Role.COORDINATOR, group=group)
    with pytest.raises(NotAllowed, match="last coordinator"):
        remove_member(group, user=first, actor=first)
    with pytest.raises(NotAllowed, match="last coordinator"):
        add_member(group, user=first, role=Role.MEMBER, sector=None, actor=SYSTEM)
    give_role(make_user(), Role.COORDINATOR, group=group)
    remove_member(group, user=first, actor=first)
    assert len(group.memberships) == 1


def test_only_open_groups_are_joined(group: Group) -> None:
    person = make_user()
    with pytest.raises(NotAllowed, match="invitation"):
        join_group(group, sector=None, actor=person)
    open_one = make_group(open_to_join=True)
    join_group(open_one, sector=Sector.ACADEMIA, actor=person)
    with pytest.raises(NotAllowed, match="already"):
        join_group(open_one, sector=None, actor=person)
    archive_group(open_one, actor=SYSTEM)
    with pytest.raises(NotAllowed, match="ended"):
        join_group(open_one, sector=None, actor=make_user())


def test_the_gauge_shows_who_is_missing() -> None:
    group = make_group(targets={Sector.BUSINESS: 50, Sector.ACADEMIA: 25})
    for sector in (Sector.ACADEMIA, Sector.ACADEMIA, Sector.ADMINISTRATION, Sector.CITIZEN):
        add_member(group, user=make_user(), role=Role.MEMBER, sector=sector, actor=SYSTEM)
    add_member(group, user=make_user(), role=Role.OBSERVER, sector=Sector.BUSINESS, actor=SYSTEM)
    rows = {row.sector: row for row in gauge_of(group)}
    assert (rows[Sector.ACADEMIA].count, rows[Sector.ACADEMIA].target) == (2, 0.25)
    assert rows[Sector.ACADEMIA].share == pytest.approx(2 / 3)
    assert (rows[Sector.BUSINESS].count, rows[Sector.BUSINESS].target) == (0, 0.5)
    assert missing_sectors([group.id]) == {group.id: [Sector.BUSINESS, Sector.CIVIL_SOCIETY]}


def test_shares_add_up_to_a_hundred_at_most() -> None:
    with pytest.raises(Invalid):
        make_group(targets={Sector.BUSINESS: 60, Sector.ACADEMIA: 41})
    with pytest.raises(Invalid):
        make_group(targets={Sector.BUSINESS: -1})
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Group)) == 0


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "x" * 10_000])
def test_a_name_is_needed(name: str) -> None:
    with pytest.raises(Invalid):
        make_group(name=Multilingual.of(name, "en"))


def test_the_second_of_two_editors_is_told(group: Group) -> None:
    values: dict[str, Any] = {
        "kind": GroupKind.THEMATIC_GROUP,
        "language": "en",
        "targets": {},
        "open_to_join": False,
        "version": group.version,
        "actor": SYSTEM,
    }
    edit_group(group, name=group.name, purpose="First", **values)
    with pytest.raises(Conflict) as conflict:
        edit_group(group, name=group.name, purpose="Second", **values)
    assert conflict.value.theirs["purpose"] == "First"
    assert (group.purpose_text, group.purpose_html) == ("First", "<p>First</p>")


def test_a_new_member_is_told_and_the_group_is_found(group: Group) -> None:
    chief = give_role(make_user(), Role.COORDINATOR, group=group)
    person = make_user()
    add_member(group, user=person, role=Role.MEMBER, sector=None, actor=chief)
    add_member(group, user=person, role=Role.OBSERVER, sector=None, actor=chief)
    told = db.session.scalars(sa.select(Notification.kind).where(Notification.user_id == person.id)).all()
    assert told == ["groups.member_joined"]
    found = sa.select(SearchEntry.subject_id).where(SearchEntry.subject_kind == "group")
    assert group.id in db.session.scalars(found).all()


def test_a_group_belongs_to_any_level() -> None:
    nation = make_territory(level=Level.NATIONAL)
    chief = give_role(make_user(), Role.ADMIN, territory=nation)
    made = create_group(
        nation,
        name=Multilingual.of("Steering", "en"),
        kind=GroupKind.STEERING_COMMITTEE,
        language="en",
        targets={},
        actor=chief,
    )
    assert made.slug == "steering"
