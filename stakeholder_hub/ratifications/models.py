"""What is to be ratified by whom, and what each body did."""

from datetime import date, datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stakeholder_hub.accounts.models import User
from stakeholder_hub.bodies.models import Body
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import Base, enum_type
from stakeholder_hub.kernel.personal import personal
from stakeholder_hub.ratifications.rules import Outcome, Rule, Seat, Standing, Tally, tally
from stakeholder_hub.records.models import Record


class Ratification(Base):
    """A record that bodies ratify, until ``due_at`` (which belongs to it no more). ``revision``: of what is ratified,
    raised whenever its text is changed.
    """

    __tablename__ = "ratification"
    __table_args__ = (
        CheckConstraint("needed >= 0 AND (rule <> 'some' OR needed > 0)", name="needed"),
        CheckConstraint("revision > 0", name="revision"),
        UniqueConstraint("record_id"),
        Index("ix_ratification_due", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    rule: Mapped[Rule] = mapped_column(enum_type(Rule, "rule"))
    needed: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime]
    standing: Mapped[Standing] = mapped_column(enum_type(Standing, "standing"), default=Standing.PENDING)
    settled_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)

    record: Mapped[Record] = relationship()
    seats: Mapped[list["RatifyingBody"]] = relationship(
        back_populates="ratification", order_by="RatifyingBody.id", cascade="all, delete-orphan"
    )

    @property
    def last_moment(self) -> datetime:
        """The last minute in which answers are taken: as people say it, for midnight belongs to the day after."""
        return self.due_at - timedelta(minutes=1)

    @property
    def tally(self) -> Tally:
        """How far it is."""
        seats = [Seat(seat.body.territory.level.value, seat.outcome) for seat in self.seats]
        return tally(self.rule, self.needed, seats)

    def is_open(self, moment: datetime) -> bool:
        """Whether bodies can still answer at ``moment``."""
        return self.standing is not Standing.FAILED and moment < self.due_at


class RatifyingBody(Base):
    """A body that has to ratify, with what it did."""

    __tablename__ = "ratifying_body"
    __table_args__ = (
        UniqueConstraint("ratification_id", "body_id"),
        Index("ix_ratifying_body_body", "body_id", "outcome"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ratification_id: Mapped[int] = mapped_column(ForeignKey("ratification.id", ondelete="CASCADE"))
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    outcome: Mapped[Outcome] = mapped_column(enum_type(Outcome, "outcome"), default=Outcome.WAITING)

    ratification: Mapped[Ratification] = relationship(back_populates="seats")
    body: Mapped[Body] = relationship()
    acts: Mapped[list["RatificationAct"]] = relationship(
        back_populates="seat", order_by="RatificationAct.id.desc()", cascade="all, delete-orphan"
    )

    @property
    def act(self) -> "RatificationAct | None":
        """The act that holds now."""
        return next((act for act in self.acts if act.reset_at is None), None)

    @property
    def earlier(self) -> list["RatificationAct"]:
        """Acts that hold no more, because what they ratified has changed for this body."""
        return [act for act in self.acts if act.reset_at is not None]


class RatificationAct(Base):
    """What a body resolved: ``act`` is its title or number, ``acted_on`` its day, ``signatory`` who signed as what.

    One holds at a time. It holds no more from ``reset_at`` on, when revision ``reset_by`` changed what is material to
    the body; it is kept.
    """

    __tablename__ = "ratification_act"
    __table_args__ = (
        CheckConstraint("outcome IN ('adopted', 'reservations', 'rejected')", name="answered"),
        Index(
            "uq_ratification_act_one_holds",
            "ratifying_body_id",
            unique=True,
            sqlite_where=text("reset_at IS NULL"),
            postgresql_where=text("reset_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ratifying_body_id: Mapped[int] = mapped_column(
        ForeignKey("ratifying_body.id", ondelete="CASCADE"), index=True
    )
    outcome: Mapped[Outcome] = mapped_column(enum_type(Outcome, "outcome"))
    act: Mapped[str] = mapped_column(String(200))
    acted_on: Mapped[date]
    signatory_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("who signed for the body", "record")
    )
    position: Mapped[str] = mapped_column(String(120), info=personal("as what somebody signed", "record"))
    reasons: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(8))
    revision: Mapped[int]
    given_at: Mapped[datetime] = mapped_column(default=clock.now)
    reset_at: Mapped[datetime | None]
    reset_by: Mapped[int | None]

    seat: Mapped[RatifyingBody] = relationship(back_populates="acts")
    signatory: Mapped[User | None] = relationship()
