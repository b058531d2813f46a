"""Hostile cases of the address of an account, through HTTP. Each test says which guard it holds; each has failed once
with that guard removed.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from stakeholder_hub.accounts.models import PendingContribution, User
from stakeholder_hub.kernel import clock as hub_clock
from stakeholder_hub.kernel.database import db
from tests.accounts.pages import hidden, press, send, signed_in_as
from tests.factories.accounts import PASSWORD, make_user, sign_in
from tests.infrastructure.mail import Mailbox

ANA, BOR = "ana@example.org", "bor@example.org"
NEW, OTHER = "new@example.org", "other@example.org"
ASKING = "/en/account/address"


@pytest.fixture
def ana(web: Flask) -> str:
    """The key of the sessions of somebody with a password."""
    with web.app_context():
        return make_user(email=ANA, name="Ana", password=PASSWORD).fs_uniquifier


@pytest.fixture
def bor(web: Flask) -> str:
    """The key of the sessions of somebody who signs in by links."""
    with web.app_context():
        return make_user(email=BOR, name="Bor", language="sl").fs_uniquifier


@pytest.fixture
def browser(web: Flask, ana: str) -> FlaskClient:
    """Ana's browser."""
    return sign_in(web.test_client(), ana)


def ask(browser: FlaskClient, email: str, **values: str) -> TestResponse:
    """Ask for another address."""
    return send(browser, ASKING, **{"email": email, "current": PASSWORD, **values})


def at_once(*steps: Callable[[], Any]) -> list[Any]:
    """Take the steps at the same moment."""
    begin = Barrier(len(steps))

    def run(step: Callable[[], Any]) -> Any:
        begin.wait(30)
        return step()

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))


def ready(browser: FlaskClient, path: str, **values: str) -> Callable[[], int]:
    """A form that is open and filled in; sending it tells the status."""
    page = browser.get(path)
    assert page.status_code == 200, path
    data = {**hidden(page.text), **values}
    return lambda: browser.post(path, data=data).status_code


def addresses(web: Flask) -> set[str]:
    with web.app_context():
        return set(db.session.scalars(sa.select(User.email)))


def still_good(web: Flask) -> int:
    """How many letters about a new address do something yet."""
    waiting = sa.select(sa.func.count()).where(
        PendingContribution.kind == "accounts.email", PendingContribution.used_at.is_(None)
    )
    with web.app_context():
        return db.session.scalar(waiting) or 0


@pytest.mark.hostile("H31")
def test_of_two_changes_that_were_asked_for_the_last_one_holds(
    browser: FlaskClient, web: Flask, mailbox: Mailbox
) -> None:
    """Guard: links.send_link_to_new_address makes earlier letters void. Fails without that: the first one moves the
    account as long as it holds.
    """
    ask(browser, NEW)
    ask(browser, OTHER)
    assert browser.get(mailbox.last(NEW).paths[0]).status_code == 404
    assert addresses(web) == {ANA}
    assert press(browser, mailbox.last(OTHER)).status_code == 303
    assert addresses(web) == {OTHER}


@pytest.mark.hostile("H31")
def test_of_two_changes_that_are_asked_for_at_once_one_holds(
    browser: FlaskClient, web: Flask, ana: str, mailbox: Mailbox
) -> None:
    """Guard: the account is held while earlier letters are made void. Fails on PostgreSQL without ``hold_account``;
    SQLite has one writer at a time.
    """
    for number in range(6):
        begun = [
            ready(
                sign_in(web.test_client(), ana), ASKING, email=f"{name}{number}@example.org", current=PASSWORD
            )
            for name in ("one", "two", "three")
        ]
        assert at_once(*begun) == [200, 200, 200]
        assert still_good(web) == 1
    assert len(mailbox) == 18


@pytest.mark.hostile("H31")
def test_a_letter_whose_button_is_pressed_twice_at_once_does_it_once(
    browser: FlaskClient, web: Flask, ana: str, mailbox: Mailbox
) -> None:
    """Guard: finishing reads the row anew under a lock. Fails when ``lock_unused`` is left out: the second tells the
    new address that the account has left it.
    """
    ask(browser, NEW)
    link = mailbox.last(NEW).paths[0]
    buttons = [ready(sign_in(web.test_client(), ana), link) for _ in range(4)]
    assert sorted(at_once(*buttons)) == [303, 404, 404, 404]
    assert addresses(web) == {NEW}
    assert ["changed" in mail.subject for mail in mailbox.to(ANA)] == [True]
    assert len(mailbox.to(NEW)) == 1


