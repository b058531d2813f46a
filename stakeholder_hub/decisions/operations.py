"""Everything that changes a ballot: preparing, opening, voting, closing with the count, deciding."""

import hashlib
import hmac
import random
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from stakeholder_hub.consultations.models import Consultation, Phase
from stakeholder_hub.consultations.operations import take_part
from stakeholder_hub.decisions.counting import count, winners_in
from stakeholder_hub.decisions.events import (
    BallotChanged,
    BallotClosed,
    BallotOpened,
    BallotPrepared,
    DecisionExplained,
    DecisionRecorded,
    VoteCast,
)
from stakeholder_hub.decisions.models import (
    Ballot,
    BallotOption,
    BallotState,
    Decision,
    Electorate,
    Method,
    SectorTurnout,
    Vote,
    Voter,
)
from stakeholder_hub.decisions.policy import (
    may_change_ballot,
    may_close_ballot,
    may_explain_decision,
    may_open_ballot,
    may_prepare_ballot,
    may_vote,
)
from stakeholder_hub.decisions.wording import decision_title
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM, Actor, require
from stakeholder_hub.kernel.database import db, insert_ignore
from stakeholder_hub.kernel.errors import Conflict, Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.text import markdown, normalise
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.records.models import Relation
from stakeholder_hub.records.operations import add_link, add_record
from stakeholder_hub.territories.models import RoleGrant

log = structlog.get_logger(__name__)

MOST_OPTIONS = 500


@operation
def prepare_ballot(
    consultation: Consultation,
    *,
    title: Multilingual,
    question: Multilingual,
    method: Method,
    opens_at: datetime,
    closes_at: datetime,
    proposals: Sequence[Proposal],
    phase: Phase | None = None,
    electorate: Electorate = Electorate.EVERYONE,
    budget: int | None = None,
    min_choices: int = 1,
    max_choices: int | None = None,
    winners_wanted: int | None = None,
    rule: str = "greedy",
    actor: Actor,
) -> Ballot:
    """Put proposals of a consultation on a ballot, in the order given.

    ``budget`` (hundredths of the consultation's currency) is needed for a budget ballot, and every proposal
    on it needs a cost that fits. ``winners_wanted`` is for approval ballots; none means every option.

    Raises:
        NotAllowed: the actor does not run the consultation, or it is closed.
        Invalid: dates, amounts or proposals do not fit.
    """
    require(may_prepare_ballot(actor, consultation))
    ballot = Ballot(
        title=title,
        question=question,
        state=BallotState.PREPARED,
        territory=consultation.territory,
        group_id=consultation.group_id,
        context_id=consultation.id,
        consultation=consultation,
        visibility=consultation.visibility,
        source_language=title.source,
        method=method,
        currency=consultation.currency,
    )
    _set_terms(
        ballot,
        opens_at=opens_at,
        closes_at=closes_at,
        phase=phase,
        electorate=electorate,
        budget=budget,
        min_choices=min_choices,
        max_choices=max_choices,
        winners_wanted=winners_wanted,
        rule=rule,
    )
    add_record(ballot, actor=actor)
    _set_options(ballot, proposals, actor=actor)
    add_link(consultation, Relation.PROMPTED, ballot, actor=actor)
    emit(BallotPrepared(actor=actor, subject=ballot))
    return ballot


@operation
def edit_ballot(
    ballot: Ballot,
    *,
    title: Multilingual,
    question: Multilingual,
    opens_at: datetime,
    closes_at: datetime,
    proposals: Sequence[Proposal],
    phase: Phase | None = None,
    electorate: Electorate = Electorate.EVERYONE,
    budget: int | None = None,
    min_choices: int = 1,
    max_choices: int | None = None,
    winners_wanted: int | None = None,
    rule: str = "greedy",
    version: int,
    actor: Actor,
) -> Ballot:
    """Change a ballot that has not opened.

    Raises:
        NotAllowed: it has opened, or the actor does not run it (refused and logged).
        Conflict: somebody else changed it since ``version``.
    """
    if not (verdict := may_change_ballot(actor, ballot)):
        log.warning("ballot_change_refused", ballot=ballot.reference, state=ballot.state)
    require(verdict)
    if ballot.version != version:
        raise Conflict(
            _l("Somebody else changed this ballot in the meantime."),
            theirs={"title": ballot.title.original.text, "version": ballot.version},
        )
    ballot.title, ballot.question = title, question
    _set_terms(
        ballot,
        opens_at=opens_at,
        closes_at=closes_at,
        phase=phase,
        electorate=electorate,
        budget=budget,
        min_choices=min_choices,
        max_choices=max_choices,
        winners_wanted=winners_wanted,
        rule=rule,
    )
    _clear_options(ballot)
    _set_options(ballot, proposals, actor=actor)
    ballot.touch()
    emit(BallotChanged(actor=actor, subject=ballot))
    return ballot


