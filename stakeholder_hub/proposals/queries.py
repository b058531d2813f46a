"""Reading proposals: every list goes through what the reader may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import ColumnElement, Select

from stakeholder_hub.accounts.models import User
from stakeholder_hub.consultations.models import Category, Consultation
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.proposals.models import Proposal, ProposalState, ProposalVersion
from stakeholder_hub.records.queries import visible_to
from stakeholder_hub.search.models import SearchEntry
from stakeholder_hub.search.words import asked_words

MOST_PINS = 500
SHORTEST_TELLING_WORD = 4


def _whole() -> Select[Proposal]:
    """A proposal with everything its page shows."""
    return sa.select(Proposal).options(
        joinedload(Proposal.territory),
        joinedload(Proposal.group),
        joinedload(Proposal.author),
        joinedload(Proposal.speaking_for),
        joinedload(Proposal.category),
        joinedload(Proposal.consultation).options(
            joinedload(Consultation.territory),
            joinedload(Consultation.group),
            selectinload(Consultation.phases),
        ),
    )


def load_proposal(reference: str, actor: Actor) -> Proposal:
    """The proposal with this reference, if the actor may see it.

    Raises:
        NotFound: there is none, or none that this person may see.
    """
    return load_for_page(reference, actor)[0]


def load_for_page(reference: str, actor: Actor) -> tuple[Proposal, bool]:
    """The same, and whether it was ever changed. Two statements.

    Raises:
        NotFound: there is none, or none that this person may see.
    """
    changed = sa.exists().where(ProposalVersion.proposal_id == Proposal.id)
    found = db.session.execute(
        _whole()
        .add_columns(changed.label("changed"))
        .where(Proposal.reference == reference, visible_to(actor))
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found[0], bool(found[1])


def similar_to(consultation: Consultation, title: str, actor: Actor, *, limit: int = 5) -> Sequence[Proposal]:
    """Proposals that share words with ``title``: those that share most of them first."""
    words = [word for word in asked_words(title) if len(word) >= SHORTEST_TELLING_WORD]
    if not words:
        return []
    held = [
        sa.case((sa.or_(SearchEntry.title_words.contains(w), SearchEntry.text.contains(w)), 1), else_=0)
        for w in words
    ]
    shared = sum(held[1:], held[0])
    return db.session.scalars(
        of_consultation(consultation, actor)
        .join(SearchEntry, SearchEntry.record_id == Proposal.id)
        .where(Proposal.state != ProposalState.WITHDRAWN, shared * 2 >= len(words))
        .order_by(shared.desc(), Proposal.support_count.desc(), Proposal.id)
        .limit(limit)
    ).all()


def of_consultation(consultation: Consultation, actor: Actor) -> Select[Proposal]:
    """The proposals of a consultation that the actor may see, with what a list shows of them."""
    return (
        sa.select(Proposal)
        .where(Proposal.consultation_id == consultation.id, visible_to(actor))
        .options(
            joinedload(Proposal.author), joinedload(Proposal.speaking_for), joinedload(Proposal.category)
        )
    )


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to. ``state`` of ``None`` leaves out what was withdrawn."""

    category: Category | None = None
    state: ProposalState | None = None
    with_place: bool = False
    mine: bool = False
    words: str = ""

    def conditions(self, actor: Actor) -> list[ColumnElement[bool]]:
        """What must hold of a proposal on the list."""
        found: list[ColumnElement[bool]] = []
        if self.category is not None:
            found.append(Proposal.category_id == self.category.id)
        if self.state is not None:
            found.append(Proposal.state == self.state)
        elif not self.mine:
            found.append(Proposal.state != ProposalState.WITHDRAWN)
        if self.with_place:
            found.append(Proposal.latitude.is_not(None))
        if self.mine:
            found.append(Proposal.author_id == actor.id if actor.id is not None else sa.false())
        found += [Proposal.id.in_(_holding(word)) for word in asked_words(self.words)]
        return found

    @property
    def count(self) -> int:
        """How many are set."""
        return sum(
            (self.category is not None, self.state is not None, self.with_place, self.mine, bool(self.words))
        )


def _holding(word: str) -> Select[Any]:
    """Records whose title or text holds the word, also within a longer one: compound words are found by their parts."""
    held = sa.or_(
        SearchEntry.title_words.contains(word, autoescape=True),
        SearchEntry.text.contains(word, autoescape=True),
    )
    return sa.select(SearchEntry.record_id).where(SearchEntry.record_id.is_not(None), held)


def shuffled(seed: int) -> ColumnElement[int]:
    """A number per proposal that looks drawn by lot and is the same for the same seed: the ids, multiplied in the
    field of a prime, so that two proposals only meet where their ids lie that prime apart.
    """
    factor = 7919 + seed % 90_000
    return (sa.cast(Proposal.id, sa.BigInteger) * factor + seed % 1_000_003) % 1_000_003


def newest(consultation: Consultation, actor: Actor, *, limit: int) -> Sequence[Proposal]:
    """The latest proposals."""
    return db.session.scalars(
        of_consultation(consultation, actor)
        .where(Proposal.state != ProposalState.WITHDRAWN)
        .order_by(Proposal.created_at.desc(), Proposal.id.desc())
        .limit(limit)
    ).all()


def most_supported(consultation: Consultation, actor: Actor, *, limit: int) -> Sequence[Proposal]:
    """The proposals with the most support."""
    return db.session.scalars(
        of_consultation(consultation, actor)
        .where(Proposal.state != ProposalState.WITHDRAWN)
        .order_by(Proposal.support_count.desc(), Proposal.id.desc())
        .limit(limit)
    ).all()


def to_be_answered(actor: Actor, consultations: Select[Any]) -> Select[Proposal]:
    """Proposals without an official answer in ``consultations`` (a select of ids), the most supported first."""
    return (
        sa.select(Proposal)
        .where(
            Proposal.consultation_id.in_(consultations),
            visible_to(actor),
            Proposal.answered_at.is_(None),
            Proposal.state == ProposalState.SUBMITTED,
        )
        .options(joinedload(Proposal.territory))
        .order_by(Proposal.support_count.desc(), Proposal.id)
    )


def put_forward_by(actor: Actor) -> Select[Proposal]:
    """What the actor has put forward, the latest first."""
    return (
        sa.select(Proposal)
        .where(Proposal.author_id == actor.id)
        .options(joinedload(Proposal.consultation), joinedload(Proposal.territory))
        .order_by(Proposal.created_at.desc(), Proposal.id.desc())
    )


@dataclass(frozen=True)
class Revision:
    """What a proposal said from ``written_at`` on, and who wrote it."""

    number: int
    title: str
    body_text: str
    cost: int | None
    written_at: datetime
    written_by: User | None
    is_present: bool = False


def history_of(proposal: Proposal) -> list[Revision]:
    """Everything the proposal has said, the present text first.

    A stored version tells who replaced it and when: that is who wrote the next one.
    """
    kept = db.session.execute(
        sa.select(ProposalVersion, User)
        .outerjoin(User, User.id == ProposalVersion.edited_by_id)
        .where(ProposalVersion.proposal_id == proposal.id)
        .order_by(ProposalVersion.number)
    ).all()
    revisions, when, who = [], proposal.created_at, proposal.author
    for version, editor in kept:
        revisions.append(Revision(version.number, version.title, version.body_text, version.cost, when, who))
        when, who = version.created_at, editor
    title = proposal.title.original.text
    present = Revision(len(kept) + 1, title, proposal.body_text, proposal.cost, when, who, is_present=True)
    return [present, *reversed(revisions)]
