"""Consultations, their phases and categories."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import ALLOWED, Verdict, refused
from stakeholder_hub.kernel.database import Base, enum_type
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.personal import personal
from stakeholder_hub.records.models import Origin, Record, Visibility


class Activity(StrEnum):
    """What participants can do in a phase."""

    PROPOSALS = "proposals"
    SUPPORT = "support"
    DISCUSSION = "discussion"
    BALLOT = "ballot"
    REVIEW = "review"
    RESULTS = "results"

    @property
    def label(self) -> Reason:
        """What a participant can do, as an invitation."""
        return {
            Activity.PROPOSALS: _l("Put forward proposals"),
            Activity.SUPPORT: _l("Support proposals"),
            Activity.DISCUSSION: _l("Discuss"),
            Activity.BALLOT: _l("Vote"),
            Activity.REVIEW: _l("The group reviews and answers"),
            Activity.RESULTS: _l("Follow what becomes of it"),
        }[self]


class ConsultationState(StrEnum):
    """Draft, published, closed, archived: in this order."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    ARCHIVED = "archived"


class Template(StrEnum):
    """What a consultation began from."""

    IDEAS = "ideas"
    DRAFT_REVIEW = "draft_review"
    BUDGET = "budget"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            Template.IDEAS: _l("Collect ideas"),
            Template.DRAFT_REVIEW: _l("Consult on a draft"),
            Template.BUDGET: _l("Participatory budget"),
        }[self]


class Consultation(Record):
    """A dated process a group runs in a territory.

    ``title`` (of the record) is its name; ``audience`` is who may read it once it is published, while the
    record's ``visibility`` is what holds now. Amounts are integers in hundredths of ``currency``.
    ``summary`` is what the group says came of it, written at the close.
    """

    __tablename__ = "consultation"
    __table_args__ = (
        CheckConstraint("budget IS NULL OR budget >= 0", name="budget"),
        UniqueConstraint("import_digest"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    question: Mapped[Multilingual]
    background_text: Mapped[Multilingual]
    background_html: Mapped[Multilingual]
    audience: Mapped[Visibility] = mapped_column(
        enum_type(Visibility, "visibility"), default=Visibility.PUBLIC
    )
    template: Mapped[Template] = mapped_column(enum_type(Template, "template"), default=Template.IDEAS)
    timezone: Mapped[str] = mapped_column(String(60), default="UTC")
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    budget: Mapped[int | None] = mapped_column(BigInteger)
    published_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    starts_at: Mapped[datetime | None] = mapped_column(index=True)
    ends_at: Mapped[datetime | None] = mapped_column(index=True)
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("consultation.id"))
    import_digest: Mapped[str | None] = mapped_column(String(64))
    summary_text: Mapped[Multilingual | None]
    summary_html: Mapped[Multilingual | None]
    proposal_count: Mapped[int] = mapped_column(default=0)
    participant_count: Mapped[int] = mapped_column(default=0)

    phases: Mapped[list["Phase"]] = relationship(
        back_populates="consultation", order_by="Phase.position", cascade="all, delete-orphan"
    )
    categories: Mapped[list["Category"]] = relationship(
        back_populates="consultation", order_by="Category.position", cascade="all, delete-orphan"
    )

    __mapper_args__: dict[str, Any] = {
        "polymorphic_identity": "consultation",
        "inherit_condition": id == Record.id,
    }

    letter: ClassVar[str] = "C"
    kind_label: ClassVar[Reason] = _l("Consultation")
    icon: ClassVar[str] = "consultation"
    endpoint: ClassVar[str] = "consultations.show"
    origin: ClassVar[Origin] = Origin(required=False)
    state_labels: ClassVar[Mapping[str, Reason]] = {
        ConsultationState.DRAFT: _l("Draft"),
        ConsultationState.PUBLISHED: _l("Published"),
        ConsultationState.CLOSED: _l("Closed"),
        ConsultationState.ARCHIVED: _l("Archived"),
    }
    moves: ClassVar[Mapping[str, frozenset[str]]] = {
        ConsultationState.DRAFT: frozenset({ConsultationState.PUBLISHED}),
        ConsultationState.PUBLISHED: frozenset({ConsultationState.CLOSED}),
        ConsultationState.CLOSED: frozenset({ConsultationState.ARCHIVED, ConsultationState.PUBLISHED}),
        ConsultationState.ARCHIVED: frozenset({ConsultationState.CLOSED}),
    }

    def phase_at(self, moment: datetime) -> "Phase | None":
        """The first phase that runs at ``moment`` (start included, end excluded)."""
        return next((p for p in self.phases if p.starts_at <= moment < p.ends_at), None)

    def phases_at(self, moment: datetime) -> list["Phase"]:
        """Every phase that runs at ``moment``; phases may overlap."""
        return [p for p in self.phases if p.starts_at <= moment < p.ends_at]

    def allows(self, activity: Activity, moment: datetime) -> bool:
        """Whether participants can do ``activity`` at ``moment``: published, and a running phase holds it."""
        return self.state == ConsultationState.PUBLISHED and any(
            activity in phase.activities for phase in self.phases_at(moment)
        )

    def takes_comments(self, actor: Any) -> Verdict:
        """Comments are taken while a phase with discussion runs."""
        if self.allows(Activity.DISCUSSION, clock.now()):
            return ALLOWED
        return refused(_l("Comments are not open in this phase."))


class Phase(Base):
    """A dated stretch of the timeline. Times are UTC; people see them in the consultation's zone.

    ``announced_at`` is when followers were told that it has begun.
    """

    __tablename__ = "phase"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_phase_consultation", "consultation_id", "position"),
        Index("ix_phase_ends", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    position: Mapped[int]
    title: Mapped[Multilingual]
    description: Mapped[Multilingual | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    activities: Mapped[list[str]] = mapped_column(default=list)
    announced_at: Mapped[datetime | None]

    consultation: Mapped[Consultation] = relationship(back_populates="phases")

    def is_running(self, moment: datetime) -> bool:
        """Whether ``moment`` lies in it: the start belongs to it, the end no more."""
        return self.starts_at <= moment < self.ends_at


class Category(Base):
    """A heading under which proposals are sorted."""

    __tablename__ = "category"
    __table_args__ = (UniqueConstraint("consultation_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(String(80))
    name: Mapped[Multilingual]
    position: Mapped[int] = mapped_column(default=0)

    consultation: Mapped[Consultation] = relationship(back_populates="categories")


class Participation(Base):
    """One person took part in one consultation, in the sector they stood for then. Counts, never contents."""

    __tablename__ = "participation"
    __table_args__ = (Index("ix_participation_user", "user_id"),)

    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, info=personal("counting who took part")
    )
    sector: Mapped[str] = mapped_column(String(32))
    first_at: Mapped[datetime] = mapped_column(default=clock.now)


class ParticipantCount(Base):
    """How many of a sector took part in a consultation: kept beside ``Participation``, so that nobody has to count."""

    __tablename__ = "participant_count"
    __table_args__ = (CheckConstraint("people >= 0", name="people"),)

    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), primary_key=True
    )
    sector: Mapped[str] = mapped_column(String(32), primary_key=True)
    people: Mapped[int]


class BackgroundVersion(Base):
    """What question and background said before an edit."""

    __tablename__ = "background_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), index=True
    )
    question: Mapped[Multilingual]
    background_text: Mapped[Multilingual] = mapped_column()
    edited_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("who changed the text", "record")
    )
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
