"""What the tests stand on is itself held to account: emptied databases, watched pages, a mail server that refuses."""

import smtplib
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, Page

from stakeholder_hub.accounts.models import User
from stakeholder_hub.kernel import clock as hub_clock
from stakeholder_hub.kernel.database import db
from tests.factories.accounts import make_user
from tests.infrastructure import browsing
from tests.infrastructure.live import LiveServer
from tests.infrastructure.mail import SmtpServer
from tests.infrastructure.summary import CASES, ranges
from tests.infrastructure.timing import Clock


@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_finds_no_rows_of_the_test_before(app: Flask, turn: int) -> None:
    assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 0
    make_user(name=f"Turn {turn}")


def test_foreign_keys_hold_again_after_the_database_was_emptied(app: Flask) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        make_user_of_a_town_that_is_not_there()
    db.session.rollback()


def make_user_of_a_town_that_is_not_there() -> None:
    values = {"email": "a@example.org", "email_key": "a@example.org", "name": "A", "fs_uniquifier": "a"}
    db.session.add(User(**values, home_territory_id=4_000_000))
    db.session.flush()


def test_the_clock_stands_still_until_it_is_moved(clock: Clock) -> None:
    start = clock.set(datetime(2026, 5, 1, 12, tzinfo=UTC))
    assert hub_clock.now() == start
    assert (clock.advance(days=2) - start).days == 2
    assert hub_clock.now().day == 3


def send(server: SmtpServer) -> None:
    with smtplib.SMTP("127.0.0.1", server.port) as connection:
        connection.sendmail("hub@example.org", ["ana@example.org"], "Subject: Welcome\r\n\r\nHello")


def test_the_mail_server_takes_and_refuses(smtp_server: SmtpServer) -> None:
    smtp_server.refusing = True
    with pytest.raises(smtplib.SMTPDataError):
        send(smtp_server)
    smtp_server.refusing = False
    send(smtp_server)
    assert [message["Subject"] for message in smtp_server.messages] == ["Welcome"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_live_server_shows_what_the_test_made(live_server: LiveServer, page: Page) -> None:
    answer = page.goto("/readyz")
    assert answer is not None
    assert answer.json() == {"status": "ok", "database": "ok"}


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        ("setTimeout(() => { throw new Error('broken') })", "script error"),
        ("fetch('https://example.org/').catch(() => 0)", "left the site"),
    ],
)
def test_a_page_that_does_what_none_may_fails_its_test(browser: Browser, script: str, fault: str) -> None:
    def visit() -> None:
        with browsing.watched(browser, "http://127.0.0.1") as page:
            page.set_content(f"<!doctype html><title>x</title><script>{script}</script>")
            page.wait_for_timeout(200)

    with pytest.raises(AssertionError, match=fault):
        visit()


def test_barriers_are_found(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<!doctype html><html lang=en><title>x</title><main><h1>x</h1><img src='data:,'></main>")
    try:
        assert any(found.startswith("image-alt") for found in browsing.barriers(page))
    finally:
        page.close()


def test_cases_are_drawn_together() -> None:
    assert ranges(["H03", "H01", "H02", "H40"]) == "H01-H03 H40"
    assert ranges(CASES) == "H01-H60"
