"""The outgoing mail queue."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import Base
from stakeholder_hub.kernel.personal import personal


class OutgoingMail(Base):
    """One message on its way. Sent at least once; ``message_id`` stays the same over every try."""

    __tablename__ = "outgoing_mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    recipient: Mapped[str] = mapped_column(String(254), info=personal("delivering this message", "month"))
    subject: Mapped[str] = mapped_column(String(300), info=personal("delivering this message", "month"))
    text: Mapped[str] = mapped_column(Text, info=personal("delivering this message", "month"))
    html: Mapped[str | None] = mapped_column(Text, info=personal("delivering this message", "month"))
    language: Mapped[str] = mapped_column(String(8), default="en")
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    next_try_at: Mapped[datetime | None] = mapped_column(default=clock.now, index=True)
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(300))
