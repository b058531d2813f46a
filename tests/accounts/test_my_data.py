"""What an account holds: seen, changed, taken along, erased."""

import json
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.accounts.models import PendingContribution, User
from stakeholder_hub.accounts.operations import erase_person
from stakeholder_hub.accounts.personal import personal_data
from stakeholder_hub.audit.models import AuditEntry
from stakeholder_hub.deliberation.models import Comment
from stakeholder_hub.deliberation.operations import follow_record
from stakeholder_hub.kernel import clock as hub_clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.mail.models import OutgoingMail
from tests.accounts.pages import send, signed_in_as
from tests.factories.accounts import PASSWORD, make_user, sign_in
from tests.factories.consultations import make_consultation
from tests.factories.deliberation import make_comment
from tests.infrastructure.mail import Mailbox

ANA = "ana@example.org"


def somebody(web: Flask, **values: Any) -> str:
    """An account; returns the key of its sessions."""
    with web.app_context():
        return make_user(email=ANA, name="Ana Novak", **values).fs_uniquifier


def test_the_profile_is_changed_in_place(client: FlaskClient, web: Flask) -> None:
    sign_in(client, somebody(web))
    values = {
        "name": "Ana N.",
        "sector": "business",
        "home": "0",
        "language": "hu",
        "mail_frequency": "never",
    }
    assert send(client, "/en/account/", **values).status_code == 303
    with web.app_context():
        person = db.session.scalars(sa.select(User)).one()
        assert (person.name, person.sector, person.language) == ("Ana N.", "business", "hu")
        assert person.mail_frequency == "never"


def test_a_profile_sets_nothing_but_its_own_fields(client: FlaskClient, web: Flask) -> None:
    sign_in(client, somebody(web))
    values = {"name": "Ana", "sector": "citizen", "home": "0", "language": "en", "mail_frequency": "daily"}
    sneaked = {
        "email": "other@example.org",
        "id": "1",
        "active": "",
        "is_demo": "1",
        "password": "sneaked in now",
    }
    assert send(client, "/en/account/", **values, **sneaked).status_code == 303
    with web.app_context():
        person = db.session.scalars(sa.select(User)).one()
        assert (person.email, person.active, person.is_demo, person.password) == (ANA, True, False, None)


def test_taking_the_data_along_gives_no_secret_and_nobody_elses(client: FlaskClient, web: Flask) -> None:
    with web.app_context():
        other = make_user(email="other@example.org", name="Other Person")
        make_comment(body="Canary of somebody else", actor=other)
    key = somebody(web, password=PASSWORD)
    with web.app_context():
        person = db.session.scalars(sa.select(User).where(User.email == ANA)).one()
        make_comment(body="My own words", actor=person)
    sign_in(client, key)
    answer = client.get("/en/account/my-data.json")
    assert "attachment" in answer.headers["Content-Disposition"]
    data = json.loads(answer.text)
    assert data["user"][0]["email"] == ANA
    assert "record" in data
    assert [row["body_text"] for row in data["comment"]] == ["My own words"]
    for secret in ("argon2", key, "other@example.org", "Canary"):
        assert secret not in answer.text


def test_erasing_keeps_what_was_said_and_removes_who_said_it(app: Flask) -> None:
    person, subject = make_user(email=ANA, name="Ana Novak", password=PASSWORD), make_consultation()
    number = person.id
    comment = make_comment(subject, body="It stays", actor=person)
    follow_record(subject, actor=person)
    erase_person(person, actor=person)
    db.session.expire_all()
    gone = db.session.get_one(User, number)
    assert gone.name == "Former participant"
    assert (gone.password, gone.active, gone.home_territory_id, gone.preferences) == (None, False, None, {})
    assert ANA not in (gone.email, gone.email_key)
    assert gone.erased_at is not None
    kept = db.session.get_one(Comment, comment.id)
    assert "It stays" in kept.body_text
    assert kept.author.name == "Former participant"
    assert set(personal_data(gone)) <= {
        "user",
        "record",
        "audit_entry",
        "version",
        "state_change",
        "audit",
        "comment",
    }
    events = db.session.scalars(sa.select(AuditEntry.event).order_by(AuditEntry.id.desc())).all()
    assert events[0] == "accounts.erased"