def _set_terms(
    ballot: Ballot,
    *,
    opens_at: datetime,
    closes_at: datetime,
    phase: Phase | None,
    electorate: Electorate,
    budget: int | None,
    min_choices: int,
    max_choices: int | None,
    winners_wanted: int | None,
    rule: str,
) -> None:
    if closes_at <= opens_at:
        raise Invalid(_l("The vote must end after it begins."), "closes_at")
    if phase is not None and phase.consultation_id != ballot.consultation.id:
        raise Invalid(_l("Choose a phase of this consultation."), "phase")
    if ballot.method is Method.BUDGET and not budget:
        raise Invalid(_l("Say how much money there is to spend."), "budget")
    if min_choices < 0 or (max_choices is not None and max_choices < max(min_choices, 1)):
        raise Invalid(_l("The most choices must not be fewer than the least."), "max_choices")
    if winners_wanted is not None and winners_wanted < 1:
        raise Invalid(_l("At least one proposal must be able to win."), "winners_wanted")
    if electorate is Electorate.MEMBERS and ballot.group_id is None and ballot.consultation.group_id is None:
        raise Invalid(_l("There is no group whose members could vote."), "electorate")
    ballot.opens_at, ballot.closes_at, ballot.phase = opens_at, closes_at, phase
    ballot.electorate, ballot.budget, ballot.rule = electorate, budget, rule
    ballot.min_choices, ballot.max_choices, ballot.winners_wanted = min_choices, max_choices, winners_wanted


def _set_options(ballot: Ballot, proposals: Sequence[Proposal], *, actor: Actor) -> None:
    chosen = list(dict.fromkeys(proposals))
    if not 1 <= len(chosen) <= MOST_OPTIONS:
        raise Invalid(_l("Put between 1 and %(most)s proposals on the ballot.", most=MOST_OPTIONS), "proposals")
    for position, proposal in enumerate(chosen, start=1):
        if proposal.consultation_id != ballot.consultation_id:
            raise Invalid(_l("One of these proposals belongs to another consultation."), "proposals")
        if ballot.method is Method.BUDGET:
            _check_cost(ballot, proposal)
        proposal.move_to(ProposalState.ON_BALLOT)
        db.session.add(
            BallotOption(
                ballot=ballot, position=position, proposal_id=proposal.id, title=proposal.title, cost=proposal.cost
            )
        )
        add_link(proposal, Relation.PUT_TO_VOTE, ballot, actor=actor)
    db.session.flush()


def _check_cost(ballot: Ballot, proposal: Proposal) -> None:
    title = proposal.title.original.text
    if not proposal.cost:
        raise Invalid(_l("“%(title)s” has no cost: a budget vote needs one.", title=title), "proposals")
    if proposal.cost > (ballot.budget or 0):
        raise Invalid(_l("“%(title)s” costs more than the whole budget.", title=title), "proposals")


def _clear_options(ballot: Ballot) -> None:
    for option in list(ballot.options):
        if option.proposal_id is not None:
            proposal = db.session.get(Proposal, option.proposal_id)
            if proposal is not None and proposal.state == ProposalState.ON_BALLOT:
                proposal.move_to(ProposalState.ADMITTED)
        db.session.delete(option)
    db.session.flush()
    db.session.expire(ballot, ["options"])


@operation
def open_ballot(ballot: Ballot, *, actor: Actor) -> Ballot:
    """Begin to take votes. Before its time a coordinator may do it, and its opening is then now.

    Raises:
        NotAllowed: it is not prepared, its time is over, or the consultation is not public.
    """
    db.session.refresh(ballot, with_for_update=True)
    require(may_open_ballot(actor, ballot))
    now = clock.now()
    ballot.opens_at = min(ballot.opens_at, now)
    ballot.opened_at, ballot.key = now, secrets.token_hex(32)
    ballot.move_to(BallotState.OPEN)
    emit(BallotOpened(actor=actor, subject=ballot))
    return ballot


