"""Commitments with their history and evidence, and the texts that decisions have bodies ratify."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stakeholder_hub.accounts.models import User
from stakeholder_hub.bodies.models import Body
from stakeholder_hub.decisions.models import Decision
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import ALLOWED, Verdict
from stakeholder_hub.kernel.database import ALWAYS_THERE, Base, enum_type
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.personal import personal
from stakeholder_hub.records.models import Origin, Record


class CommitmentState(StrEnum):
    """Asked and answered first, then what became of the promise."""

    ASKED = "asked"
    AMENDED = "amended"
    REFUSED = "refused"
    PLEDGED = "pledged"
    STARTED = "started"
    KEPT = "kept"
    PARTLY = "partly"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


WAITING = (CommitmentState.ASKED, CommitmentState.AMENDED)
"""States in which somebody has to answer."""
RUNNING = (CommitmentState.PLEDGED, CommitmentState.STARTED)
"""States in which a promise is to be kept; past its day it is overdue, and stays so until somebody says what became
of it."""
S = CommitmentState


class Commitment(Record):
    """What ``asker`` asks of ``body`` because of a decision, and what that body promised: what, by when, how measured.

    The title and ``body_text`` are what holds. While the body offers another text, that stands in ``offer`` and holds
    only once the asker agrees. ``successor`` takes its place when it is superseded.
    """

    __tablename__ = "commitment"
    __table_args__ = (
        CheckConstraint("asker_id <> body_id", name="not_asked_of_oneself"),
        CheckConstraint("successor_id IS NULL OR successor_id <> id", name="not_its_own_successor"),
        Index("ix_commitment_due", "due_on"),
        Index("ix_commitment_body", "body_id"),
        Index("ix_commitment_decision", "decision_id"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    asker_id: Mapped[int] = mapped_column(ForeignKey("body.id"), index=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    body_text: Mapped[str] = mapped_column(Text, default="")
    body_html: Mapped[str] = mapped_column(Text, default="")
    measure: Mapped[str] = mapped_column(Text, default="")
    due_on: Mapped[date]
    offer: Mapped[dict[str, Any] | None]
    pledged_at: Mapped[datetime | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("commitment.id"))
    reminded_before_at: Mapped[datetime | None]
    reminded_after_at: Mapped[datetime | None]

    decision: Mapped[Decision] = relationship(foreign_keys=[decision_id], innerjoin=ALWAYS_THERE)
    asker: Mapped[Body] = relationship(foreign_keys=[asker_id])
    body: Mapped[Body] = relationship(foreign_keys=[body_id])
    successor: Mapped["Commitment | None"] = relationship(
        foreign_keys=[successor_id], remote_side="Commitment.id"
    )
    history: Mapped[list["CommitmentChange"]] = relationship(
        order_by="CommitmentChange.id", viewonly=True, lazy="select"
    )

    __mapper_args__: dict[str, Any] = {
        "polymorphic_identity": "commitment",
        "inherit_condition": id == Record.id,
    }

    letter: ClassVar[str] = "M"
    kind_label: ClassVar[Reason] = _l("Commitment")
    icon: ClassVar[str] = "check"
    endpoint: ClassVar[str] = "commitments.show"
    state_labels: ClassVar[Mapping[str, Reason]] = {
        S.ASKED: _l("Waits for an answer"),
        S.AMENDED: _l("Another text is offered"),
        S.REFUSED: _l("Refused"),
        S.PLEDGED: _l("Pledged"),
        S.STARTED: _l("Started"),
        S.KEPT: _l("Kept"),
        S.PARTLY: _l("Kept in part"),
        S.BROKEN: _l("Broken"),
        S.WITHDRAWN: _l("Withdrawn"),
        S.SUPERSEDED: _l("Superseded"),
    }
    moves: ClassVar[Mapping[str, frozenset[str]]] = {
        S.ASKED: frozenset({S.AMENDED, S.REFUSED, S.PLEDGED, S.WITHDRAWN}),
        S.AMENDED: frozenset({S.PLEDGED, S.ASKED, S.WITHDRAWN}),
        S.REFUSED: frozenset({S.ASKED}),
        S.PLEDGED: frozenset({S.STARTED, S.KEPT, S.PARTLY, S.BROKEN, S.WITHDRAWN, S.SUPERSEDED}),
        S.STARTED: frozenset({S.KEPT, S.PARTLY, S.BROKEN, S.WITHDRAWN, S.SUPERSEDED}),
        S.PARTLY: frozenset({S.KEPT, S.BROKEN, S.SUPERSEDED}),
        S.BROKEN: frozenset({S.PARTLY, S.KEPT, S.SUPERSEDED}),
    }

    def is_overdue(self, today: date) -> bool:
        """Whether it should have been kept before ``today``, and nobody has said what became of it."""
        return self.due_on < today and self.state in RUNNING

    def takes_comments(self, actor: Any) -> Verdict:
        """What was promised can always be discussed."""
        return ALLOWED


class CommitmentChange(Base):
    """One step of a commitment's history: who did it for which body, from which state to which, and why."""

    __tablename__ = "commitment_change"
    __table_args__ = (Index("ix_commitment_change_commitment", "commitment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    official_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("who acted for the body", "record")
    )
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    before: Mapped[str | None] = mapped_column(String(24))
    after: Mapped[str] = mapped_column(String(24))
    reasons: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(8))
    text: Mapped[dict[str, Any] | None]

    body: Mapped[Body] = relationship()
    official: Mapped[User | None] = relationship()


