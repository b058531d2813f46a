"""What discussions make of moderation: hidden comments do not count and are not found; nor what is said about hidden
records.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from stakeholder_hub.deliberation.models import Comment
from stakeholder_hub.deliberation.operations import count_comment
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.events import subscribe
from stakeholder_hub.moderation.events import RecordHidden, RecordShownAgain
from stakeholder_hub.records.models import Moderation, Record
from stakeholder_hub.search.models import SearchEntry
from stakeholder_hub.search.operations import index_record
from stakeholder_hub.search.sources import source


@subscribe(RecordHidden)
def hide_from_counters(event: RecordHidden) -> None:
    """A hidden comment counts no more; comments on a hidden record are found no more."""
    record: Record = event.subject
    if isinstance(record, Comment) and record.state == "published":
        count_comment(record, -1)
    about_it = sa.select(Comment.id).where(Comment.subject_id == record.id)
    db.session.execute(
        sa.delete(SearchEntry).where(SearchEntry.record_id.in_(about_it)),
        execution_options={"synchronize_session": False},
    )


@subscribe(RecordShownAgain)
def show_in_counters(event: RecordShownAgain) -> None:
    """The way back."""
    record: Record = event.subject
    if isinstance(record, Comment) and record.state == "published":
        count_comment(record, 1)
    for comment in db.session.scalars(sa.select(Comment).where(Comment.subject_id == record.id)):
        if comment.state == "published":
            index_record(comment, text=comment.body_text, by_title=False)


@source("comment")
def index_comments() -> Iterator[int]:
    """Every comment that stands on a record that is not hidden, for making the index anew."""
    subject = aliased(Record, flat=True)
    standing = (
        sa.select(Comment)
        .join(subject, subject.id == Comment.subject_id)
        .where(Comment.state == "published", subject.moderation == Moderation.VISIBLE)
        .order_by(Comment.id)
    )
    for comment in db.session.scalars(standing):
        index_record(comment, text=comment.body_text, by_title=False)
        yield comment.id