@operation
def cast_vote(ballot: Ballot, *, choices: Sequence[int], actor: Any) -> None:
    """Store the actor's vote in place of an earlier one. ``choices`` are positions of options.

    The ballot's row is held with a shared lock: votes do not wait for each other, but closing waits for them, so
    that no vote is taken after the count has begun. One vote per person is a database rule.

    Raises:
        NotAllowed: the ballot is not open, or the actor does not belong to its electorate.
        Invalid: unknown or repeated options, too few or too many, or over the budget.
    """
    db.session.refresh(ballot, with_for_update={"read": True})
    now = clock.now()
    require(may_vote(actor, ballot, now))
    if ballot.state == BallotState.PREPARED:
        open_ballot(ballot, actor=SYSTEM)
    positions = check_choices(ballot, choices)
    insert_ignore(
        Voter.__table__,
        {"ballot_id": ballot.id, "user_id": actor.id, "sector": _sector_of(ballot, actor)},
        index_elements=["ballot_id", "user_id"],
    )
    _store_vote(ballot.id, voter_key(ballot, actor.id), positions)
    take_part(ballot.consultation, actor=actor)
    emit(VoteCast(actor=actor, subject=ballot))


def check_choices(ballot: Ballot, choices: Sequence[int]) -> list[int]:
    """The choices as they are stored: sorted positions of this ballot's options.

    Raises:
        Invalid: with the reason at ``choices``.
    """
    known = {option.position: option for option in ballot.options}
    if len(set(choices)) != len(choices):
        raise Invalid(_l("Each proposal can be chosen once."), "choices")
    if any(position not in known for position in choices):
        raise Invalid(_l("One of your choices is not on this ballot."), "choices")
    if len(choices) < ballot.min_choices:
        raise Invalid(_l("Choose at least %(least)s.", least=ballot.min_choices), "choices")
    if ballot.max_choices is not None and len(choices) > ballot.max_choices:
        raise Invalid(_l("Choose at most %(most)s.", most=ballot.max_choices), "choices")
    if ballot.method is Method.BUDGET:
        spent = sum(known[position].cost or 0 for position in choices)
        if spent > (ballot.budget or 0):
            raise Invalid(_l("Your choices cost more than the budget. Take something out."), "choices")
    return sorted(choices)


def voter_key(ballot: Ballot, user_id: int) -> str:
    """What ties a vote to its voter while the ballot is open: HMAC-SHA-256 under the ballot's key.

    Raises:
        Conflict: the ballot is closed and its key destroyed.
    """
    if ballot.key is None:
        raise Conflict(_l("The vote is over."))
    return hmac.new(bytes.fromhex(ballot.key), f"{ballot.id}:{user_id}".encode(), hashlib.sha256).hexdigest()


def own_choices(ballot: Ballot, actor: Any) -> list[int] | None:
    """What the actor has chosen so far; ``None`` before voting, and for ever after the close."""
    if ballot.key is None or not actor.is_authenticated or actor.id is None:
        return None
    return db.session.scalar(
        sa.select(Vote.choices).where(Vote.ballot_id == ballot.id, Vote.voter_key == voter_key(ballot, actor.id))
    )


def _store_vote(ballot_id: int, key: str, positions: list[int]) -> None:
    values = {"ballot_id": ballot_id, "voter_key": key, "choices": positions}
    dialect = db.session.get_bind().dialect.name
    statement: Any = (sqlite_insert if dialect == "sqlite" else postgresql_insert)(Vote).values(**values)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["ballot_id", "voter_key"], set_={"choices": statement.excluded.choices}
        )
    )


def _sector_of(ballot: Ballot, actor: Any) -> str:
    seats = [grant.sector for grant in actor.grants if grant.group_id is not None and grant.group_id == ballot.group_id]
    return str(seats[0] if seats and seats[0] is not None else actor.sector)


