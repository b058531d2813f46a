"""Ballots, votes, results and decisions."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from secrets import token_hex
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.consultations.models import Consultation, Phase
from stakeholder_hub.decisions.electorate import Electorate, ElectorateText, all_electorates
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.methods.ballots import BallotKind
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import ALWAYS_THERE, Base, enum_type
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.personal import personal
from stakeholder_hub.ratifications.rules import Standing
from stakeholder_hub.records.models import Origin, Record, Relation


class BallotState(StrEnum):
    """Prepared, open, closed (counted)."""

    PREPARED = "prepared"
    OPEN = "open"
    CLOSED = "closed"


class Ballot(Record):
    """A vote. It opens and closes with its phase; options and electorate are fixed from the opening on.

    While it is open, a vote is tied to its voter only by an HMAC under ``key``; closing destroys the key, puts new
    random keys in its place and shuffles. ``budget`` is in hundredths of ``currency``.

    ``vote_type``: what people fill in (Pabulib's name for it). ``points_each``: how many points one voter can give
    to one
    option (scoring), or has to spread (dots, credits). ``least_support``: what an option must reach to win.
    ``seed`` is drawn at the opening and stays secret until the close; its ``seed_commitment`` (SHA-256) is shown from
    the opening on. ``conditions`` must hold for the result to bind, ``checks`` tell at the close whether they do;
    ``entitled`` is how many could vote, where that is known, ``present`` how many were present, where a condition asks
    for it, ``roll_checksum`` the SHA-256 over the hashed names of the roll; ``crossed_off`` how many of them had been
    handed a ballot on paper at the close, where there is a roll. ``root`` is the Merkle root over votes and receipts,
    ``checkpoint`` the signed note about it. ``after_close`` tells how what comes after the close stands (vetoes until
    ``veto_until``, ratification), ``None`` where nothing does; ``overrides`` is the result in spite of whose veto this
    ballot asks again.
    """

    __tablename__ = "ballot"
    __table_args__ = (
        CheckConstraint("method <> 'budget' OR budget IS NOT NULL", name="budget_needs_an_amount"),
        CheckConstraint("max_proxies >= 0", name="max_proxies"),
        CheckConstraint(
            f"electorate IN ({', '.join(repr(one.value) for one in all_electorates())})", name="electorate"
        ),
        CheckConstraint("points_each IS NULL OR points_each > 0", name="points_each"),
        CheckConstraint("least_support IS NULL OR least_support > 0", name="least_support"),
        CheckConstraint("max_choices IS NULL OR max_choices >= min_choices", name="choices"),
        Index("ix_ballot_consultation", "consultation_id"),
        Index("ix_ballot_closes", "closes_at"),
        UniqueConstraint("overrides_id"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phase.id", ondelete="SET NULL"))
    question: Mapped[Multilingual]
    method: Mapped[Method] = mapped_column(enum_type(Method, "method"))
    vote_type: Mapped[BallotKind] = mapped_column(
        enum_type(BallotKind, "vote_type"), default=BallotKind.APPROVAL
    )
    points_each: Mapped[int | None]
    least_support: Mapped[int | None]
    one_per_category: Mapped[bool] = mapped_column(default=False)
    secret: Mapped[bool] = mapped_column(default=True)
    conditions: Mapped[dict[str, Any] | None]
    checks: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)
    entitled: Mapped[int | None]
    present: Mapped[int | None]
    roll_salt: Mapped[str] = mapped_column(String(32), default=lambda: token_hex(16))
    roll_checksum: Mapped[str | None] = mapped_column(String(64))
    paper: Mapped[bool] = mapped_column(default=False)
    paper_count: Mapped[int] = mapped_column(default=0)
    crossed_off: Mapped[int | None]
    max_proxies: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None]
    standing_objections: Mapped[int | None]
    electorate: Mapped[Electorate] = mapped_column(ElectorateText(), default=Electorate.EVERYONE)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    min_choices: Mapped[int] = mapped_column(default=1)
    max_choices: Mapped[int | None]
    winners_wanted: Mapped[int | None]
    budget: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    rule: Mapped[str] = mapped_column(String(60), default="greedy")
    key: Mapped[str | None] = mapped_column(String(64))
    seed: Mapped[str | None] = mapped_column(String(64))
    seed_commitment: Mapped[str | None] = mapped_column(String(64))
    root: Mapped[str | None] = mapped_column(String(64))
    checkpoint: Mapped[str | None] = mapped_column(Text)
    verifier_key: Mapped[str | None] = mapped_column(String(200))
    vote_count: Mapped[int] = mapped_column(default=0)
    imported: Mapped[bool] = mapped_column(default=False)
    result: Mapped[dict[str, Any] | None]
    after_close: Mapped[Standing | None] = mapped_column(enum_type(Standing, "after_close"), index=True)
    veto_until: Mapped[datetime | None]
    overrides_id: Mapped[int | None] = mapped_column(ForeignKey("ballot.id"))

    consultation: Mapped[Consultation] = relationship(foreign_keys=[consultation_id], innerjoin=ALWAYS_THERE)
    phase: Mapped[Phase | None] = relationship()
    options: Mapped[list["BallotOption"]] = relationship(
        back_populates="ballot", order_by="BallotOption.position"
    )
    turnout: Mapped[list["SectorTurnout"]] = relationship(order_by="SectorTurnout.sector")
    overrides: Mapped["Ballot | None"] = relationship(
        remote_side="Ballot.id", foreign_keys=[overrides_id], lazy="select"
    )

    __mapper_args__: dict[str, Any] = {
        "polymorphic_identity": "ballot",
        "inherit_condition": id == Record.id,
    }

    letter: ClassVar[str] = "B"
    kind_label: ClassVar[Reason] = _l("Ballot")
    icon: ClassVar[str] = "ballot"
    endpoint: ClassVar[str] = "decisions.show_ballot"
    origin: ClassVar[Origin] = Origin(relations=frozenset({Relation.PROMPTED, Relation.PUT_TO_VOTE}))
    state_labels: ClassVar[Mapping[str, Reason]] = {
        BallotState.PREPARED: _l("Prepared"),
        BallotState.OPEN: _l("Open"),
        BallotState.CLOSED: _l("Closed"),
    }
    moves: ClassVar[Mapping[str, frozenset[str]]] = {
        BallotState.PREPARED: frozenset({BallotState.OPEN}),
        BallotState.OPEN: frozenset({BallotState.CLOSED}),
    }

    def is_open(self, moment: datetime) -> bool:
        """Whether votes are taken at ``moment``: the opening belongs to it, the closing no more."""
        return self.state == BallotState.OPEN and self.opens_at <= moment < self.closes_at


class BallotOption(Base):
    """Something that can be voted for; mostly a proposal. ``cost`` is the one that holds for this ballot."""

    __tablename__ = "ballot_option"
    __table_args__ = (
        UniqueConstraint("ballot_id", "position"),
        UniqueConstraint("ballot_id", "proposal_id"),
        CheckConstraint("cost IS NULL OR cost >= 0", name="cost"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"))
    position: Mapped[int]
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"), index=True)
    title: Mapped[Multilingual]
    cost: Mapped[int | None] = mapped_column(BigInteger)
    group_label: Mapped[str | None] = mapped_column(String(160))
    official_winner: Mapped[bool | None]

    ballot: Mapped[Ballot] = relationship(back_populates="options")


class Way(StrEnum):
    """How somebody on the roll votes: the first to be written down excludes the other."""

    ONLINE = "online"
    PAPER = "paper"


class Elector(Base):
    """Somebody who may vote in a ballot, as a hash: fixed when the ballot opens.

    ``user_id`` is the account, where it is known: from the sources other than a list, or by voting. ``listed``: the
    list names them. ``way``: empty until they voted online or were handed a ballot on paper.
    """

    __tablename__ = "elector"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True, info=personal("who may vote in a ballot")
    )
    listed: Mapped[bool] = mapped_column(default=False)
    way: Mapped[Way | None] = mapped_column(enum_type(Way, "way"))


class Voter(Base):
    """One person has voted in one ballot, and in which sector; never what.

    ``organisation_id``: for whom the person could speak when they voted; ``territory_id``: where they live.
    ``receipt`` is a
    random code that stands in the published list of receipts; nothing ties it to a choice.
    """

    __tablename__ = "voter"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
        info=personal("one vote per person", "record"),
    )
    sector: Mapped[str] = mapped_column(String(32), info=personal("turnout by sector", "record"))
    receipt: Mapped[str | None] = mapped_column(String(32), info=personal("proof of having voted", "record"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="SET NULL"))
    territory_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id", ondelete="SET NULL"))


class Presence(Base):
    """Somebody said that they are present at a vote, where that is the base of its majority. Forgotten at the close."""

    __tablename__ = "presence"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
        info=personal("being present at a vote"),
    )


class ProxyFate(StrEnum):
    """What became of a vote that was given to somebody else."""

    USED = "used"
    VOTED = "voted"
    PAPER = "paper"
    LAPSED = "lapsed"
    BARRED = "barred"


class Proxy(Base):
    """Somebody gave their vote in one ballot to another. It is used at the close, unless they vote themselves.

    ``fate`` is empty as long as the vote runs and the giver has not voted; never what was chosen.
    """

    __tablename__ = "proxy"
    __table_args__ = (CheckConstraint("giver_id <> holder_id", name="not_oneself"),)

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"), primary_key=True)
    giver_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
        info=personal("voting through somebody else", "record"),
    )
    holder_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"),
        index=True,
        info=personal("voting for somebody else", "record"),
    )
    fate: Mapped[ProxyFate | None] = mapped_column(enum_type(ProxyFate, "proxy_fate"))

    giver: Mapped[Any] = relationship("User", foreign_keys=[giver_id])
    holder: Mapped[Any] = relationship("User", foreign_keys=[holder_id])


class BallotReceipt(Base):
    """A receipt that was given for a vote. It stays when its voter's account is erased, and leads to nobody."""

    __tablename__ = "ballot_receipt"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(String(32), primary_key=True)


class Vote(Base):
    """What was chosen: option positions, in order of preference where they are ranked, with points where they have
    them.

    ``voter_key`` is the HMAC of the voter while the ballot is open, and random after its close. In a ballot that is not
    secret, ``user_id`` names the voter after the close.
    """

    __tablename__ = "vote"
    __table_args__ = (UniqueConstraint("ballot_id", "voter_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"))
    voter_key: Mapped[str] = mapped_column(String(64))
    choices: Mapped[list[int]] = mapped_column()
    points: Mapped[list[int] | None]
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"),
        index=True,
        info=personal("votes in ballots held openly", "record"),
    )


