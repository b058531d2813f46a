"""Referrals, responses, and what belongs to their way up and back down."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from stakeholder_hub.accounts.models import User
from stakeholder_hub.bodies.models import Body, Topic
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import ALWAYS_THERE, Base, enum_type
from stakeholder_hub.kernel.errors import Conflict, Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.personal import personal
from stakeholder_hub.records.models import Record
from stakeholder_hub.referrals.kinds import (
    OPEN_STATES,
    Gap,
    JoinState,
    Outcome,
    ReferralState,
    Satisfaction,
    Step,
)

S = ReferralState


class Referral(Record):
    """One rung: a matter in the hands of one body (``to_body``), handed over by a body or a group.

    The title is the request in one sentence. ``source`` is the record it all began with. ``previous`` is the rung
    before, ``root_id`` the first one (``None`` on the first itself): a rung is handed on at most once. ``bundle_id`` is
    the joined referral in which this one is answered. ``reply_by`` is the last day for an answer in the body's zone;
    ``due_at`` is the moment after it, and so are ``ack_due_at`` and ``escalate_at``. ``outcome`` is how this body
    answered, ``answer`` the response that settles the matter, on every rung alike. ``answer_days``: calendar days from
    sending to this body's answer. ``rounds`` is 2 once the matter was reopened here.
    """

    __tablename__ = "referral"
    __table_args__ = (
        CheckConstraint("(from_body_id IS NULL) <> (from_group_id IS NULL)", name="body_or_group"),
        CheckConstraint("step <> 'sent' OR source_id IS NOT NULL", name="source"),
        CheckConstraint("(previous_id IS NULL) = (root_id IS NULL)", name="first_rung"),
        CheckConstraint("rounds = 1 OR rounds = 2", name="rounds"),
        CheckConstraint("id <> previous_id AND id <> root_id AND id <> bundle_id", name="not_itself"),
        UniqueConstraint("previous_id"),
        Index("ix_referral_root", "root_id"),
        Index("ix_referral_source", "source_id"),
        Index("ix_referral_bundle", "bundle_id"),
        Index("ix_referral_answer", "answer_id"),
        Index("ix_referral_to_body_due", "to_body_id", "due_at"),
        Index("ix_referral_to_body_answer_days", "to_body_id", "answer_days"),
        Index("ix_referral_from_body", "from_body_id"),
        Index("ix_referral_from_group", "from_group_id"),
        Index("ix_referral_due", "due_at"),
        Index("ix_referral_escalate", "escalate_at"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    step: Mapped[Step] = mapped_column(enum_type(Step, "step"), default=Step.SENT)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"))
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("referral.id"))
    root_id: Mapped[int | None] = mapped_column(ForeignKey("referral.id"))
    bundle_id: Mapped[int | None] = mapped_column(ForeignKey("referral.id"))
    from_body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    from_group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"))
    to_body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    topic: Mapped[Topic] = mapped_column(enum_type(Topic, "topic"))
    gap: Mapped[Gap] = mapped_column(enum_type(Gap, "gap"))
    body_text: Mapped[str] = mapped_column(Text, default="")
    body_html: Mapped[str] = mapped_column(Text, default="")
    evidence_text: Mapped[str] = mapped_column(Text, default="")
    evidence_html: Mapped[str] = mapped_column(Text, default="")
    evidence_links: Mapped[list[str]] = mapped_column(default=list)
    skip_reason: Mapped[str] = mapped_column(Text, default="")
    wanted_by: Mapped[date | None]
    reply_by: Mapped[date | None]
    ack_due_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    escalate_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("the official who acknowledged", "record")
    )
    acknowledged_as: Mapped[str] = mapped_column(
        String(120), default="", info=personal("the position of that official", "record")
    )
    acknowledgement_text: Mapped[str] = mapped_column(Text, default="")
    acknowledgement_html: Mapped[str] = mapped_column(Text, default="")
    acknowledgement_language: Mapped[str] = mapped_column(String(8), default="en")
    deliberated_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answer_days: Mapped[int | None]
    outcome: Mapped[Outcome | None] = mapped_column(enum_type(Outcome, "outcome"))
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"))
    rounds: Mapped[int] = mapped_column(default=1)
    reopened_at: Mapped[datetime | None]
    reopen_reason: Mapped[str] = mapped_column(Text, default="")
    concluded_at: Mapped[datetime | None]
    conclusion: Mapped[str] = mapped_column(Text, default="")
    reminded_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]

    source: Mapped[Record | None] = relationship(foreign_keys=[source_id])
    answer: Mapped[Record | None] = relationship(foreign_keys=[answer_id])
    from_body: Mapped[Body | None] = relationship(foreign_keys=[from_body_id])
    from_group: Mapped[Group | None] = relationship(foreign_keys=[from_group_id])
    to_body: Mapped[Body] = relationship(foreign_keys=[to_body_id])
    acknowledged_by: Mapped[User | None] = relationship(foreign_keys=[acknowledged_by_id])
    verdicts: Mapped[list["Verdict"]] = relationship(
        foreign_keys="Verdict.referral_id", order_by="Verdict.round"
    )
    skipped: Mapped[list["SkippedBody"]] = relationship(foreign_keys="SkippedBody.referral_id")

    __mapper_args__: dict[str, Any] = {
        "polymorphic_identity": "referral",
        "inherit_condition": id == Record.id,
    }

    letter: ClassVar[str] = "R"
    kind_label: ClassVar[Reason] = _l("Referral")
    icon: ClassVar[str] = "referral"
    endpoint: ClassVar[str] = "referrals.show"
    state_labels: ClassVar[Mapping[str, Reason]] = {
        S.DRAFTED: _l("Draft"),
        S.SENT: _l("Sent, not acknowledged yet"),
        S.ACKNOWLEDGED: _l("Acknowledged"),
        S.IN_DELIBERATION: _l("In deliberation"),
        S.ANSWERED: _l("Answered"),
        S.IMPLEMENTED: _l("Implemented"),
        S.LAPSED: _l("Lapsed"),
        S.WITHDRAWN: _l("Withdrawn by those who referred it"),
    }
    moves: ClassVar[Mapping[str, frozenset[str]]] = {
        S.DRAFTED: frozenset({S.SENT, S.WITHDRAWN}),
        S.SENT: frozenset({S.ACKNOWLEDGED, S.IN_DELIBERATION, S.LAPSED, S.WITHDRAWN}),
        S.ACKNOWLEDGED: frozenset({S.IN_DELIBERATION, S.ANSWERED, S.LAPSED, S.WITHDRAWN}),
        S.IN_DELIBERATION: frozenset({S.ANSWERED, S.LAPSED}),
        S.ANSWERED: frozenset({S.IMPLEMENTED, S.LAPSED, S.IN_DELIBERATION}),
        S.IMPLEMENTED: frozenset({S.ANSWERED, S.LAPSED, S.IN_DELIBERATION}),
        S.LAPSED: frozenset({S.ANSWERED, S.IMPLEMENTED, S.IN_DELIBERATION}),
    }

    @property
    def chain_id(self) -> int:
        """The id of the first rung."""
        return self.root_id or self.id

    @property
    def sender(self) -> Body | Group:
        """Who handed it over: a body, or a group that is none."""
        found = self.from_body or self.from_group
        assert found is not None  # noqa: S101 - held by the database
        return found

    @property
    def is_open(self) -> bool:
        """Whether an answer is still owed."""
        return self.state in OPEN_STATES

    def is_overdue(self, now: datetime) -> bool:
        """Whether the answer should have been there before ``now`` and is not."""
        return self.is_open and self.due_at is not None and self.due_at <= now

    def days_over(self, now: datetime) -> int:
        """Begun days since the reply-by date went by, in the body's zone; 0 while it has not."""
        if not self.is_overdue(now) or self.reply_by is None:
            return 0
        return (clock.to_local(now, self.to_body.territory.timezone).date() - self.reply_by).days


