"""Kept counts of consultations and of closed ballots, so that a page about a thousand places counts nothing."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from stakeholder_hub.kernel.database import Base


class ContributionCount(Base):
    """What stands in a consultation: proposals and comments that are neither withdrawn nor hidden, the supports of
    them, and the votes of its closed ballots. Kept by atomic updates; how many people took part stands with the
    consultation itself.
    """

    __tablename__ = "contribution_count"
    __table_args__ = (
        CheckConstraint("proposals >= 0 AND comments >= 0 AND supports >= 0 AND votes >= 0", name="counters"),
    )

    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), primary_key=True
    )
    proposals: Mapped[int] = mapped_column(default=0)
    comments: Mapped[int] = mapped_column(default=0)
    supports: Mapped[int] = mapped_column(default=0)
    votes: Mapped[int] = mapped_column(default=0)


class BallotCount(Base):
    """The figures of a closed ballot; there is none before the close. ``figures`` by position on the ballot,
    ``chosen`` the positions that were chosen, none where the result does not bind.
    """

    __tablename__ = "ballot_count"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"), primary_key=True)
    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), index=True
    )
    voters: Mapped[int]
    figures: Mapped[dict[str, Any]]
    chosen: Mapped[list[int]]
    closed_at: Mapped[datetime]
