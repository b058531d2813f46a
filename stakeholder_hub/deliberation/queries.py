"""Reading discussions: a constant number of statements, however long they are."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, load_only, raiseload
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql import Select

from stakeholder_hub.accounts.models import User
from stakeholder_hub.deliberation.models import Comment, Follow, Stance, Support
from stakeholder_hub.deliberation.policy import is_fresh, open_to_comments, open_to_support, standing
from stakeholder_hub.groups.models import Organisation
from stakeholder_hub.groups.queries import organisations_spoken_for
from stakeholder_hub.kernel.authorization import Actor, Verdict, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound, Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.records.models import Moderation, Record
from stakeholder_hub.records.policy import may_see
from stakeholder_hub.territories.policy import moderates
from stakeholder_hub.webkit.paging import Order, Page, paginate

PAGE = 50
ROOT_DIGITS = 10


class Sorting(StrEnum):
    """In which order a discussion is read. Answers always stand under what they answer."""

    OLDEST = "oldest"
    NEWEST = "newest"
    SUPPORTED = "supported"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            Sorting.OLDEST: _l("Oldest first"),
            Sorting.NEWEST: _l("Newest first"),
            Sorting.SUPPORTED: _l("Most supported first"),
        }[self]


@dataclass
class Branch:
    """A comment on the page and the answers to it that stand on the same page."""

    comment: Comment
    supported: bool = False
    answers: list["Branch"] = field(default_factory=list)


@dataclass(frozen=True)
class Discussion:
    """What is said about ``subject``, and what the reader may add to it."""

    subject: Record
    branches: Sequence[Branch]
    sorting: Sorting
    next_url: str | None
    prev_url: str | None
    stances: dict[Stance, int]
    may_comment: Verdict
    may_support: Verdict
    actor: Any
    moderating: bool
    supported: bool
    following: bool
    organisations: Sequence[Organisation]

    @property
    def total(self) -> int:
        """How many comments stand."""
        return self.subject.comment_count

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing on this page."""
        return not self.branches

    def shows(self, comment: Comment) -> bool:
        """Whether the reader is shown what the comment says: not when withdrawn, nor to strangers when hidden."""
        if comment.state != "published":
            return False
        return comment.moderation is not Moderation.HIDDEN or self.moderating or self.is_own(comment)

    def is_own(self, comment: Comment) -> bool:
        """Whether the reader wrote it."""
        return comment.author_id is not None and comment.author_id == self.actor.id

    def may_edit(self, comment: Comment) -> bool:
        """Whether the reader may still change it: asked without a statement."""
        if not self.is_own(comment) or not self.may_comment or not standing(comment):
            return False
        return is_fresh(comment) or comment.comment_count == 0

    @property
    def sortings(self) -> tuple[Sorting, ...]:
        """The orders there are."""
        return tuple(Sorting)


def discussion_of(record: Record, actor: Actor, *, sorting: Sorting = Sorting.OLDEST) -> Discussion:
    """The page of the discussion that is asked for by ``after`` and ``before``, in the order of ``sorting``.

    The actor is known to see ``record``. One statement for a visitor, four for others.
    """
    stances = stances_of(record)
    statement = comments_of(record).join(stances, sa.true()).add_columns(*stances.c)
    page: Page[Any] = paginate(statement, *_order(sorting), size=PAGE, rows=True)
    comments: list[Comment] = [row[0] for row in page.items]
    counted = page.items[0][1:] if page.items else (0,) * len(Stance)
    for comment in comments:
        # The thread shares its subject's place and group: no statement may be spent on asking for them again.
        set_committed_value(comment, "subject", record)
        set_committed_value(comment, "territory", record.territory)
    ids = [comment.id for comment in comments]
    supported = supported_by(actor, [record.id, *ids])
    return Discussion(
        subject=record,
        branches=branches(comments, supported),
        sorting=sorting,
        next_url=_at_discussion(page.next_url),
        prev_url=_at_discussion(page.prev_url),
        stances=dict(zip(Stance, map(int, counted), strict=True)),
        may_comment=open_to_comments(actor, record),
        may_support=open_to_support(actor, record),
        actor=actor,
        moderating=moderates(actor, record),
        supported=record.id in supported,
        following=is_following(record, actor),
        organisations=organisations_spoken_for(actor) if actor.is_authenticated else (),
    )


