"""The one row that describes this installation."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import Base


class Installation(Base):
    """Name of the site and how far its first hour has come. There is exactly one row, with id 1."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str] = mapped_column(String(80), default="Stakeholder Hub")
    contact: Mapped[str | None] = mapped_column(String(254))
    setup_token_hash: Mapped[str | None] = mapped_column(String(64))
    setup_at: Mapped[datetime | None]
    demo_loaded_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
