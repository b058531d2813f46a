"""Comments, support and follows."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Verdict, refused
from stakeholder_hub.kernel.database import Base, enum_type
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.personal import personal
from stakeholder_hub.records.models import Moderation, Origin, Record, Voice


class Stance(StrEnum):
    """Where a comment stands towards what it is about."""

    FOR = "for"
    AGAINST = "against"
    NEUTRAL = "neutral"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {Stance.FOR: _l("For"), Stance.AGAINST: _l("Against"), Stance.NEUTRAL: _l("Neutral")}[self]


class Comment(Record):
    """Something said about a record. ``thread`` orders a whole discussion in one indexed read.

    ``thread`` is the chain of comment ids, zero-padded, ``0000000012.0000000031``; ``depth`` is at most 4:
    deeper answers stand beside what they answer.
    """

    __tablename__ = "comment"
    __table_args__ = (
        CheckConstraint("depth >= 0 AND depth <= 4", name="depth"),
        Index("ix_comment_subject_thread", "subject_id", "thread"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"), index=True)
    thread: Mapped[str] = mapped_column(Text, default="")
    depth: Mapped[int] = mapped_column(default=0)
    stance: Mapped[Stance] = mapped_column(enum_type(Stance, "stance"), default=Stance.NEUTRAL)
    body_text: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    edited_at: Mapped[datetime | None]

    subject: Mapped[Record] = relationship(foreign_keys=[subject_id])
    parent: Mapped["Comment | None"] = relationship(remote_side="Comment.id", foreign_keys=[parent_id])

    __mapper_args__: dict[str, Any] = {
        "polymorphic_identity": "comment",
        "inherit_condition": id == Record.id,
    }

    letter: ClassVar[str] = "K"
    kind_label: ClassVar[Reason] = _l("Comment")
    icon: ClassVar[str] = "comment"
    endpoint: ClassVar[str] = "deliberation.show"
    origin: ClassVar[Origin] = Origin(part_of="subject_id", label=_l("said about it"))
    voice: ClassVar[Voice] = Voice.AUTHOR
    state_labels: ClassVar[Mapping[str, Reason]] = {
        "published": _l("Published"),
        "withdrawn": _l("Withdrawn by its author"),
    }
    moves: ClassVar[Mapping[str, frozenset[str]]] = {"published": frozenset({"withdrawn"})}

    @property
    def counts(self) -> bool:
        """Whether it is one of those the subject's counter counts: neither withdrawn nor hidden."""
        return self.state == "published" and self.moderation is not Moderation.HIDDEN

    @property
    def anchor(self) -> str:
        """Its place on the page of the discussion."""
        return f"c-{self.reference}"

    def takes_support(self, actor: Any) -> Verdict:
        """A comment that stands is supported as long as the discussion is open."""
        if self.state != "published":
            return refused(_l("This comment has been withdrawn by its author."))
        return self.subject.takes_comments(actor)


class Support(Base):
    """One person supports one record, once."""

    __tablename__ = "support"
    __table_args__ = (Index("ix_support_record", "record_id"),)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, info=personal("one support per person")
    )
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Follow(Base):
    """One person wants to be told what becomes of one record."""

    __tablename__ = "follow"
    __table_args__ = (Index("ix_follow_record", "record_id"),)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, info=personal("telling what happened")
    )
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