class Response(Record):
    """A body's reasoned answer. Nobody edits it: a second answer follows only when the matter was reopened.

    ``answer`` is Markdown in the language the official wrote it in, with translations; ``answer_html`` the same by
    language code. ``named`` is the action item or decision that an accepted referral must name. The title is the
    referral's.
    """

    __tablename__ = "response"
    __table_args__ = (
        CheckConstraint(
            "outcome NOT IN ('accepted', 'accepted_in_part') OR named_id IS NOT NULL",
            name="names_what_follows",
        ),
        CheckConstraint("round = 1 OR round = 2", name="round"),
        UniqueConstraint("referral_id", "round"),
        Index("ix_response_named", "named_id"),
        Index("ix_response_body", "body_id"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"))
    round: Mapped[int] = mapped_column(default=1)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    outcome: Mapped[Outcome] = mapped_column(enum_type(Outcome, "outcome"))
    answer: Mapped[Multilingual]
    answer_html: Mapped[dict[str, Any]] = mapped_column(default=dict)
    official_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("the official who answered", "record")
    )
    official_as: Mapped[str] = mapped_column(
        String(120), default="", info=personal("the position of that official", "record")
    )
    named_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"))

    referral: Mapped[Referral] = relationship(foreign_keys=[referral_id], innerjoin=ALWAYS_THERE)
    body: Mapped[Body] = relationship(foreign_keys=[body_id])
    official: Mapped[User | None] = relationship(foreign_keys=[official_id])
    named: Mapped[Record | None] = relationship(foreign_keys=[named_id])
    notes: Mapped[list["LocalNote"]] = relationship(back_populates="response", order_by="LocalNote.id")

    __mapper_args__: dict[str, Any] = {
        "polymorphic_identity": "response",
        "inherit_condition": id == Record.id,
    }

    letter: ClassVar[str] = "S"
    kind_label: ClassVar[Reason] = _l("Response")
    icon: ClassVar[str] = "reply"
    endpoint: ClassVar[str] = "referrals.show_response"
    state_labels: ClassVar[Mapping[str, Reason]] = {o: o.label for o in Outcome}

    @property
    def body_html(self) -> str:
        """The answer as it was given, as HTML."""
        return str(self.answer_html.get(self.answer.source, ""))

    @validates("outcome", "named_id", "referral_id", "round", "body_id", "official_as")
    def _stays(self, key: str, value: Any) -> Any:
        before = self.__dict__.get(key) if sa.inspect(self).transient else getattr(self, key)
        if before is not None and before != value and not sa.inspect(self).transient:
            raise Conflict(_l("An answer that was given is never changed."))
        return value

    @validates("answer")
    def _original_stays(self, key: str, value: Multilingual) -> Multilingual:
        if not sa.inspect(self).transient and (before := self.answer) is not None:
            if before.original != value.original:
                raise Conflict(_l("An answer that was given is never changed."))
        return value


class LocalNote(Base):
    """What a body (or group) on the way adds to an answer for its own people: once, beside the answer, never in it."""

    __tablename__ = "local_note"
    __table_args__ = (
        CheckConstraint("(body_id IS NULL) <> (group_id IS NULL)", name="body_or_group"),
        UniqueConstraint("response_id", "body_id"),
        UniqueConstraint("response_id", "group_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"))
    author_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("who wrote the note", "record")
    )
    language: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    response: Mapped[Response] = relationship(back_populates="notes")
    body: Mapped[Body | None] = relationship()
    group: Mapped[Group | None] = relationship()

    @property
    def speaker(self) -> Body | Group:
        """Whose note it is."""
        found = self.body or self.group
        assert found is not None  # noqa: S101 - held by the database
        return found


