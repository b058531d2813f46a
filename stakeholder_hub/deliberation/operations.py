"""Comments, support and follows: everything that changes them. Counters are kept by atomic updates."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from stakeholder_hub.deliberation.events import (
    CommentAdded,
    CommentEdited,
    CommentWithdrawn,
    Followed,
    SupportGiven,
    SupportWithdrawn,
    Unfollowed,
)
from stakeholder_hub.deliberation.models import Comment, Follow, Stance, Support
from stakeholder_hub.deliberation.policy import (
    is_fresh,
    may_comment,
    may_edit_comment,
    may_follow,
    may_support,
    may_unfollow,
    may_withdraw_comment,
    standing,
)
from stakeholder_hub.deliberation.queries import followers
from stakeholder_hub.groups.models import Organisation
from stakeholder_hub.groups.policy import may_speak_for
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.database import db, insert_ignore
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotFound, at_field
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import CONTENT, _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.text import markdown, text_at
from stakeholder_hub.notifications.operations import notify
from stakeholder_hub.records.holding import hold
from stakeholder_hub.records.models import Record
from stakeholder_hub.records.operations import add_record
from stakeholder_hub.search.operations import forget, index_record

LONGEST_COMMENT = 8000
DEEPEST = 4

_EMPTY = _l("Write something.")
_CHANGED = _l(
    "Somebody else changed this while you were writing. Both texts are below; nothing of yours is lost."
)


@operation
def add_comment(
    subject: Record,
    *,
    body: str,
    stance: Stance | str = Stance.NEUTRAL,
    language: str,
    parent: Comment | None = None,
    speaking_for: Organisation | None = None,
    actor: Any,
) -> Comment:
    """Say something about ``subject``, or answer ``parent`` in its discussion.

    Raises:
        NotAllowed: the subject takes no comments now, or the actor may not speak for the organisation.
        NotFound: the actor may not see it, or ``parent`` stands in another discussion.
        Invalid: there is no text, or too much of it.
    """
    require(may_comment(actor, subject))
    if speaking_for is not None:
        require(may_speak_for(actor, speaking_for))
    if parent is not None:
        if parent.subject_id != subject.id:
            raise NotFound()
        require(standing(parent))
    comment = Comment(
        **_body(body),
        stance=_stance(stance),
        title=subject.title,
        state="published",
        subject=subject,
        parent=parent,
        territory=subject.territory,
        group_id=subject.group_id,
        context_id=subject.context_id or subject.id,
        visibility=subject.visibility,
        source_language=_language(language),
        speaking_for=speaking_for,
        depth=0 if parent is None else min(parent.depth + 1, DEEPEST),
        comment_count=0,
        support_count=0,
        follow_count=0,
    )
    first = actor.id is not None and not _has_spoken(subject, actor)
    add_record(comment, actor=actor)
    _place(comment, parent)
    count_comment(comment, 1)
    index_record(comment, text=comment.body_text, by_title=False)
    emit(CommentAdded(actor=actor, subject=comment, about=subject.reference))
    _tell_of(comment, parent, actor)
    if first:
        _follow(subject, actor)
    return comment


@operation
def edit_comment(
    comment: Comment,
    *,
    body: str,
    stance: Stance | str,
    language: str | None = None,
    version: int,
    actor: Any,
) -> Comment:
    """Change one's own comment; it is marked as edited where others may have read it before.

    Raises:
        NotAllowed: it is somebody else's, withdrawn, or answered and older than a quarter of an hour.
        Conflict: it was changed since ``version`` was read; ``theirs`` and ``mine`` hold both texts.
        Invalid: there is no text, or too much of it.
    """
    hold(comment)
    require(may_edit_comment(actor, comment))
    if comment.version != version:
        theirs = {"body": comment.body_text, "version": comment.version}
        raise Conflict(_CHANGED, theirs=theirs, mine={"body": body})
    texts = _body(body)
    wanted, spoken = _stance(stance), _language(language or comment.source_language)
    if (texts["body_text"], wanted, spoken) == (comment.body_text, comment.stance, comment.source_language):
        return comment
    quiet = is_fresh(comment) and not comment.comment_count and not comment.support_count
    comment.body_text, comment.body_html = texts["body_text"], texts["body_html"]
    comment.stance, comment.source_language = wanted, spoken
    comment.touch()
    if not quiet:
        comment.edited_at = clock.now()
    db.session.flush()
    index_record(comment, text=comment.body_text, by_title=False)
    emit(CommentEdited(actor=actor, subject=comment, marked=not quiet))
    return comment


@operation
def withdraw_comment(comment: Comment, *, actor: Any) -> Comment:
    """Take one's own comment back. It keeps its place and the answers to it; nobody is shown its text any more."""
    hold(comment)
    require(may_withdraw_comment(actor, comment))
    visible = comment.counts
    comment.move_to("withdrawn")
    comment.withdrawn_at = clock.now()
    db.session.flush()
    if visible:
        count_comment(comment, -1)
    forget(comment.kind, comment.id)
    emit(CommentWithdrawn(actor=actor, subject=comment))
    return comment


