"""Moving, merging and dissolving a place, as people do and read it."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.models import Record
from stakeholder_hub.territories.models import Level, Role, Territory, TerritoryChange
from stakeholder_hub.territories.operations import dissolve_territory, merge_territory
from stakeholder_hub.territories.queries import by_slug
from tests.factories.accounts import make_user
from tests.factories.actions import make_action_item
from tests.factories.groups import make_group
from tests.factories.territories import give_role, make_region, make_territory

Browser = Callable[[str], FlaskClient]


@pytest.fixture
def keys(web: Flask) -> dict[str, str]:
    """Two towns in a state, another state, and people who coordinate them."""
    with web.app_context():
        root = make_region(slug="programme", name="Programme", timezone="UTC")
        state = make_territory(parent=root, level=Level.NATIONAL, name="State", slug="state")
        abroad = make_territory(parent=root, level=Level.NATIONAL, name="Abroad", slug="abroad")
        old = make_territory(parent=state, name="Oldtown", slug="oldtown", code="OLD")
        make_territory(parent=state, name="Newtown", slug="newtown")
        make_group(old, name="Old group")
        make_action_item(old, title="Mend the roof")
        where = {"state": state, "oldtown": old, "abroad": abroad}
        return {
            name: give_role(make_user(), Role.COORDINATOR, territory=place).fs_uniquifier
            for name, place in where.items()
        } | {"citizen": make_user().fs_uniquifier}


def form(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "merged",
        "day": clock.today("Europe/Ljubljana").isoformat(),
        "into": "newtown",
        "reason": "Law 7",
        "language": "en",
        "sure": "y",
        **changes,
    }


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page))


def test_a_merged_place_keeps_its_page_and_says_into_what_and_when(
    web: Flask, client: FlaskClient, browser_of: Browser, keys: dict[str, str]
) -> None:
    answer = browser_of(keys["state"]).post("/en/places/oldtown/changes", data=form(), follow_redirects=True)
    assert "It is done." in answer.text
    page = client.get("/en/places/oldtown/").text
    for said in ("This place exists no more", "it was merged into Newtown.", "Mend the roof", "Law 7"):
        assert said in words(page)
    assert 'href="/en/places/newtown/"' in page
    with web.app_context():
        record = db.session.scalars(sa.select(Record)).one().reference
    crumbs = words(client.get(f"/en/actions/{record}/").text)
    assert record.startswith("OLD-")
    assert "Oldtown (formerly)" in crumbs
    heir = words(client.get("/en/places/newtown/").text)
    assert "Oldtown was merged into this place." in heir
    assert "Mend the roof" in heir
    assert "Old group" in heir


def test_an_address_from_before_leads_to_the_page_that_says_what_became_of_it(
    web: Flask, client: FlaskClient, keys: dict[str, str]
) -> None:
    with web.app_context():
        merge_territory(by_slug("oldtown"), into=by_slug("newtown"), actor=SYSTEM)
    listed = client.get("/en/places/").text
    assert ">Oldtown<" not in listed
    assert "1 town" in words(listed)
    found = words(client.get("/en/places/?q=oldtown").text)
    assert "Oldtown" in found
    assert "Exists no more" in found


def test_a_plan_is_shown_and_can_be_called_off(
    client: FlaskClient, browser_of: Browser, keys: dict[str, str], web: Flask
) -> None:
    browser = browser_of(keys["state"])
    day = (clock.today() + timedelta(days=30)).isoformat()
    answer = browser.post("/en/places/oldtown/changes", data=form(day=day), follow_redirects=True)
    assert "It is planned." in answer.text
    assert "Will be merged into Newtown." in words(client.get("/en/places/oldtown/").text)
    page = browser.get("/en/places/oldtown/changes").text
    url = re.search(r'action="([^"]+call-off)"', page)
    assert url is not None
    assert "The plan has been called off." in browser.post(url[1], follow_redirects=True).text
    assert "Will be merged" not in client.get("/en/places/oldtown/").text
    with web.app_context():
        assert not by_slug("oldtown").is_dissolved


def test_a_dissolved_place_names_its_successors(
    web: Flask, client: FlaskClient, browser_of: Browser, keys: dict[str, str]
) -> None:
    sent = form(kind="dissolved", into="", successors=["newtown"])
    assert browser_of(keys["state"]).post("/en/places/oldtown/changes", data=sent).status_code == 303
    said = words(client.get("/en/places/oldtown/").text)
    assert "It was dissolved on" in said
    assert "Parts of it went to: Newtown" in said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sure": ""}, "it cannot be undone"),
        ({"into": ""}, "Choose a place."),
        ({"into": "abroad"}, "Choose from the list."),
        ({"day": "31.12.2026"}, "Write the day as in"),
        ({"day": "9999-12-31"}, "Choose a day between"),
        ({"day": ""}, "Say from which day on."),
        ({"kind": "nonsense"}, "Choose from the list."),
        ({"successors": ["nowhere"]}, "Choose from the list."),
    ],
)
def test_refusals_stand_at_their_field_and_nothing_typed_is_lost(
    web: Flask, browser_of: Browser, keys: dict[str, str], changes: dict[str, Any], said: str
) -> None:
    answer = browser_of(keys["state"]).post("/en/places/oldtown/changes", data=form(**changes))
    assert answer.status_code == 422
    assert said in words(answer.text)
    assert "Law 7" in answer.text
    with web.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(TerritoryChange)) == 0


@pytest.mark.hostile("H02")
@pytest.mark.parametrize("who", ["oldtown", "abroad", "citizen"])
def test_nobody_but_those_above_reshapes_a_place(
    web: Flask, browser_of: Browser, keys: dict[str, str], who: str
) -> None:
    """Fails when the view and the operation ask whether the place itself is managed."""
    browser = browser_of(keys[who])
    assert browser.get("/en/places/oldtown/changes").status_code == 403
    assert browser.post("/en/places/oldtown/changes", data=form()).status_code == 403
    with web.app_context():
        assert not by_slug("oldtown").is_dissolved


@pytest.mark.hostile("H07")
def test_a_plan_is_called_off_only_at_its_own_place(
    web: Flask, browser_of: Browser, keys: dict[str, str]
) -> None:
    """Fails when ``change_of`` looks at the id alone."""
    with web.app_context():
        later = clock.today() + timedelta(days=9)
        change = merge_territory(by_slug("oldtown"), into=by_slug("newtown"), day=later, actor=SYSTEM).id
    browser = browser_of(keys["state"])
    assert browser.post(f"/en/places/newtown/changes/{change}/call-off").status_code == 404
    assert browser_of(keys["abroad"]).post(f"/en/places/oldtown/changes/{change}/call-off").status_code == 403
    with web.app_context():
        assert db.session.get_one(TerritoryChange, change).is_waiting


@pytest.mark.hostile("H08")
def test_fields_that_nobody_offered_change_nothing(
    web: Flask, browser_of: Browser, keys: dict[str, str]
) -> None:
    """Fails when a form's values are handed on as they come."""
    later = (clock.today() + timedelta(days=9)).isoformat()
    extra = {"carried_out_at": "2020-01-01", "territory_id": "1", "obstacle": "x", "planned_by_id": "1"}
    browser_of(keys["state"]).post("/en/places/oldtown/changes", data=form(day=later, **extra))
    with web.app_context():
        change = db.session.scalars(sa.select(TerritoryChange)).one()
        assert change.is_waiting
        assert (change.territory.slug, change.obstacle) == ("oldtown", "")


