"""Reading ballots, votes and decisions: every one through what the reader may see."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import defer, joinedload, selectinload
from sqlalchemy.sql import Select

from stakeholder_hub.accounts.models import User
from stakeholder_hub.consultations.models import Consultation, ConsultationState
from stakeholder_hub.decisions.counting import chosen_proposals
from stakeholder_hub.decisions.electorates import people_entitled
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.marks import Marks
from stakeholder_hub.decisions.models import (
    Ballot,
    BallotOption,
    BallotState,
    Decision,
    Objection,
    ObjectionState,
    Presence,
    Proxy,
    ProxyFate,
    Vote,
    Voter,
)
from stakeholder_hub.decisions.paper import PaperBatch, PaperSheet
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.records.models import Record
from stakeholder_hub.records.queries import load, visible_to


def load_ballot(reference: str, actor: Actor) -> Ballot:
    """The ballot with its options, place and consultation, if the actor may see it.

    Raises:
        NotFound: there is none, or none that this person may see.
    """
    whole = sa.select(Ballot).options(
        joinedload(Ballot.territory),
        joinedload(Ballot.group),
        joinedload(Ballot.consultation),
        joinedload(Ballot.turnout),
        selectinload(Ballot.options),
    )
    return load(whole, reference, actor)


def load_decision(reference: str, actor: Actor) -> Decision:
    """The decision with its ballot, if the actor may see it.

    Raises:
        NotFound: there is none, or none that this person may see.
    """
    whole = sa.select(Decision).options(
        joinedload(Decision.territory),
        joinedload(Decision.group),
        selectinload(Decision.ballot).joinedload(Ballot.consultation),
        selectinload(Decision.ballot).selectinload(Ballot.options),
    )
    return load(whole, reference, actor)


def ballots_of(consultation: Consultation, actor: Actor) -> Sequence[Ballot]:
    """The ballots of a consultation, the latest first, without their results."""
    return db.session.scalars(
        sa.select(Ballot)
        .where(Ballot.consultation_id == consultation.id, visible_to(actor))
        .options(defer(Ballot.result), joinedload(Ballot.consultation))
        .order_by(Ballot.closes_at.desc(), Ballot.id.desc())
    ).all()


def decision_on(ballot: Ballot, actor: Actor) -> Decision | None:
    """The decision that rests on a ballot."""
    return db.session.scalar(sa.select(Decision).where(Decision.ballot_id == ballot.id, visible_to(actor)))


def decision_choosing(proposal: Proposal, actor: Actor) -> Decision | None:
    """The latest decision in which ``proposal`` was chosen: what carries it out rests on that too."""
    put_to_vote = sa.select(BallotOption.ballot_id).where(BallotOption.proposal_id == proposal.id)
    found = db.session.scalars(
        sa.select(Decision)
        .where(Decision.ballot_id.in_(put_to_vote), visible_to(actor))
        .options(selectinload(Decision.ballot).selectinload(Ballot.options))
        .order_by(Decision.id.desc())
    )
    return next(
        (decision for decision in found if decision.ballot and _chose(decision.ballot, proposal)), None
    )


def _chose(ballot: Ballot, proposal: Proposal) -> bool:
    return proposal.id in chosen_proposals(ballot)


def has_voted(ballot: Ballot, actor: Actor) -> bool:
    """Whether the actor voted in this ballot; what they chose is another question."""
    return bool(voted_in([ballot.id], actor))


def objections_to(ballot: Ballot) -> Sequence[Objection]:
    """The objections raised in a vote by consent, the standing ones first."""
    return db.session.scalars(
        sa.select(Objection)
        .where(Objection.ballot_id == ballot.id)
        .options(joinedload(Objection.user))
        .order_by(Objection.state != ObjectionState.STANDING, Objection.id)
    ).all()


def load_objection(ballot: Ballot, objection_id: int) -> Objection:
    """One objection of this ballot.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(
        sa.select(Objection).where(Objection.ballot_id == ballot.id, Objection.id == objection_id)
    )
    if found is None:
        raise NotFound()
    return found


