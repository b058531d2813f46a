"""Hostile cases of accounts. Each test says which guard it holds; each has failed once with that guard removed."""

import dataclasses
import re
import statistics
import time
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.accounts.models import PendingContribution, User
from stakeholder_hub.app import create_app
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.settings import Settings, SettingsError
from stakeholder_hub.mail.models import OutgoingMail
from stakeholder_hub.webkit.limits import limiter
from tests.accounts.pages import SECRETS, hidden, press, send, signed_in_as
from tests.factories.accounts import PASSWORD, make_user
from tests.infrastructure.mail import Mailbox

ANA, NOBODY = "ana@example.org", "noa@example.org"

ASKING = ("/en/account/sign-in/link", "/en/account/forgotten", "/en/account/register")
"""Pages that send a letter to whoever has the address."""

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def ana(request: pytest.FixtureRequest) -> str:
    """Somebody with an account and a password."""
    if "database" in request.fixturenames:
        web: Flask = request.getfixturevalue("web")
        with web.app_context():
            make_user(email=ANA, name="Ana", password=PASSWORD)
    return ANA


FORGED: list[dict[str, str]] = [
    {"Host": "evil.example"},
    {"Host": "localhost:80@evil.example"},
    {"Host": "127.0.0.1:9@evil.example"},
    {"X-Forwarded-Host": "evil.example"},
    {"Forwarded": "host=evil.example;proto=https"},
    {"X-Original-URL": "https://evil.example/", "X-Rewrite-URL": "https://evil.example/"},
    {"X-Forwarded-Proto": "https", "X-Forwarded-Port": "6666", "X-Forwarded-Prefix": "//evil.example"},
    {"Origin": "https://evil.example", "Referer": "https://evil.example/"},
]


@pytest.mark.hostile("H27")
@pytest.mark.parametrize("headers", FORGED, ids=lambda h: next(iter(h.items())).__repr__())
@pytest.mark.parametrize("path", ASKING)
def test_a_forged_host_never_reaches_a_mailed_link(
    client: FlaskClient, mailbox: Mailbox, path: str, headers: dict[str, str]
) -> None:
    """Guard: accounts.links.absolute builds on the settings alone. Fails when it builds on request.host_url."""
    page = client.get(path)
    client.post(path, data={**hidden(page.text), "email": ANA, "name": "Ana"}, headers=headers)
    for mail in mailbox.all():
        assert "evil" not in mail.text
        assert "6666" not in mail.text
        assert all(link.startswith("http://127.0.0.1:8000/en/") for link in mail.links)


@on_sqlite
@pytest.mark.hostile("H27")
def test_links_begin_with_the_address_of_the_settings(
    client: FlaskClient, web: Flask, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: as above."""
    settings = dataclasses.replace(web.config["HUB_SETTINGS"], base_url="https://hub.example.org")
    monkeypatch.setitem(web.config, "HUB_SETTINGS", settings)
    send(client, ASKING[0], email=ANA)
    assert mailbox.last(ANA).links[0].startswith("https://hub.example.org/en/account/link/")


@pytest.mark.hostile("H29")
@pytest.mark.parametrize("path", ASKING)
def test_a_mail_scanner_that_opens_every_link_consumes_nothing(
    client: FlaskClient, web: Flask, mailbox: Mailbox, path: str
) -> None:
    """Guard: open_link acts on POST only, and with the page's form token. Fails when it finishes on GET."""
    send(client, path, email=ANA, name="Ana")
    (link,) = mailbox.last(ANA).paths
    scanner = web.test_client()
    for _time in range(3):
        assert scanner.get(link).status_code == 200
        assert scanner.head(link).status_code == 200
    assert scanner.post(link).status_code == 400
    assert signed_in_as(scanner) is None
    assert press(client, mailbox.last(ANA), password="nine brown horses").status_code == 303


@pytest.mark.hostile("H30")
@pytest.mark.parametrize(
    "token", ["", "null", "0", "[]", "%00", "undefined", "1.", ".", "1.null", "a" * 5000]
)
@pytest.mark.parametrize("page", ["link", "last-step"])
def test_tokens_that_are_none_open_nothing(client: FlaskClient, web: Flask, page: str, token: str) -> None:
    """Guard: tokens are compared by hash with what was made at random. Fails when an empty one is looked up as NULL."""
    with web.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(PendingContribution)) == 0
    assert client.get(f"/en/account/{page}/{token}").status_code in (404, 308)