class Claim(StrEnum):
    """What evidence is said to show."""

    STARTED = "started"
    PARTLY = "partly"
    KEPT = "kept"

    @property
    def label(self) -> Reason:
        """The claim in the reader's language."""
        return {
            Claim.STARTED: _l("It has been started"),
            Claim.PARTLY: _l("It has been kept in part"),
            Claim.KEPT: _l("It has been kept"),
        }[self]


class Finding(StrEnum):
    """What another body says of evidence."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"

    @property
    def label(self) -> Reason:
        """The finding in the reader's language."""
        return {
            Finding.WAITING: _l("Not verified yet"),
            Finding.CONFIRMED: _l("Verified"),
            Finding.DISPUTED: _l("Disputed"),
        }[self]


class Evidence(Record):
    """What a body shows of keeping its promise: a text, a link, files (its attachments); verified by another body.

    ``promiser_id`` is the body that promised, kept here so that the database refuses it as verifier.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint(
            "verifier_body_id IS NULL OR verifier_body_id <> promiser_id", name="verified_by_another"
        ),
        CheckConstraint("(finding = 'waiting') = (verifier_body_id IS NULL)", name="finding_has_a_body"),
        Index("ix_evidence_commitment", "commitment_id"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    promiser_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    claim: Mapped[Claim] = mapped_column(enum_type(Claim, "claim"))
    body_text: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    finding: Mapped[Finding] = mapped_column(enum_type(Finding, "finding"), default=Finding.WAITING)
    verifier_body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"), index=True)
    verifier_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("who verified for the body", "record")
    )
    finding_reasons: Mapped[str] = mapped_column(Text, default="")
    finding_language: Mapped[str] = mapped_column(String(8), default="en")
    verified_at: Mapped[datetime | None]

    commitment: Mapped[Commitment] = relationship(foreign_keys=[commitment_id], innerjoin=ALWAYS_THERE)
    verifier_body: Mapped[Body | None] = relationship(foreign_keys=[verifier_body_id])
    verifier: Mapped[User | None] = relationship(foreign_keys=[verifier_id])

    __mapper_args__: dict[str, Any] = {
        "polymorphic_identity": "evidence",
        "inherit_condition": id == Record.id,
    }

    letter: ClassVar[str] = "E"
    kind_label: ClassVar[Reason] = _l("Evidence")
    icon: ClassVar[str] = "document"
    endpoint: ClassVar[str] = "commitments.show_evidence"
    origin: ClassVar[Origin] = Origin(part_of="commitment_id", label=_l("reported on it"))
    state_labels: ClassVar[Mapping[str, Reason]] = {"published": _l("Published")}


class TextVersion(Base):
    """One version of the text of a decision that bodies ratify, in numbered clauses. Versions are never changed.

    ``clauses``: ``[{"key": 1, "text": "...", "bodies": [7, 9]}]``; a clause without bodies is addressed to all.
    ``material``: the keys of what changed materially from the version before; ``note`` says what changed, and why the
    rest is not material. ``asker`` is the body that puts it to ratification.
    """

    __tablename__ = "text_version"
    __table_args__ = (
        UniqueConstraint("decision_id", "number"),
        CheckConstraint("number > 0", name="number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id", ondelete="CASCADE"))
    number: Mapped[int]
    asker_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    clauses: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    material: Mapped[list[int]] = mapped_column(default=list)
    reset_bodies: Mapped[list[int]] = mapped_column(default=list)
    note: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    author_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("who wrote this version", "record")
    )

    decision: Mapped[Decision] = relationship()
    asker: Mapped[Body] = relationship()
    author: Mapped[User | None] = relationship()
