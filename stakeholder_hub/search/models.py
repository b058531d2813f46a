"""The search index."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import Base


class SearchEntry(Base):
    """One findable thing: a record, a territory, a group or an organisation.

    ``text`` is folded (no accents, no case), so that ``veszprem`` finds Veszprém; ``weight`` lifts what
    people more often look for. Full-text indexes over it are made by the migration for each database.
    """

    __tablename__ = "search_entry"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id"),
        Index("ix_search_entry_record", "record_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"))
    territory_id: Mapped[int | None] = mapped_column(
        ForeignKey("territory.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str] = mapped_column(String(400))
    text: Mapped[str] = mapped_column(Text)
    weight: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