def own_objection(ballot: Ballot, actor: Actor) -> str:
    """Why the actor objects, as it stands now; empty where they do not."""
    if ballot.method is not Method.CONSENT or not actor.is_authenticated or actor.id is None:
        return ""
    found = db.session.scalar(
        sa.select(Objection.reason).where(
            Objection.ballot_id == ballot.id,
            Objection.user_id == actor.id,
            Objection.state != ObjectionState.WITHDRAWN,
        )
    )
    return found or ""


def batches_of(ballot: Ballot) -> Sequence[tuple[PaperBatch, int]]:
    """The batches of paper with their number of sheets, as they were entered."""
    rows = db.session.execute(
        sa.select(PaperBatch, sa.func.count(PaperSheet.number))
        .outerjoin(PaperSheet, sa.and_(PaperSheet.batch_id == PaperBatch.id, PaperSheet.entry == 1))
        .where(PaperBatch.ballot_id == ballot.id)
        .group_by(PaperBatch.id)
        .order_by(PaperBatch.id)
    )
    return [(row[0], row[1]) for row in rows]


def load_batch(ballot: Ballot, batch_id: int) -> PaperBatch:
    """One batch of this ballot.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(
        sa.select(PaperBatch).where(PaperBatch.ballot_id == ballot.id, PaperBatch.id == batch_id)
    )
    if found is None:
        raise NotFound()
    return found


def is_noted_as_present(ballot: Ballot, actor: Actor) -> bool:
    """Whether the actor said that they are present."""
    found = sa.select(Presence.user_id).where(Presence.ballot_id == ballot.id, Presence.user_id == actor.id)
    return db.session.scalar(found) is not None


def proxy_of(ballot: Ballot, actor: Actor) -> Proxy | None:
    """To whom the actor gave their vote in this ballot."""
    if not ballot.max_proxies or not actor.is_authenticated:
        return None
    return db.session.scalar(
        sa.select(Proxy)
        .where(Proxy.ballot_id == ballot.id, Proxy.giver_id == actor.id)
        .options(joinedload(Proxy.holder))
    )


def carried_votes(ballot: Ballot, actor: Actor) -> list[str]:
    """The names of those whose votes the actor carries in this ballot, as long as they have not voted themselves."""
    if not ballot.max_proxies or not actor.is_authenticated:
        return []
    return list(
        db.session.scalars(
            sa.select(User.name)
            .join(Proxy, Proxy.giver_id == User.id)
            .where(Proxy.ballot_id == ballot.id, Proxy.holder_id == actor.id, Proxy.fate.is_(None))
            .order_by(User.name, User.id)
        )
    )


def carried_at_the_close(ballot: Ballot, actor: Actor) -> list[tuple[str, ProxyFate]]:
    """Whose votes the actor had been given in a closed ballot, by name, and what became of each; never a choice."""
    if not ballot.max_proxies or not actor.is_authenticated:
        return []
    rows = db.session.execute(
        sa.select(User.name, Proxy.fate)
        .join(Proxy, Proxy.giver_id == User.id)
        .where(Proxy.ballot_id == ballot.id, Proxy.holder_id == actor.id)
        .order_by(User.name, User.id)
    )
    return [(name, fate) for name, fate in rows if fate is not None]


def possible_holders(ballot: Ballot, actor: Actor) -> list[tuple[int, str]]:
    """Fellow members who may vote, by name."""
    rows = db.session.execute(
        sa.select(User.id, User.name)
        .where(User.id.in_(people_entitled(ballot) - {actor.id or 0}))
        .order_by(User.name, User.id)
    )
    return [(row[0], row[1]) for row in rows]


def open_votes(ballot: Ballot) -> Sequence[tuple[str, Marks]]:
    """Who chose what, by name, in a closed ballot that was held openly."""
    if ballot.secret or ballot.state != BallotState.CLOSED:
        return []
    rows = db.session.execute(
        sa.select(User.name, Vote.choices, Vote.points)
        .join(User, User.id == Vote.user_id)
        .where(Vote.ballot_id == ballot.id)
        .order_by(User.name, User.id)
    )
    return [(name, Marks(choices, points)) for name, choices, points in rows]


def own_receipt(ballot: Ballot, actor: Actor) -> str | None:
    """The code that the actor got for voting in this ballot."""
    if not actor.is_authenticated or actor.id is None:
        return None
    return db.session.scalar(
        sa.select(Voter.receipt).where(Voter.ballot_id == ballot.id, Voter.user_id == actor.id)
    )


def voted_in(ballot_ids: Iterable[int], actor: Actor) -> set[int]:
    """In which of these ballots the actor has voted."""
    if not actor.is_authenticated or actor.id is None:
        return set()
    return set(
        db.session.scalars(
            sa.select(Voter.ballot_id).where(Voter.user_id == actor.id, Voter.ballot_id.in_(list(ballot_ids)))
        )
    )


def running(actor: Actor) -> Select[Ballot]:
    """Ballots that take votes now and that the actor may see; what closes first comes first."""
    now = clock.now()
    return (
        sa.select(Ballot)
        .where(
            visible_to(actor),
            Ballot.state.in_([BallotState.PREPARED, BallotState.OPEN]),
            Ballot.consultation_id.in_(
                sa.select(Consultation.id).where(Consultation.state == ConsultationState.PUBLISHED)
            ),
            Ballot.opens_at <= now,
            Ballot.closes_at > now,
        )
        .options(defer(Ballot.result), joinedload(Ballot.consultation), joinedload(Ballot.territory))
        .order_by(Ballot.closes_at, Ballot.id)
    )


def waiting_for_vote(actor: Actor) -> Select[Ballot]:
    """Running ballots in which the actor has not voted: for the desk, which asks ``may_vote`` for each it shows."""
    done = sa.select(Voter.ballot_id).where(Voter.user_id == actor.id)
    return running(actor).where(Ballot.id.not_in(done))


def proposal_urls(ids: Iterable[int | None], actor: Actor) -> dict[int, str]:
    """The pages of these proposals, as far as the actor may see them. One statement, none without proposals."""
    wanted = [proposal_id for proposal_id in ids if proposal_id is not None]
    if not wanted:
        return {}
    found = db.session.execute(
        sa.select(Record.id, Record.reference).where(Record.id.in_(wanted), visible_to(actor))
    )
    return {row[0]: url_for(Proposal.endpoint, reference=row[1]) for row in found}


def votable(consultation: Consultation, actor: Actor, besides: Ballot | None = None) -> Sequence[Proposal]:
    """The proposals that can be put on a ballot, in the order in which they were put forward; for an edit also
    those that are on this ballot already.
    """
    free = Proposal.state.in_([ProposalState.SUBMITTED, ProposalState.ADMITTED])
    own = [option.proposal_id for option in besides.options if option.proposal_id] if besides else []
    return db.session.scalars(
        sa.select(Proposal)
        .where(
            Proposal.consultation_id == consultation.id,
            visible_to(actor),
            sa.or_(free, Proposal.id.in_(own)),
        )
        .options(joinedload(Proposal.category))
        .order_by(Proposal.id)
    ).all()


def votes_of(ballot: Ballot) -> Iterable[Marks]:
    """The votes of a closed ballot without anything that ties them to somebody, in the random order of their keys.

    Raises:
        NotFound: the ballot is not closed.
    """
    if ballot.state != BallotState.CLOSED:
        raise NotFound()
    rows = db.session.execute(
        sa.select(Vote.choices, Vote.points).where(Vote.ballot_id == ballot.id).order_by(Vote.voter_key)
    )
    return (Marks(row[0], row[1]) for row in rows)