class ObjectionState(StrEnum):
    """Where an objection stands; only a standing one blocks."""

    STANDING = "standing"
    WITHDRAWN = "withdrawn"
    RESOLVED = "resolved"
    OVERRULED = "overruled"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            ObjectionState.STANDING: _l("Stands"),
            ObjectionState.WITHDRAWN: _l("Withdrawn"),
            ObjectionState.RESOLVED: _l("Resolved"),
            ObjectionState.OVERRULED: _l("Overruled by the rule"),
        }[self]


class Objection(Base):
    """Why somebody cannot consent. It is given by name: the others have to be able to answer it."""

    __tablename__ = "objection"
    __table_args__ = (UniqueConstraint("ballot_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"),
        index=True,
        info=personal("objections are given by name", "record"),
    )
    reason: Mapped[str] = mapped_column(Text, info=personal("why somebody objects", "record"))
    language: Mapped[str] = mapped_column(String(8))
    state: Mapped[ObjectionState] = mapped_column(
        enum_type(ObjectionState, "state"), default=ObjectionState.STANDING
    )
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("who resolved the objection", "record")
    )
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    ballot: Mapped[Ballot] = relationship()
    user: Mapped[Any] = relationship("User", foreign_keys=[user_id])


class Veto(Base):
    """A body that the terms name blocked a result, with reasons of public record."""

    __tablename__ = "veto"
    __table_args__ = (UniqueConstraint("ballot_id", "body_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"))
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), index=True)
    official_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("who vetoed for the body", "record")
    )
    position: Mapped[str] = mapped_column(String(120), info=personal("as what somebody vetoed", "record"))
    reasons: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8))
    vetoed_at: Mapped[datetime] = mapped_column(default=clock.now)

    ballot: Mapped[Ballot] = relationship()
    body: Mapped[Body] = relationship()
    official: Mapped[Any] = relationship("User")