def discussion_around(comment: Comment, actor: Actor) -> Discussion:
    """The one thread that ``comment`` stands in, from its first comment on: for the page of a single comment."""
    record, root = comment.subject, comment.thread[:ROOT_DIGITS]
    statement = comments_of(record).where(Comment.thread >= root, Comment.thread < root + "/")
    found = db.session.scalars(statement.order_by(Comment.thread).limit(2 * PAGE)).all()
    if all(item.id != comment.id for item in found):
        found = [*found, comment]
    for item in found:
        set_committed_value(item, "subject", record)
        set_committed_value(item, "territory", record.territory)
    supported = supported_by(actor, [record.id, *[item.id for item in found]])
    return Discussion(
        subject=record,
        branches=branches(found, supported),
        sorting=Sorting.OLDEST,
        next_url=None,
        prev_url=None,
        stances={},
        may_comment=open_to_comments(actor, record),
        may_support=open_to_support(actor, record),
        actor=actor,
        moderating=moderates(actor, record),
        supported=record.id in supported,
        following=is_following(record, actor),
        organisations=(),
    )


def comments_of(record: Record) -> Select[Comment]:
    """Every comment about ``record`` with who wrote it: hidden and withdrawn ones keep their place."""
    return (
        sa.select(Comment)
        .where(Comment.subject_id == record.id)
        .options(
            joinedload(Comment.author).load_only(User.name, User.sector, User.erased_at),
            joinedload(Comment.speaking_for).options(
                load_only(Organisation.name, Organisation.sector, Organisation.slug),
                raiseload(Organisation.territory),
            ),
        )
    )


def branches(comments: Sequence[Comment], supported: set[int]) -> list[Branch]:
    """Answers put under what they answer, as far as that stands on the same page; the others stand alone."""
    placed: dict[str, Branch] = {}
    roots: list[Branch] = []
    for comment in comments:
        branch = Branch(comment, comment.id in supported)
        placed[comment.thread] = branch
        above = placed.get(comment.thread.rpartition(".")[0])
        (above.answers if above is not None else roots).append(branch)
    return roots


def stances_of(record: Record) -> sa.Subquery:
    """How many of the comments that stand are for, against and neutral: a row to be joined, a column for each."""
    number = {
        stance: sa.func.coalesce(sa.func.sum(sa.case((Comment.stance == stance, 1), else_=0)), 0)
        for stance in Stance
    }
    return (
        sa.select(*[column.label(stance.value) for stance, column in number.items()])
        .where(
            Comment.subject_id == record.id,
            Comment.state == "published",
            Comment.moderation == Moderation.VISIBLE,
        )
        .subquery("stances")
    )


def load_comment(reference: str, actor: Actor) -> Comment:
    """The comment with this reference if the actor may see what it is about, hidden ones too: they keep their place.

    Raises:
        NotFound: there is none, or none that this person may know of.
    """
    found = db.session.scalar(
        comments_of_any().where(Comment.reference == reference).options(joinedload(Comment.subject))
    )
    if found is None:
        raise NotFound()
    require(may_see(actor, found.subject))
    return found


def comments_of_any() -> Select[Comment]:
    """Comments with who wrote them."""
    return sa.select(Comment).options(
        joinedload(Comment.author).load_only(User.name, User.sector, User.erased_at),
        joinedload(Comment.speaking_for),
    )


def followers(record: Record) -> Sequence[int]:
    """Ids of those who want to be told what becomes of ``record``."""
    return db.session.scalars(
        sa.select(Follow.user_id).where(Follow.record_id == record.id).order_by(Follow.user_id)
    ).all()


def is_following(record: Record, actor: Actor) -> bool:
    """Whether the actor is told what becomes of ``record``."""
    if not actor.is_authenticated:
        return False
    found = sa.select(Follow.user_id).where(Follow.user_id == actor.id, Follow.record_id == record.id)
    return db.session.scalar(found) is not None


def followed_by(actor: Actor) -> Select[Record]:
    """The records the actor follows; the caller adds who may see them."""
    return sa.select(Record).join(Follow, Follow.record_id == Record.id).where(Follow.user_id == actor.id)


def supported_by(actor: Actor, record_ids: Sequence[int]) -> set[int]:
    """Which of these records the actor supports: for lists. One statement, none for visitors."""
    if not actor.is_authenticated or not record_ids:
        return set()
    found = sa.select(Support.record_id).where(Support.user_id == actor.id, Support.record_id.in_(record_ids))
    return set(db.session.scalars(found))


def _order(sorting: Sorting) -> tuple[Order, ...]:
    if sorting is Sorting.OLDEST:
        return (Order(Comment.thread),)
    root = sa.cast(sa.func.substr(Comment.thread, 1, ROOT_DIGITS), sa.BigInteger)
    if sorting is Sorting.NEWEST:
        return Order(root, descending=True), Order(Comment.thread)
    first = aliased(Record.__table__, name="first_of_thread")
    support = sa.select(first.c.support_count).where(first.c.id == root).correlate(Comment).scalar_subquery()
    return Order(support, descending=True), Order(root, descending=True), Order(Comment.thread)


def _at_discussion(url: str | None) -> str | None:
    return f"{url}#discussion" if url else None
