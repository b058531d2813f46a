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

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"),
        primary_key=True,
        info=personal("showing one's contributions on one page"),
    )
    address: Mapped[str] = mapped_column(String(32), unique=True)
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)

    user: Mapped[Any] = relationship("User")