@operation
def support_record(record: Record, *, actor: Any) -> bool:
    """Support a record, once; tells whether the support is new.

    Raises:
        NotAllowed: it takes no support now.
    """
    require(may_support(actor, record))
    new = _add_row(Support, record, actor)
    if new:
        _count(record, Record.support_count, 1)
        emit(SupportGiven(actor=actor, subject=record))
    return new


@operation
def withdraw_support(record: Record, *, actor: Any) -> bool:
    """Take the support back while the record takes support; tells whether there was any."""
    require(may_support(actor, record))
    gone = _remove_row(Support, record, actor)
    if gone:
        _count(record, Record.support_count, -1)
        emit(SupportWithdrawn(actor=actor, subject=record))
    return gone


@operation
def follow_record(record: Record, *, actor: Any) -> bool:
    """Be told what becomes of a record; tells whether that is new."""
    require(may_follow(actor, record))
    new = _follow(record, actor)
    if new:
        emit(Followed(actor=actor, subject=record))
    return new


@operation
def unfollow_record(record: Record, *, actor: Any) -> bool:
    """Be told no more; tells whether the actor had followed it."""
    require(may_unfollow(actor, record))
    gone = _remove_row(Follow, record, actor)
    if gone:
        _count(record, Record.follow_count, -1)
        emit(Unfollowed(actor=actor, subject=record))
    return gone


@operation
def tell_followers(
    record: Record,
    *,
    kind: str,
    actor: Any,
    data: dict[str, Any] | None = None,
    about: Record | None = None,
    but: Collection[int | None] = (),
) -> int:
    """Tell everybody who follows ``record``, but not the actor; returns how many.

    ``about`` is what the notification leads to where that is not ``record`` itself; ``but`` are told otherwise.
    """
    left_out = {getattr(actor, "id", None), *but}
    ids = [i for i in followers(record) if i not in left_out]
    return notify(ids, kind=kind, record=about or record, data=data)


def count_comment(comment: Comment, change: int) -> None:
    """Keep the counters of the discussion and of the comment that is answered."""
    _count(comment.subject, Record.comment_count, change)
    if comment.parent is not None:
        _count(comment.parent, Record.comment_count, change)


def _body(body: str) -> dict[str, str]:
    text = text_at("body", body, longest=LONGEST_COMMENT, missing=_EMPTY)
    with at_field("body"):
        return {"body_text": text, "body_html": markdown(text)}


def _stance(stance: Stance | str) -> Stance:
    try:
        return Stance(stance)
    except ValueError as unknown:
        raise Invalid(_l("Say whether you are for it, against it or neutral."), field="stance") from unknown


def _language(language: str) -> str:
    if language not in CONTENT:
        raise Invalid(_l("Choose the language you have written in."), field="language")
    return language


def _place(comment: Comment, parent: Comment | None) -> None:
    """Write where it stands in the thread. The deepest answers stand beside what they answer."""
    above = ""
    if parent is not None:
        above = parent.thread if parent.depth < DEEPEST else parent.thread.rsplit(".", 1)[0]
    thread = f"{above}.{comment.id:010d}".lstrip(".")
    table: Any = Comment.__table__
    db.session.execute(sa.update(table).where(table.c.id == comment.id).values(thread=thread))
    set_committed_value(comment, "thread", thread)


def _has_spoken(subject: Record, actor: Any) -> bool:
    mine = sa.select(Comment.id).where(Comment.subject_id == subject.id, Comment.author_id == actor.id)
    return db.session.scalar(mine.limit(1)) is not None


def _tell_of(comment: Comment, parent: Comment | None, actor: Any) -> None:
    subject, data = comment.subject, {"who": _speaker(comment, actor)}
    answered = parent.author_id if parent is not None and parent.author_id != actor.id else None
    notify([answered], kind="deliberation.reply", record=comment, data=data)
    owner = subject.author_id if subject.author_id not in (actor.id, answered) else None
    notify([owner], kind="deliberation.comment_on_yours", record=comment, data=data)
    tell_followers(
        subject, kind="deliberation.comment", actor=actor, data=data, about=comment, but=(answered, owner)
    )


def _speaker(comment: Comment, actor: Any) -> str:
    return str(comment.speaking_for.name if comment.speaking_for is not None else actor.name)


def _follow(record: Record, actor: Any) -> bool:
    new = _add_row(Follow, record, actor)
    if new:
        _count(record, Record.follow_count, 1)
    return new


def _add_row(kind: type[Support] | type[Follow], record: Record, actor: Any) -> bool:
    if actor.id is None:
        return False
    db.session.flush()
    values = {"user_id": actor.id, "record_id": record.id, "created_at": clock.now()}
    return insert_ignore(kind.__table__, values, index_elements=["user_id", "record_id"])


def _remove_row(kind: type[Support] | type[Follow], record: Record, actor: Any) -> bool:
    deleted = db.session.execute(
        sa.delete(kind).where(kind.user_id == actor.id, kind.record_id == record.id),
        execution_options={"preserve_rowcount": True, "synchronize_session": False},
    )
    return bool(getattr(deleted, "rowcount", 0) > 0)


def _count(record: Record, column: Any, change: int) -> None:
    """Change a counter without touching the version: a comment never spoils an edit."""
    table: Any = Record.__table__
    db.session.execute(
        sa.update(table).where(table.c.id == record.id).values({column.key: table.c[column.key] + change})
    )
    db.session.expire(record, [column.key])
