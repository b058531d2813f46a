"""Action items, contributors and progress notes."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stakeholder_hub.accounts.models import User
from stakeholder_hub.groups.models import Organisation
from stakeholder_hub.kernel.authorization import ALLOWED, Verdict
from stakeholder_hub.kernel.database import ALWAYS_THERE, Base
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.personal import personal
from stakeholder_hub.records.models import Origin, Record, Relation, Voice


class ActionStatus(StrEnum):
    """How far it has come."""

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    BLOCKED = "blocked"
    DONE = "done"
    DROPPED = "dropped"


OPEN_STATUSES: tuple[ActionStatus, ...] = (
    ActionStatus.PLANNED,
    ActionStatus.IN_PROGRESS,
    ActionStatus.BLOCKED,
)


class ActionItem(Record):
    """Something to be done by a named body by a date. The record's ``state`` is its status."""

    __tablename__ = "action_item"
    __table_args__ = (
        CheckConstraint("progress >= 0 AND progress <= 100", name="progress"),
        Index("ix_action_item_due", "due_on"),
        Index("ix_action_item_completed", "completed_at"),
        Index("ix_action_item_organisation", "organisation_id"),
        Index("ix_action_item_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    body_text: Mapped[str] = mapped_column(Text, default="")
    body_html: Mapped[str] = mapped_column(Text, default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("who is responsible", "record")
    )
    starts_on: Mapped[date | None]
    due_on: Mapped[date | None]
    completed_at: Mapped[datetime | None]
    progress: Mapped[int] = mapped_column(default=0)
    result_text: Mapped[str | None] = mapped_column(Text)

    organisation: Mapped[Organisation | None] = relationship(foreign_keys=[organisation_id])
    person: Mapped[User | None] = relationship(foreign_keys=[person_id])
    contributors: Mapped[list["Contributor"]] = relationship(
        back_populates="action_item", cascade="all, delete-orphan"
    )

    __mapper_args__: dict[str, Any] = {
        "polymorphic_identity": "action_item",
        "inherit_condition": id == Record.id,
    }

    letter: ClassVar[str] = "A"
    kind_label: ClassVar[Reason] = _l("Action item")
    icon: ClassVar[str] = "action"
    endpoint: ClassVar[str] = "actions.show"
    origin: ClassVar[Origin] = Origin(required=False, relations=frozenset({Relation.CARRIED_OUT_BY}))
    state_labels: ClassVar[Mapping[str, Reason]] = {
        ActionStatus.PLANNED: _l("Planned"),
        ActionStatus.IN_PROGRESS: _l("In progress"),
        ActionStatus.BLOCKED: _l("Blocked"),
        ActionStatus.DONE: _l("Done"),
        ActionStatus.DROPPED: _l("Dropped"),
    }
    moves: ClassVar[Mapping[str, frozenset[str]]] = {
        ActionStatus.PLANNED: frozenset(
            {ActionStatus.IN_PROGRESS, ActionStatus.BLOCKED, ActionStatus.DONE, ActionStatus.DROPPED}
        ),
        ActionStatus.IN_PROGRESS: frozenset(
            {ActionStatus.PLANNED, ActionStatus.BLOCKED, ActionStatus.DONE, ActionStatus.DROPPED}
        ),
        ActionStatus.BLOCKED: frozenset(
            {ActionStatus.PLANNED, ActionStatus.IN_PROGRESS, ActionStatus.DONE, ActionStatus.DROPPED}
        ),
        ActionStatus.DONE: frozenset({ActionStatus.IN_PROGRESS}),
        ActionStatus.DROPPED: frozenset({ActionStatus.PLANNED}),
    }

    def is_overdue(self, today: date) -> bool:
        """Whether it should have been done before ``today`` and is not."""
        return self.due_on is not None and self.due_on < today and self.state in OPEN_STATUSES

    def takes_comments(self, actor: Any) -> Verdict:
        """Action items can always be discussed."""
        return ALLOWED


class Contributor(Base):
    """A person or an organisation that helps with an action item: exactly one of the two."""

    __tablename__ = "contributor"
    __table_args__ = (CheckConstraint("(user_id IS NULL) <> (organisation_id IS NULL)", name="one_of_two"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    action_item_id: Mapped[int] = mapped_column(ForeignKey("action_item.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True, info=personal("who helps", "record")
    )
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )

    action_item: Mapped[ActionItem] = relationship(back_populates="contributors")
    user: Mapped[User | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


class ProgressNote(Record):
    """What was done, with evidence (its attachments, a link). The one that completes an item is its result."""

    __tablename__ = "progress_note"
    __table_args__ = (Index("ix_progress_note_item", "action_item_id"),)

    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    action_item_id: Mapped[int] = mapped_column(ForeignKey("action_item.id"))
    body_text: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    status_before: Mapped[str | None] = mapped_column(Text)
    status_after: Mapped[str | None] = mapped_column(Text)
    progress: Mapped[int | None]
    evidence_url: Mapped[str | None] = mapped_column(Text)

    action_item: Mapped[ActionItem] = relationship(foreign_keys=[action_item_id], innerjoin=ALWAYS_THERE)

    __mapper_args__: dict[str, Any] = {
        "polymorphic_identity": "progress_note",
        "inherit_condition": id == Record.id,
    }

    letter: ClassVar[str] = "N"
    kind_label: ClassVar[Reason] = _l("Progress note")
    icon: ClassVar[str] = "check"
    endpoint: ClassVar[str] = "actions.show_note"
    origin: ClassVar[Origin] = Origin(part_of="action_item_id", label=_l("reported on it"))
    voice: ClassVar[Voice] = Voice.AUTHOR
    state_labels: ClassVar[Mapping[str, Reason]] = {"published": _l("Published")}