class SectorTurnout(Base):
    """How many of a sector voted, fixed at the close; small cells are suppressed where they are shown."""

    __tablename__ = "sector_turnout"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"), primary_key=True)
    sector: Mapped[str] = mapped_column(String(32), primary_key=True)
    voted: Mapped[int]
    eligible: Mapped[int | None]


class Decision(Record):
    """The recorded outcome, with reasons."""

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("ballot_id"),)

    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    consultation_id: Mapped[int | None] = mapped_column(ForeignKey("consultation.id"), index=True)
    ballot_id: Mapped[int | None] = mapped_column(ForeignKey("ballot.id"))
    reasons_text: Mapped[str] = mapped_column(Text, default="")
    reasons_html: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)

    ballot: Mapped[Ballot | None] = relationship(foreign_keys=[ballot_id])

    __mapper_args__: dict[str, Any] = {
        "polymorphic_identity": "decision",
        "inherit_condition": id == Record.id,
    }

    letter: ClassVar[str] = "D"
    kind_label: ClassVar[Reason] = _l("Decision")
    icon: ClassVar[str] = "decision"
    endpoint: ClassVar[str] = "decisions.show_decision"
    origin: ClassVar[Origin] = Origin(relations=frozenset({Relation.DECIDED_BY}))
    state_labels: ClassVar[Mapping[str, Reason]] = {
        "pending": _l("Does not bind yet"),
        "adopted": _l("Adopted"),
        "rejected": _l("Rejected"),
        "failed": _l("Failed after the vote"),
    }
    moves: ClassVar[Mapping[str, frozenset[str]]] = {
        "pending": frozenset({"adopted", "failed"}),
        "failed": frozenset({"adopted", "pending"}),
    }

    @property
    def binds(self) -> bool:
        """Whether it can be carried out now: it was adopted, and nothing that came after the vote stands against it."""
        return self.state == "adopted"
