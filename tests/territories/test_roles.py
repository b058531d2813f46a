"""Roles: who may give them, what they open, where they end."""

from typing import Any

import pytest

from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.kernel.errors import Invalid, NotAllowed
from stakeholder_hub.territories.models import Level, Role, RoleGrant, Territory
from stakeholder_hub.territories.operations import choose_home, grant_role, revoke_role
from stakeholder_hub.territories.policy import is_administrator, may_manage_territory, roles_in_territory
from tests.factories.accounts import make_user
from tests.factories.territories import give_role, make_region, make_territory

pytestmark = pytest.mark.usefixtures("app")

MANAGE = {"admin above", "coordinator above", "admin", "coordinator"}


@pytest.fixture
def tree() -> dict[str, Territory]:
    root = make_region()
    nation = make_territory(parent=root, level=Level.NATIONAL)
    return {
        "root": root,
        "nation": nation,
        "town": make_territory(parent=nation),
        "other": make_territory(parent=nation),
    }


def people(tree: dict[str, Territory]) -> dict[str, Any]:
    """Somebody for each place a role can be held in, seen from the town."""
    found: dict[str, Any] = {"visitor": VISITOR, "citizen": make_user()}
    for role in Role:
        found[role.value] = give_role(make_user(), role, territory=tree["town"])
        found[f"{role.value} above"] = give_role(make_user(), role, territory=tree["nation"])
        found[f"{role.value} beside"] = give_role(make_user(), role, territory=tree["other"])
    return found


def test_who_may_manage_a_place_is_inherited_downwards_only(tree: dict[str, Territory]) -> None:
    for name, person in people(tree).items():
        assert bool(may_manage_territory(person, tree["town"])) is (name in MANAGE), name
        assert bool(may_manage_territory(person, tree["nation"])) is (
            name in MANAGE and name.endswith("above")
        ), name


def test_who_may_give_which_role(tree: dict[str, Territory]) -> None:
    for name, person in people(tree).items():
        for role in Role:
            may = name in MANAGE and (role is not Role.ADMIN or name.startswith("admin"))
            somebody = make_user()
            if may:
                assert grant_role(somebody, role=role, territory=tree["town"], actor=person).role is role
            else:
                with pytest.raises(NotAllowed):
                    grant_role(somebody, role=role, territory=tree["town"], actor=person)
                assert not somebody.grants, name


def test_a_role_given_again_replaces_the_earlier_one(tree: dict[str, Territory]) -> None:
    person = give_role(make_user(), Role.MODERATOR, territory=tree["town"])
    give_role(person, Role.COORDINATOR, territory=tree["town"])
    assert roles_in_territory(person, tree["town"]) == {Role.COORDINATOR}


def test_a_role_taken_back_ends_at_once(tree: dict[str, Territory]) -> None:
    person = give_role(make_user(), Role.COORDINATOR, territory=tree["town"])
    revoke_role(person.grants[0], actor=SYSTEM)
    assert not may_manage_territory(person, tree["town"])


def test_one_can_give_ones_own_role_back(tree: dict[str, Territory]) -> None:
    person = give_role(make_user(), Role.OBSERVER, territory=tree["town"])
    revoke_role(person.grants[0], actor=person)
    assert not person.grants


def test_nobody_takes_a_role_back_from_beside_or_an_administrators_without_being_one(
    tree: dict[str, Territory],
) -> None:
    admin = give_role(make_user(), Role.ADMIN, territory=tree["town"])
    grant: RoleGrant = admin.grants[0]
    for actor in (
        give_role(make_user(), Role.ADMIN, territory=tree["other"]),
        give_role(make_user(), Role.COORDINATOR, territory=tree["town"]),
        make_user(),
    ):
        with pytest.raises(NotAllowed):
            revoke_role(grant, actor=actor)
    assert admin.grants == [grant]


def test_the_last_administrator_stays(tree: dict[str, Territory]) -> None:
    chief = give_role(make_user(), Role.ADMIN, territory=tree["root"])
    assert is_administrator(chief)
    with pytest.raises(NotAllowed, match="last administrator"):
        revoke_role(chief.grants[0], actor=chief)
    with pytest.raises(NotAllowed, match="last administrator"):
        grant_role(chief, role=Role.OBSERVER, territory=tree["root"], actor=chief)
    give_role(make_user(), Role.ADMIN, territory=tree["root"])
    revoke_role(chief.grants[0], actor=chief)
    assert not is_administrator(chief)


def test_a_role_is_held_in_a_place_or_a_group_never_both_or_neither(tree: dict[str, Territory]) -> None:
    with pytest.raises(Invalid):
        grant_role(make_user(), role=Role.MEMBER, actor=SYSTEM)


def test_a_town_can_be_ones_own_a_country_cannot(tree: dict[str, Territory]) -> None:
    person = make_user()
    choose_home(tree["town"], actor=person)
    assert person.home_territory_id == tree["town"].id
    with pytest.raises(Invalid):
        choose_home(tree["nation"], actor=person)
    with pytest.raises(NotAllowed):
        choose_home(tree["town"], actor=VISITOR)


def test_a_coordinator_cannot_make_less_of_an_administrator(tree: dict[str, Territory]) -> None:
    admin = give_role(make_user(), Role.ADMIN, territory=tree["town"])
    coordinator = give_role(make_user(), Role.COORDINATOR, territory=tree["town"])
    with pytest.raises(NotAllowed):
        grant_role(admin, role=Role.OBSERVER, territory=tree["town"], actor=coordinator)
    assert roles_in_territory(admin, tree["town"]) == {Role.ADMIN}
