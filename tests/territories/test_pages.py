"""The pages of places, as people and machines ask for them."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.accounts.models import User
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.territories.models import Level, Role, RoleGrant, Territory
from tests.factories.accounts import make_user
from tests.factories.groups import make_group
from tests.factories.territories import give_role, make_region, make_territory

Browser = Callable[[str], FlaskClient]


@pytest.fixture
def keys(web: Flask) -> dict[str, str]:
    """A small tree, and the session keys of people: admin, officer of Ptuj, officer of Velenje, citizen."""
    with web.app_context():
        root = make_region(name="Danube", slug="danube")
        nation = make_territory(
            parent=root, level=Level.NATIONAL, name="Slovenija", country="SI", slug="slovenija"
        )
        ptuj = make_territory(
            parent=nation, name="Ptuj", country="SI", latitude=46.42, longitude=15.87, slug="ptuj", code="PTU"
        )
        velenje = make_territory(
            parent=nation, name="Velenje", country="SI", latitude=46.36, longitude=15.11, slug="velenje"
        )
        name = Multilingual.of("Nyíregyháza", "hu", en="Nyíregyháza")
        make_territory(parent=root, name=name, country="HU", latitude=47.9, longitude=21.7, slug="nyir")
        make_group(ptuj)
        return {
            "admin": give_role(make_user(), Role.ADMIN, territory=root).fs_uniquifier,
            "ptuj": give_role(make_user(), Role.COORDINATOR, territory=ptuj).fs_uniquifier,
            "velenje": give_role(make_user(), Role.COORDINATOR, territory=velenje).fs_uniquifier,
            "citizen": make_user(email="ana@example.org", name="Ana").fs_uniquifier,
        }


def form(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Ptuj",
        "timezone": "Europe/Ljubljana",
        "default_language": "sl",
        "currency": "EUR",
        "country": "SI",
        **changes,
    }


def test_the_tree_is_one_list_and_a_drawing(client: FlaskClient, keys: dict[str, str]) -> None:
    page = client.get("/en/places/").text
    for name in ("Danube", "Slovenija", "Ptuj", "Velenje", "Nyíregyháza"):
        assert name in page
    assert page.count("<circle") == 6
    assert "2 towns" in page
    assert "1 group" in page
    assert 'method="post"' not in page.replace('action="/en/preferences" method="post"', "")


@pytest.mark.parametrize(
    ("query", "found", "missing"),
    [
        ("q=nyiregyhaza", "Nyíregyháza", ">Ptuj<"),
        ("q=PTU", "Ptuj", "Velenje"),
        ("country=HU", "Nyíregyháza", "Slovenija"),
        ("level=national", "Slovenija", ">Ptuj<"),
        ("q=%25", "No place has this name", ">Ptuj<"),
        ("level=nonsense&country=<x>", "Velenje", "<x>"),
    ],
)
def test_places_are_found_without_accents(
    client: FlaskClient, keys: dict[str, str], query: str, found: str, missing: str
) -> None:
    page = client.get(f"/en/places/?{query}").text
    assert found in page
    assert missing not in page


def test_the_list_can_be_taken_away(client: FlaskClient, keys: dict[str, str]) -> None:
    answer = client.get("/en/places/?country=SI&format=csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[0] for row in rows][2] == "PTU"
    assert len(rows) == 4
    assert client.get("/en/places/?format=xlsx").data[:2] == b"PK"


def test_the_tree_takes_a_constant_number_of_statements(
    client: FlaskClient, web: Flask, keys: dict[str, str], count_queries: Any
) -> None:
    client.get("/en/places/")
    with count_queries() as first:
        client.get("/en/places/")
    with web.app_context():
        nation = db.session.scalars(sa.select(Territory).where(Territory.slug == "slovenija")).one()
        for number in range(15):
            make_group(make_territory(parent=nation, latitude=45.0 + number / 10, longitude=14.0))
    with count_queries() as then:
        client.get("/en/places/")
    assert len(first) == len(then) <= 12


def test_a_place_is_described_anew_in_several_languages(
    browser_of: Browser, web: Flask, keys: dict[str, str]
) -> None:
    officer = browser_of(keys["ptuj"])
    page = officer.get("/en/places/ptuj/edit").text
    assert 'value="Ptuj"' in page
    sent = form(
        version=1, slug="ptuj-mesto", name_de="Pettau", description="Old *town*", languages=["sl", "de"]
    )
    with web.app_context():
        sent["version"] = db.session.scalar(sa.select(Territory.version).where(Territory.slug == "ptuj"))
    answer = officer.post("/en/places/ptuj/edit", data=sent)
    assert answer.headers["Location"].endswith("/en/places/ptuj-mesto/")
    assert officer.get("/en/places/ptuj/").status_code == 301
    assert "Pettau" in officer.get("/de/places/").text
    with web.app_context():
        place = db.session.scalars(sa.select(Territory).where(Territory.slug == "ptuj-mesto")).one()
        assert place.languages == ["sl", "de"]


def test_two_editors_of_a_place_both_see_both_texts(browser_of: Browser, keys: dict[str, str]) -> None:
    officer = browser_of(keys["ptuj"])
    first = officer.post("/en/places/ptuj/edit", data=form(version=2, name="First"))
    assert first.status_code == 303
    second = officer.post("/en/places/ptuj/edit", data=form(version=2, name="Second"))
    assert second.status_code == 409
    assert "First" in second.text
    assert "Second" in second.text


def test_errors_stand_at_their_field_and_keep_what_was_typed(
    browser_of: Browser, keys: dict[str, str]
) -> None:
    answer = browser_of(keys["ptuj"]).post(
        "/en/places/ptuj/edit", data=form(version=2, name="", latitude="north", population="many")
    )
    assert answer.status_code == 422
    for text in (
        "Give the place a name.",
        "Write degrees as in 46.36.",
        "Write a whole number.",
        'value="north"',
    ):
        assert text in answer.text


def test_a_place_is_added_below_ones_own(browser_of: Browser, web: Flask, keys: dict[str, str]) -> None:
    admin = browser_of(keys["admin"])
    sent = form(name="Maribor", language="sl", level="local", code="mar", population="96.000")
    assert admin.get("/en/places/new?parent=slovenija").status_code == 200
    assert (
        admin.post("/en/places/new?parent=slovenija", data=sent)
        .headers["Location"]
        .endswith("/en/places/maribor/")
    )
    assert admin.post("/en/places/new?parent=ptuj", data=sent | {"code": "xyz"}).status_code == 422
    with web.app_context():
        place = db.session.scalars(sa.select(Territory).where(Territory.slug == "maribor")).one()
        assert (place.code, place.population, place.parent.slug) == ("MAR", 96_000, "slovenija")


PAGES = ("/en/places/ptuj/edit", "/en/places/new?parent=ptuj", "/en/places/ptuj/roles")


@pytest.mark.hostile("H02")
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("who", "status"),
    [("admin", 200), ("ptuj", 200), ("velenje", 403), ("citizen", 403), (None, 403)],
)
def test_an_officer_of_another_town_reaches_nothing(
    client: FlaskClient, browser_of: Browser, keys: dict[str, str], path: str, who: str | None, status: int
) -> None:
    browser = browser_of(keys[who]) if who else client
    assert browser.get(path).status_code == status
    if status != 200:
        assert (
            browser.post(path, data=form(version=2, email="ana@example.org", role="admin")).status_code
            == status
        )


@pytest.mark.hostile("H07", "H08")
def test_a_foreign_parent_is_not_taken(browser_of: Browser, web: Flask, keys: dict[str, str]) -> None:
    """A place is hung only where its editor manages; what the form does not offer changes nothing."""
    officer = browser_of(keys["ptuj"])
    sent = form(version=2, parent="danube", level="national", code="EVIL", is_demo="1", path="/1/", id="1")
    assert officer.post("/en/places/ptuj/edit", data=sent).status_code == 303
    with web.app_context():
        place = db.session.scalars(sa.select(Territory).where(Territory.slug == "ptuj")).one()
        assert (place.parent.slug, place.level, place.code, place.is_demo) == (
            "slovenija",
            Level.LOCAL,
            "PTU",
            False,
        )


def test_roles_are_given_and_taken_back_where_they_are_shown(
    browser_of: Browser, web: Flask, keys: dict[str, str]
) -> None:
    officer = browser_of(keys["ptuj"])
    assert (
        officer.post(
            "/en/places/ptuj/roles", data={"email": "ANA@example.org", "role": "moderator"}
        ).status_code
        == 303
    )
    page = officer.get("/en/places/ptuj/roles").text
    assert "Ana" in page
    assert "Moderator" in page
    nobody = officer.post("/en/places/ptuj/roles", data={"email": "no@example.org", "role": "moderator"})
    assert nobody.status_code == 422
    assert "Nobody has an account" in nobody.text
    higher = officer.post("/en/places/ptuj/roles", data={"email": "ana@example.org", "role": "admin"})
    assert higher.status_code == 403
    with web.app_context():
        grant = db.session.scalars(
            sa.select(RoleGrant).join(User, RoleGrant.user_id == User.id).where(User.name == "Ana")
        ).one()
        assert grant.role is Role.MODERATOR
        number = grant.id
    assert browser_of(keys["velenje"]).post(f"/en/places/ptuj/roles/{number}/revoke").status_code == 403
    assert officer.post(f"/en/places/velenje/roles/{number}/revoke").status_code == 404
    assert officer.post(f"/en/places/ptuj/roles/{number}/revoke").status_code == 303
    with web.app_context():
        assert db.session.get(RoleGrant, number) is None


def test_a_town_is_made_ones_own_by_a_post(
    client: FlaskClient, browser_of: Browser, web: Flask, keys: dict[str, str]
) -> None:
    citizen = browser_of(keys["citizen"])
    assert citizen.get("/en/places/ptuj/home").status_code == 405
    assert (
        citizen.post("/en/places/ptuj/home", data={"next": "//evil.example"}).headers["Location"]
        == "/en/places/ptuj/"
    )
    assert client.post("/en/places/ptuj/home").status_code in (400, 403)
    with web.app_context():
        person = db.session.scalars(sa.select(User).where(User.name == "Ana")).one()
        assert person.home_territory.slug == "ptuj"
