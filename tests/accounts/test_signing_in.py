"""Getting in and out: by password, by a link in a letter, everywhere, and on one device."""

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.accounts.models import User
from stakeholder_hub.accounts.operations import register_person, set_password
from stakeholder_hub.accounts.queries import user_by_email
from stakeholder_hub.kernel import clock as hub_clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from tests.accounts.pages import press, send, signed_in_as
from tests.factories.accounts import PASSWORD, make_user
from tests.infrastructure.mail import Mailbox

ANA = "ana@example.org"


@pytest.fixture
def ana(web: Flask) -> str:
    """Somebody with an account and a password."""
    with web.app_context():
        make_user(email=ANA, name="Ana", password=PASSWORD)
    return ANA


def by_password(client: FlaskClient, email: str = ANA, password: str = PASSWORD, **more: str) -> None:
    """Sign in; fails where that is refused."""
    answer = send(client, "/en/account/sign-in", email=email, password=password, **more)
    assert answer.status_code == 303, answer.text


def test_signing_in_by_password(client: FlaskClient, ana: str) -> None:
    by_password(client)
    assert signed_in_as(client) == ANA


def test_the_address_may_be_written_in_any_case(client: FlaskClient, ana: str) -> None:
    by_password(client, email="  ANA@Example.ORG ")
    assert signed_in_as(client) == ANA


def test_a_wrong_password_is_refused_and_the_address_kept(client: FlaskClient, ana: str) -> None:
    answer = send(client, "/en/account/sign-in", email=ANA, password="something else")
    assert answer.status_code == 422
    assert f'value="{ANA}"' in answer.text
    assert signed_in_as(client) is None


def test_signing_in_by_a_link(client: FlaskClient, ana: str, mailbox: Mailbox) -> None:
    send(client, "/en/account/sign-in/link", email=ANA)
    assert press(client, mailbox.last(ANA)).status_code == 303
    assert signed_in_as(client) == ANA


def test_a_link_works_once(client: FlaskClient, web: Flask, ana: str, mailbox: Mailbox) -> None:
    send(client, "/en/account/sign-in/link", email=ANA)
    (path,) = mailbox.last(ANA).paths
    send(client, path)
    assert web.test_client().get(path).status_code == 404


def test_a_link_to_sign_in_holds_for_two_hours(
    client: FlaskClient, ana: str, mailbox: Mailbox, clock
) -> None:
    start = clock.set(hub_clock.now())
    send(client, "/en/account/sign-in/link", email=ANA)
    (path,) = mailbox.last(ANA).paths
    clock.set(start)
    clock.advance(minutes=119)
    assert client.get(path).status_code == 200
    clock.advance(minutes=2)
    assert client.get(path).status_code == 404


def test_letters_are_in_the_language_of_the_person(client: FlaskClient, web: Flask, mailbox: Mailbox) -> None:
    with web.app_context():
        make_user(email=ANA, language="sl")
    send(client, "/de/account/sign-in/link", email=ANA)
    assert mailbox.last(ANA).language == "sl"
    assert mailbox.last(ANA).paths[0].startswith("/sl/")


def test_a_page_for_people_with_an_account_leads_to_signing_in_and_back(
    client: FlaskClient, ana: str
) -> None:
    asked = client.get("/en/account/password")
    assert asked.status_code == 302
    answer = send(client, asked.location, email=ANA, password=PASSWORD)
    assert answer.location == "/en/account/password"


def test_a_new_password_by_letter_signs_every_other_device_out(
    client: FlaskClient, web: Flask, ana: str, mailbox: Mailbox
) -> None:
    other = web.test_client()
    by_password(other)
    send(client, "/en/account/forgotten", email=ANA)
    assert press(client, mailbox.last(ANA), password="nine brown horses").status_code == 303
    assert signed_in_as(client) == ANA
    assert signed_in_as(other) is None
    by_password(web.test_client(), password="nine brown horses")


