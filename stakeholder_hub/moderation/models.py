"""Reports of readers and what became of them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stakeholder_hub.accounts.models import User
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import Base, enum_type
from stakeholder_hub.kernel.personal import personal
from stakeholder_hub.records.models import Record


class ReportOutcome(StrEnum):
    """What a moderator made of a report."""

    OPEN = "open"
    HIDDEN = "hidden"
    KEPT = "kept"


class Report(Base):
    """A reader says that a record breaks the rules; one report per person and record."""

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("record_id", "reporter_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    reporter_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("telling the outcome", "quarter")
    )
    reason: Mapped[str] = mapped_column(String(500))
    outcome: Mapped[ReportOutcome] = mapped_column(
        enum_type(ReportOutcome, "outcome"), default=ReportOutcome.OPEN, index=True
    )
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("who answers for the decision", "record")
    )

    record: Mapped[Record] = relationship()
    reporter: Mapped[User | None] = relationship(foreign_keys=[reporter_id])
