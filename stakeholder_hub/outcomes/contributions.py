"""Everything one person contributed, and what became of it: a constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload
from sqlalchemy.sql import Select

from stakeholder_hub.consultations.models import Consultation, Participation
from stakeholder_hub.decisions.models import Ballot, Voter
from stakeholder_hub.deliberation.models import Comment, Support
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound, Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.outcomes.models import ContributionPage
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.records.models import Record
from stakeholder_hub.records.queries import visible_to


class Kind(StrEnum):
    """What somebody did."""

    PROPOSALS = "proposals"
    COMMENTS = "comments"
    SUPPORT = "support"
    VOTES = "votes"
    TOOK_PART = "took_part"

    @property
    def label(self) -> Reason:
        """As a tab."""
        return {
            Kind.PROPOSALS: _l("Put forward"),
            Kind.COMMENTS: _l("Said"),
            Kind.SUPPORT: _l("Supported"),
            Kind.VOTES: _l("Votes taken part in"),
            Kind.TOOK_PART: _l("Consultations taken part in"),
        }[self]

    @property
    def is_private(self) -> bool:
        """Whether only the person sees it: whom somebody supports, and where somebody voted, is nobody else's."""
        return self in (Kind.SUPPORT, Kind.VOTES, Kind.TOOK_PART)


PUBLIC_KINDS: tuple[Kind, ...] = tuple(kind for kind in Kind if not kind.is_private)


ACCEPTED: tuple[ProposalState, ...] = (
    ProposalState.SELECTED,
    ProposalState.UNDER_WAY,
    ProposalState.DONE,
)
"""States of a proposal that was taken up."""


@dataclass(frozen=True)
class Sums:
    """How much there is of each, and what became of the proposals."""

    of: dict[Kind, int]
    standing: int
    answered: int
    accepted: int
    done: int


MADE_OF: dict[Kind, Any] = {
    Kind.PROPOSALS: Proposal,
    Kind.COMMENTS: Comment,
    Kind.SUPPORT: Record,
    Kind.VOTES: Ballot,
    Kind.TOOK_PART: Consultation,
}


def _conditions(kind: Kind, person: Any, reader: Actor) -> list[Any]:
    """What holds of the records of ``kind`` that ``person`` contributed to, and that ``reader`` may see now."""
    what = MADE_OF[kind]
    if kind is Kind.PROPOSALS:
        return [Proposal.author_id == person.id, visible_to(reader)]
    if kind is Kind.COMMENTS:
        return [Comment.author_id == person.id, Comment.state == "published", visible_to(reader)]
    rows: dict[Kind, Any] = {
        Kind.SUPPORT: sa.select(Support.record_id).where(Support.user_id == person.id),
        Kind.VOTES: sa.select(Voter.ballot_id).where(Voter.user_id == person.id),
        Kind.TOOK_PART: sa.select(Participation.consultation_id).where(Participation.user_id == person.id),
    }
    return [what.id.in_(rows[kind]), visible_to(reader)]


def contributed(kind: Kind, person: Any, reader: Actor) -> Select[Any]:
    """The records of ``kind`` that ``person`` contributed to, as far as ``reader`` may see them now.

    Of votes only the ballots are told, never what was chosen: that is known to nobody.
    """
    what = MADE_OF[kind]
    around: dict[Kind, list[Any]] = {
        Kind.PROPOSALS: [
            joinedload(Proposal.consultation),
            defer(Proposal.body_text),
            defer(Proposal.body_html),
        ],
        Kind.COMMENTS: [joinedload(Comment.subject)],
        Kind.VOTES: [joinedload(Ballot.consultation), defer(Ballot.result)],
    }
    return (
        sa.select(what)
        .where(*_conditions(kind, person, reader))
        .options(joinedload(what.territory), *around.get(kind, []))
    )


def sums_of(person: Any, reader: Actor, kinds: Sequence[Kind]) -> Sums:
    """The counts above the lists. One statement."""

    def number(kind: Kind, *more: Any) -> Any:
        counted = sa.select(sa.func.count(MADE_OF[kind].id)).where(*_conditions(kind, person, reader), *more)
        return counted.scalar_subquery()

    standing = Proposal.state != ProposalState.WITHDRAWN
    became = (
        sa.true(),
        Proposal.responded_at.is_not(None),
        Proposal.state.in_(ACCEPTED),
        Proposal.state == ProposalState.DONE,
    )
    row = db.session.execute(
        sa.select(
            *[number(kind) for kind in kinds],
            *[number(Kind.PROPOSALS, standing, condition) for condition in became],
        )
    ).one()
    return Sums(dict(zip(kinds, row, strict=False)), *row[len(kinds) :])


def own_page(person: Any) -> ContributionPage | None:
    """The page that the person shows to everyone, if they do."""
    return db.session.scalar(sa.select(ContributionPage).where(ContributionPage.user_id == person.id))


def shown_at(address: str) -> ContributionPage:
    """The page at an address that cannot be guessed.

    Raises:
        NotFound: there is none, or none any more.
    """
    found = db.session.scalar(
        sa.select(ContributionPage)
        .where(ContributionPage.address == address)
        .options(joinedload(ContributionPage.user))
    )
    if found is None or found.user.erased_at is not None:
        raise NotFound()
    return found