def test_changing_the_password_asks_for_the_present_one_and_kills_links_in_letters(
    client: FlaskClient, web: Flask, ana: str, mailbox: Mailbox
) -> None:
    by_password(client)
    send(web.test_client(), "/en/account/sign-in/link", email=ANA)
    wrong = send(client, "/en/account/password", current="wrong wrong", password="nine brown horses")
    assert wrong.status_code == 422
    right = send(client, "/en/account/password", current=PASSWORD, password="nine brown horses")
    assert right.status_code == 303
    assert signed_in_as(client) == ANA
    assert web.test_client().get(mailbox.last(ANA).paths[0]).status_code == 404


@pytest.mark.parametrize(
    "weak",
    ["", "short", "aaaaaaaaaaaa", "1234567890", "password123", "Geslo-1234567", "qwertzuiop", "abababababab"],
)
def test_weak_passwords_are_refused_with_a_reason(client: FlaskClient, ana: str, weak: str) -> None:
    by_password(client)
    answer = send(client, "/en/account/password", current=PASSWORD, password=weak)
    assert answer.status_code == 422
    assert "field-error" in answer.text


@pytest.mark.parametrize(
    "good", ["seven quiet rivers", "Drava 2026 Mura", "zelena jabolka", "ключ від міста"]
)
def test_nothing_is_asked_of_a_password_but_length(client: FlaskClient, ana: str, good: str) -> None:
    by_password(client)
    assert send(client, "/en/account/password", current=PASSWORD, password=good).status_code == 303


def test_signing_out_everywhere(client: FlaskClient, web: Flask, ana: str) -> None:
    other = web.test_client()
    by_password(client)
    by_password(other)
    page = client.get("/en/account/")
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    assert client.post("/en/account/sign-out-everywhere", data={"csrf_token": token}).status_code == 303
    assert signed_in_as(client) is None
    assert signed_in_as(other) is None


def test_opening_the_page_for_signing_out_signs_nobody_out(client: FlaskClient, ana: str) -> None:
    by_password(client)
    assert client.get("/en/account/sign-out").status_code == 200
    assert signed_in_as(client) == ANA


def test_signing_out_on_one_device_leaves_the_other_signed_in(
    client: FlaskClient, web: Flask, ana: str
) -> None:
    other = web.test_client()
    by_password(client)
    by_password(other)
    send(client, "/en/account/sign-out")
    assert signed_in_as(client) is None
    assert signed_in_as(other) == ANA


def test_staying_signed_in_is_asked_for(client: FlaskClient, web: Flask, ana: str) -> None:
    by_password(client)
    cookie = client.get_cookie("hub_session")
    assert cookie is not None
    assert cookie.expires is None
    stays = web.test_client()
    by_password(stays, remember="y")
    kept = stays.get_cookie("hub_session")
    assert kept is not None
    assert kept.expires is not None


def test_passwords_are_kept_as_argon2id_of_nineteen_mebibytes(app: Flask) -> None:
    person = register_person(email=ANA, name="Ana", language="en", password=PASSWORD, actor=SYSTEM)
    assert person.password is not None
    assert person.password.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_an_account_is_found_however_its_address_is_written(app: Flask) -> None:
    person = make_user(email="Ana.Novak@gmail.com")
    for written in ("ana.novak@gmail.com", "ananovak+hub@googlemail.com", "ANANOVAK@GMAIL.COM"):
        assert user_by_email(written) == person
    assert user_by_email("ana.novak@example.org") is None


def test_two_addresses_that_are_one_make_one_account(app: Flask) -> None:
    make_user(email="ana@bücher.example")
    assert user_by_email("ANA@xn--bcher-kva.example") is not None


def test_a_blocked_account_opens_neither_by_password_nor_by_link(
    client: FlaskClient, web: Flask, ana: str, mailbox: Mailbox
) -> None:
    by_password(client)
    send(web.test_client(), "/en/account/sign-in/link", email=ANA)
    with web.app_context():
        person = db.session.scalars(sa.select(User)).one()
        person.active = False
        set_password(person, password=PASSWORD, actor=SYSTEM)
    assert signed_in_as(client) is None
    assert send(client, "/en/account/sign-in", email=ANA, password=PASSWORD).status_code == 422
    assert client.get(mailbox.last(ANA).paths[0]).status_code == 404
