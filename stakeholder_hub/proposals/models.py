"""Proposals and their versions."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stakeholder_hub.consultations.models import Activity, Category, Consultation
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import ALLOWED, Verdict, refused
from stakeholder_hub.kernel.database import ALWAYS_THERE, Base
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.personal import personal
from stakeholder_hub.records.models import Origin, Record, Relation, Voice


class ProposalState(StrEnum):
    """Where a proposal stands."""

    SUBMITTED = "submitted"
    ADMITTED = "admitted"
    NOT_ADMITTED = "not_admitted"
    ON_BALLOT = "on_ballot"
    SELECTED = "selected"
    NOT_SELECTED = "not_selected"
    UNDER_WAY = "under_way"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class Proposal(Record):
    """What a participant or group puts forward. ``cost`` is in hundredths of the consultation's currency.

    ``answered_at`` is when the official answer that holds was given; ``responded_at`` when its author first got an
    answer: an official one, the result of a vote, or that of the level it was referred to. ``done_at`` is when it was
    carried out, while it is.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("cost IS NULL OR cost >= 0", name="cost"),
        CheckConstraint("latitude IS NULL OR (latitude >= -90 AND latitude <= 90)", name="latitude"),
        CheckConstraint("longitude IS NULL OR (longitude >= -180 AND longitude <= 180)", name="longitude"),
        UniqueConstraint("consultation_id", "external_key"),
        Index("ix_proposal_consultation_category", "consultation_id", "category_id"),
        Index("ix_proposal_consultation_cost", "consultation_id", "cost"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    body_text: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id", ondelete="SET NULL"))
    cost: Mapped[int | None] = mapped_column(BigInteger)
    place: Mapped[str | None] = mapped_column(String(160))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    target: Mapped[str | None] = mapped_column(String(160))
    external_key: Mapped[str | None] = mapped_column(String(80))
    answer_text: Mapped[str | None] = mapped_column(Text)
    answer_html: Mapped[str | None] = mapped_column(Text)
    answer_language: Mapped[str | None] = mapped_column(String(8))
    answered_at: Mapped[datetime | None]
    responded_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("who answered", "record")
    )

    consultation: Mapped[Consultation] = relationship(foreign_keys=[consultation_id], innerjoin=ALWAYS_THERE)
    category: Mapped[Category | None] = relationship()
    versions: Mapped[list["ProposalVersion"]] = relationship(
        back_populates="proposal", order_by="ProposalVersion.number"
    )

    __mapper_args__: dict[str, Any] = {
        "polymorphic_identity": "proposal",
        "inherit_condition": id == Record.id,
    }

    letter: ClassVar[str] = "P"
    kind_label: ClassVar[Reason] = _l("Proposal")
    icon: ClassVar[str] = "proposal"
    endpoint: ClassVar[str] = "proposals.show"
    origin: ClassVar[Origin] = Origin(relations=frozenset({Relation.PROMPTED}))
    voice: ClassVar[Voice] = Voice.AUTHOR
    state_labels: ClassVar[Mapping[str, Reason]] = {
        ProposalState.SUBMITTED: _l("Submitted"),
        ProposalState.ADMITTED: _l("Admitted to the vote"),
        ProposalState.NOT_ADMITTED: _l("Not admitted"),
        ProposalState.ON_BALLOT: _l("On the ballot"),
        ProposalState.SELECTED: _l("Selected"),
        ProposalState.NOT_SELECTED: _l("Not selected"),
        ProposalState.UNDER_WAY: _l("Under way"),
        ProposalState.DONE: _l("Done"),
        ProposalState.WITHDRAWN: _l("Withdrawn by its author"),
    }
    moves: ClassVar[Mapping[str, frozenset[str]]] = {
        ProposalState.SUBMITTED: frozenset(
            {
                ProposalState.ADMITTED,
                ProposalState.NOT_ADMITTED,
                ProposalState.ON_BALLOT,
                ProposalState.UNDER_WAY,
                ProposalState.WITHDRAWN,
            }
        ),
        ProposalState.ADMITTED: frozenset(
            {
                ProposalState.SUBMITTED,
                ProposalState.NOT_ADMITTED,
                ProposalState.ON_BALLOT,
                ProposalState.UNDER_WAY,
                ProposalState.WITHDRAWN,
            }
        ),
        ProposalState.NOT_ADMITTED: frozenset({ProposalState.SUBMITTED, ProposalState.ADMITTED}),
        ProposalState.ON_BALLOT: frozenset(
            {ProposalState.ADMITTED, ProposalState.SELECTED, ProposalState.NOT_SELECTED}
        ),
        ProposalState.SELECTED: frozenset({ProposalState.UNDER_WAY, ProposalState.DONE}),
        ProposalState.NOT_SELECTED: frozenset({ProposalState.UNDER_WAY, ProposalState.SELECTED}),
        ProposalState.UNDER_WAY: frozenset({ProposalState.DONE, ProposalState.SELECTED}),
        ProposalState.DONE: frozenset({ProposalState.UNDER_WAY}),
    }

    def move_to(self, state: str) -> None:
        """Go to another state, and keep when a vote gave the answer and when it was carried out.

        Raises:
            Conflict: there is no such move from the present state.
        """
        super().move_to(state)
        if state in (ProposalState.SELECTED, ProposalState.NOT_SELECTED) and self.responded_at is None:
            self.responded_at = clock.now()
        self.done_at = clock.now() if state == ProposalState.DONE else None

    def takes_comments(self, actor: Any) -> Verdict:
        """Comments are taken while a phase of the consultation with discussion runs."""
        if self.state == ProposalState.WITHDRAWN:
            return refused(_l("This proposal was withdrawn."))
        return self.consultation.takes_comments(actor)

    def takes_support(self, actor: Any) -> Verdict:
        """Support is taken while a phase of the consultation with support runs."""
        if self.state not in (ProposalState.SUBMITTED, ProposalState.ADMITTED):
            return refused(_l("This proposal takes no more support."))
        if self.consultation.allows(Activity.SUPPORT, clock.now()):
            return ALLOWED
        return refused(_l("Support is not open in this phase."))


class ProposalVersion(Base):
    """What a proposal said before an edit; ``edited_by_id`` and ``created_at`` tell who made that edit, and when."""

    __tablename__ = "proposal_version"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    body_text: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    cost: Mapped[int | None] = mapped_column(BigInteger)
    edited_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("who made this edit", "record")
    )
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    proposal: Mapped[Proposal] = relationship(back_populates="versions")