@operation
def close_ballot(ballot: Ballot, *, actor: Actor) -> Ballot:
    """Close, count, untie every vote from its voter, and record the decision: in one transaction.

    The key is destroyed and the votes are stored anew in random order under random keys.

    Raises:
        NotAllowed: it is not open, or the actor does not run it.
    """
    db.session.refresh(ballot, with_for_update=True)
    require(may_close_ballot(actor, ballot))
    now = clock.now()
    ballot.closes_at, ballot.closed_at = min(ballot.closes_at, now), now
    votes = list(db.session.scalars(sa.select(Vote.choices).where(Vote.ballot_id == ballot.id)))
    ballot.result = count(ballot, votes).to_json()
    ballot.vote_count = len(votes)
    _untie(ballot, votes)
    _fix_turnout(ballot)
    ballot.key = None
    ballot.move_to(BallotState.CLOSED)
    mark_winners(ballot, winners_in(ballot.result))
    emit(BallotClosed(actor=actor, subject=ballot, votes=len(votes)))
    record_decision(ballot, actor=actor)
    return ballot


def _untie(ballot: Ballot, votes: list[list[int]]) -> None:
    random.SystemRandom().shuffle(votes)
    db.session.execute(sa.delete(Vote).where(Vote.ballot_id == ballot.id))
    rows = [{"ballot_id": ballot.id, "voter_key": secrets.token_hex(16), "choices": choices} for choices in votes]
    if rows:
        db.session.execute(sa.insert(Vote), rows)


def _fix_turnout(ballot: Ballot) -> None:
    voted = dict(
        db.session.execute(
            sa.select(Voter.sector, sa.func.count()).where(Voter.ballot_id == ballot.id).group_by(Voter.sector)
        )
        .tuples()
        .all()
    )
    eligible: dict[str, int] = {}
    if ballot.electorate is Electorate.MEMBERS:
        eligible = {
            str(sector): n
            for sector, n in db.session.execute(
                sa.select(RoleGrant.sector, sa.func.count())
                .where(RoleGrant.group_id == ballot.group_id, RoleGrant.sector.is_not(None))
                .group_by(RoleGrant.sector)
            ).tuples()
        }
    for sector in sorted(voted.keys() | eligible.keys()):
        db.session.add(
            SectorTurnout(
                ballot_id=ballot.id, sector=sector, voted=voted.get(sector, 0), eligible=eligible.get(sector)
            )
        )


def mark_winners(ballot: Ballot, winners: Sequence[int]) -> None:
    """Give every proposal on the ballot the state that the result means for it."""
    chosen = set(winners)
    ids = {option.proposal_id: option.position for option in ballot.options if option.proposal_id is not None}
    for proposal in db.session.scalars(sa.select(Proposal).where(Proposal.id.in_(ids))):
        if proposal.state == ProposalState.ON_BALLOT:
            won = ids[proposal.id] in chosen
            proposal.move_to(ProposalState.SELECTED if won else ProposalState.NOT_SELECTED)


@operation
def record_decision(ballot: Ballot, *, actor: Actor) -> Decision:
    """Put the outcome of a closed ballot on record; the group may add its reasons later."""
    existing = db.session.scalar(sa.select(Decision).where(Decision.ballot_id == ballot.id))
    if existing is not None:
        return existing
    decision = Decision(
        title=decision_title(ballot.title),
        state="adopted" if winners_in(ballot.result) else "rejected",
        territory=ballot.territory,
        group_id=ballot.group_id,
        context_id=ballot.context_id,
        consultation_id=ballot.consultation_id,
        ballot=ballot,
        visibility=ballot.visibility,
        source_language=ballot.source_language,
        decided_at=ballot.closed_at or clock.now(),
    )
    add_record(decision, actor=actor)
    add_link(ballot, Relation.DECIDED_BY, decision, actor=actor)
    emit(DecisionRecorded(actor=actor, subject=decision))
    return decision


@operation
def explain_decision(decision: Decision, *, reasons: str, language: str, version: int, actor: Actor) -> Decision:
    """Give, or change, the group's reasons for a decision.

    Raises:
        Conflict: somebody else changed them since ``version``.
    """
    require(may_explain_decision(actor, decision))
    if decision.version != version:
        raise Conflict(
            _l("Somebody else changed this in the meantime."),
            theirs={"reasons": decision.reasons_text, "version": decision.version},
            mine={"reasons": reasons},
        )
    decision.reasons_text = normalise(reasons)
    decision.reasons_html, decision.source_language = markdown(decision.reasons_text), language
    decision.touch()
    emit(DecisionExplained(actor=actor, subject=decision))
    return decision