@pytest.mark.hostile("H31")
def test_of_two_people_who_take_one_address_at_once_one_gets_it(
    browser: FlaskClient, web: Flask, bor: str, mailbox: Mailbox, clock: Any
) -> None:
    """Guard: ``email_key`` is unique, and an operation says so as a refusal. Fails when it does not: an error page, and
    without the constraint two accounts with one address.
    """
    other = sign_in(web.test_client(), bor)
    with other.session_transaction() as session:
        session["hub_since"] = hub_clock.now().timestamp()
    ask(browser, NEW)
    ask(other, "NEW@example.org", current="")
    links = [mail.paths[0] for mail in mailbox.all()]
    answers = at_once(ready(browser, links[0]), ready(other, links[1]))
    assert sorted(answers) in ([303, 409], [303, 422])
    kept = ANA if answers[0] != 303 else BOR
    left = addresses(web)
    assert kept in left
    assert {address.lower() for address in left} == {kept, NEW}
    told = ["changed" in mail.subject or "spremenjen" in mail.subject for mail in mailbox.to(kept)]
    assert not any(told)


@pytest.mark.hostile("H31")
def test_a_change_that_somebody_else_began_dies_with_the_password(
    browser: FlaskClient, web: Flask, ana: str, mailbox: Mailbox
) -> None:
    """Guard: set_password makes letters about new addresses void. Fails without that: who knew the password has a
    letter that moves the account, once its owner can be brought to press the button.
    """
    ask(sign_in(web.test_client(), ana), "thief@example.org")
    send(browser, "/en/account/password", current=PASSWORD, password="nine brown horses")
    assert browser.get(mailbox.last("thief@example.org").paths[0]).status_code == 404
    assert signed_in_as(browser) == ANA


@pytest.mark.hostile("H32")
@pytest.mark.parametrize("current", ["", "not the right one", PASSWORD.upper()])
def test_a_session_alone_changes_no_address_where_there_is_a_password(
    browser: FlaskClient, web: Flask, mailbox: Mailbox, current: str
) -> None:
    """Guard: ``proves_to_be`` in views.address. Fails without it: a browser left open is enough."""
    answer = ask(browser, NEW, current=current)
    assert answer.status_code == 422
    assert "This is not your present password." in answer.text
    assert len(mailbox) == 0
    assert addresses(web) == {ANA}


@pytest.mark.hostile("H32")
def test_without_a_password_only_a_fresh_sign_in_changes_the_address(
    web: Flask, bor: str, mailbox: Mailbox, clock: Any
) -> None:
    """Guard: signing.RECENT. Fails when ``proves_to_be`` asks nothing of accounts without a password."""
    browser, start = web.test_client(), clock.set(hub_clock.now())
    send(browser, "/en/account/sign-in/link", email=BOR)
    press(browser, mailbox.last(BOR))
    clock.set(start)
    clock.advance(minutes=61)
    assert ask(browser, NEW, current="").status_code == 422
    assert not mailbox.to(NEW)
    clock.set(start)
    clock.advance(minutes=59)
    assert ask(browser, NEW, current="").status_code == 200
    assert len(mailbox.to(NEW)) == 1


@pytest.mark.hostile("H32")
def test_the_letter_moves_nothing_but_the_account_it_was_asked_for(
    browser: FlaskClient, web: Flask, bor: str, mailbox: Mailbox
) -> None:
    """Guard: views._form_of asks who is signed in. Fails without it: whoever reads a mistyped address is let in."""
    ask(browser, NEW)
    link = mailbox.last(NEW).paths[0]
    stranger, other = web.test_client(), sign_in(web.test_client(), bor)
    for reader in (stranger, other):
        token = hidden(reader.get("/en/account/sign-in/link").text) or hidden(reader.get(ASKING).text)
        assert token["csrf_token"]
        assert reader.get(link).status_code == 403
        assert reader.post(link, data=token).status_code == 403
    assert signed_in_as(stranger) is None
    assert signed_in_as(other) == BOR
    assert addresses(web) == {ANA, BOR}


@pytest.mark.hostile("H32")
def test_the_old_address_is_told_in_the_persons_language_and_opens_nothing_any_more(
    web: Flask, bor: str, mailbox: Mailbox
) -> None:
    """Guards: ``queue_mail`` in finishing._use_address, and links are looked up by the address they were sent to. Fails
    when the old address is not told, or when a link follows the account.
    """
    browser = sign_in(web.test_client(), bor)
    send(web.test_client(), "/en/account/sign-in/link", email=BOR)
    send(web.test_client(), "/en/account/forgotten", email=BOR)
    sign_in_link, reset_link = [mail.paths[0] for mail in mailbox.to(BOR)]
    with browser.session_transaction() as session:
        session["hub_since"] = hub_clock.now().timestamp()
    ask(browser, NEW, current="")
    assert len(mailbox.to(BOR)) == 2, "nothing is changed yet"
    press(browser, mailbox.last(NEW))
    told = mailbox.last(BOR)
    assert len(mailbox.to(BOR)) == 3
    assert (told.language, told.subject) == ("sl", "Vaš naslov je spremenjen")
    assert not told.links, "it leads nowhere: who reads the old letter box may be somebody else by now"
    thief = web.test_client()
    assert send(thief, sign_in_link).status_code == 404
    assert send(thief, reset_link, password="nine brown horses").status_code == 404
    assert signed_in_as(thief) is None
    assert signed_in_as(browser) == NEW
