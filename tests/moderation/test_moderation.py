"""Readers report, moderators decide with reasons, authors may ask for a second look."""

from typing import Any

import pytest
import sqlalchemy as sa

from stakeholder_hub.accounts.models import User
from stakeholder_hub.deliberation.models import Comment
from stakeholder_hub.kernel.authorization import VISITOR
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.moderation.models import Report
from stakeholder_hub.moderation.operations import (
    ask_for_review,
    hide_record,
    keep_record,
    report_record,
    show_again,
    uphold_hiding,
)
from stakeholder_hub.moderation.queries import waiting_count, waiting_for
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.records.models import Moderation, Record
from stakeholder_hub.records.policy import may_see
from stakeholder_hub.territories.models import Role, RoleGrant
from tests.factories.accounts import make_user
from tests.factories.deliberation import make_comment
from tests.factories.territories import make_territory

pytestmark = pytest.mark.usefixtures("app")

REASON = "It insults a neighbour."


@operation
def with_role(role: Role, *, territory: Any = None, group: Any = None) -> User:
    person = make_user()
    group_id = group.id if group is not None else None
    db.session.add(RoleGrant(user_id=person.id, role=role, territory=territory, group_id=group_id))
    db.session.flush()
    db.session.expire(person, ["grants"])
    return person


def moderator_of(record: Record) -> User:
    return with_role(Role.MODERATOR, territory=record.territory)


def told(person: User | None) -> list[str]:
    assert person is not None
    kinds = sa.select(Notification.kind).where(Notification.user_id == person.id).order_by(Notification.id)
    return list(db.session.scalars(kinds))


def test_a_reader_reports_once_and_the_nearest_moderators_are_told() -> None:
    comment, reader = make_comment(), make_user()
    above = with_role(Role.ADMIN, territory=make_territory())
    near = with_role(Role.MODERATOR, group=comment.group)
    place = moderator_of(comment)
    report_record(comment, reason=REASON, actor=reader)
    with pytest.raises(Conflict, match="already"):
        report_record(comment, reason="Again.", actor=reader)
    report_record(comment, reason="Me too.", actor=make_user())
    assert told(near) == ["moderation.reported"]
    assert (told(place), told(above)) == ([], [])


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 501])
def test_reports_and_hidings_need_a_reason(reason: str) -> None:
    comment = make_comment()
    for attempt in (
        lambda: report_record(comment, reason=reason, actor=make_user()),
        lambda: hide_record(comment, reason=reason, actor=moderator_of(comment)),
    ):
        with pytest.raises(Invalid) as refused:
            attempt()
        assert refused.value.field == "reason"
    assert comment.moderation is Moderation.VISIBLE


def test_a_hidden_comment_is_seen_by_its_author_and_moderators_only() -> None:
    comment = make_comment()
    moderator = moderator_of(comment)
    hide_record(comment, reason=REASON, actor=moderator)
    assert may_see(comment.author, comment)
    assert may_see(moderator, comment)
    assert not may_see(VISITOR, comment)
    assert not may_see(make_user(), comment)
    assert comment.moderation_reason == REASON


def test_everybody_concerned_is_told() -> None:
    comment, reader = make_comment(), make_user()
    report_record(comment, reason=REASON, actor=reader)
    hide_record(comment, reason=REASON, actor=moderator_of(comment))
    assert told(comment.author) == ["moderation.hidden"]
    assert told(reader) == ["moderation.was_hidden"]


def test_a_kept_record_leaves_the_queue_and_its_reporters_are_told() -> None:
    comment, reader = make_comment(), make_user()
    moderator = moderator_of(comment)
    report_record(comment, reason=REASON, actor=reader)
    assert waiting_count(moderator) == 1
    keep_record(comment, actor=moderator)
    assert waiting_count(moderator) == 0
    assert told(reader) == ["moderation.kept"]
    with pytest.raises(Conflict):
        keep_record(comment, actor=moderator)


def test_of_two_moderators_the_second_is_told_that_it_is_decided() -> None:
    comment = make_comment()
    hide_record(comment, reason=REASON, actor=moderator_of(comment))
    with pytest.raises(Conflict, match="already"):
        hide_record(comment, reason="Another reason.", actor=moderator_of(comment))


def test_hidden_comments_do_not_count_and_come_back_with_everything() -> None:
    comment = make_comment()
    answer = make_comment(comment.subject, parent=comment)
    moderator = moderator_of(comment)
    hide_record(answer, reason=REASON, actor=moderator)
    assert (comment.subject.comment_count, comment.comment_count) == (1, 0)
    show_again(answer, actor=moderator)
    assert (comment.subject.comment_count, comment.comment_count) == (2, 1)
    assert answer.moderation_reason is None
    assert told(answer.author) == ["moderation.hidden", "moderation.shown_again"]


