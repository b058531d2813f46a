"""The pages of residences: a person asks, an officer answers, and nobody else sees who lives where."""

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.kernel.database import db
from stakeholder_hub.residents.models import Evidence, Residence, ResidenceState
from stakeholder_hub.residents.operations import ask_for_residence
from stakeholder_hub.territories.models import Role, Territory
from tests.factories.accounts import make_user
from tests.factories.residents import make_request, make_resident
from tests.factories.territories import give_role, make_region, make_territory

MINE = "/en/account/residence"


def post(client: FlaskClient, url: str, page: str | None = None, **values: Any) -> Any:
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page or url).text)
    assert token is not None
    return client.post(url, data={"csrf_token": token[1], **values})


@pytest.fixture
def town(web: Flask) -> dict[str, Any]:
    with web.app_context():
        region = make_region()
        place, other = make_territory(parent=region), make_territory(parent=region)
        return {
            "slug": place.slug,
            "region": region.slug,
            "other": other.slug,
            "officer": give_role(make_user(), Role.MODERATOR, territory=place).fs_uniquifier,
            "above": give_role(make_user(), Role.COORDINATOR, territory=region).fs_uniquifier,
            "outsider": give_role(make_user(), Role.ADMIN, territory=other).fs_uniquifier,
            "person": make_user(name="Ana Novak", home_territory=place).fs_uniquifier,
        }


def stored(web: Flask) -> Residence:
    with web.app_context():
        return db.session.scalars(sa.select(Residence).order_by(Residence.id.desc())).first()


def test_from_the_settings_to_a_verified_residence(web: Flask, visit: Any, town: dict[str, Any]):
    person, officer = visit(town["person"]), visit(town["officer"])
    assert MINE in person.get("/en/account/").text
    assert f"{MINE}?place={town['slug']}" in person.get(f"/en/places/{town['slug']}/").text
    assert f'<option selected value="{town["slug"]}"' in person.get(MINE).text
    assert post(person, MINE, place="").status_code == 422
    assert post(person, MINE, place=town["slug"]).status_code == 303
    assert "You have asked" in person.get(MINE).text

    assert "1 person asks to be verified as a resident" in officer.get("/en/desk/").text
    url = f"/en/places/{town['slug']}/residents"
    assert url in officer.get(f"/en/places/{town['slug']}/").text
    assert "Ana Novak" in officer.get(url).text
    number = stored(web).id
    missing = post(officer, f"{url}/{number}/confirm", evidence="", valid_until="2050-13-45")
    assert missing.status_code == 422
    assert "Say how you made sure." in missing.text
    assert post(officer, f"{url}/{number}/confirm", evidence="document", valid_until="").status_code == 303
    assert "A document with the address was seen" in officer.get(url).text
    assert "Ana Novak" in officer.get(f"{url}?q=novak").text
    assert "Nobody of this name" in officer.get(f"{url}?q=%25").text
    page = person.get(MINE).text
    assert "You are verified as a resident of" in page
    give_up = f"{MINE}/{number}/give-up"
    assert post(person, give_up, MINE).status_code == 303
    assert "You are verified as a resident of" not in person.get(MINE).text


def test_refusing_and_taking_back_show_the_reason_to_the_person(web: Flask, visit: Any, town: dict[str, Any]):
    person, above = visit(town["person"]), visit(town["above"])
    url = f"/en/places/{town['region']}/residents"
    post(person, MINE, place=town["slug"])
    first = stored(web).id
    assert post(above, f"{url}/{first}/refuse", reason=" ").status_code == 422
    assert post(above, f"{url}/{first}/refuse", reason="Please come by <b>again</b>.").status_code == 303
    assert "Please come by &lt;b&gt;again&lt;/b&gt;." in person.get(MINE).text
    post(person, MINE, place=town["slug"])
    second = stored(web).id
    post(above, f"{url}/{second}/confirm", evidence="letter", valid_until="")
    assert "Votes that were cast stand" in above.get(f"{url}/{second}/revoke").text
    assert post(above, f"{url}/{second}/revoke", reason="Moved.").status_code == 303
    assert "Moved." in person.get(MINE).text


@pytest.mark.hostile("H02")
@pytest.mark.hostile("H07")
def test_h02_an_officer_of_another_town_finds_no_page_and_no_person(
    web: Flask, visit: Any, town: dict[str, Any]
):
    """``residence_in`` looks below the officer's place only, and the policy asks for the place of the residence.
    Without both an officer opened another town's request through their own page. Tried.
    """
    with web.app_context():
        number = ask_for_residence(
            db.session.scalar(sa.select(Territory).where(Territory.slug == town["slug"])),
            actor=make_user(name="Hidden Person"),
        ).id
    outsider, citizen = visit(town["outsider"]), visit(town["person"])
    for client in (outsider, citizen):
        for tail in ("", f"/{number}/confirm", f"/{number}/refuse", f"/{number}/revoke"):
            assert client.get(f"/en/places/{town['slug']}/residents{tail}").status_code == 404
    own = f"/en/places/{town['other']}/residents"
    assert "Hidden Person" not in outsider.get(own).text
    for tail in ("confirm", "refuse", "revoke"):
        assert outsider.get(f"{own}/{number}/{tail}").status_code == 404
        assert post(outsider, f"{own}/{number}/{tail}", MINE, evidence="desk", reason="x").status_code == 404
    assert post(citizen, f"{MINE}/{number}/give-up", MINE).status_code == 404
    assert stored(web).state is ResidenceState.ASKED


@pytest.mark.hostile("H08")
def test_h08_nobody_confirms_themselves_by_more_fields(web: Flask, visit: Any, town: dict[str, Any]):
    """The forms name every field that is read: state, person and evidence are not among those of the request."""
    person = visit(town["person"])
    more = {
        "state": "confirmed",
        "evidence": "desk",
        "user_id": "1",
        "territory_id": "1",
        "answered_by_id": "1",
    }
    assert post(person, MINE, place=town["slug"], **more).status_code == 303
    found = stored(web)
    assert (found.state, found.evidence, found.answered_by_id) == (ResidenceState.ASKED, None, None)
    officer = visit(town["officer"])
    url = f"/en/places/{town['slug']}/residents/{found.id}/confirm"
    post(officer, url, evidence="desk", valid_until="", user_id="1", territory_id="1", state="refused")
    now = stored(web)
    assert (now.user_id, now.territory_id, now.state) == (
        found.user_id,
        found.territory_id,
        ResidenceState.CONFIRMED,
    )
    assert now.evidence is Evidence.DESK


def test_the_list_of_an_officer_costs_the_same_for_one_and_for_many(
    web: Flask, visit: Any, town: dict[str, Any], count_queries: Any
):
    url = f"/en/places/{town['slug']}/residents"
    client = visit(town["officer"])

    def cost() -> int:
        client.get(url)
        with count_queries() as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    with web.app_context():
        place = db.session.scalar(sa.select(Territory).where(Territory.slug == town["slug"]))
        make_request(place), make_resident(place)
    few = cost()
    with web.app_context():
        place = db.session.scalar(sa.select(Territory).where(Territory.slug == town["slug"]))
        for _ in range(8):
            make_request(place), make_resident(place)
    assert cost() == few
