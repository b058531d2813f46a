"""Rows that pages need for themselves."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import Base


class IdempotencyKey(Base):
    """A form that was sent: sending it again leads to what the first sending made. Kept for two days."""

    __tablename__ = "idempotency_key"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    actor_key: Mapped[str] = mapped_column(String(64))
    location: Mapped[str | None] = mapped_column(String(2000))
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
