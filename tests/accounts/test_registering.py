"""Making an account, and writing first with the address at the end."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, request
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.datastructures import FileStorage

from stakeholder_hub.accounts import homes, pending
from stakeholder_hub.accounts.models import PendingContribution, User
from stakeholder_hub.accounts.operations import change_profile
from stakeholder_hub.accounts.pending import ask_for_address, forget_old_contributions
from stakeholder_hub.accounts.waiting_files import keep_files, kept_files
from stakeholder_hub.kernel import clock as hub_clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid, NotAllowed, NotFound
from stakeholder_hub.kernel.operation import operation
from tests.accounts.pages import press, send, signed_in_as
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.territories import make_territory
from tests.infrastructure.mail import Mailbox

ANA = "ana@example.org"
WORDS = "Plant lime trees along the Paka <b>river</b>"


@operation
def rename(person: User, *, to: str) -> None:
    """What the contribution of these tests does: anything that is stored."""
    if to == "refused":
        raise NotAllowed("This phase is over.")
    if to == "gone":
        raise NotFound()
    person.preferences = {"said": to}


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """A kind of contribution that stores what was said on the account; collects the payloads."""
    seen: list[dict[str, Any]] = []

    def handler(payload: dict[str, Any], *, actor: User) -> str:
        seen.append(payload)
        rename(actor, to=payload["then"])
        return "/en/?published"

    monkeypatch.setitem(pending._kinds, "tests.say", pending.Kind(handler, "Your words"))
    return seen


def write(web: Flask, then: str = "done", **more: Any) -> str:
    """A visitor sends a form of a feature; returns the page that asks for the address."""
    with web.test_request_context("/en/anything", method="POST"):
        request.routing_exception = None
        web.preprocess_request()
        answer = ask_for_address("tests.say", {"body": WORDS, "then": then, **more})
    assert answer.status_code == 303
    return answer.location


def test_register_confirm_and_be_signed_in(client: FlaskClient, mailbox: Mailbox) -> None:
    answer = send(client, "/sl/account/register", name="Ana Novak", email=ANA)
    assert answer.status_code == 200
    mail = mailbox.last(ANA)
    assert mail.language == "sl"
    assert press(client, mail, name="Ana Novak", home="0", password="").status_code == 303
    assert signed_in_as(client) == ANA


def test_nobody_is_registered_before_the_link_is_opened(
    client: FlaskClient, web: Flask, mailbox: Mailbox
) -> None:
    send(client, "/en/account/register", name="Ana Novak", email=ANA)
    client.get(mailbox.last(ANA).paths[0])
    with web.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 0


def test_the_password_is_chosen_behind_the_link_so_that_a_stranger_leaves_none_on_the_account(
    client: FlaskClient, web: Flask, mailbox: Mailbox
) -> None:
    stranger = web.test_client()
    send(stranger, "/en/account/register", name="Ana Novak", email=ANA, password="the stranger's own")
    press(client, mailbox.last(ANA), name="Ana Novak", home="0", password=PASSWORD)
    tried = send(stranger, "/en/account/sign-in", email=ANA, password="the stranger's own")
    assert tried.status_code == 422
    assert send(stranger, "/en/account/sign-in", email=ANA, password=PASSWORD).status_code == 303


def test_the_town_can_be_chosen_on_the_way(
    client: FlaskClient, web: Flask, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with web.app_context():
        town = make_territory().id
    monkeypatch.setattr(homes, "_source", [lambda: [(town, "Velenje")]])
    send(client, "/en/account/register", name="Ana Novak", email=ANA)
    press(client, mailbox.last(ANA), name="Ana Novak", home=str(town), password="")
    with web.app_context():
        assert db.session.scalars(sa.select(User)).one().home_territory_id == town


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "   "), ("name", "x" * 81), ("name", "Аdmin Novak"), ("name", "a\u202eb")]
    + [
        ("email", ""),
        ("email", "ana"),
        ("email", "ana@"),
        ("email", "a@b\x00.org"),
        ("email", "x" * 300 + "@a.si"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_everything_typed_is_kept(
    client: FlaskClient, mailbox: Mailbox, field: str, value: str
) -> None:
    answer = send(client, "/en/account/register", **{"name": "Ana Novak", "email": ANA, field: value})
    if (field, value) == ("name", "a\u202eb"):  # made readable instead
        assert answer.status_code == 200
        return
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert ('value="Ana Novak"' in answer.text) == (field != "name")
    assert len(mailbox) == 0


def test_a_visitor_writes_first_and_loses_nothing(
    client: FlaskClient, web: Flask, mailbox: Mailbox, said: list[dict[str, Any]]
) -> None:
    page = write(web)
    assert "Plant lime trees along the Paka" in client.get(page).text
    assert "<b>river" not in client.get(page).text
    send(client, page, name="Ana Novak", email=ANA)
    opened = client.get(mailbox.last(ANA).paths[0])
    assert "Plant lime trees along the Paka" in opened.text
    assert said == []
    answer = press(client, mailbox.last(ANA))
    assert answer.location == "/en/?published"
    assert said == [{"body": WORDS, "then": "done"}]
    assert signed_in_as(client) == ANA
    with web.app_context():
        person = db.session.scalars(sa.select(User)).one()
        assert (person.name, person.preferences) == ("Ana Novak", {"said": "done"})
        assert person.confirmed_at is not None


def test_somebody_with_an_account_is_asked_the_same_and_gets_the_same_letter(
    client: FlaskClient, web: Flask, mailbox: Mailbox, said: list[dict[str, Any]]
) -> None:
    with web.app_context():
        make_user(email=ANA, name="Ana")
    send(client, write(web), name="Somebody Else", email=ANA)
    press(client, mailbox.last(ANA))
    with web.app_context():
        assert db.session.scalars(sa.select(User)).one().name == "Ana"
    assert len(said) == 1


def test_a_mistyped_address_can_be_mended_and_the_first_letter_is_dead_then(
    client: FlaskClient, web: Flask, mailbox: Mailbox, said: list[dict[str, Any]]
) -> None:
    page = write(web)
    sent = send(client, page, name="Ana Novak", email="anna@example.org")
    assert page in sent.text
    send(client, page, name="Ana Novak", email=ANA)
    stranger = web.test_client()
    assert stranger.get(mailbox.last("anna@example.org").paths[0]).status_code == 404
    press(client, mailbox.last(ANA))
    assert len(said) == 1
    assert client.get(page).status_code == 404


def test_what_is_refused_at_the_end_is_shown_back_and_can_be_tried_again(
    client: FlaskClient, web: Flask, mailbox: Mailbox, said: list[dict[str, Any]]
) -> None:
    send(client, write(web, then="refused"), name="Ana Novak", email=ANA)
    answer = press(client, mailbox.last(ANA))
    assert answer.status_code == 403
    assert "This phase is over." in answer.text
    assert "Plant lime trees along the Paka" in answer.text
    with web.app_context():
        assert db.session.scalars(sa.select(PendingContribution)).one().used_at is None


def test_what_was_answered_is_gone_by_then_and_the_words_are_shown_back(
    client: FlaskClient, web: Flask, mailbox: Mailbox, said: list[dict[str, Any]]
) -> None:
    send(client, write(web, then="gone"), name="Ana Novak", email=ANA)
    answer = press(client, mailbox.last(ANA))
    assert answer.status_code == 422
    assert "Plant lime trees along the Paka" in answer.text


def test_a_contribution_counts_once(
    client: FlaskClient, web: Flask, mailbox: Mailbox, said: list[dict[str, Any]]
) -> None:
    send(client, write(web), name="Ana Novak", email=ANA)
    (path,) = mailbox.last(ANA).paths
    send(client, path)
    assert web.test_client().get(path).status_code == 404
    assert len(said) == 1


def test_after_two_days_it_is_too_late_and_after_nine_it_is_forgotten(
    client: FlaskClient, web: Flask, said: list[dict[str, Any]], clock: Any
) -> None:
    start = clock.set(hub_clock.now())
    page = write(web)
    clock.set(start + timedelta(hours=47))
    assert client.get(page).status_code == 200
    clock.set(start + timedelta(hours=48))
    assert client.get(page).status_code == 404
    with web.app_context():
        assert forget_old_contributions() == 0
        clock.set(start + timedelta(days=9, minutes=1))
        assert forget_old_contributions() == 1


@pytest.fixture
def picture() -> FileStorage:
    """A small picture as a form brings it."""
    return FileStorage(io.BytesIO(_png()), filename="tree.png", content_type="image/png")


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "green").save(out, "PNG")
    return out.getvalue()


def test_files_wait_with_the_words_and_go_with_them(app: Flask, picture: FileStorage, clock: Any) -> None:
    start = clock.set(hub_clock.now())
    kept = keep_files([picture])
    pending.keep("tests.say", payload={"files": kept}, language="en")
    (again,) = kept_files(kept)
    assert again.filename == "tree.png"
    assert again.stream.read().startswith(b"\x89PNG")
    clock.set(start + timedelta(days=10))
    forget_old_contributions()
    waiting = Path(app.instance_path) / "files" / "waiting"
    assert [path for path in waiting.rglob("*") if path.is_file()] == []


def test_a_file_that_is_none_is_refused_at_once(app: Flask) -> None:
    fake = FileStorage(io.BytesIO(b"<svg onload=alert(1)>"), filename="tree.png", content_type="image/png")
    with pytest.raises(Invalid) as refused:
        keep_files([fake], field="files")
    assert refused.value.field == "files"


@pytest.mark.parametrize(
    "wrong", [{"sector": "king"}, {"home": 999}, {"language": "xx"}, {"mail_frequency": "hourly"}]
)
def test_a_profile_takes_only_what_can_be_chosen(app: Flask, wrong: dict[str, Any]) -> None:
    me = make_user()
    values: dict[str, Any] = {"name": "Ana", "sector": "business", "home": None, "language": "de"}
    values |= {"mail_frequency": "weekly", **wrong}
    with pytest.raises(Invalid):
        change_profile(me, **values, actor=me)
