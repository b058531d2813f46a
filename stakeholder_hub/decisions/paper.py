"""Ballots on paper: batches that two people enter, each without seeing what the other read."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stakeholder_hub.decisions.models import Ballot, Elector
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import Base, enum_type
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.personal import personal


class BatchState(StrEnum):
    """How far a batch is; only an agreed one is counted."""

    ONCE = "once"
    DIFFERS = "differs"
    AGREED = "agreed"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            BatchState.ONCE: _l("Entered once"),
            BatchState.DIFFERS: _l("The two entries differ"),
            BatchState.AGREED: _l("Agreed"),
        }[self]


class PaperBatch(Base):
    """A pile of paper ballots, such as those of one box."""

    __tablename__ = "paper_batch"
    __table_args__ = (UniqueConstraint("ballot_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    state: Mapped[BatchState] = mapped_column(enum_type(BatchState, "state"), default=BatchState.ONCE)
    first_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"),
        index=True,
        info=personal("who entered paper ballots", "record"),
    )
    second_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"),
        index=True,
        info=personal("who entered paper ballots", "record"),
    )
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    ballot: Mapped[Ballot] = relationship()
    sheets: Mapped[list["PaperSheet"]] = relationship(order_by="PaperSheet.number", passive_deletes=True)


class PaperSheet(Base):
    """One sheet as it was read: the first time (1), the second time (2), and as it was settled where they differed
    (3).
    """

    __tablename__ = "paper_sheet"
    __table_args__ = (CheckConstraint("entry BETWEEN 1 AND 3", name="entry"),)

    batch_id: Mapped[int] = mapped_column(ForeignKey("paper_batch.id", ondelete="CASCADE"), primary_key=True)
    entry: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    line: Mapped[str] = mapped_column(Text)


class Crossing(Base):
    """Somebody on the roll was handed a ballot on paper, and votes online no more; nothing of what they choose.

    It stands until it is taken back, with a reason. That it stands only once is held by :attr:`Elector.way`.
    """

    __tablename__ = "crossing"
    __table_args__ = (
        ForeignKeyConstraint(
            ["ballot_id", "elector_key"], ["elector.ballot_id", "elector.key"], ondelete="CASCADE"
        ),
        CheckConstraint("undone_at IS NULL OR undone_reason <> ''", name="undone_has_reason"),
        Index("ix_crossing_elector", "ballot_id", "elector_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"))
    elector_key: Mapped[str] = mapped_column(String(64))
    crossed_at: Mapped[datetime] = mapped_column(default=clock.now)
    crossed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"),
        index=True,
        info=personal("who handed out ballots on paper", "record"),
    )
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"),
        index=True,
        info=personal("who handed out ballots on paper", "record"),
    )
    undone_reason: Mapped[str] = mapped_column(Text, default="")

    ballot: Mapped[Ballot] = relationship(foreign_keys=[ballot_id], overlaps="elector")
    elector: Mapped[Elector] = relationship(overlaps="ballot")