def _body(answer: Any, *addresses: str) -> str:
    """A page without what differs at every request (form secrets, the request's id) and without the address."""
    text = re.sub(r"\b[0-9a-f]{16}\b", "", re.sub(SECRETS, "", answer.text))
    for address in addresses:
        text = text.replace(address, "ADDRESS")
    return text


@pytest.mark.hostile("H33")
@pytest.mark.parametrize("path", ASKING)
def test_asking_for_a_letter_tells_nothing_of_who_has_an_account(
    client: FlaskClient, web: Flask, mailbox: Mailbox, path: str
) -> None:
    """Guard: registering._send writes to every address. Fails when an unknown one gets no letter."""
    known = send(client, path, email=ANA, name="Somebody")
    unknown = send(web.test_client(), path, email=NOBODY, name="Somebody")
    assert known.status_code == unknown.status_code == 200
    assert _body(known, ANA) == _body(unknown, NOBODY)
    assert len(mailbox.to(ANA)) == len(mailbox.to(NOBODY)) == 1


@pytest.mark.hostile("H33", "H34")
@pytest.mark.parametrize("path", ASKING)
def test_the_cap_on_letters_is_the_same_for_everybody(
    client: FlaskClient, mailbox: Mailbox, path: str
) -> None:
    """Guard: letters to unknown addresses count as well. Fails when only accounts are written to."""
    seen = {
        address: [
            send(client, path, email=written, name="Somebody").status_code
            for written in [address] * 3 + [address.upper()] * 5
        ]
        for address in (ANA, NOBODY)
    }
    assert seen[ANA] == seen[NOBODY]
    assert seen[ANA] == [200] * 5 + [429] * 3
    assert len(mailbox) == 10


@pytest.mark.hostile("H33")
def test_a_wrong_password_and_an_unknown_address_are_answered_alike(client: FlaskClient, web: Flask) -> None:
    """Guard: one answer for both in views.login. Fails when it says which of the two is wrong."""
    known = send(client, "/en/account/sign-in", email=ANA, password="not the right one")
    unknown = send(web.test_client(), "/en/account/sign-in", email=NOBODY, password="not the right one")
    assert known.status_code == unknown.status_code == 422
    assert _body(known, ANA) == _body(unknown, NOBODY)


@on_sqlite
@pytest.mark.hostile("H33")
def test_an_unknown_address_takes_as_long_as_a_known_one(client: FlaskClient, web: Flask) -> None:
    """Guard: signing.person_by_password checks a password in any case. Fails (tenfold gap) without that."""
    with web.app_context():
        make_user(email="link@example.org")
    page = client.get("/en/account/sign-in")
    took: dict[str, list[float]] = {}
    for _round in range(9):
        for email in (ANA, NOBODY, "link@example.org"):
            begun = time.process_time()
            client.post(
                "/en/account/sign-in", data={**hidden(page.text), "email": email, "password": "wrong" * 3}
            )
            took.setdefault(email, []).append(time.process_time() - begun)
    medians = [statistics.median(values[1:]) for values in took.values()]
    assert max(medians) < 1.6 * min(medians), took


