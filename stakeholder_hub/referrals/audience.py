"""Everyone who wrote, supported or followed what a matter began with: they get the answer."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from stakeholder_hub.accounts.models import User
from stakeholder_hub.deliberation.models import Comment, Follow, Support
from stakeholder_hub.deliberation.queries import ROOT_DIGITS
from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.models import Record


def concerned_with(records: Iterable[Record | None], *, language: str | None = None) -> Sequence[int]:
    """Ids of the author, of those who commented, supported and follow, without doubles. One statement.

    Of a comment also everybody in its thread. ``language``: only those who read in it.
    """
    found = [record for record in records if record is not None]
    ids = [record.id for record in found]
    if not ids:
        return []
    parts: list[Any] = [
        sa.select(Record.author_id).where(Record.id.in_(ids)),
        sa.select(Support.user_id).where(Support.record_id.in_(ids)),
        sa.select(Follow.user_id).where(Follow.record_id.in_(ids)),
        _writers().where(Comment.subject_id.in_(ids)),
    ]
    for comment in found:
        if isinstance(comment, Comment):
            begin = comment.thread[:ROOT_DIGITS]
            parts.append(
                _writers().where(
                    Comment.subject_id == comment.subject_id,
                    Comment.thread >= begin,
                    Comment.thread < begin + "/",
                )
            )
    everybody = sa.union(*parts).subquery()
    statement = sa.select(User.id).where(User.id.in_(sa.select(everybody.c[0]))).order_by(User.id)
    if language is not None:
        statement = statement.where(User.language == language)
    return db.session.scalars(statement).all()


def _writers() -> Any:
    comment, record = Comment.__table__, Record.__table__
    return (
        sa.select(record.c.author_id)
        .select_from(comment.join(record, record.c.id == comment.c.id))
        .where(record.c.state == "published")
    )
