"""Territories and roles."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stakeholder_hub.accounts.models import User
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import TREE_PATH, Base, enum_type
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.personal import personal
from stakeholder_hub.kernel.sectors import Sector


class Level(StrEnum):
    """The level of government of a territory."""

    TRANSNATIONAL = "transnational"
    NATIONAL = "national"
    REGIONAL = "regional"
    LOCAL = "local"

    @property
    def label(self) -> Reason:
        """The level's name in the reader's language."""
        return _LEVELS[self]

    @property
    def rank(self) -> int:
        """0 for the widest level; a child has a higher rank than its parent."""
        return list(Level).index(self)


_LEVELS: dict[Level, Reason] = {
    Level.TRANSNATIONAL: _l("Transnational"),
    Level.NATIONAL: _l("National"),
    Level.REGIONAL: _l("Regional"),
    Level.LOCAL: _l("Local"),
}


class Territory(Base):
    """A node of the tree.

    ``path`` is the chain of ids from the root, ``/1/5/9/``: the ancestors are read off it without a query, and
    a subtree is one index range (see ``queries.within``). ``code`` begins every reference (``VEL-2026-P12``).
    """

    __tablename__ = "territory"
    __table_args__ = (
        CheckConstraint("latitude IS NULL OR (latitude >= -90 AND latitude <= 90)", name="latitude"),
        CheckConstraint("longitude IS NULL OR (longitude >= -180 AND longitude <= 180)", name="longitude"),
        CheckConstraint("population IS NULL OR population >= 0", name="population"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"), index=True)
    path: Mapped[str] = mapped_column(TREE_PATH, index=True, default="/")
    level: Mapped[Level] = mapped_column(enum_type(Level, "level"), index=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    name: Mapped[Multilingual]
    description: Mapped[Multilingual | None]
    country: Mapped[str | None] = mapped_column(String(2))
    timezone: Mapped[str] = mapped_column(String(60), default="UTC")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    population: Mapped[int | None]
    default_language: Mapped[str] = mapped_column(String(8), default="en")
    languages: Mapped[list[str]] = mapped_column(default=list)
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    version: Mapped[int] = mapped_column(default=1)

    parent: Mapped["Territory | None"] = relationship(remote_side="Territory.id", back_populates="children")
    children: Mapped[list["Territory"]] = relationship(back_populates="parent")

    __mapper_args__: dict[str, Any] = {"version_id_col": version}

    @property
    def ancestor_ids(self) -> list[int]:
        """Ids from the root down to the parent, read off the path."""
        return [int(part) for part in self.path.strip("/").split("/") if part][:-1]

    @property
    def lineage_ids(self) -> list[int]:
        """Ids from the root down to this territory itself."""
        return [*self.ancestor_ids, self.id]


class TerritorySlug(Base):
    """A slug a territory used to have: its old address redirects."""

    __tablename__ = "territory_slug"

    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id", ondelete="CASCADE"), index=True)


class Role(StrEnum):
    """What a person may do in a territory (and below it) or in a group."""

    ADMIN = "admin"
    COORDINATOR = "coordinator"
    MODERATOR = "moderator"
    MEMBER = "member"
    OBSERVER = "observer"

    @property
    def label(self) -> Reason:
        """The role's name in the reader's language."""
        return _ROLES[self]


_ROLES: dict[Role, Reason] = {
    Role.ADMIN: _l("Administrator"),
    Role.COORDINATOR: _l("Coordinator"),
    Role.MODERATOR: _l("Moderator"),
    Role.MEMBER: _l("Member"),
    Role.OBSERVER: _l("Observer"),
}


class RoleGrant(Base):
    """The role a person holds in a territory or in a group: exactly one of the two.

    In a group, ``sector`` is whom the person stands for at this table.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("(territory_id IS NULL) <> (group_id IS NULL)", name="territory_or_group"),
        UniqueConstraint("user_id", "territory_id"),
        UniqueConstraint("user_id", "group_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), info=personal("who may do what")
    )
    role: Mapped[Role] = mapped_column(enum_type(Role, "role"))
    territory_id: Mapped[int | None] = mapped_column(
        ForeignKey("territory.id", ondelete="CASCADE"), index=True
    )
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"), index=True)
    sector: Mapped[Sector | None] = mapped_column(
        enum_type(Sector, "sector"), info=personal("representation by sector")
    )
    granted_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("who gave the role", "record")
    )
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    user: Mapped[User] = relationship(foreign_keys=[user_id], back_populates="grants", lazy="select")
    territory: Mapped[Territory | None] = relationship(lazy="joined")
