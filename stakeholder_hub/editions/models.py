"""The core of a consultation that runs in many places, and its editions."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import ALWAYS_THERE, Base, enum_type
from stakeholder_hub.kernel.errors import Conflict, Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.personal import personal
from stakeholder_hub.territories.models import Territory


class Core(Base):
    """One version of what every edition of a consultation has in common. Versions are never changed, only followed.

    ``content`` is plain data (see ``editions/content.py``): question and background in every language, the items put
    to the vote (each with a ``key`` that stays the same over versions), which parts are open to local additions, and
    the recommended phases. ``note`` says what is new in this version and why.
    """

    __tablename__ = "core"
    __table_args__ = (
        UniqueConstraint("consultation_id", "number"),
        CheckConstraint("number > 0", name="number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(Text, default="")
    published_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("who published the core", "record")
    )

    consultation: Mapped[Consultation] = relationship(foreign_keys=[consultation_id])


class CoreDraft(Base):
    """What the next version of a core is to be, until it is published: seen by those who run the parent alone."""

    __tablename__ = "core_draft"

    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), primary_key=True
    )
    content: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    version: Mapped[int] = mapped_column(default=1)

    consultation: Mapped[Consultation] = relationship()

    __mapper_args__: dict[str, Any] = {"version_id_col": version}


class EditionState(StrEnum):
    """Where an invitation stands; ``ASKED``: the place asked for one."""

    ASKED = "asked"
    INVITED = "invited"
    DECLINED = "declined"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            EditionState.ASKED: _l("Asks to take part"),
            EditionState.INVITED: _l("Invited"),
            EditionState.DECLINED: _l("Declined"),
            EditionState.ACCEPTED: _l("Takes part"),
            EditionState.WITHDRAWN: _l("No longer takes part"),
        }[self]


class Edition(Base):
    """A territory's part in a consultation that runs in many.

    ``consultation`` is set once it is accepted: the local consultation that carries the parent out. ``core`` is the
    version it follows now. ``shares_results``: whether the parent may show this edition's aggregates; who took part
    and what was said is seen only as the local consultation itself allows.

    ``message`` is what the parent wrote to those invited, or a place that asks to take part to the parent; ``reason``
    says why the place declined or went. ``languages`` are those in which the edition is held; ``addition`` is what the
    place adds to the background, in its own words.
    """

    __tablename__ = "edition"
    __table_args__ = (
        UniqueConstraint("parent_id", "territory_id"),
        UniqueConstraint("consultation_id"),
        CheckConstraint("parent_id <> consultation_id", name="not_its_own_parent"),
        CheckConstraint(
            "state <> 'accepted' OR consultation_id IS NOT NULL", name="accepted_has_consultation"
        ),
        Index("ix_edition_territory", "territory_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"), index=True)
    state: Mapped[EditionState] = mapped_column(
        enum_type(EditionState, "edition_state"), default=EditionState.INVITED
    )
    reason: Mapped[str] = mapped_column(Text, default="")
    reason_language: Mapped[str] = mapped_column(String(8), default="en")
    consultation_id: Mapped[int | None] = mapped_column(ForeignKey("consultation.id"))
    core_id: Mapped[int | None] = mapped_column(ForeignKey("core.id"))
    shares_results: Mapped[bool] = mapped_column(default=True)
    message: Mapped[str] = mapped_column(Text, default="")
    message_language: Mapped[str] = mapped_column(String(8), default="en")
    reply_by: Mapped[date | None]
    languages: Mapped[list[str]] = mapped_column(default=list)
    addition_text: Mapped[Multilingual | None]
    addition_html: Mapped[Multilingual | None]
    invited_at: Mapped[datetime] = mapped_column(default=clock.now)
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("who answered the invitation", "record")
    )
    version: Mapped[int] = mapped_column(default=1)

    parent: Mapped[Consultation] = relationship(foreign_keys=[parent_id], innerjoin=ALWAYS_THERE)
    consultation: Mapped[Consultation | None] = relationship(foreign_keys=[consultation_id])
    territory: Mapped[Territory] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    group: Mapped[Group | None] = relationship()
    core: Mapped[Core | None] = relationship()
    items: Mapped[list["EditionItem"]] = relationship(
        back_populates="edition", order_by="EditionItem.id", cascade="all, delete-orphan"
    )

    __mapper_args__: dict[str, Any] = {"version_id_col": version}

    moves: ClassVar[Mapping[EditionState, frozenset[EditionState]]] = {
        EditionState.ASKED: frozenset({EditionState.INVITED, EditionState.DECLINED}),
        EditionState.INVITED: frozenset({EditionState.ACCEPTED, EditionState.DECLINED}),
        EditionState.DECLINED: frozenset({EditionState.INVITED, EditionState.ACCEPTED}),
        EditionState.ACCEPTED: frozenset({EditionState.WITHDRAWN}),
    }

    def move_to(self, state: EditionState) -> None:
        """Go to another state.

        Raises:
            Conflict: there is no such move from the present state.
        """
        if state not in self.moves.get(self.state, frozenset()):
            raise Conflict(_l("This is no longer possible: its state has changed in the meantime."))
        self.state = state


class EditionItem(Base):
    """The ballot that carries out one item of the core in one edition.

    ``core`` is the version whose words stand on the ballot: an older one than the edition's where the vote had begun
    before the edition took over a later version. Such an item is not compared with newer ones as if it were the same.
    """

    __tablename__ = "edition_item"
    __table_args__ = (UniqueConstraint("edition_id", "key"), UniqueConstraint("ballot_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40))
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"))
    core_id: Mapped[int] = mapped_column(ForeignKey("core.id"), index=True)

    edition: Mapped[Edition] = relationship(back_populates="items")
    ballot: Mapped[Ballot] = relationship()
    core: Mapped[Core] = relationship()


class CoreAnswerState(StrEnum):
    """What an edition says to a new version of the core."""

    WAITING = "waiting"
    ADOPTED = "adopted"
    REFUSED = "refused"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            CoreAnswerState.WAITING: _l("Waits for an answer"),
            CoreAnswerState.ADOPTED: _l("Adopted"),
            CoreAnswerState.REFUSED: _l("Refused"),
        }[self]


class CoreAnswer(Base):
    """Whether an edition takes over a later version of the core; until it has adopted it, nothing moves there."""

    __tablename__ = "core_answer"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True)
    core_id: Mapped[int] = mapped_column(ForeignKey("core.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[CoreAnswerState] = mapped_column(
        enum_type(CoreAnswerState, "core_answer_state"), default=CoreAnswerState.WAITING
    )
    reason: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("who answered for the edition", "record")
    )

    edition: Mapped[Edition] = relationship()
    core: Mapped[Core] = relationship()