@pytest.fixture
def throttled(web: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application with the throttle of production, on the same database."""
    monkeypatch.setattr(limiter, "enabled", True)
    app = create_app(dataclasses.replace(web.config["HUB_SETTINGS"], testing=False))
    yield app
    limiter.reset()
    with app.app_context():
        db.engine.dispose()


def _tries(client: FlaskClient, email: str, times: int, **headers: Any) -> list[int]:
    page = client.get("/en/account/sign-in")
    data = {**hidden(page.text), "email": email, "password": "wrong password"}
    return [client.post("/en/account/sign-in", data=data, **headers).status_code for _time in range(times)]


@on_sqlite
@pytest.mark.hostile("H35")
def test_guessing_is_throttled_and_forged_forwarding_headers_do_not_help(throttled: Flask) -> None:
    """Guard: views._guarded. Fails when the route is not limited, or the key follows X-Forwarded-For."""
    client = throttled.test_client()
    answers = [
        _tries(client, written, 1, headers={"X-Forwarded-For": f"10.0.0.{n}", "X-Real-IP": f"10.0.0.{n}"})[0]
        for n, written in enumerate([ANA, ANA.upper(), f" {ANA}"] * 4)
    ]
    assert answers[:8] == [422] * 8
    assert set(answers[8:]) == {429}


@on_sqlite
@pytest.mark.hostile("H35")
def test_somebody_who_guesses_does_not_lock_the_owner_out(throttled: Flask) -> None:
    """Guard: the tight limit counts account and address together. Fails when it counts the account alone."""
    assert 429 in _tries(throttled.test_client(), ANA, 12, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    answer = send(throttled.test_client(), "/en/account/sign-in", email=ANA, password=PASSWORD)
    assert answer.status_code == 303


@on_sqlite
@pytest.mark.hostile("H35")
def test_one_sender_cannot_try_one_password_on_everybody(throttled: Flask) -> None:
    """Guard: the limit by the sender's address alone. Fails without it."""
    client = throttled.test_client()
    answers = [_tries(client, f"person{n}@example.org", 1)[0] for n in range(24)]
    assert answers.count(422) == 20
    assert answers[-1] == 429


@pytest.mark.hostile("H36")
def test_a_copied_cookie_is_dead_after_signing_out(client: FlaskClient, web: Flask) -> None:
    """Guard: EndedSession. Fails when signing.end_session does not write it down."""
    send(client, "/en/account/sign-in", email=ANA, password=PASSWORD)
    cookie = client.get_cookie("hub_session")
    assert cookie is not None
    thief = web.test_client()
    thief.set_cookie("hub_session", cookie.value)
    assert signed_in_as(thief) == ANA
    send(client, "/en/account/sign-out")
    assert signed_in_as(thief) is None


@pytest.mark.hostile("H36")
def test_a_copied_cookie_is_dead_after_the_password_changes(client: FlaskClient, web: Flask) -> None:
    """Guard: set_password makes a new fs_uniquifier. Fails without it."""
    thief = web.test_client()
    for browser in (thief, client):
        send(browser, "/en/account/sign-in", email=ANA, password=PASSWORD)
    assert signed_in_as(thief) == ANA
    send(client, "/en/account/password", current=PASSWORD, password="nine brown horses")
    assert signed_in_as(thief) is None
    assert signed_in_as(client) == ANA


@pytest.mark.hostile("H36")
def test_nothing_of_the_session_before_is_carried_over_signing_in(client: FlaskClient) -> None:
    """Guard: signing.begin_session empties the session. Fails when it does not."""
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    token = hidden(client.get("/en/account/sign-in").text)["csrf_token"]
    send(client, "/en/account/sign-in", email=ANA, password=PASSWORD)
    with client.session_transaction() as session:
        assert "planted" not in session
    assert client.post("/en/account/sign-out-everywhere", data={"csrf_token": token}).status_code == 400


@pytest.mark.hostile("H37")
@pytest.mark.parametrize(
    "environ",
    [
        {"HUB_SECRET_KEY": "changeme"},
        {"HUB_SECRET_KEY": "x" * 31},
        {"HUB_SECRET_KEY": "x" * 40, "HUB_DEBUG": "1"},
        {},
    ],
    ids=["default", "short", "debug", "none"],
)
def test_the_site_does_not_start_with_a_weak_secret_or_debug(environ: dict[str, str], tmp_path: Any) -> None:
    """Guard: Settings.load. Fails when its checks are removed."""
    with pytest.raises(SettingsError):
        Settings.load({"HUB_INSTANCE": str(tmp_path), **environ})


AWAY = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
    "http:evil.example", "javascript:alert(1)", "data:text/html,x", "/\tevil.example", "\t//evil.example",
    "/\n/evil.example", " //evil.example", "//evil.example%2f..", "http:///evil.example", "/%09/evil.example\r\nX: y",
    "///\\evil.example", "mailto:x@evil.example", "evil.example", "//127.0.0.1:8000@evil.example",
]  # fmt: skip


@on_sqlite
@pytest.mark.hostile("H39")
@pytest.mark.parametrize("target", AWAY)
@pytest.mark.parametrize("where", ["query", "form"])
def test_signing_in_never_leads_away(client: FlaskClient, target: str, where: str) -> None:
    """Guard: webkit.addresses.is_local in next_or. Fails when next is taken as it is."""
    data = {**hidden(client.get("/en/account/sign-in").text), "email": ANA, "password": PASSWORD}
    extra = {"query_string": {"next": target}} if where == "query" else {}
    if where == "form":
        data["next"] = target
    answer = client.post("/en/account/sign-in", data=data, **extra)
    assert answer.status_code == 303
    assert answer.location.startswith("/en/")
    assert "evil" not in answer.location


