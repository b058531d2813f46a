"""The first hour: one page that opens once."""

from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.accounts.models import User
from stakeholder_hub.installation.models import Installation
from stakeholder_hub.installation.operations import issue_setup_token, mark_demonstration_loaded
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.territories.models import Level, Role, Territory
from stakeholder_hub.territories.policy import is_administrator
from tests.factories.accounts import make_user
from tests.factories.territories import give_role, make_region, make_territory

FILLED: dict[str, Any] = {
    "site_name": "Šaleška dolina",
    "language": "sl",
    "town": "",
    "town_name": "Velenje",
    "town_code": "vel",
    "town_country": "SI",
    "town_timezone": "Europe/Ljubljana",
    "town_latitude": "46,36",
    "town_longitude": "15,11",
    "admin_name": "Ana Novak",
    "admin_email": "ana@example.org",
    "admin_password": "dolga skrivnost",
}


def new_token(web: Flask) -> str:
    with web.app_context():
        token = issue_setup_token()
    assert token is not None
    return token


def test_setup_gives_the_site_its_name_its_town_and_its_administrator(
    web: Flask, client: FlaskClient
) -> None:
    address = f"/en/setup?token={new_token(web)}"
    page = client.get(address)
    assert page.status_code == 200
    assert "Make this site yours" in page.get_data(as_text=True)
    answer = client.post(address, data=FILLED)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    after = client.get("/en/site").get_data(as_text=True)
    assert "Šaleška dolina" in after
    assert "Ana Novak" in after
    with web.app_context():
        town = db.session.scalars(sa.select(Territory).where(Territory.level == Level.LOCAL)).one()
        admin = db.session.scalars(sa.select(User)).one()
        assert (town.code, town.name.original.text, town.latitude) == ("VEL", "Velenje", 46.36)
        assert admin.home_territory_id == town.id
        assert is_administrator(admin)


def test_the_page_opens_once_and_only_with_the_token_that_was_printed_last(
    web: Flask, client: FlaskClient
) -> None:
    older, newer = new_token(web), new_token(web)
    for wrong in ("", "x", older, newer + "x"):
        assert client.get("/en/setup", query_string={"token": wrong}).status_code == 404
        assert client.post("/en/setup", query_string={"token": wrong}, data=FILLED).status_code == 404
    assert client.post("/en/setup", query_string={"token": newer}, data=FILLED).status_code == 303
    for method in (client.get, client.post):
        assert method("/en/setup", query_string={"token": newer}, data=FILLED).status_code == 404
    with web.app_context():
        assert issue_setup_token() is None
        assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 1


def test_the_token_is_stored_as_a_digest_only(web: Flask) -> None:
    token = new_token(web)
    with web.app_context():
        stored = db.session.scalars(sa.select(Installation.setup_token_hash)).one()
    assert stored is not None
    assert token not in stored


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept_by_half(
    web: Flask, client: FlaskClient
) -> None:
    address = f"/en/setup?token={new_token(web)}"
    for change, field, words in (
        ({"admin_password": "short"}, "admin_password", "at least 10 characters"),
        ({"town_code": "velenje mesto"}, "town_code", "two to eight letters"),
        ({"town_name": " "}, "town_name", "Give the town a name"),
        ({"town_timezone": "Mars/Olympus"}, "town_timezone", "Choose from the list"),
        ({"admin_email": "ana"}, "admin_email", ""),
        ({"site_name": "x" * 81}, "site_name", "at most 80 characters"),
    ):
        answer = client.post(address, data={**FILLED, **change})
        text = answer.get_data(as_text=True)
        assert answer.status_code == 422, change
        assert f'id="{field}-error"' in text, change
        assert words in text
        assert "Ana Novak" in text
    with web.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Territory)) == 0
        assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 0


def test_a_town_of_the_demonstration_can_become_real_and_its_people_lose_their_power(
    web: Flask, client: FlaskClient
) -> None:
    with web.app_context():
        root = make_region(is_demo=True)
        slug = make_territory(parent=root, name="Weiz", is_demo=True).slug
        give_role(make_user(is_demo=True), Role.ADMIN, territory=root)
        mark_demonstration_loaded(actor=SYSTEM)
        db.session.remove()
    address = f"/en/setup?token={new_token(web)}"
    assert "demonstration" in client.get(address).get_data(as_text=True)
    chosen = {**FILLED, "town": slug, "town_name": "", "town_code": "", "demonstration": "keep"}
    assert client.post(address, data=chosen).status_code == 303
    with web.app_context():
        town = db.session.scalars(sa.select(Territory).where(Territory.slug == slug)).one()
        assert not town.is_demo
        fictional = db.session.scalars(sa.select(User).where(User.is_demo)).one()
        assert not fictional.grants


def test_settings_are_for_administrators_only(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        town = make_territory(parent=make_region())
        key = give_role(make_user(), Role.ADMIN, territory=town).fs_uniquifier
        db.session.remove()
    for address in ("/en/site", "/en/site/demonstration"):
        assert client.get(address).status_code == 302
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = key, True
        assert client.get(address).status_code == 403
        assert client.post(address, data={"name": "Mine"}).status_code == 403
        with client.session_transaction() as session:
            session.clear()
