"""Everybody supports a record once, follows it once, and is told what becomes of it."""

from threading import Barrier, Thread
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.accounts.models import User
from stakeholder_hub.consultations.models import Activity, Participation
from stakeholder_hub.deliberation.models import Comment, Follow, Support
from stakeholder_hub.deliberation.operations import (
    follow_record,
    support_record,
    tell_followers,
    unfollow_record,
    withdraw_comment,
    withdraw_support,
)
from stakeholder_hub.kernel.authorization import VISITOR
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotAllowed, NotFound
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.records.models import Record, Visibility
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation
from tests.factories.deliberation import make_comment

pytestmark = pytest.mark.usefixtures("app")


def test_supporting_twice_counts_once_and_taking_it_back_counts_back() -> None:
    comment, person = make_comment(), make_user()
    assert support_record(comment, actor=person) is True
    assert support_record(comment, actor=person) is False
    assert comment.support_count == 1
    assert withdraw_support(comment, actor=person) is True
    assert withdraw_support(comment, actor=person) is False
    assert comment.support_count == 0


def test_support_does_not_touch_the_version() -> None:
    comment = make_comment()
    before = comment.version
    support_record(comment, actor=make_user())
    assert comment.version == before


def test_nobody_supports_their_own_comment() -> None:
    comment = make_comment()
    with pytest.raises(NotAllowed, match="yourself"):
        support_record(comment, actor=comment.author)


def test_a_visitor_is_asked_to_sign_in() -> None:
    with pytest.raises(NotAllowed) as refused:
        support_record(make_comment(), actor=VISITOR)
    assert refused.value.sign_in


def test_a_consultation_itself_takes_no_support() -> None:
    with pytest.raises(NotAllowed, match="takes no support"):
        support_record(make_consultation(), actor=make_user())


def test_a_withdrawn_comment_takes_no_support() -> None:
    comment = make_comment()
    withdraw_comment(comment, actor=comment.author)
    with pytest.raises(NotAllowed, match="withdrawn"):
        support_record(comment, actor=make_user())


def test_following_and_no_longer() -> None:
    subject, person = make_consultation(), make_user()
    assert follow_record(subject, actor=person) is True
    assert follow_record(subject, actor=person) is False
    assert subject.follow_count == 1
    assert unfollow_record(subject, actor=person) is True
    assert unfollow_record(subject, actor=person) is False
    assert subject.follow_count == 0


def test_what_one_may_not_see_one_cannot_follow() -> None:
    with pytest.raises(NotFound):
        follow_record(make_consultation(audience=Visibility.MEMBERS), actor=make_user())


def test_followers_are_told_but_not_who_did_it() -> None:
    subject, first, second = make_consultation(), make_user(), make_user()
    follow_record(subject, actor=first)
    follow_record(subject, actor=second)
    assert tell_followers(subject, kind="consultations.published", actor=second) == 1
    told = db.session.scalars(sa.select(Notification)).all()
    assert [(n.user_id, n.kind, n.record_id) for n in told] == [
        (first.id, "consultations.published", subject.id)
    ]


def test_commenting_and_supporting_is_taking_part() -> None:
    subject = make_consultation()
    comment = make_comment(subject)
    support_record(comment, actor=make_user())
    make_comment(subject, actor=comment.author)
    db.session.refresh(subject)
    assert subject.participant_count == 2
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Participation)) == 2


def test_support_of_comments_ends_with_the_discussion() -> None:
    comment = make_comment()
    phase = comment.subject.phases[0]
    phase.activities = [Activity.PROPOSALS]
    db.session.commit()
    with pytest.raises(NotAllowed, match="not open"):
        support_record(comment, actor=make_user())


@pytest.mark.parametrize(
    ("act", "kind", "counter"),
    [(support_record, Support, "support_count"), (follow_record, Follow, "follow_count")],
)
def test_of_parallel_supports_by_one_person_one_counts(app: Flask, act: Any, kind: Any, counter: str) -> None:
    """Fails when the primary key of the table is removed, or when the counter is read, raised and written back."""
    comment = make_comment()
    people = [make_user() for _ in range(3)]
    record_id, ids = comment.id, [person.id for person in people]
    db.session.commit()
    start, faults = Barrier(9), []

    def press(person_id: int) -> None:
        with app.app_context():
            try:
                record, person = db.session.get(Record, record_id), db.session.get(User, person_id)
                db.session.rollback()
                start.wait(20)
                act(record, actor=person)
            except Exception as fault:
                faults.append(fault)

    threads = [Thread(target=press, args=(i,)) for i in ids * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    db.session.expire_all()
    stored = db.session.scalar(
        sa.select(sa.func.count()).select_from(kind).where(kind.record_id == record_id)
    )
    assert stored == 3
    assert getattr(db.session.get(Comment, record_id), counter) == 3
