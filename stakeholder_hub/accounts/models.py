"""People and what they began before they had an account."""

from datetime import datetime
from typing import Any, ClassVar

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import Base, enum_type
from stakeholder_hub.kernel.personal import personal
from stakeholder_hub.kernel.sectors import Sector


class User(Base, UserMixin):
    """One person, one account. ``email_key`` is the address as compared (case, IDN and dots folded)."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True, info=personal("signing in and being told"))
    email_key: Mapped[str] = mapped_column(String(254), unique=True, info=personal("one account per person"))
    password: Mapped[str | None] = mapped_column(String(255), info=personal("signing in"))
    name: Mapped[str] = mapped_column(String(80), info=personal("shown beside what the person writes"))
    active: Mapped[bool] = mapped_column(default=True)
    confirmed_at: Mapped[datetime | None]
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    us_totp_secrets: Mapped[str | None] = mapped_column(Text, info=personal("signing in by a mailed link"))
    us_phone_number: Mapped[str | None] = mapped_column(String(32), info=personal("never filled in"))
    language: Mapped[str] = mapped_column(String(8), default="en", info=personal("the language of mails"))
    home_territory_id: Mapped[int | None] = mapped_column(
        ForeignKey("territory.id", ondelete="SET NULL"), index=True, info=personal("what is shown first")
    )
    sector: Mapped[Sector] = mapped_column(
        enum_type(Sector, "sector"), default=Sector.CITIZEN, info=personal("representation by sector")
    )
    preferences: Mapped[dict[str, Any]] = mapped_column(default=dict, info=personal("how pages are shown"))
    mail_frequency: Mapped[str] = mapped_column(String(16), default="daily", info=personal("when to write"))
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    erased_at: Mapped[datetime | None]

    grants: Mapped[list[Any]] = relationship(
        "RoleGrant", foreign_keys="RoleGrant.user_id", back_populates="user", lazy="select"
    )
    home_territory: Mapped[Any] = relationship("Territory", foreign_keys=[home_territory_id], lazy="select")

    roles: ClassVar[tuple[()]] = ()  # type: ignore[assignment,misc]
    """Flask-Security's flat roles are not used: roles are held per territory or group."""


class SecurityRole(Base, RoleMixin):
    """Flask-Security asks for a role model; this installation keeps none in it."""

    __tablename__ = "security_role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)


class PendingContribution(Base):
    """What a visitor wrote before giving an address: kept until the link in the mail is opened.

    ``kind`` names the handler that turns ``payload`` into the contribution; ``token_hash`` is the SHA-256 of
    the token in the link, ``email`` is filled in at the last step.
    """

    __tablename__ = "pending_contribution"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(info=personal("finishing what was begun", "month"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str | None] = mapped_column(String(254), info=personal("finishing what was begun", "month"))
    language: Mapped[str] = mapped_column(String(8), default="en")
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class EndedSession(Base):
    """A session that was signed out of: a copy of its cookie opens nothing any more.

    ``key_hash`` is the SHA-256 of the random key in the session; rows go when no such cookie can be valid.
    """

    __tablename__ = "ended_session"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
