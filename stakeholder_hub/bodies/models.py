"""Bodies, their competences, and what each level may usually decide."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stakeholder_hub.groups.models import Group, Organisation
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import ALWAYS_THERE, Base, enum_type
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.territories.models import Level, Territory


class BodyKind(StrEnum):
    """How a body stands to the tree of territories (Hooghe and Marks 2003: type I and type II governance)."""

    GENERAL_PURPOSE = "general_purpose"
    TASK_SPECIFIC = "task_specific"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            BodyKind.GENERAL_PURPOSE: _l("General-purpose body"),
            BodyKind.TASK_SPECIFIC: _l("Body for one task"),
        }[self]


class Topic(StrEnum):
    """What a matter is about."""

    HOUSING = "housing"
    PUBLIC_SERVICES = "public_services"
    EDUCATION = "education"
    CULTURE = "culture"
    JOBS = "jobs"
    MOBILITY = "mobility"
    HEALTH = "health"
    ENVIRONMENT = "environment"
    DIGITAL = "digital"
    FINANCE = "finance"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            Topic.HOUSING: _l("Housing"),
            Topic.PUBLIC_SERVICES: _l("Public services"),
            Topic.EDUCATION: _l("Education"),
            Topic.CULTURE: _l("Culture and leisure"),
            Topic.JOBS: _l("Jobs"),
            Topic.MOBILITY: _l("Mobility"),
            Topic.HEALTH: _l("Health"),
            Topic.ENVIRONMENT: _l("Environment"),
            Topic.DIGITAL: _l("Digital services"),
            Topic.FINANCE: _l("Taxes and budgets"),
        }[self]


class Strength(StrEnum):
    """What a competence allows, the strongest first."""

    DECIDES = "decides"
    SHARES = "shares"
    CARRIES_OUT = "carries_out"
    ADVISES = "advises"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            Strength.DECIDES: _l("decides"),
            Strength.SHARES: _l("decides together with others"),
            Strength.CARRIES_OUT: _l("carries out"),
            Strength.ADVISES: _l("advises"),
        }[self]

    @property
    def rank(self) -> int:
        """0 for the strongest."""
        return list(Strength).index(self)


class Body(Base):
    """Somebody with competences, in one territory: an organisation or a group, exactly one of the two.

    General-purpose bodies stand in the one tree of territories; task-specific ones lie across it and end with
    ``sunset_on`` (that day still belongs to them). ``acknowledge_days`` and ``answer_days`` are the published
    service standard: calendar days within which a matter is acknowledged, and answered, from the day it was sent.
    ``escalate_days``: how long after that an unanswered matter goes one level up. ``sunset_told_at``: when its
    coordinators were reminded of the end.
    """

    __tablename__ = "body"
    __table_args__ = (
        CheckConstraint("(organisation_id IS NULL) <> (group_id IS NULL)", name="organisation_or_group"),
        CheckConstraint("kind <> 'general_purpose' OR sunset_on IS NULL", name="sunset"),
        CheckConstraint("acknowledge_days > 0 AND answer_days >= acknowledge_days", name="service_standard"),
        CheckConstraint("escalate_days > 0", name="escalate_days"),
        UniqueConstraint("organisation_id"),
        UniqueConstraint("group_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[BodyKind] = mapped_column(enum_type(BodyKind, "body_kind"))
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"))
    remit: Mapped[Multilingual | None]
    acknowledge_days: Mapped[int] = mapped_column(default=14)
    answer_days: Mapped[int] = mapped_column(default=60)
    escalate_days: Mapped[int] = mapped_column(default=30)
    sunset_on: Mapped[date | None]
    sunset_told_at: Mapped[datetime | None]
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    archived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    territory: Mapped[Territory] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    organisation: Mapped[Organisation | None] = relationship(lazy="joined")
    group: Mapped[Group | None] = relationship(lazy="joined")
    competences: Mapped[list["Competence"]] = relationship(
        back_populates="body", order_by="Competence.id", cascade="all, delete-orphan"
    )

    __mapper_args__: dict[str, Any] = {"version_id_col": version}

    @property
    def name(self) -> Multilingual:
        """What it is called: as the organisation or group that it is."""
        if self.group is not None:
            return self.group.name
        assert self.organisation is not None  # noqa: S101 - held by the database
        return Multilingual.of(self.organisation.name, self.organisation.name_language)

    def is_active_on(self, day: date) -> bool:
        """Whether it can be asked and can answer on ``day``: neither it, nor what it is, nor its place has ended."""
        return (
            self.archived_at is None
            and (self.sunset_on is None or day <= self.sunset_on)
            and not self.territory.is_dissolved
            and (self.group is None or self.group.archived_at is None)
            and (self.organisation is None or self.organisation.archived_at is None)
        )


class Competence(Base):
    """What one body may do about a topic, and what that rests on (a law, a statute, an agreement)."""

    __tablename__ = "competence"
    __table_args__ = (
        UniqueConstraint("body_id", "topic"),
        Index("ix_competence_topic", "topic", "strength"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id", ondelete="CASCADE"))
    topic: Mapped[Topic] = mapped_column(enum_type(Topic, "topic"))
    strength: Mapped[Strength] = mapped_column(enum_type(Strength, "strength"), default=Strength.DECIDES)
    basis: Mapped[str] = mapped_column(Text, default="")
    basis_language: Mapped[str] = mapped_column(String(8), default="en")

    body: Mapped[Body] = relationship(back_populates="competences")


class LevelCompetence(Base):
    """What a level may usually do about a topic, in ``territory`` and below it (mostly a state)."""

    __tablename__ = "level_competence"
    __table_args__ = (UniqueConstraint("territory_id", "level", "topic"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id", ondelete="CASCADE"))
    level: Mapped[Level] = mapped_column(enum_type(Level, "level"))
    topic: Mapped[Topic] = mapped_column(enum_type(Topic, "topic"))
    strength: Mapped[Strength] = mapped_column(enum_type(Strength, "strength"), default=Strength.DECIDES)
    basis: Mapped[str] = mapped_column(Text, default="")
    basis_language: Mapped[str] = mapped_column(String(8), default="en")

    territory: Mapped[Territory] = relationship()
