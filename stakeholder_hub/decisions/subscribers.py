"""Who is told of a vote, and how votes are found."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import defer

from stakeholder_hub.bodies.officials import ids_of_officials
from stakeholder_hub.decisions import sentences
from stakeholder_hub.decisions.aftermath import bodies_named
from stakeholder_hub.decisions.binding import conditions_of
from stakeholder_hub.decisions.counting import chosen_proposals
from stakeholder_hub.decisions.events import (
    BallotChanged,
    BallotClosed,
    BallotOpened,
    BallotPrepared,
    ConsultationImported,
    CrossedOff,
    CrossingUndone,
    DecisionExplained,
    DecisionRecorded,
    ObjectionAnswered,
    ProxyGiven,
    ResultSettled,
    ResultVetoed,
)
from stakeholder_hub.decisions.models import Ballot, Decision, Voter
from stakeholder_hub.decisions.operations.afterwards import settle_result
from stakeholder_hub.deliberation.operations import tell_followers
from stakeholder_hub.deliberation.queries import followers
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.events import subscribe
from stakeholder_hub.notifications.operations import notify
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.proposals.operations import searchable
from stakeholder_hub.ratifications.events import RatificationSettled
from stakeholder_hub.ratifications.rules import Standing
from stakeholder_hub.search.operations import index_record
from stakeholder_hub.search.sources import source


@subscribe(BallotOpened)
def tell_of_opening(event: BallotOpened) -> None:
    """Everybody who follows the consultation."""
    ballot: Ballot = event.subject
    tell_followers(ballot.consultation, kind=sentences.OPENED, actor=event.actor, about=ballot)


@subscribe(BallotClosed)
def tell_of_result(event: BallotClosed) -> None:
    """Those who voted, those who follow the consultation, and those who follow one of the proposals; each once for
    the vote.
    """
    ballot: Ballot = event.subject
    voters = set(db.session.scalars(sa.select(Voter.user_id).where(Voter.ballot_id == ballot.id)))
    notify(voters, kind=sentences.VOTED_COUNTED, record=ballot)
    others = set(followers(ballot.consultation)) - voters
    notify(others, kind=sentences.COUNTED, record=ballot)
    if ballot.after_close is None:
        _tell_of_proposals(ballot, event)


def _tell_of_proposals(ballot: Ballot, event: BallotClosed | ResultSettled) -> None:
    won = chosen_proposals(ballot)
    ids = [option.proposal_id for option in ballot.options if option.proposal_id is not None]
    followed = sa.select(Proposal).where(Proposal.id.in_(ids), Proposal.follow_count > 0)
    for proposal in db.session.scalars(followed):
        kind = sentences.CHOSEN if proposal.id in won else sentences.NOT_CHOSEN
        tell_followers(proposal, kind=kind, actor=event.actor)


@subscribe(RatificationSettled)
def settle_by_ratification(event: RatificationSettled) -> None:
    """Where it is the result of a ballot that bodies ratify, the result follows."""
    if isinstance(event.subject, Ballot):
        settle_result(event.subject, actor=event.actor)


@subscribe(ResultVetoed)
def tell_of_veto(event: ResultVetoed) -> None:
    """Those who voted, those who follow the consultation, and those who run the vote by following it."""
    ballot: Ballot = event.subject
    voters = set(db.session.scalars(sa.select(Voter.user_id).where(Voter.ballot_id == ballot.id)))
    people = (voters | set(followers(ballot.consultation))) - {getattr(event.actor, "id", None)}
    notify(people, kind=sentences.VETOED, record=ballot, data={"body": event.body.name.original.text})


@subscribe(ResultSettled)
def tell_of_end(event: ResultSettled) -> None:
    """Those who voted and those who follow, once it is known whether the result binds."""
    if event.standing == Standing.PENDING:
        return
    ballot: Ballot = event.subject
    voters = set(db.session.scalars(sa.select(Voter.user_id).where(Voter.ballot_id == ballot.id)))
    kind = sentences.BINDS if event.standing == Standing.HELD else sentences.FELL
    notify(voters | set(followers(ballot.consultation)), kind=kind, record=ballot)
    _tell_of_proposals(ballot, event)


@subscribe(BallotClosed)
def tell_vetoers(event: BallotClosed) -> None:
    """Those who act for bodies that can veto the result now."""
    ballot: Ballot = event.subject
    if ballot.after_close is Standing.PENDING and ballot.veto_until is not None:
        bodies = bodies_named(conditions_of(ballot).veto_bodies).values()
        notify(ids_of_officials(bodies), kind=sentences.CAN_VETO, record=ballot)


@subscribe(ProxyGiven)
def tell_holder(event: ProxyGiven) -> None:
    """Who votes for somebody else now."""
    notify([event.holder_id], kind=sentences.CARRIED, record=event.subject)


@subscribe(CrossedOff)
def tell_crossed_off(event: CrossedOff) -> None:
    """The person, where there is an account: nobody is crossed off unnoticed."""
    notify([event.user_id], kind=sentences.ON_PAPER, record=event.subject)


@subscribe(CrossingUndone)
def tell_not_crossed_off(event: CrossingUndone) -> None:
    """The person, who can vote online again."""
    notify([event.user_id], kind=sentences.NOT_ON_PAPER, record=event.subject)


@subscribe(ObjectionAnswered)
def tell_of_answer(event: ObjectionAnswered) -> None:
    """Who objected: they can object again if it is not resolved for them."""
    notify([event.objection.user_id], kind=sentences.RESOLVED, record=event.subject)


@subscribe(DecisionExplained)
def tell_of_reasons(event: DecisionExplained) -> None:
    """Everybody who follows the consultation."""
    decision: Decision = event.subject
    index_record(decision, text=decision.reasons_text)
    if decision.ballot is not None:
        followed = decision.ballot.consultation
        tell_followers(followed, kind=sentences.EXPLAINED, actor=event.actor, about=decision)


@subscribe(BallotPrepared)
def find_ballot(event: BallotPrepared) -> None:
    """A ballot is found by its name and question. Nothing of a vote goes into the index."""
    index_record(event.subject, text=event.subject.question.everything())


@subscribe(BallotChanged)
def find_changed_ballot(event: BallotChanged) -> None:
    """Under its new name and question."""
    index_record(event.subject, text=event.subject.question.everything())


@subscribe(DecisionRecorded)
def find_decision(event: DecisionRecorded) -> None:
    """A decision is found by its title, later also by its reasons."""
    index_record(event.subject, text=event.subject.reasons_text)


@subscribe(ConsultationImported)
def find_imported(event: ConsultationImported) -> None:
    """Everything that came with a file is found."""
    imported = event.subject.id
    for proposal in db.session.scalars(sa.select(Proposal).where(Proposal.consultation_id == imported)):
        index_record(proposal, text=searchable(proposal))
    for ballot in db.session.scalars(sa.select(Ballot).where(Ballot.consultation_id == imported)):
        index_record(ballot, text=ballot.question.everything())


@source("ballot")
def index_ballots() -> Iterator[int]:
    """Every ballot, for making the index anew."""
    for ballot in db.session.scalars(sa.select(Ballot).options(defer(Ballot.result)).order_by(Ballot.id)):
        index_record(ballot, text=ballot.question.everything())
        yield ballot.id


@source("decision")
def index_decisions() -> Iterator[int]:
    """Every decision, for making the index anew."""
    for decision in db.session.scalars(sa.select(Decision).order_by(Decision.id)):
        index_record(decision, text=decision.reasons_text)
        yield decision.id