def test_no_trace_of_the_address_stays_in_the_database(
    client: FlaskClient, web: Flask, mailbox: Mailbox
) -> None:
    key = somebody(web, password=PASSWORD)
    send(web.test_client(), "/en/account/sign-in/link", email=ANA)
    sign_in(client, key)
    assert send(client, "/en/account/erase", sure="y", current=PASSWORD).status_code == 303
    assert signed_in_as(client) is None
    with web.app_context():
        for model in (OutgoingMail, PendingContribution):
            assert db.session.scalar(sa.select(sa.func.count()).select_from(model)) == 0
        for table in db.metadata.sorted_tables:
            for row in db.session.execute(sa.select(table)):
                assert ANA not in str(tuple(row)), table.name
    again = send(web.test_client(), "/en/account/register", name="Ana Novak", email=ANA)
    assert again.status_code == 200
    assert len(mailbox.to(ANA)) == 1


def test_erasing_asks_for_the_password_and_a_tick(client: FlaskClient, web: Flask) -> None:
    sign_in(client, somebody(web, password=PASSWORD))
    assert send(client, "/en/account/erase", current=PASSWORD).status_code == 422
    assert send(client, "/en/account/erase", sure="y", current="wrong").status_code == 422
    assert signed_in_as(client) == ANA


def test_without_a_password_a_fresh_sign_in_by_link_shows_who_it_is(
    client: FlaskClient, web: Flask, mailbox: Mailbox, clock: Any
) -> None:
    somebody(web)
    start = clock.set(hub_clock.now())
    send(client, "/en/account/sign-in/link", email=ANA)
    send(client, mailbox.last(ANA).paths[0])
    clock.set(start)
    clock.advance(minutes=61)
    refused = send(client, "/en/account/password", password="nine brown horses")
    assert refused.status_code == 422
    clock.set(start)
    clock.advance(minutes=30)
    assert send(client, "/en/account/password", password="nine brown horses").status_code == 303


def test_another_address_is_used_once_its_letter_is_opened_and_the_old_one_is_told(
    client: FlaskClient, web: Flask, mailbox: Mailbox
) -> None:
    sign_in(client, somebody(web, password=PASSWORD))
    send(client, "/en/account/address", email="new@example.org", current=PASSWORD)
    assert signed_in_as(client) == ANA
    assert send(client, mailbox.last("new@example.org").paths[0]).status_code == 303
    assert signed_in_as(client) == "new@example.org"
    assert "changed" in mailbox.last(ANA).subject


def test_a_mistyped_new_address_opens_nothing_to_whoever_reads_it(
    client: FlaskClient, web: Flask, mailbox: Mailbox
) -> None:
    sign_in(client, somebody(web, password=PASSWORD))
    send(client, "/en/account/address", email="stranger@example.org", current=PASSWORD)
    stranger = web.test_client()
    assert stranger.get(mailbox.last("stranger@example.org").paths[0]).status_code == 403
    assert signed_in_as(stranger) is None
    assert signed_in_as(client) == ANA


def test_an_address_that_somebody_else_has_is_not_taken(
    client: FlaskClient, web: Flask, mailbox: Mailbox
) -> None:
    with web.app_context():
        make_user(email="bor@example.org")
    sign_in(client, somebody(web, password=PASSWORD))
    send(client, "/en/account/address", email="BOR@example.org", current=PASSWORD)
    answer = send(client, mailbox.all()[-1].paths[0])
    assert answer.status_code == 422
    assert signed_in_as(client) == ANA
