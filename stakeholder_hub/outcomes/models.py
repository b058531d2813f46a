"""Who shows their contributions to everyone on one page."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import Base
from stakeholder_hub.kernel.personal import personal


class ContributionPage(Base):
    """A person lets everybody read on one page what they said in public. ``address`` is drawn anew each time."""

    __tablename__ = "contribution_page"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"),
        unique=True,
        info=personal("showing one's contributions on one page"),
    )
    address: Mapped[str] = mapped_column(String(32), unique=True)
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)

    user: Mapped[Any] = relationship("User")


class Tally(Base):
    """How many of a consultation's proposals have something in common: kept, so that few rows tell of a place.

    Counted is what everybody who sees the consultation may read. ``year`` is when they were put forward, in the
    place's zone, ``heading`` the slug of their category. ``measure`` is ``state:<state>``, or ``answered``, ``done``
    (``value``: after how many whole days) or ``waiting`` (``value``: since which day, as an ordinal).
    """

    __tablename__ = "outcome_tally"

    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), primary_key=True
    )
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    heading: Mapped[str] = mapped_column(String(80), primary_key=True)
    measure: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]


class Changed(Base):
    """Something changed in a consultation since it was counted. Until it is counted anew, it is counted as it is read.

    A row for each change, and only rows that were seen are taken away: a change that is not yet committed while the
    count runs is never lost.
    """

    __tablename__ = "outcome_changed"

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), index=True
    )
