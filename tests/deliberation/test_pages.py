"""Over the web: a comment is written, answered, changed and withdrawn; a visitor loses nothing typed."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.accounts.models import PendingContribution, User
from stakeholder_hub.deliberation.contributions import comment_at_last, support_at_last
from stakeholder_hub.deliberation.models import Comment, Support
from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.models import Record
from tests.deliberation.pages import send
from tests.factories.accounts import make_user, sign_in
from tests.factories.consultations import make_consultation
from tests.factories.deliberation import make_comment


def made(web: Flask, function: Any, *names: str, **values: Any) -> Any:
    """What a factory makes, with these attributes read while the database is at hand."""
    with web.app_context():
        thing = function(**values)
        return tuple(getattr(thing, name) for name in names)


def kept(kind: str) -> dict[str, Any]:
    """What waits for an address."""
    pending = db.session.scalars(sa.select(PendingContribution)).one()
    assert pending.kind == kind
    return dict(pending.payload)


def person(web: Flask) -> Any:
    with web.app_context():
        user = make_user()
        assert user.fs_uniquifier
    return sign_in(web.test_client(), user)


def count(web: Flask, kind: Any) -> int:
    with web.app_context():
        return int(db.session.scalar(sa.select(sa.func.count()).select_from(kind)) or 0)


def test_a_person_comments_answers_changes_and_withdraws(web: Flask) -> None:
    (reference,) = made(web, make_consultation, "reference")
    browser = person(web)
    form = {"body": "More **trees**.", "stance": "for", "language": "en"}
    sent = send(browser, f"/en/discuss/{reference}", **form)
    assert sent.status_code == 303
    place = sent.headers["Location"]
    assert "<strong>trees</strong>" in browser.get(place).get_data(as_text=True)
    comment = place.split("/comments/")[1].split("/")[0]
    assert (
        send(browser, f"/en/comments/{comment}/reply", **{**form, "body": "And benches."}).status_code == 303
    )
    assert send(browser, f"/en/comments/{comment}/edit", **{**form, "body": "Many trees."}).status_code == 303
    assert "Many trees." in browser.get(place).get_data(as_text=True)
    assert send(browser, f"/en/comments/{comment}/withdraw").status_code == 303
    page = browser.get(place).get_data(as_text=True)
    assert "Many trees." not in page
    assert "Withdrawn by its author." in page
    assert "And benches." in page


def test_a_form_sent_twice_makes_one_comment(web: Flask) -> None:
    (reference,) = made(web, make_consultation, "reference")
    browser, form = (
        person(web),
        {"body": "Once.", "stance": "for", "language": "en", "idempotency_key": "k" * 20},
    )
    first = send(browser, f"/en/discuss/{reference}", **form)
    again = send(browser, f"/en/discuss/{reference}", **form)
    assert (again.status_code, again.headers["Location"]) == (303, first.headers["Location"])
    assert count(web, Comment) == 1


def test_an_empty_comment_is_refused_at_its_field_and_keeps_the_rest(web: Flask) -> None:
    (reference,) = made(web, make_consultation, "reference")
    answer = send(person(web), f"/en/discuss/{reference}", body="", stance="against", language="sl")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Write something." in page
    assert 'value="against" checked' in page


def test_what_a_visitor_wrote_becomes_a_comment_once_the_address_is_known(web: Flask) -> None:
    (reference,) = made(web, make_consultation, "reference")
    sent = send(
        web.test_client(), f"/en/discuss/{reference}", body="From a visitor.", stance="for", language="en"
    )
    assert sent.status_code == 303
    assert count(web, Comment) == 0
    with web.test_request_context("/en/"):
        actor: User = make_user()
        path = comment_at_last(kept("deliberation.comment"), actor=actor)
        comment = db.session.scalars(sa.select(Comment)).one()
        assert (comment.body_text, comment.author_id) == ("From a visitor.", actor.id)
    assert "From a visitor." in web.test_client().get(path).get_data(as_text=True)


def test_a_visitors_support_is_kept_until_the_address_is_known(web: Flask) -> None:
    (reference,) = made(web, make_comment, "reference")
    assert send(web.test_client(), f"/en/support/{reference}").status_code == 303
    with web.test_request_context("/en/"):
        support_at_last(kept("deliberation.support"), actor=make_user())
    assert count(web, Support) == 1


def test_support_and_follow_lead_back_to_where_the_button_stood(web: Flask) -> None:
    (comment,) = made(web, make_comment, "reference")
    browser = person(web)
    sent = send(browser, f"/en/support/{comment}", next="/en/about")
    assert sent.headers["Location"] == "/en/about"
    off = send(
        browser, f"/en/support/{comment}/withdraw", page=f"/en/support/{comment}", next="//evil.example"
    )
    assert off.headers["Location"].startswith(f"/en/comments/{comment}/")


def test_a_visitor_who_wants_to_follow_is_asked_to_sign_in(web: Flask) -> None:
    (reference,) = made(web, make_consultation, "reference")
    answer = web.test_client().get(f"/en/follow/{reference}")
    assert answer.status_code == 403
    assert "Sign in to follow this" in answer.get_data(as_text=True)


def test_the_page_of_one_comment_shows_its_thread(web: Flask) -> None:
    with web.app_context():
        first = make_comment(body="The beginning.")
        answer = make_comment(first.subject, parent=first, body="An answer.")
        make_comment(first.subject, body="Something else.")
        reference = answer.reference
    page = web.test_client().get(f"/en/comments/{reference}/").get_data(as_text=True)
    assert "The beginning." in page
    assert "An answer." in page
    assert "Something else." not in page
    assert "<form" not in page.split("<main")[1].split("</main")[0]


@pytest.mark.parametrize(
    "path",
    [
        "/en/comments/X-1-K1/",
        "/en/discuss/X-1-C1",
        "/en/comments/X-1-K1/edit",
        "/en/support/%00",
        "/en/comments/%F0%9F%99%82/",
    ],
)
def test_forged_references_are_answered_with_404(web: Flask, path: str) -> None:
    assert web.test_client().get(path).status_code == 404


@pytest.mark.hostile("H40")
@pytest.mark.parametrize("where", ["discuss", "support", "follow"])
def test_forms_without_their_token_are_refused_and_reading_changes_nothing(web: Flask, where: str) -> None:
    """Fails when the protection against forged requests is switched off."""
    (reference,) = made(web, make_comment, "reference")
    browser = person(web)
    assert browser.post(f"/en/{where}/{reference}", data={"body": "Forged."}).status_code == 400
    with web.app_context():
        before = db.session.execute(
            sa.select(Record.comment_count, Record.support_count, Record.follow_count)
        ).all()
    browser.get(f"/en/{where}/{reference}")
    with web.app_context():
        assert (
            before
            == db.session.execute(
                sa.select(Record.comment_count, Record.support_count, Record.follow_count)
            ).all()
        )