def test_what_is_said_about_a_hidden_record_is_seen_by_nobody_but_those_who_run_it() -> None:
    comment = make_comment()
    moderator = moderator_of(comment)
    hide_record(comment.subject, reason=REASON, actor=moderator)
    assert not may_see(VISITOR, comment)
    assert not may_see(make_user(), comment)
    assert may_see(moderator, comment)
    show_again(comment.subject, actor=moderator)
    assert may_see(VISITOR, comment)


def test_the_author_asks_once_and_another_moderator_decides() -> None:
    comment = make_comment()
    first, second = moderator_of(comment), moderator_of(comment)
    hide_record(comment, reason=REASON, actor=first)
    ask_for_review(comment, reason="It was a quotation.", actor=comment.author)
    assert told(second) == ["moderation.review_asked"]
    assert told(first) == []
    for attempt in (uphold_hiding, show_again):
        with pytest.raises(NotAllowed, match="Another moderator"):
            attempt(comment, actor=first)
    uphold_hiding(comment, actor=second)
    assert told(comment.author) == ["moderation.hidden", "moderation.upheld"]
    with pytest.raises(NotAllowed, match="possible once"):
        ask_for_review(comment, reason="Please.", actor=comment.author)


def test_where_there_is_one_moderator_only_that_one_decides_again() -> None:
    comment = make_comment()
    only = moderator_of(comment)
    hide_record(comment, reason=REASON, actor=only)
    ask_for_review(comment, reason="It was a quotation.", actor=comment.author)
    show_again(comment, actor=only)
    assert comment.moderation is Moderation.VISIBLE
    assert waiting_count(only) == 0


def test_a_moderator_decides_nothing_about_their_own_words() -> None:
    first = make_comment()
    moderator = moderator_of(first)
    own = make_comment(first.subject, actor=moderator)
    report_record(own, reason=REASON, actor=make_user())
    assert waiting_count(moderator) == 0
    for attempt in (
        lambda: keep_record(own, actor=moderator),
        lambda: hide_record(own, reason=REASON, actor=moderator),
    ):
        with pytest.raises(NotAllowed, match="yourself"):
            attempt()


@pytest.mark.parametrize(
    ("role", "where", "may"),
    [
        (role, where, role in (Role.ADMIN, Role.COORDINATOR, Role.MODERATOR) and where != "elsewhere")
        for role in Role
        for where in ("group", "place", "above", "elsewhere")
    ],
)
def test_who_may_moderate_by_role_and_level(role: Role, where: str, may: bool) -> None:
    comment: Comment = make_comment()
    above = make_territory()
    _put_below(comment.territory, above)
    places = {"place": comment.territory, "above": above, "elsewhere": make_territory()}
    group = comment.group if where == "group" else None
    person = with_role(role, territory=places.get(where), group=group)
    report_record(comment, reason=REASON, actor=make_user())
    assert waiting_count(person) == (1 if may else 0)
    assert len(db.session.execute(waiting_for(person)).all()) == (1 if may else 0)
    if may:
        hide_record(comment, reason=REASON, actor=person)
        assert comment.moderation is Moderation.HIDDEN
    else:
        with pytest.raises((NotAllowed, NotFound)):
            hide_record(comment, reason=REASON, actor=person)
        assert comment.moderation is Moderation.VISIBLE


@operation
def _put_below(territory: Any, above: Any) -> None:
    territory.parent_id, territory.path = above.id, f"{above.path}{territory.id}/"
    db.session.flush()


@pytest.mark.parametrize(
    ("who", "refused"),
    [("visitor", NotAllowed), ("author", NotAllowed), ("stranger", None), ("moderator", None)],
)
def test_who_may_report(who: str, refused: type[Exception] | None) -> None:
    comment = make_comment()
    people = {
        "visitor": VISITOR,
        "author": comment.author,
        "stranger": make_user(),
        "moderator": moderator_of(comment),
    }
    if refused is None:
        report_record(comment, reason=REASON, actor=people[who])
    else:
        with pytest.raises(refused):
            report_record(comment, reason=REASON, actor=people[who])
    stored = db.session.scalar(sa.select(sa.func.count()).select_from(Report))
    assert stored == (1 if refused is None else 0)


def test_only_the_author_of_something_hidden_asks_for_a_review() -> None:
    comment = make_comment()
    with pytest.raises(NotAllowed, match="not hidden"):
        ask_for_review(comment, reason="Why?", actor=comment.author)
    hide_record(comment, reason=REASON, actor=moderator_of(comment))
    with pytest.raises(NotFound):
        ask_for_review(comment, reason="Why?", actor=make_user())