@pytest.mark.hostile("H10")
def test_a_coordinator_of_a_place_that_ended_is_out_at_once(
    web: Flask, browser_of: Browser, keys: dict[str, str]
) -> None:
    """Fails when ``grants_of`` hands out grants of places that exist no more."""
    browser = browser_of(keys["oldtown"])
    assert browser.get("/en/places/oldtown/roles").status_code == 200
    with web.app_context():
        dissolve_territory(by_slug("oldtown"), actor=SYSTEM)
    for url in ("places/oldtown/roles", "places/oldtown/edit", "groups/new?place=oldtown"):
        assert browser.get(f"/en/{url}").status_code == 403, url
    assert browser.get("/en/places/oldtown/").status_code == 200


def test_the_page_of_a_place_with_a_long_history_costs_no_more(
    web: Flask, client: FlaskClient, keys: dict[str, str], count_queries: Callable[..., Any]
) -> None:
    client.get("/en/places/newtown/")
    with web.app_context():
        merge_territory(by_slug("oldtown"), into=by_slug("newtown"), actor=SYSTEM)
    with count_queries() as few:
        client.get("/en/places/newtown/")
    with web.app_context():
        heir, state = by_slug("newtown"), by_slug("state")
        for _ in range(10):
            merge_territory(make_territory(parent=state), into=heir, actor=SYSTEM)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Territory)) == 15
    with count_queries() as many:
        client.get("/en/places/newtown/")
    assert len(many) == len(few)
    assert len(many) <= 12
