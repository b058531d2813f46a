"""A discussion is read in a constant number of statements, in the order asked for, with what each reader may do."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, render_template_string

from stakeholder_hub.accounts.operations import erase_person
from stakeholder_hub.deliberation.asked import sorting_asked
from stakeholder_hub.deliberation.models import Comment, Follow, Support
from stakeholder_hub.deliberation.operations import follow_record, support_record, withdraw_comment
from stakeholder_hub.deliberation.queries import Branch, Discussion, Sorting, discussion_of
from stakeholder_hub.kernel.authorization import VISITOR
from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.models import Record
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation
from tests.factories.deliberation import make_comment
from tests.factories.proposals import make_proposal

PARTS = """{% from "deliberation/parts.html" import discussion, support_button, follow_button with context %}
{{ discussion(d) }}{{ support_button(d.subject, d) }}{{ follow_button(d.subject, d) }}"""


def read(app: Flask, record: Record, actor: Any, query: str = "") -> Discussion:
    with app.test_request_context(f"/en/consultations/x/{query}"):
        return discussion_of(record, actor, sorting=sorting_asked())


def show(app: Flask, record: Record, actor: Any, query: str = "") -> str:
    with app.test_request_context(f"/en/consultations/{record.slug}/{query}"):
        return render_template_string(PARTS, d=discussion_of(record, actor), here="/en/x/")


def flat(branches: Any) -> list[Comment]:
    found: list[Comment] = []

    def walk(branch: Branch) -> None:
        found.append(branch.comment)
        for answer in branch.answers:
            walk(answer)

    for branch in branches:
        walk(branch)
    return found


def test_answers_stand_under_what_they_answer_in_every_order(app: Flask) -> None:
    subject = make_consultation()
    first, second = make_comment(subject), make_comment(subject)
    answer = make_comment(subject, parent=first)
    support_record(first, actor=make_user())
    orders = {
        "?comments=oldest": [first, answer, second],
        "?comments=newest": [second, first, answer],
        "?comments=supported": [first, answer, second],
        "?comments=nonsense": [first, answer, second],
    }
    for query, expected in orders.items():
        assert [c.id for c in flat(read(app, subject, VISITOR, query).branches)] == [
            c.id for c in expected
        ], query
    assert len(read(app, subject, VISITOR).branches) == 2


def test_stances_are_counted_without_what_was_withdrawn(app: Flask) -> None:
    subject = make_consultation()
    for stance in ("for", "for", "against", "neutral"):
        make_comment(subject, stance=stance)
    gone = make_comment(subject, stance="against")
    withdraw_comment(gone, actor=gone.author)
    assert {str(k): n for k, n in read(app, subject, VISITOR).stances.items()} == {
        "for": 2,
        "against": 1,
        "neutral": 1,
    }


def test_the_reader_sees_what_they_support_and_follow(app: Flask) -> None:
    subject, reader = make_consultation(), make_user()
    comment = make_comment(subject)
    support_record(comment, actor=reader)
    follow_record(subject, actor=reader)
    mine = read(app, subject, reader)
    assert (mine.branches[0].supported, mine.following) == (True, True)
    assert read(app, subject, VISITOR).branches[0].supported is False


@pytest.mark.parametrize("who", ["visitor", "person"])
def test_200_comments_cost_as_many_statements_as_two(app: Flask, count_queries: Any, who: str) -> None:
    subject, reader = make_consultation(), make_user() if who == "person" else VISITOR
    show(app, subject, VISITOR)  # what is read once for the whole site is not counted
    people, written = [make_user() for _ in range(5)], []
    seen: list[int] = []
    for wanted in (2, 200):
        while len(written) < wanted:
            parent = written[-1] if written and len(written) % 3 else None
            written.append(make_comment(subject, actor=people[len(written) % 5], parent=parent))
        db.session.commit()
        record: Any = db.session.get(Record, subject.id)
        assert (record.territory.name, record.group.name, record.phases) is not None
        assert who == "visitor" or reader.grants == []
        with count_queries() as statements:
            show(app, record, reader)
        seen.append(len(statements))
    assert seen[0] == seen[1]
    assert seen[1] <= (1 if who == "visitor" else 4)


def test_visitors_are_shown_links_and_no_form(app: Flask) -> None:
    subject = make_consultation()
    make_comment(subject)
    page = show(app, subject, VISITOR)
    assert "<form" not in page
    assert f"/en/discuss/{subject.reference}" in page
    assert "csrf" not in page


def test_who_has_signed_in_writes_in_place(app: Flask) -> None:
    subject = make_consultation()
    comment = make_comment(subject)
    page = show(app, subject, make_user())
    assert f'action="/en/discuss/{subject.reference}"' in page
    assert f"/en/comments/{comment.reference}/edit" not in page
    assert f"/en/comments/{comment.reference}/edit" in show(app, subject, comment.author)


def test_a_closed_discussion_says_why_and_stays_readable(app: Flask) -> None:
    subject = make_consultation(activities=["proposals"])
    page = show(app, subject, make_user())
    assert "Comments are not open in this phase." in page


def test_a_withdrawn_comment_keeps_its_place_and_its_answers(app: Flask) -> None:
    subject = make_consultation()
    first = make_comment(subject, body="Regretted words.")
    make_comment(subject, body="An answer.", parent=first)
    withdraw_comment(first, actor=first.author)
    for reader in (VISITOR, first.author):
        page = show(app, subject, reader)
        assert "Regretted words." not in page
        assert "Withdrawn by its author." in page
        assert "An answer." in page


def test_a_comment_carries_its_language(app: Flask) -> None:
    subject = make_consultation()
    make_comment(subject, body="Több fát!", language="hu")
    assert 'class="comment-body prose" lang="hu"' in show(app, subject, VISITOR)


def test_the_orders_are_named() -> None:
    assert [str(s.label) for s in Sorting] == ["Oldest first", "Newest first", "Most supported first"]


def test_who_erases_an_account_supports_and_follows_nothing_any_more(app: Flask) -> None:
    subject, leaving, staying = make_consultation(), make_user(), make_user()
    proposal = make_proposal(subject)
    for person in (leaving, staying):
        support_record(proposal, actor=person)
        follow_record(proposal, actor=person)
    db.session.refresh(proposal)
    before = proposal.support_count, proposal.follow_count
    erase_person(leaving, actor=leaving)
    db.session.refresh(proposal)
    assert (proposal.support_count, proposal.follow_count) == (before[0] - 1, before[1] - 1)
    assert (proposal.support_count, proposal.follow_count) == (
        count_of(Support, proposal),
        count_of(Follow, proposal),
    )


def count_of(kept: Any, record: Record) -> int:
    return (
        db.session.scalar(sa.select(sa.func.count()).select_from(kept).where(kept.record_id == record.id))
        or 0
    )
