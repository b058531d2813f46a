"""Working groups, organisations, mandates and invitations."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stakeholder_hub.accounts.models import User
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import ALWAYS_THERE, Base, enum_type
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.personal import personal
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.territories.models import Role, RoleGrant, Territory


class GroupKind(StrEnum):
    """What a group is for."""

    LOCAL_STAKEHOLDER_GROUP = "local_stakeholder_group"
    STEERING_COMMITTEE = "steering_committee"
    THEMATIC_GROUP = "thematic_group"
    PUBLIC_BODY = "public_body"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            GroupKind.LOCAL_STAKEHOLDER_GROUP: _l("Local stakeholder group"),
            GroupKind.STEERING_COMMITTEE: _l("Steering committee"),
            GroupKind.THEMATIC_GROUP: _l("Thematic group"),
            GroupKind.PUBLIC_BODY: _l("Public body"),
        }[self]


class Group(Base):
    """A working group of a territory. Who belongs to it, and in which role, is held in its role grants."""

    __tablename__ = "group"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"), index=True)
    kind: Mapped[GroupKind] = mapped_column(
        enum_type(GroupKind, "group_kind"), default=GroupKind.LOCAL_STAKEHOLDER_GROUP
    )
    name: Mapped[Multilingual]
    purpose_text: Mapped[str] = mapped_column(Text, default="")
    purpose_html: Mapped[str] = mapped_column(Text, default="")
    purpose_language: Mapped[str] = mapped_column(String(8), default="en")
    open_to_join: Mapped[bool] = mapped_column(default=False)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    archived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    territory: Mapped[Territory] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    memberships: Mapped[list[RoleGrant]] = relationship(
        RoleGrant, foreign_keys=RoleGrant.group_id, order_by=RoleGrant.id
    )
    targets: Mapped[list["SectorTarget"]] = relationship(back_populates="group", cascade="all, delete-orphan")

    __mapper_args__: dict[str, Any] = {"version_id_col": version}


class SectorTarget(Base):
    """The share of seats, in percent, that a group means a sector to have."""

    __tablename__ = "sector_target"
    __table_args__ = (CheckConstraint("share >= 0 AND share <= 100", name="share"),)

    group_id: Mapped[int] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"), primary_key=True)
    sector: Mapped[Sector] = mapped_column(enum_type(Sector, "sector"), primary_key=True)
    share: Mapped[int]

    group: Mapped[Group] = relationship(back_populates="targets")


class Organisation(Base):
    """A body of one sector in one territory. It speaks through delegates, never through a shared login."""

    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint("sector <> 'citizen'", name="one_of_the_four_sectors"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    name_language: Mapped[str] = mapped_column(String(8), default="en")
    sector: Mapped[Sector] = mapped_column(enum_type(Sector, "sector"), index=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"), index=True)
    description_text: Mapped[str] = mapped_column(Text, default="")
    description_html: Mapped[str] = mapped_column(Text, default="")
    website: Mapped[str | None] = mapped_column(String(300))
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    archived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    territory: Mapped[Territory] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    mandates: Mapped[list["Mandate"]] = relationship(back_populates="organisation", order_by="Mandate.id")

    __mapper_args__: dict[str, Any] = {"version_id_col": version}


class GroupOrganisation(Base):
    """An organisation that sits at a group's table."""

    __tablename__ = "group_organisation"

    group_id: Mapped[int] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Mandate(Base):
    """The dated right of a named person to speak for an organisation. Both days belong to it."""

    __tablename__ = "mandate"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        Index("ix_mandate_user", "user_id"),
        Index("ix_mandate_organisation", "organisation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), info=personal("who may speak for the organisation")
    )
    position: Mapped[str] = mapped_column(String(120), default="", info=personal("shown with the name"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    organisation: Mapped[Organisation] = relationship(back_populates="mandates")
    user: Mapped[User] = relationship()

    def is_valid_on(self, day: date) -> bool:
        """Whether the mandate is in force on ``day``."""
        return (
            self.revoked_at is None
            and self.starts_on <= day
            and (self.ends_on is None or day <= self.ends_on)
        )


class Invitation(Base):
    """A way into a group: for one address (used once), or a link for many until it expires.

    ``token_hash`` is the SHA-256 of the token in the link; ``email_key`` is set for a personal one.
    """

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("group_id", "email_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str | None] = mapped_column(String(254), info=personal("inviting this person", "quarter"))
    email_key: Mapped[str | None] = mapped_column(String(254), info=personal("inviting once", "quarter"))
    name: Mapped[str | None] = mapped_column(String(80), info=personal("addressing this person", "quarter"))
    role: Mapped[Role] = mapped_column(enum_type(Role, "role"), default=Role.MEMBER)
    sector: Mapped[Sector | None] = mapped_column(enum_type(Sector, "sector"))
    created_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("who invited", "record")
    )
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    uses: Mapped[int] = mapped_column(default=0)

    group: Mapped[Group] = relationship()