@on_sqlite
@pytest.mark.hostile("H39")
@pytest.mark.parametrize("target", AWAY)
def test_a_link_in_a_letter_never_leads_away(client: FlaskClient, mailbox: Mailbox, target: str) -> None:
    """Guard: is_local when the link is asked for and again when its button is pressed."""
    send(client, "/en/account/sign-in/link", email=ANA, next=target)
    answer = press(client, mailbox.last(ANA))
    assert answer.location.startswith("/en/")
    assert "evil" not in answer.location


@on_sqlite
@pytest.mark.hostile("H39")
def test_a_page_of_this_site_is_gone_back_to(client: FlaskClient, mailbox: Mailbox) -> None:
    """What the guard must let through."""
    send(client, "/en/account/sign-in/link?next=/en/places/?q=a%26b", email=ANA)
    assert press(client, mailbox.last(ANA)).location == "/en/places/?q=a&b"


@pytest.mark.hostile("H24")
@pytest.mark.parametrize("separator", ["\r\n", "\n", "\r", "\u2028", "\x85"])
def test_line_ends_in_a_name_or_address_reach_no_header(
    client: FlaskClient, web: Flask, separator: str
) -> None:
    """Guard: valid_email, and behind it queue_mail. Fails when both take the address as it is."""
    send(client, "/en/account/register", name=f"Ana{separator}Bcc: x@evil.example", email=NOBODY)
    send(client, "/en/account/register", name="Ana", email=f"{NOBODY}{separator}Bcc: x@evil.example")
    with web.app_context():
        for mail in db.session.scalars(sa.select(OutgoingMail)):
            assert mail.recipient == NOBODY
            assert not re.search(r"[\r\n\x85\u2028]", mail.subject)


@on_sqlite
@pytest.mark.hostile("H08")
def test_registering_sets_nothing_but_its_own_fields(
    client: FlaskClient, web: Flask, mailbox: Mailbox
) -> None:
    """Guard: forms name their fields and operations their arguments."""
    sneaked = {
        "is_demo": "1",
        "active": "",
        "id": "1",
        "email_key": ANA,
        "fs_uniquifier": "mine",
        "kind": "x",
    }
    send(client, "/en/account/register", name="Noa", email=NOBODY, **sneaked)
    answer = press(client, mailbox.last(NOBODY), name="Noa", home="0", email=ANA, **sneaked)
    assert answer.status_code == 303
    with web.app_context():
        person = db.session.scalars(sa.select(User).where(User.email == NOBODY)).one()
        assert (person.is_demo, person.active, person.fs_uniquifier != "mine") == (False, True, True)


OUTBOX = "/en/account/outbox"


@on_sqlite
@pytest.mark.hostile("H27")
@pytest.mark.parametrize(
    ("changes", "request_of"),
    [
        ({"production": True}, {}),
        ({"mail_url": "smtp://localhost"}, {}),
        ({"base_url": "https://hub.example.org"}, {}),
        ({"trusted_proxies": 1}, {}),
        ({}, {"environ_base": {"REMOTE_ADDR": "203.0.113.9"}}),
        ({}, {"headers": {"Host": "hub.example.org"}}),
        ({}, {"headers": {"X-Forwarded-For": "127.0.0.1"}}),
        ({}, {"headers": {"Forwarded": "for=127.0.0.1"}}),
    ],
)
def test_the_outbox_is_read_by_nobody_but_who_tries_the_site_on_this_machine(
    client: FlaskClient,
    web: Flask,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, Any],
    request_of: dict[str, Any],
) -> None:
    """Guard: outbox.may_read_outbox; letters open accounts. Fails when any of its conditions is removed."""
    trying = dataclasses.replace(web.config["HUB_SETTINGS"], production=False, mail_url=None, base_url=None)
    monkeypatch.setitem(web.config, "HUB_SETTINGS", trying)
    assert client.get(OUTBOX).status_code == 200
    monkeypatch.setitem(web.config, "HUB_SETTINGS", dataclasses.replace(trying, **changes))
    assert client.get(OUTBOX, **request_of).status_code == 404
