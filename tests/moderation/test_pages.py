"""The queue, the form of a report, and what stands in the place of what was hidden."""

from typing import Any

import pytest
from flask import Flask

from stakeholder_hub.moderation.operations import hide_record
from stakeholder_hub.territories.models import Role
from tests.deliberation.pages import send
from tests.factories.accounts import make_user, sign_in
from tests.factories.consultations import make_consultation
from tests.factories.deliberation import make_comment
from tests.moderation.test_moderation import REASON, moderator_of, with_role


def test_from_report_to_hiding_to_review(web: Flask) -> None:
    with web.app_context():
        comment = make_comment(body="You are all fools.")
        reference, author, reader, moderator = (
            comment.reference,
            comment.author,
            make_user(),
            moderator_of(comment),
        )
        people = {p.name: p for p in (author, reader, moderator)}
        names = [p.name for p in people.values()]
        for person in people.values():
            assert person.fs_uniquifier
    reading, judging, writing = (
        sign_in(web.test_client(), people[name]) for name in (names[1], names[2], names[0])
    )
    assert send(reading, f"/en/report/{reference}", reason="").status_code == 422
    assert send(reading, f"/en/report/{reference}", reason=REASON).status_code == 303
    queue = judging.get("/en/moderation/").get_data(as_text=True)
    assert "You are all fools." in queue
    assert REASON in queue
    assert send(judging, f"/en/moderation/{reference}", reason="Please be civil.").status_code == 303
    place = web.test_client().get(f"/en/comments/{reference}/").get_data(as_text=True)
    assert "Hidden by a moderator: Please be civil." in place
    assert "You are all fools." not in place
    assert "You are all fools." in writing.get(f"/en/comments/{reference}/").get_data(as_text=True)
    assert (
        send(writing, f"/en/moderation/{reference}/review", reason="It was a quotation.").status_code == 303
    )
    assert "It was a quotation." in judging.get("/en/moderation/").get_data(as_text=True)
    shown = send(judging, f"/en/moderation/{reference}/show", page=f"/en/moderation/{reference}")
    assert shown.status_code == 303
    assert "You are all fools." in web.test_client().get(f"/en/comments/{reference}/").get_data(as_text=True)


def test_a_hidden_consultation_says_why_in_its_place(web: Flask) -> None:
    with web.app_context():
        consultation = make_consultation()
        slug = consultation.slug
        hide_record(
            consultation,
            reason="Not a consultation.",
            actor=with_role(Role.ADMIN, territory=consultation.territory),
        )
    answer = web.test_client().get(f"/en/consultations/{slug}/")
    assert answer.status_code == 410
    assert "Hidden by a moderator: Not a consultation." in answer.get_data(as_text=True)
    assert web.test_client().get("/en/consultations/no-such-thing/").status_code == 404


@pytest.mark.parametrize("who", ["visitor", "person"])
def test_the_queue_is_for_moderators(web: Flask, who: str) -> None:
    browser: Any = web.test_client()
    if who == "person":
        with web.app_context():
            person = make_user()
            assert person.fs_uniquifier
        sign_in(browser, person)
    assert browser.get("/en/moderation/").status_code == 403
