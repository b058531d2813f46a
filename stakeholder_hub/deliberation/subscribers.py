"""What discussions make of what happens elsewhere.

Hidden comments do not count, nor is seen what is said about hidden records; who has erased an account supports and
follows nothing any more.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from stakeholder_hub.accounts.events import AccountErased
from stakeholder_hub.deliberation.models import Comment, Follow, Support
from stakeholder_hub.deliberation.operations import count_comment
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.events import subscribe
from stakeholder_hub.moderation.events import RecordHidden, RecordShownAgain
from stakeholder_hub.records.models import Record, Visibility
from stakeholder_hub.search.operations import index_record
from stakeholder_hub.search.sources import source


@subscribe(RecordHidden)
def hide_what_is_said(event: RecordHidden) -> None:
    """A hidden comment counts no more; what is said about a hidden record is seen by nobody but those who run it."""
    _follow_the_subject(event.subject, Visibility.PRIVATE, change=-1)


@subscribe(RecordShownAgain)
def show_what_is_said(event: RecordShownAgain) -> None:
    """The way back: comments are as visible as what they are about."""
    _follow_the_subject(event.subject, event.subject.visibility, change=1)


def _follow_the_subject(record: Record, visibility: Visibility, *, change: int) -> None:
    if isinstance(record, Comment) and record.state == "published":
        count_comment(record, change)
    about_it = sa.select(Comment.id).where(Comment.subject_id == record.id)
    db.session.execute(
        sa.update(Record).where(Record.id.in_(about_it)).values(visibility=visibility),
        execution_options={"synchronize_session": False},
    )


@subscribe(AccountErased)
def take_back_what_counted(event: AccountErased) -> None:
    """The counts go down with the rows that are about to go."""
    for kept, count in ((Support, Record.support_count), (Follow, Record.follow_count)):
        mine = sa.select(kept.record_id).where(kept.user_id == event.subject.id)
        db.session.execute(
            sa.update(Record).where(Record.id.in_(mine)).values({count: count - 1}),
            execution_options={"synchronize_session": False},
        )


@source("comment")
def index_comments() -> Iterator[int]:
    """Every comment that stands, for making the index anew."""
    standing = sa.select(Comment).where(Comment.state == "published").order_by(Comment.id)
    for comment in db.session.scalars(standing):
        index_record(comment, text=comment.body_text, by_title=False)
        yield comment.id
