"""People say something about a record, answer, mend and withdraw it; the counters keep up."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from stakeholder_hub.audit.models import AuditEntry
from stakeholder_hub.consultations.models import Activity
from stakeholder_hub.deliberation.models import Comment, Follow
from stakeholder_hub.deliberation.operations import add_comment, edit_comment, withdraw_comment
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import VISITOR
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.records.models import Visibility
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation
from tests.factories.deliberation import make_comment

pytestmark = pytest.mark.usefixtures("app")

NOW = datetime(2026, 9, 1, 10, tzinfo=UTC)


def edit(comment: Comment, body: str, actor: Any, **changes: Any) -> Comment:
    values: dict[str, Any] = {"stance": comment.stance, "version": comment.version, **changes}
    return edit_comment(comment, body=body, actor=actor, **values)


def test_a_comment_lives_where_its_subject_lives() -> None:
    subject = make_consultation()
    comment = make_comment(subject, body="Trees, **please**.", stance="for")
    assert comment.reference == f"{subject.territory.code}-{clock.today().year}-K1"
    assert comment.body_html == "<p>Trees, <strong>please</strong>.</p>"
    assert (comment.context_id, comment.group_id) == (subject.id, subject.group_id)
    assert comment.visibility == subject.visibility
    assert comment.thread == f"{comment.id:010d}"
    assert comment.version == 1


def test_answers_stand_under_what_they_answer_and_never_deeper_than_four() -> None:
    subject = make_consultation()
    chain = [make_comment(subject)]
    for _ in range(6):
        chain.append(make_comment(subject, parent=chain[-1]))
    assert [c.depth for c in chain] == [0, 1, 2, 3, 4, 4, 4]
    assert chain[5].thread.rpartition(".")[0] == chain[4].thread.rpartition(".")[0]
    assert chain[6].parent_id == chain[5].id
    threads = db.session.scalars(sa.select(Comment.thread).order_by(Comment.thread)).all()
    assert list(threads) == [c.thread for c in chain]


def test_the_counters_of_subject_and_answered_comment_are_kept() -> None:
    subject = make_consultation()
    first = make_comment(subject)
    answer = make_comment(subject, parent=first)
    assert (subject.comment_count, first.comment_count) == (2, 1)
    before = subject.version
    withdraw_comment(answer, actor=answer.author)
    assert (subject.comment_count, first.comment_count) == (1, 0)
    assert subject.version == before


def test_an_answer_cannot_be_put_under_a_comment_of_another_discussion() -> None:
    elsewhere = make_comment()
    with pytest.raises(NotFound):
        make_comment(make_consultation(), parent=elsewhere)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Comment)) == 1


def test_a_withdrawn_comment_takes_no_answers() -> None:
    first = make_comment()
    withdraw_comment(first, actor=first.author)
    with pytest.raises(NotAllowed, match="withdrawn"):
        make_comment(first.subject, parent=first)


def test_a_comment_is_mended_quietly_within_a_quarter_of_an_hour(at: Any) -> None:
    with at(NOW):
        comment = make_comment()
    with at(NOW + timedelta(minutes=14)):
        edit(comment, "Better said.", comment.author)
    assert comment.body_html == "<p>Better said.</p>"
    assert comment.edited_at is None


def test_later_it_is_marked_and_once_answered_it_stays_as_it_is(at: Any) -> None:
    with at(NOW):
        subject = make_consultation()
        comment = make_comment(subject)
    with at(NOW + timedelta(minutes=15)):
        edit(comment, "Better said.", comment.author)
        assert comment.edited_at == NOW + timedelta(minutes=15)
        make_comment(subject, parent=comment)
        with pytest.raises(NotAllowed, match="answered"):
            edit(comment, "Something else.", comment.author)


def test_an_answered_comment_that_is_fresh_is_mended_with_a_mark() -> None:
    comment = make_comment()
    make_comment(comment.subject, parent=comment)
    edit(comment, "Better said.", comment.author)
    assert comment.edited_at is not None


def test_only_its_author_changes_or_withdraws_a_comment() -> None:
    comment, stranger = make_comment(), make_user()
    for attempt in (
        lambda: edit(comment, "Mine now.", stranger),
        lambda: withdraw_comment(comment, actor=stranger),
        lambda: withdraw_comment(comment, actor=VISITOR),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_a_withdrawn_comment_is_neither_changed_nor_withdrawn_again() -> None:
    comment = make_comment()
    author = comment.author
    withdraw_comment(comment, actor=author)
    assert comment.withdrawn_at is not None
    with pytest.raises(NotAllowed, match="withdrawn"):
        edit(comment, "Again.", author)
    with pytest.raises(NotAllowed, match="withdrawn already"):
        withdraw_comment(comment, actor=author)
    assert comment.subject.comment_count == 0


def test_of_two_windows_the_second_is_told_and_loses_nothing() -> None:
    comment = make_comment()
    version = comment.version
    edit(comment, "First window.", comment.author)
    with pytest.raises(Conflict) as refused:
        edit(comment, "Second window.", comment.author, version=version)
    assert refused.value.theirs["body"] == "First window."
    assert refused.value.mine["body"] == "Second window."


def test_who_has_not_signed_in_is_told_that_signing_in_helps() -> None:
    with pytest.raises(NotAllowed, match="Sign in") as refused:
        make_comment(make_consultation(), actor=VISITOR)
    assert refused.value.sign_in


def test_a_phase_without_discussion_takes_no_comments() -> None:
    with pytest.raises(NotAllowed, match="not open in this phase"):
        make_comment(make_consultation(activities=[Activity.PROPOSALS]))


def test_what_one_may_not_see_one_cannot_comment_on() -> None:
    with pytest.raises(NotFound):
        make_comment(make_consultation(audience=Visibility.MEMBERS))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"body": " \n "}, "body"),
        ({"body": "x" * 8001}, "body"),
        ({"stance": "furious"}, "stance"),
        ({"language": "xx"}, "language"),
    ],
)
def test_a_comment_needs_text_a_stance_and_a_language(values: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        make_comment(make_consultation(), **values)
    assert refused.value.field == field


def test_who_comments_follows_and_is_told_of_the_next_comment_once() -> None:
    subject, first, second = make_consultation(), make_user(), make_user(name="Zala")
    make_comment(subject, actor=first)
    make_comment(subject, actor=first)
    assert subject.follow_count == 1
    make_comment(subject, actor=second)
    told = db.session.scalars(sa.select(Notification)).all()
    assert [(n.user_id, n.kind, n.data) for n in told] == [
        (first.id, "deliberation.comment", {"who": "Zala"})
    ]


def test_who_is_answered_is_told_so_and_nothing_besides() -> None:
    first = make_comment()
    make_comment(first.subject, parent=first)
    told = db.session.scalars(sa.select(Notification)).all()
    assert [(n.user_id, n.kind) for n in told] == [(first.author_id, "deliberation.reply")]


def test_every_step_is_in_the_audit_without_the_text() -> None:
    comment = make_comment(body="Nobody else may read this in the audit.")
    edit(comment, "Nor this.", comment.author)
    withdraw_comment(comment, actor=comment.author)
    entries = db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.event.like("deliberation.%")).order_by(AuditEntry.id)
    ).all()
    assert [e.event.partition(".")[2] for e in entries] == [
        "comment_added",
        "comment_edited",
        "comment_withdrawn",
    ]
    assert "this" not in str([e.details for e in entries])


def test_unchanged_text_is_no_edit() -> None:
    comment = make_comment()
    edit(comment, comment.body_text, comment.author)
    assert comment.version == 1


def test_one_person_follows_a_record_once() -> None:
    comment = make_comment()
    add_comment(comment.subject, body="More.", stance="for", language="en", actor=comment.author)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Follow)) == 1