class Verdict(Base):
    """Whether an answer answered the question: said once per round by who began it, about the first rung."""

    __tablename__ = "verdict"

    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    satisfaction: Mapped[Satisfaction] = mapped_column(enum_type(Satisfaction, "satisfaction"))
    text: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(8))
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("who judged the answer", "record")
    )
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class ReferralStop(Base):
    """A body that has had a matter in its hands. The key makes it impossible that it comes back to one."""

    __tablename__ = "referral_stop"

    root_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), primary_key=True)


class SkippedBody(Base):
    """A body between two levels that a referral passed by; it was told, with the reason."""

    __tablename__ = "skipped_body"

    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), primary_key=True, index=True)

    body: Mapped[Body] = relationship()


class Bundling(Base):
    """A body asks several places whether it may answer their similar matters together.

    ``bundle`` is the joined referral; it comes into being with the first place that agrees.
    """

    __tablename__ = "bundling"

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), index=True)
    bundle_id: Mapped[int | None] = mapped_column(ForeignKey("referral.id"), unique=True)
    title: Mapped[Multilingual]
    reason: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(8))
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("the official who asked", "record")
    )
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    body: Mapped[Body] = relationship()
    bundle: Mapped[Referral | None] = relationship(foreign_keys=[bundle_id])
    requests: Mapped[list["JoinRequest"]] = relationship(
        back_populates="bundling", order_by="JoinRequest.referral_id"
    )


class JoinRequest(Base):
    """One place is asked for its consent. Of one referral at most one request is open or agreed to."""

    __tablename__ = "join_request"
    __table_args__ = (
        Index(
            "uq_join_request_open",
            "referral_id",
            unique=True,
            sqlite_where=sa.text("state IN ('asked', 'agreed')"),
            postgresql_where=sa.text("state IN ('asked', 'agreed')"),
        ),
    )

    bundling_id: Mapped[int] = mapped_column(ForeignKey("bundling.id"), primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), primary_key=True, index=True)
    state: Mapped[JoinState] = mapped_column(enum_type(JoinState, "join_state"), default=JoinState.ASKED)
    reason: Mapped[str] = mapped_column(Text, default="")
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("who decided for the place", "record")
    )
    decided_at: Mapped[datetime | None]

    bundling: Mapped[Bundling] = relationship(back_populates="requests")
    referral: Mapped[Referral] = relationship(foreign_keys=[referral_id], innerjoin=ALWAYS_THERE)
