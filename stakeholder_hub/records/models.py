"""Records: anything people can discuss, follow, translate, flag, link or refer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stakeholder_hub.accounts.models import User
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Verdict, refused
from stakeholder_hub.kernel.database import Base, enum_type
from stakeholder_hub.kernel.errors import Conflict, Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.personal import personal
from stakeholder_hub.territories.models import Territory


class Visibility(StrEnum):
    """Who may read a record: everyone, the group's members, or only those who run it."""

    PUBLIC = "public"
    MEMBERS = "members"
    PRIVATE = "private"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            Visibility.PUBLIC: _l("Everyone"),
            Visibility.MEMBERS: _l("Members of the group"),
            Visibility.PRIVATE: _l("Only those who run it"),
        }[self]


class Moderation(StrEnum):
    """Whether a record is shown: hidden ones keep their place and say why."""

    VISIBLE = "visible"
    HIDDEN = "hidden"


class Relation(StrEnum):
    """How one record led to another, read from source to target."""

    PROMPTED = "prompted"
    PUT_TO_VOTE = "put_to_vote"
    DECIDED_BY = "decided_by"
    CARRIED_OUT_BY = "carried_out_by"
    RESULTED_IN = "resulted_in"
    REPEATED_AS = "repeated_as"
    MERGED_INTO = "merged_into"
    RELATES_TO = "relates_to"
    RUN_AS = "run_as"
    REFERRED_AS = "referred_as"
    FORWARDED_AS = "forwarded_as"
    JOINED_IN = "joined_in"
    ANSWERED_BY = "answered_by"
    PROMISED_AS = "promised_as"

    @property
    def label(self) -> Reason:
        """The relation in words, as said at the target."""
        return {
            Relation.PROMPTED: _l("put forward in"),
            Relation.PUT_TO_VOTE: _l("put to the vote"),
            Relation.DECIDED_BY: _l("decided by"),
            Relation.CARRIED_OUT_BY: _l("carried out by"),
            Relation.RESULTED_IN: _l("resulted in"),
            Relation.REPEATED_AS: _l("repeated as"),
            Relation.MERGED_INTO: _l("merged into"),
            Relation.RELATES_TO: _l("related to"),
            Relation.RUN_AS: _l("carried out in this place as"),
            Relation.REFERRED_AS: _l("referred to another level as"),
            Relation.FORWARDED_AS: _l("forwarded as"),
            Relation.JOINED_IN: _l("joined with similar matters in"),
            Relation.ANSWERED_BY: _l("answered by"),
            Relation.PROMISED_AS: _l("promised as"),
        }[self]

    @property
    def is_causal(self) -> bool:
        """Whether it says that one came of the other. Such links never lead back to where they began."""
        return self is not Relation.RELATES_TO

    @property
    def gathers(self) -> bool:
        """Whether many are brought together in one: a ballot of many proposals, an answer to many towns."""
        return self in (Relation.PUT_TO_VOTE, Relation.JOINED_IN, Relation.MERGED_INTO)


CAUSAL: frozenset[Relation] = frozenset(relation for relation in Relation if relation.is_causal)


@dataclass(frozen=True)
class Origin:
    """How records of a kind come into the world.

    ``required``: one must be the target of a link of one of ``relations``, added in the transaction that makes it.
    ``part_of`` names the column that says which record it is part of (a comment, a progress note): it needs no link,
    and ``label`` says in words how it belongs there.
    """

    required: bool = True
    relations: frozenset[Relation] = CAUSAL
    part_of: str | None = None
    label: Reason = ""


class Voice(StrEnum):
    """Who speaks in a record: the person (or organisation) that wrote it, or the body that is answerable for it."""

    AUTHOR = "author"
    BODY = "body"


