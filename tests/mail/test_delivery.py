"""Mail leaves at least once, under one Message-ID, whatever becomes of the server."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.kernel import clock as hub_clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.settings import SettingsError
from stakeholder_hub.mail.jobs import deliver_due
from stakeholder_hub.mail.models import OutgoingMail
from stakeholder_hub.mail.operations import (
    CLAIMED_FOR,
    TRIED_FOR,
    claim,
    find_due,
    forget_old_mail,
    queue_mail,
)
from stakeholder_hub.mail.transports import server_of
from tests.infrastructure.mail import SmtpServer
from tests.infrastructure.ports import free_port


def write(**changes: str) -> OutgoingMail:
    """One message in the queue."""
    values = {"to": "ana@example.org", "subject": "Dobrodošli", "text": "Živjo, Ana", "language": "sl"}
    return queue_mail(**{**values, **changes})


def only() -> OutgoingMail:
    """The one message of a test, as it stands in the database now."""
    db.session.rollback()
    return db.session.scalars(sa.select(OutgoingMail)).one()


def files(app: Flask) -> list[EmailMessage]:
    """What lies in the outbox."""
    found = sorted((Path(app.instance_path) / "outbox").glob("*.eml"))
    return [message_from_bytes(path.read_bytes(), policy=default) for path in found]  # type: ignore[misc]


@contextmanager
def sending_to(app: Flask, url: str) -> Iterator[None]:
    """The application with a mail server configured."""
    before = app.config["HUB_SETTINGS"]
    app.config["HUB_SETTINGS"] = dataclasses.replace(before, mail_url=url)
    try:
        yield
    finally:
        app.config["HUB_SETTINGS"] = before


@pytest.fixture
def smtp(app: Flask, smtp_server: SmtpServer) -> Iterator[SmtpServer]:
    """A real mail server that the application sends to."""
    with sending_to(app, smtp_server.url):
        yield smtp_server


def test_without_a_mail_server_each_message_becomes_a_file_for_the_operator(app: Flask) -> None:
    write()
    assert deliver_due() == 1
    (message,) = files(app)
    assert message["To"] == "ana@example.org"
    assert message["Subject"] == "Dobrodošli"
    assert message["Content-Language"] == "sl"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "Živjo, Ana" in message.get_content()
    (path,) = (Path(app.instance_path) / "outbox").glob("*.eml")
    assert path.stat().st_mode & 0o077 == 0


def test_a_message_reaches_a_real_server_in_text_and_html(app: Flask, smtp: SmtpServer) -> None:
    stored = write(html="<p>Živjo, Ana</p>")
    assert deliver_due() == 1
    (message,) = smtp.messages
    assert smtp.recipients == ["ana@example.org"]
    assert message["Message-ID"] == stored.message_id
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert "Živjo, Ana" in plain.get_content()
    assert html is not None
    assert "<p>Živjo, Ana</p>" in html.get_content()


def test_a_sent_message_is_not_sent_again(app: Flask, smtp: SmtpServer) -> None:
    write()
    deliver_due()
    assert deliver_due() == 0
    assert len(smtp.messages) == 1
    assert only().sent_at is not None


def test_a_message_of_a_transaction_that_fails_is_never_sent(app: Flask) -> None:
    @operation
    def fails() -> None:
        write()
        raise Invalid("no")

    with pytest.raises(Invalid):
        fails()
    assert deliver_due() == 0
    assert files(app) == []


def test_a_server_that_is_away_for_three_days_loses_nothing_and_needs_no_hand(app: Flask, clock) -> None:
    start = clock.set(hub_clock.now())
    write()
    with sending_to(app, f"smtp://127.0.0.1:{free_port()}"):
        for hour in range(0, 72, 6):
            clock.set(start + timedelta(hours=hour))
            assert deliver_due() == 0
    clock.set(start + timedelta(hours=72))
    server = SmtpServer()
    with server.running(), sending_to(app, server.url):
        assert deliver_due() == 1
    assert len(server.messages) == 1


def test_a_server_that_says_later_is_asked_again_at_growing_distances_under_one_message_id(
    app: Flask, smtp: SmtpServer, clock
) -> None:
    clock.set(hub_clock.now())
    stored_id, waits = write().message_id, []
    smtp.refusing = True
    for _turn in range(5):
        assert deliver_due() == 0
        mail = only()
        assert mail.next_try_at is not None
        assert mail.last_error == "SMTPDataError 451"
        waits.append(mail.next_try_at - hub_clock.now())
        clock.set(mail.next_try_at)
    assert waits == sorted(waits)
    assert waits[0] < waits[-1]
    smtp.refusing = False
    assert deliver_due() == 1
    assert [m["Message-ID"] for m in smtp.messages] == [stored_id]


def test_after_a_week_of_refusals_the_message_is_given_up(app: Flask, smtp: SmtpServer, clock) -> None:
    start = clock.set(hub_clock.now())
    write()
    smtp.refusing = True
    clock.set(start + TRIED_FOR + timedelta(minutes=1))
    deliver_due()
    assert only().next_try_at is None
    assert only().sent_at is None
    assert find_due() == []


def test_of_two_workers_one_sends(app: Flask) -> None:
    number = write().id
    assert claim(number) is not None
    assert claim(number) is None, "somebody else has it"


def test_a_worker_that_dies_on_the_way_leaves_the_message_to_another(
    app: Flask, smtp: SmtpServer, clock
) -> None:
    start = clock.set(hub_clock.now())
    number = write().id
    assert claim(number) is not None  # and then the power fails
    assert deliver_due() == 0
    clock.set(start + CLAIMED_FOR)
    assert deliver_due() == 1


def test_messages_are_forgotten_a_month_after_they_were_sent(app: Flask, clock) -> None:
    start = clock.set(hub_clock.now())
    write()
    deliver_due()
    clock.set(start + timedelta(days=29))
    assert forget_old_mail() == 0
    clock.set(start + timedelta(days=31))
    assert forget_old_mail() == 1


def test_what_still_waits_is_not_forgotten(app: Flask, clock) -> None:
    start = clock.set(hub_clock.now())
    write()
    clock.set(start + timedelta(days=31))
    assert forget_old_mail() == 0


@pytest.mark.parametrize(
    ("url", "port", "starttls", "tls"),
    [
        ("smtp://localhost", 25, False, False),
        ("smtp+starttls://ana:p%40ss@mail.example.org", 587, True, False),
        ("smtps://mail.example.org:4650", 4650, False, True),
    ],
)
def test_the_address_of_a_mail_server_says_how_to_reach_it(
    url: str, port: int, starttls: bool, tls: bool
) -> None:
    found = server_of(url)
    assert (found["port"], found["use_tls"], found["use_ssl"]) == (port, starttls, tls)
    assert found["password"] == ("p@ss" if "@ss" in url or "%40" in url else "")


@pytest.mark.parametrize(
    "url", ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://host:port"]
)
def test_a_wrong_address_of_a_mail_server_is_refused_with_how_to_mend_it(url: str) -> None:
    with pytest.raises(SettingsError, match="HUB_MAIL_URL"):
        server_of(url)


Headers = Callable[[EmailMessage], list[str]]


@pytest.mark.hostile("H24")
@pytest.mark.parametrize("separator", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\x00"])
def test_line_ends_in_a_subject_make_no_header_of_their_own(
    app: Flask, smtp: SmtpServer, separator: str
) -> None:
    """Fails when queue_mail stops making the subject one line (tried: Flask-Mailman refuses to send it)."""
    write(subject=f"Hello{separator}Bcc: victim@example.org{separator}{separator}<b>body</b>")
    assert deliver_due() == 1
    (message,) = smtp.messages
    assert message["Bcc"] is None
    assert smtp.recipients == ["ana@example.org"]
    assert "<b>" not in message.get_content()


@pytest.mark.hostile("H24")
@pytest.mark.parametrize(
    "address",
    [
        "ana@example.org\r\nBcc: victim@example.org",
        "ana@example.org,victim@example.org",
        "ana@example.org\nRCPT TO:<victim@example.org>",
        "<ana@example.org> BODY=8BITMIME",
        "Ana <ana@example.org>",
        "ana@example.org\x00",
        "ana@exam\u2028ple.org",
        "",
    ],
)
def test_a_recipient_is_one_plain_address_or_refused(app: Flask, address: str) -> None:
    """Fails when queue_mail stops checking the address (tried)."""
    with pytest.raises(Invalid):
        write(to=address)
