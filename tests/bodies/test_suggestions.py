"""Who is suggested as the addressee of a matter, and why."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from stakeholder_hub.bodies.models import Body, BodyKind, Strength, Topic
from stakeholder_hub.bodies.queries import suggest_addressees
from stakeholder_hub.bodies.topics import topic_named
from stakeholder_hub.consultations.templates import CATEGORIES, said_in
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.i18n import INTERFACE
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.territories.models import Level, Territory
from tests.factories.bodies import make_body, make_competence, make_level_competence
from tests.factories.groups import make_group, make_organisation

can, usually = make_competence, partial(make_level_competence, topic=Topic.HOUSING)


def body_in(place: Territory, **values: Any) -> Body:
    return make_body(make_organisation(place), **values)


def names(place: Territory, **values: Any) -> list[str]:
    return [s.body.territory.name.original.text for s in suggest_addressees(place, Topic.HOUSING, **values)]


def test_levels_above_come_first_then_the_place_itself_then_below_then_neighbours(
    tree: SimpleNamespace,
) -> None:
    for place in (tree.neighbour, tree.town, tree.programme, tree.state, tree.north):
        can(body_in(place))
    assert names(tree.town) == ["North", "State", "Programme", "Town", "Neighbour"]
    assert names(tree.state) == ["Programme", "State", "North", "Neighbour", "Town"]


def test_at_one_level_the_strongest_competence_comes_first(tree: SimpleNamespace) -> None:
    for strength in reversed(Strength):
        can(body_in(tree.state), strength=strength)
    found = suggest_addressees(tree.town, Topic.HOUSING)
    assert [s.strength for s in found] == list(Strength)


def test_what_a_level_usually_does_finds_its_bodies_and_says_so(tree: SimpleNamespace) -> None:
    body_in(tree.north)
    body_in(tree.state)
    usually(tree.state, Level.REGIONAL, basis="Housing act")
    (found,) = suggest_addressees(tree.town, Topic.HOUSING)
    assert found.body.territory_id == tree.north.id
    assert found.reason == "Regional level: usually decides about housing in State. (Housing act)"


def test_the_nearest_place_says_what_a_level_usually_does(tree: SimpleNamespace) -> None:
    body_in(tree.north)
    usually(tree.programme, Level.REGIONAL)
    usually(tree.state, Level.REGIONAL, strength=Strength.ADVISES)
    (found,) = suggest_addressees(tree.town, Topic.HOUSING)
    assert found.strength is Strength.ADVISES


def test_its_own_competence_is_the_reason_where_there_is_one(tree: SimpleNamespace) -> None:
    usually(tree.state, Level.NATIONAL, basis="Constitution")
    can(body_in(tree.state), strength=Strength.SHARES, basis="Housing act")
    (found,) = suggest_addressees(tree.town, Topic.HOUSING)
    assert found.reason == "Decides about housing in State together with others. (Housing act)"


def test_only_the_topic_asked_for_counts(tree: SimpleNamespace) -> None:
    can(body_in(tree.state), Topic.EDUCATION)
    assert names(tree.town) == []


def test_bodies_elsewhere_are_not_suggested(tree: SimpleNamespace) -> None:
    for place in (tree.abroad, tree.south, tree.far):
        can(body_in(place))
    usually(tree.state, Level.LOCAL)
    body_in(tree.neighbour)
    assert names(tree.town) == []


def test_above_finds_only_those_above_it(tree: SimpleNamespace) -> None:
    for place in (tree.programme, tree.state, tree.north, tree.town):
        can(body_in(place))
    assert names(tree.town, above=tree.north) == ["State", "Programme"]


def test_archived_bodies_and_bodies_of_what_was_put_away_are_not_suggested(tree: SimpleNamespace) -> None:
    can(body_in(tree.state, archived_at=clock.now()))

    @operation
    def put_away() -> None:
        can(body_in(tree.state)).organisation.archived_at = clock.now()  # type: ignore[union-attr]
        can(make_body(group=make_group(tree.state))).group.archived_at = clock.now()  # type: ignore[union-attr]

    put_away()
    assert names(tree.town) == []


def test_a_body_is_suggested_to_the_end_of_its_last_day_in_its_own_zone(
    tree: SimpleNamespace, at: Callable[[datetime], AbstractContextManager[None]]
) -> None:
    last = datetime(2030, 6, 30, tzinfo=UTC).date()
    can(make_body(group=make_group(tree.state), kind=BodyKind.TASK_SPECIFIC, sunset_on=last))
    midnight = datetime(2030, 6, 30, 22, tzinfo=UTC)  # in Ljubljana
    with at(midnight - timedelta(milliseconds=1)):
        assert names(tree.town) == ["State"]
    with at(midnight):
        assert names(tree.town) == []


def test_two_statements_however_many_there_are(
    tree: SimpleNamespace, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    for place in (tree.programme, tree.state, tree.north, tree.town, tree.neighbour) * 2:
        can(body_in(place), basis="Act")
    usually(tree.state, Level.NATIONAL)
    db.session.expire_all()
    assert tree.town.path
    with count_queries() as seen:
        said = [(s.reason, s.body.name.original.text) for s in suggest_addressees(tree.town, Topic.HOUSING)]
    assert len(said) == 10
    assert len(seen) <= 2


@pytest.mark.parametrize("language", INTERFACE)
def test_default_headings_of_consultations_name_topics(app: Any, language: str) -> None:
    expected = [Topic.HOUSING, Topic.PUBLIC_SERVICES, Topic.EDUCATION, Topic.CULTURE, Topic.JOBS]
    assert [topic_named(f" {said_in(name, language)} ") for name in CATEGORIES] == expected
    assert topic_named("Something else") is None
