"""The search index."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import Base
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.records.models import Record
from stakeholder_hub.territories.models import Territory


class SearchEntry(Base):
    """One findable thing: a record, a territory, a group or an organisation.

    ``title`` and ``excerpt`` are what a hit shows; ``title_words`` and ``text`` are what is looked through: words
    without accents and case, parted by single spaces, so that ``veszprem`` finds Veszprém. ``slug`` is the address of
    what is not a record. ``weight`` lifts what people more often look for. The full-text index over both is made by
    ``ddl``, for each database its own.
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
    slug: Mapped[str | None] = mapped_column(String(120))
    title: Mapped[Multilingual]
    excerpt: Mapped[str] = mapped_column(Text, default="")
    excerpt_language: Mapped[str] = mapped_column(String(8), default="en")
    title_words: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    weight: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)

    record: Mapped[Record | None] = relationship()
    territory: Mapped[Territory | None] = relationship()
