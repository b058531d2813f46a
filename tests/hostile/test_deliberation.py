"""Hostile cases of discussions, support, moderation and search."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.deliberation.models import Comment, Stance
from stakeholder_hub.deliberation.operations import (
    add_comment,
    edit_comment,
    support_record,
    withdraw_comment,
)
from stakeholder_hub.deliberation.queries import Branch, discussion_of
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid
from stakeholder_hub.mail.models import OutgoingMail
from stakeholder_hub.moderation.models import Report
from stakeholder_hub.moderation.operations import hide_record, report_record
from stakeholder_hub.notifications.mails import mail_what_is_new
from stakeholder_hub.records.models import Record, Visibility
from tests.deliberation.pages import send
from tests.factories.accounts import make_user, sign_in
from tests.factories.consultations import make_consultation
from tests.factories.deliberation import make_comment

ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[press me](javascript:alert(1))",
    "[press me](data:text/html;base64,PHNjcmlwdD4=)",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<svg/onload=alert(1)>",
    "</textarea><script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<style>body{background:url(javascript:alert(1))}</style>",
    "![x](javascript:alert(1))",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
)
STRANGE = (
    "Кирилица и ћирилица",
    "Ελληνικά",
    "النص العربي \u202eمقلوب",
    "e\u0301\u0323 combining",
    "👩‍👩‍👧‍👦 🇸🇮",
    "NUL \x00 inside",
    "\u200bzero width",
    "𝔉𝔯𝔞𝔨𝔱𝔲𝔯",
    "\u2028line separator",
)
REFUSED = ("\ud800", "x" * 8001, "x" * 1_000_000, "a" + "\u0301" * 100, "\x00", " \u2003\n")


def on_page(branches: Any) -> list[int]:
    found: list[int] = []

    def walk(branch: Branch) -> None:
        found.append(branch.comment.id)
        for answer in branch.answers:
            walk(answer)

    for branch in branches:
        walk(branch)
    return found


@pytest.mark.hostile("H04")
@pytest.mark.parametrize("state", ["members only", "draft", "hidden"])
def test_no_page_search_or_mail_tells_a_stranger_of_what_is_not_public(web: Flask, state: str) -> None:
    """Fails when ``visible_to`` is taken out of the search, ``load_comment`` or the notifications."""
    with web.app_context():
        stranger = make_user(mail_frequency="now")
        subject = make_consultation(title="Open title")
        comment = make_comment(subject, body="canary-text-7391")
        make_comment(subject, actor=stranger)
        make_comment(subject, body="canary-text-7391 again")
        if state == "hidden":
            hide_record(subject, reason="Because.", actor=SYSTEM)
        else:
            values = {"visibility": Visibility.MEMBERS if state == "members only" else Visibility.PRIVATE}
            db.session.execute(sa.update(Record.__table__).values(**values))  # type: ignore[arg-type]
            db.session.commit()
        reference, about = comment.reference, subject.reference
        mail_what_is_new()
        mails = [m.text for m in db.session.scalars(sa.select(OutgoingMail))]
        assert stranger.fs_uniquifier
    pages = [f"/en/comments/{reference}/", f"/en/comments/{reference}/reply", f"/en/discuss/{about}"]
    pages += [f"/en/support/{reference}", f"/en/follow/{reference}", f"/en/report/{reference}"]
    pages += [
        "/en/search?q=canary",
        "/en/search?q=7391",
        "/en/notifications/",
        "/en/notifications/?format=csv",
    ]
    for browser in (web.test_client(), sign_in(web.test_client(), stranger)):
        for page in pages:
            assert "canary-text-7391" not in browser.get(page).get_data(as_text=True), page
    assert all("canary" not in mail for mail in mails)


@pytest.mark.hostile("H08")
def test_a_form_cannot_say_who_wrote_it_or_what_it_counts(web: Flask) -> None:
    """Fails when fields of the request are given to the model without being named."""
    with web.app_context():
        subject, victim, person = make_consultation(), make_user(), make_user()
        reference, victim_id, person_id = subject.reference, victim.id, person.id
        assert person.fs_uniquifier
    forged = {
        "author_id": victim_id,
        "author": victim_id,
        "support_count": 99,
        "moderation": "hidden",
        "state": "withdrawn",
    }
    forged |= {
        "visibility": "private",
        "kind": "proposal",
        "depth": 3,
        "thread": "x",
        "created_at": "2001-01-01",
        "actor": victim_id,
    }
    sent = send(
        sign_in(web.test_client(), person),
        f"/en/discuss/{reference}",
        body="Mine.",
        stance="for",
        language="en",
        **forged,
    )
    assert sent.status_code == 303
    with web.app_context():
        comment = db.session.scalars(sa.select(Comment)).one()
        assert (comment.author_id, comment.support_count, comment.depth) == (person_id, 0, 0)
        assert (comment.moderation, comment.state, comment.visibility) == ("visible", "published", "public")
        assert comment.created_at.year > 2001


@pytest.mark.hostile("H07")
def test_an_edit_cannot_move_a_comment_elsewhere(web: Flask) -> None:
    """Fails when an edit takes more than body, stance and language from the request."""
    with web.app_context():
        comment, other = make_comment(), make_consultation()
        reference, subject_id, person, other_id = (
            comment.reference,
            comment.subject_id,
            comment.author,
            other.id,
        )
        assert person is not None
        assert person.fs_uniquifier
    forged = {"subject_id": other_id, "subject": other_id, "parent": other_id, "context_id": other_id}
    sent = send(
        sign_in(web.test_client(), person),
        f"/en/comments/{reference}/edit",
        body="Changed.",
        stance="for",
        language="en",
        **forged,
    )
    assert sent.status_code == 303
    with web.app_context():
        comment = db.session.scalars(sa.select(Comment)).one()
        assert (comment.body_text, comment.subject_id, comment.parent_id) == ("Changed.", subject_id, None)


@pytest.mark.hostile("H19")
@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_in_a_comment_a_reason_or_a_name_becomes_markup(web: Flask, attack: str) -> None:
    """Fails when a text is printed as HTML without having been cleaned, or unescaped."""
    with web.app_context():
        person = make_user(name=attack[:80])
        comment = make_comment(body=attack, actor=person)
        reader = make_user()
        report_record(comment, reason=attack, actor=reader)
        reference = comment.reference
        answered = make_comment(comment.subject, actor=reader)
        make_comment(comment.subject, actor=person, parent=answered)
        assert person.fs_uniquifier
        assert reader.fs_uniquifier
    pages = [
        (None, f"/en/comments/{reference}/"),
        (reader, "/en/notifications/"),
        (person, f"/en/comments/{reference}/edit"),
    ]
    for who, path in pages:
        browser = web.test_client() if who is None else sign_in(web.test_client(), who)
        page = browser.get(path).get_data(as_text=True).lower()
        main = page.split("<main")[1].split("</main")[0]
        for danger in (
            "<script",
            "<iframe",
            "<style",
            "<math",
            "<img",
            "onerror=alert(1)>",
            '<a href="javascript',
            "<a href='javascript",
            '<a href="data:',
        ):
            assert danger not in main, (path, danger)


@pytest.mark.hostile("H57")
@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("text", STRANGE)
def test_strange_text_is_kept_as_it_was_written(text: str) -> None:
    """Fails when a comment is stored without being normalised: PostgreSQL then refuses NUL."""
    comment = make_comment(body=text)
    db.session.expire_all()
    stored = db.session.get_one(Comment, comment.id)
    assert [c for c in stored.body_text if c.isalnum()] == [c for c in comment.body_text if c.isalnum()]
    assert "\x00" not in stored.body_text
    assert stored.body_html


@pytest.mark.hostile("H57")
@pytest.mark.parametrize("text", REFUSED)
def test_impossible_text_is_refused_at_its_field(web: Flask, text: str) -> None:
    """Fails when lengths and broken characters are not checked: never a 500."""
    with web.app_context():
        subject, person = make_consultation(), make_user()
        reference = subject.reference
        with pytest.raises(Invalid):
            add_comment(subject, body=text, stance="for", language="en", actor=person)
        assert person.fs_uniquifier
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Comment)) == 0
    sendable = text.encode("utf-8", "surrogatepass")
    browser = sign_in(web.test_client(), person)
    answer = send(browser, f"/en/discuss/{reference}", body=sendable, stance="for", language="en")
    assert answer.status_code in (303, 422)
    assert answer.status_code == 422 or text == "\ud800"


@pytest.mark.hostile("H58")
@pytest.mark.usefixtures("app")
def test_of_two_who_edit_one_comment_the_second_is_told_and_loses_nothing() -> None:
    """Fails when the version is not compared."""
    comment = make_comment()
    version = comment.version
    edit_comment(comment, body="First.", stance=Stance.FOR, version=version, actor=comment.author)
    with pytest.raises(Conflict) as refused:
        edit_comment(comment, body="Second.", stance=Stance.FOR, version=version, actor=comment.author)
    assert (refused.value.theirs["body"], refused.value.mine["body"]) == ("First.", "Second.")
    assert comment.body_text == "First."


@pytest.mark.hostile("H58")
def test_the_form_shows_both_texts(web: Flask) -> None:
    """Fails when the page of an edit does not keep what was typed."""
    with web.app_context():
        comment = make_comment()
        reference, version, person = comment.reference, comment.version, comment.author
        edit_comment(comment, body="Saved elsewhere.", stance="for", version=version, actor=person)
        assert person.fs_uniquifier
    answer = send(
        sign_in(web.test_client(), person),
        f"/en/comments/{reference}/edit",
        body="Typed here.",
        stance="for",
        language="en",
        version=version,
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Saved elsewhere." in page
    assert "Typed here." in page


@pytest.mark.hostile("H59")
@pytest.mark.parametrize("order", ["oldest", "newest", "supported"])
def test_paging_a_discussion_that_changes_skips_and_repeats_nothing(web: Flask, order: str) -> None:
    """Fails when pages are counted by offset instead of continued from the last comment seen."""
    with web.app_context():
        subject, people = make_consultation(), [make_user() for _ in range(3)]
        written: list[Comment] = []
        for number in range(120):
            parent = written[-1] if number % 4 else None
            written.append(make_comment(subject, actor=people[number % 3], parent=parent))
        support_record(written[40], actor=make_user())
        ids, seen, query = {c.id for c in written}, [], f"?comments={order}"
        db.session.commit()
        for turn in range(10):
            with web.test_request_context(f"/en/consultations/{subject.slug}/{query}"):
                page = discussion_of(subject, VISITOR)
                seen += on_page(page.branches)
                following = page.next_url
            if following is None:
                break
            query = "?" + following.split("?")[1].split("#")[0]
            make_comment(subject, actor=people[0])
            make_comment(subject, actor=people[0], parent=written[0])
            withdraw_comment(written[turn + 1], actor=written[turn + 1].author)
        mine = [i for i in seen if i in ids]
        assert len(mine) == len(set(mine)) == len(ids)


@pytest.mark.hostile("H59")
def test_a_forged_cursor_is_answered_with_400(web: Flask) -> None:
    """Fails when a cursor is taken apart without care."""
    with web.app_context():
        subject = make_consultation()
        slug = subject.slug
        make_comment(subject)
    for cursor in ("x", "W10", "WyJhIiwxXQ", "é", "9" * 5000, "bnVsbA"):
        answer = web.test_client().get(f"/en/consultations/{slug}/?after={cursor}")
        assert answer.status_code in (200, 400), cursor


@pytest.mark.hostile("H09")
@pytest.mark.parametrize(
    "words", ["' OR 1=1 --", '" OR "', "*", "%", "_", "title_words : x", "NEAR(a b)", "a" * 10_000, "\x00"]
)
def test_search_words_are_only_words(web: Flask, words: str) -> None:
    """Fails when what is typed reaches the search engine as an expression."""
    answer = web.test_client().get("/en/search", query_string={"q": words})
    assert answer.status_code == 200


@pytest.mark.hostile("H08")
@pytest.mark.usefixtures("app")
def test_the_same_report_cannot_be_counted_twice() -> None:
    """Fails when the unique rule over record and reporter is removed."""
    comment, reader = make_comment(), make_user()
    report_record(comment, reason="Rude.", actor=reader)
    with pytest.raises(Conflict):
        report_record(comment, reason="Rude.", actor=reader)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Report)) == 1
