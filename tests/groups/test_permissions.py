"""Who may do what with groups and organisations: every role, everywhere it can be held."""

from typing import Any

import pytest
from flask import Flask

from stakeholder_hub.groups.models import Group
from stakeholder_hub.groups.operations import add_member
from stakeholder_hub.groups.policy import (
    may_add_organisation,
    may_ask_to_join,
    may_create_group,
    may_join,
    may_manage_group,
    may_manage_organisation,
    may_see_members,
)
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.territories.models import Level, Role
from tests.factories.accounts import make_user
from tests.factories.groups import make_group, make_organisation
from tests.factories.territories import give_role, make_region, make_territory

SEATS = ("coordinator", "moderator", "member", "observer")


class Scene:
    """A group in a town, and somebody for every role seen from it."""

    def __init__(self) -> None:
        root = make_region()
        nation = make_territory(parent=root, level=Level.NATIONAL)
        self.town = make_territory(parent=nation)
        beside = make_territory(parent=nation)
        self.group = make_group(self.town)
        self.second = make_group(self.town)
        self.body = make_organisation(self.town)
        elsewhere = make_group(beside)
        self.people: dict[str, Any] = {"visitor": VISITOR, "citizen": make_user(), "system": SYSTEM}
        for role in Role:
            self.people[f"{role} of the town"] = give_role(make_user(), role, territory=self.town)
            self.people[f"{role} above"] = give_role(make_user(), role, territory=nation)
            self.people[f"{role} beside"] = give_role(make_user(), role, territory=beside)
        for name in SEATS:
            self.people[f"{name} in the group"] = self._seat(self.group, Role(name))
            self.people[f"{name} of another group"] = self._seat(elsewhere, Role(name))

    @staticmethod
    def _seat(group: Group, role: Role) -> Any:
        person = make_user()
        add_member(group, user=person, role=role, sector=None, actor=SYSTEM)
        return person


@pytest.fixture
def scene(app: Flask) -> Scene:
    return Scene()


RUN_THE_TOWN = {
    "system",
    "admin of the town",
    "coordinator of the town",
    "admin above",
    "coordinator above",
}
RUN_THE_GROUP = RUN_THE_TOWN | {"coordinator in the group"}
IN_THE_GROUP = {f"{seat} in the group" for seat in SEATS}


def allowed(scene: Scene, policy: Any, subject: Any) -> set[str]:
    return {name for name, person in scene.people.items() if policy(person, subject)}


def test_who_manages_a_group(scene: Scene) -> None:
    assert allowed(scene, may_manage_group, scene.group) == RUN_THE_GROUP
    assert allowed(scene, may_manage_group, scene.second) == RUN_THE_TOWN


def test_who_sets_up_a_group(scene: Scene) -> None:
    assert allowed(scene, may_create_group, scene.town) == RUN_THE_TOWN


def test_who_reads_the_names_of_the_members(scene: Scene) -> None:
    assert allowed(scene, may_see_members, scene.group) == RUN_THE_GROUP | IN_THE_GROUP


def test_who_adds_organisations_and_gives_mandates(scene: Scene) -> None:
    assert allowed(scene, may_add_organisation, scene.town) == RUN_THE_GROUP
    assert allowed(scene, may_manage_organisation, scene.body) == RUN_THE_GROUP


def test_who_joins_a_group_that_is_open_and_one_that_is_not(scene: Scene) -> None:
    everybody = set(scene.people) - {"visitor"}
    assert allowed(scene, may_join, scene.group) == set()
    scene.group.open_to_join = True
    assert allowed(scene, may_join, scene.group) == everybody - IN_THE_GROUP
    assert allowed(scene, may_ask_to_join, scene.group) == everybody - IN_THE_GROUP
    scene.group.archived_at = clock.now()
    assert allowed(scene, may_join, scene.group) == set()
    assert allowed(scene, may_ask_to_join, scene.group) == set()


def test_every_refusal_says_why(scene: Scene) -> None:
    for policy, subject in (
        (may_manage_group, scene.group),
        (may_create_group, scene.town),
        (may_see_members, scene.group),
        (may_add_organisation, scene.town),
        (may_join, scene.group),
    ):
        for person in scene.people.values():
            verdict = policy(person, subject)
            assert verdict or str(verdict.reason)
