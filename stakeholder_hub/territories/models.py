"""Territories and roles."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
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

    A place that no longer exists stays, with all its records: ``dissolved_on`` is the first day without it. Merged into
    ``successor``, it hangs below that one, so that whatever is asked of the successor's subtree finds its records too.
    """

    __tablename__ = "territory"
    __table_args__ = (
        CheckConstraint("latitude IS NULL OR (latitude >= -90 AND latitude <= 90)", name="latitude"),
        CheckConstraint("longitude IS NULL OR (longitude >= -180 AND longitude <= 180)", name="longitude"),
        CheckConstraint("population IS NULL OR population >= 0", name="population"),
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
        CheckConstraint("successor_id <> id", name="not_its_own_successor"),
        CheckConstraint("successor_id IS NULL OR dissolved_on IS NOT NULL", name="successor"),
        CheckConstraint("path = '/' OR path LIKE '%/' || CAST(id AS VARCHAR(20)) || '/'", name="path"),
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
    dissolved_on: Mapped[date | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)

    parent: Mapped["Territory | None"] = relationship(
        remote_side="Territory.id", foreign_keys=[parent_id], back_populates="children"
    )
    children: Mapped[list["Territory"]] = relationship(foreign_keys=[parent_id], back_populates="parent")
    successor: Mapped["Territory | None"] = relationship(
        remote_side="Territory.id", foreign_keys=[successor_id]
    )

    __mapper_args__: dict[str, Any] = {"version_id_col": version}

    @property
    def ancestor_ids(self) -> list[int]:
        """Ids from the root down to the parent, read off the path."""
        return [int(part) for part in self.path.strip("/").split("/") if part][:-1]

    @property
    def lineage_ids(self) -> list[int]:
        """Ids from the root down to this territory itself."""
        return [*self.ancestor_ids, self.id]

    @property
    def is_dissolved(self) -> bool:
        """Whether it exists no more: what it was can be read, nothing new begins in it."""
        return self.dissolved_on is not None


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


class ChangeKind(StrEnum):
    """What can become of a place."""

    MOVED = "moved"
    MERGED = "merged"
    DISSOLVED = "dissolved"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            ChangeKind.MOVED: _l("Moved"),
            ChangeKind.MERGED: _l("Merged"),
            ChangeKind.DISSOLVED: _l("Dissolved"),
        }[self]


class TerritoryChange(Base):
    """A move, merger or dissolution, with the ``day`` from which it holds in the place's zone: history, or a plan.

    ``into`` is the new parent of what moves, or the place that something is merged into. A plan is carried out on its
    day, unless it is called off; where it cannot be, ``obstacle`` says why. One plan at a time waits for each place.
    """

    __tablename__ = "territory_change"
    __table_args__ = (
        CheckConstraint("kind = 'dissolved' OR into_id IS NOT NULL", name="into"),
        CheckConstraint("into_id <> territory_id", name="into_another"),
        CheckConstraint("carried_out_at IS NULL OR called_off_at IS NULL", name="done_or_called_off"),
        Index(
            "uq_territory_change_waiting",
            "territory_id",
            unique=True,
            sqlite_where=text("carried_out_at IS NULL AND called_off_at IS NULL"),
            postgresql_where=text("carried_out_at IS NULL AND called_off_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id", ondelete="CASCADE"), index=True)
    kind: Mapped[ChangeKind] = mapped_column(enum_type(ChangeKind, "change_kind"))
    day: Mapped[date]
    from_parent_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id", ondelete="SET NULL"))
    into_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    reason_language: Mapped[str] = mapped_column(String(8), default="en")
    planned_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("who changed the tree", "record")
    )
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    carried_out_at: Mapped[datetime | None]
    called_off_at: Mapped[datetime | None]
    obstacle: Mapped[str] = mapped_column(Text, default="")

    territory: Mapped[Territory] = relationship(foreign_keys=[territory_id])
    from_parent: Mapped[Territory | None] = relationship(foreign_keys=[from_parent_id])
    into: Mapped[Territory | None] = relationship(foreign_keys=[into_id])
    successors: Mapped[list[Territory]] = relationship(
        secondary="territory_change_successor", order_by=Territory.path, viewonly=False
    )

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to be carried out."""
        return self.carried_out_at is None and self.called_off_at is None


class ChangeSuccessor(Base):
    """A place that took over a part of one that was dissolved."""

    __tablename__ = "territory_change_successor"

    change_id: Mapped[int] = mapped_column(
        ForeignKey("territory_change.id", ondelete="CASCADE"), primary_key=True
    )
    territory_id: Mapped[int] = mapped_column(
        ForeignKey("territory.id", ondelete="CASCADE"), primary_key=True, index=True
    )