class Record(Base):
    """What every kind of record has. Joined inheritance: a kind adds its own table.

    ``title`` is here, in every language it has, so that lists, search, the journey and the desk read one table.
    ``context`` is the record whose rules it lives under (the consultation of a proposal, ballot or comment);
    ``visibility`` is the effective one: a draft's is private, and a change of the context's is carried to all
    that live in it.
    ``state`` takes the values of the kind's own ``State``; the kind says which moves are possible.
    Counters are kept by atomic UPDATE, beside ``version``, so that a comment never spoils an edit.
    """

    __tablename__ = "record"
    __table_args__: Any = (
        CheckConstraint("support_count >= 0 AND comment_count >= 0 AND follow_count >= 0", name="counters"),
        Index("ix_record_context_kind_state", "context_id", "kind", "state"),
        Index("ix_record_territory_kind_state", "territory_id", "kind", "state"),
        Index("ix_record_kind_visibility_created", "kind", "visibility", "created_at"),
        # What is hidden is rare: looking for it reads almost nothing.
        Index(
            "ix_record_hidden",
            "id",
            sqlite_where=text("moderation = 'hidden'"),
            postgresql_where=text("moderation = 'hidden'"),
        ),
        UniqueConstraint("kind", "slug"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    slug: Mapped[str | None] = mapped_column(String(120))
    title: Mapped[Multilingual]
    state: Mapped[str] = mapped_column(String(24))
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"), index=True)
    context_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"))
    author_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True, info=personal("who put it forward", "record")
    )
    speaking_for_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    source_language: Mapped[str] = mapped_column(String(8), default="en")
    visibility: Mapped[Visibility] = mapped_column(
        enum_type(Visibility, "visibility"), default=Visibility.PRIVATE
    )
    moderation: Mapped[Moderation] = mapped_column(
        enum_type(Moderation, "moderation"), default=Moderation.VISIBLE
    )
    moderation_reason: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]
    support_count: Mapped[int] = mapped_column(default=0)
    comment_count: Mapped[int] = mapped_column(default=0)
    follow_count: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    territory: Mapped[Territory] = relationship(lazy="select")
    author: Mapped[User | None] = relationship(foreign_keys=[author_id], lazy="select")
    group: Mapped[Any] = relationship("Group", foreign_keys=[group_id], lazy="select")
    speaking_for: Mapped[Any] = relationship("Organisation", foreign_keys=[speaking_for_id], lazy="select")
    context: Mapped["Record | None"] = relationship(remote_side="Record.id", foreign_keys=[context_id])

    __mapper_args__: dict[str, Any] = {
        "polymorphic_on": kind,
        "polymorphic_abstract": True,
        "version_id_col": version,
    }

    letter: ClassVar[str] = "R"
    """The letter of this kind in references."""
    kind_label: ClassVar[Reason] = ""
    icon: ClassVar[str] = "journey"
    endpoint: ClassVar[str] = "records.show"
    """The page that shows it; addressed by reference, or by slug where the kind has one."""
    state_labels: ClassVar[Mapping[str, Reason]] = {}
    moves: ClassVar[Mapping[str, frozenset[str]]] = {}
    """Which state may follow which."""
    origin: ClassVar[Origin] = Origin()
    """Where one comes from. Kinds that people may begin freely say so."""
    voice: ClassVar[Voice] = Voice.BODY

    @property
    def part_of_id(self) -> int | None:
        """The record that this one is part of."""
        return getattr(self, self.origin.part_of) if self.origin.part_of else None

    @property
    def body_name(self) -> Multilingual:
        """The body that is answerable for it: its group, else the place."""
        name: Multilingual = self.group.name if self.group is not None else self.territory.name
        return name

    @property
    def state_label(self) -> Reason:
        """The state in words, in the reader's language."""
        return self.state_labels.get(self.state, self.state)

    def move_to(self, state: str) -> None:
        """Go to another state.

        Raises:
            Conflict: the kind knows no such move from the present state.
        """
        if state not in self.moves.get(self.state, frozenset()):
            raise Conflict(_l("This is no longer possible: its state has changed in the meantime."))
        self.state = state
        self.touch()

    def touch(self) -> None:
        """Remember that it was changed now."""
        self.updated_at = clock.now()

    def takes_comments(self, actor: Any) -> Verdict:
        """Whether people may comment on it now. Kinds that take comments say so."""
        return refused(_l("This takes no comments."))

    def takes_support(self, actor: Any) -> Verdict:
        """Whether people may support it now. Kinds that take support say so."""
        return refused(_l("This takes no support."))


class Link(Base):
    """``source`` led to ``target``: one step of the journey, added by the operation that took it."""

    __tablename__ = "link"
    __table_args__ = (
        UniqueConstraint("source_id", "relation", "target_id"),
        CheckConstraint("source_id <> target_id", name="not_itself"),
        Index("ix_link_target", "target_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    relation: Mapped[Relation] = mapped_column(enum_type(Relation, "relation"))
    target_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("who took this step", "record")
    )


class RecordReader(Base):
    """A group, or the delegates of an organisation, that may read a members' record of others: it was handed to them.

    A record that only those who run it may read stays theirs: nobody is given more than members have.
    """

    __tablename__ = "record_reader"
    __table_args__ = (
        CheckConstraint("(group_id IS NULL) <> (organisation_id IS NULL)", name="group_or_organisation"),
        UniqueConstraint("record_id", "group_id"),
        UniqueConstraint("record_id", "organisation_id"),
        Index("ix_record_reader_group", "group_id"),
        Index("ix_record_reader_organisation", "organisation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))


class ReferenceCounter(Base):
    """The last number given per territory, year and kind; raised by atomic UPDATE."""

    __tablename__ = "reference_counter"

    territory_id: Mapped[int] = mapped_column(
        ForeignKey("territory.id", ondelete="CASCADE"), primary_key=True
    )
    year: Mapped[int] = mapped_column(primary_key=True)
    letter: Mapped[str] = mapped_column(String(2), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class Attachment(Base):
    """A file of a record: stored by content, served only through a check of who may see the record.

    ``token`` is the unguessable part of its address; ``keys`` maps a variant (``original``, ``web``, ``thumb``)
    to its key in the storage. ``alt`` is the text for those who do not see the picture.
    """

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), index=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    alt: Mapped[str] = mapped_column(String(300), default="")
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    pages: Mapped[int | None]
    keys: Mapped[dict[str, Any]] = mapped_column(default=dict)
    uploaded_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), info=personal("who brought the file", "record")
    )
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    removed_at: Mapped[datetime | None]

    record: Mapped[Record] = relationship()
