"""Putting proposals on a ballot, and changing it as long as nobody can have voted."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
import structlog

from stakeholder_hub.consultations.drafts import (
    EARLIEST,
    LARGEST_BUDGET,
    LATEST,
    LONGEST_QUESTION,
    LONGEST_TITLE,
    checked_line,
)
from stakeholder_hub.consultations.models import Consultation, Phase
from stakeholder_hub.decisions.events import BallotChanged, BallotPrepared
from stakeholder_hub.decisions.models import Ballot, BallotOption, BallotState, Electorate, Method
from stakeholder_hub.decisions.policy import may_change_ballot, may_prepare_ballot
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.records.models import Link, Relation
from stakeholder_hub.records.operations import add_link, add_record

log = structlog.get_logger(__name__)

MOST_OPTIONS = 500
RULES = ("greedy", "greedy-no-skip")
"""How a budget is spent: going on below what does not fit, or ending there."""

_NO_TITLE = _l("Give the vote a name.")
_NO_QUESTION = _l("Write the question people vote on.")


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
        title=checked_line(title, "title", longest=LONGEST_TITLE, missing=_NO_TITLE),
        question=checked_line(question, "question", longest=LONGEST_QUESTION, missing=_NO_QUESTION),
        state=BallotState.PREPARED,
        territory=consultation.territory,
        group_id=consultation.group_id,
        context_id=consultation.id,
        consultation=consultation,
        visibility=consultation.visibility,
        source_language=title.source,
        currency=consultation.currency,
    )
    _set_terms(
        ballot,
        method=method,
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
    method: Method | None = None,
    version: int,
    actor: Actor,
) -> Ballot:
    """Change a ballot that has not opened. Without a ``method`` the present one stays.

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
            theirs={
                "title": ballot.title.original.text,
                "question": ballot.question.original.text,
                "version": ballot.version,
            },
            mine={"title": title.original.text, "question": question.original.text},
        )
    ballot.title = checked_line(title, "title", longest=LONGEST_TITLE, missing=_NO_TITLE)
    ballot.question = checked_line(question, "question", longest=LONGEST_QUESTION, missing=_NO_QUESTION)
    _set_terms(
        ballot,
        method=method or ballot.method,
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
    method: Method,
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
    _check_dates(opens_at, closes_at)
    if phase is not None and phase.consultation_id != ballot.consultation.id:
        raise Invalid(_l("Choose a phase of this consultation."), "phase")
    if method is Method.IMPORTED or (method is Method.BUDGET and rule not in RULES):
        raise Invalid(_l("Choose from the list."), "method")
    if method is Method.BUDGET and not (budget and 0 < budget <= LARGEST_BUDGET):
        raise Invalid(_l("Say how much money there is to spend."), "budget")
    if min_choices < 0:
        raise Invalid(_l("Give a number of zero or more."), "min_choices")
    if max_choices is not None and max_choices < max(min_choices, 1):
        raise Invalid(_l("The most choices must not be fewer than the least."), "max_choices")
    if winners_wanted is not None and winners_wanted < 1:
        raise Invalid(_l("At least one proposal must be able to win."), "winners_wanted")
    if electorate is Electorate.MEMBERS and ballot.group_id is None and ballot.consultation.group_id is None:
        raise Invalid(_l("There is no group whose members could vote."), "electorate")
    # A ballot belongs to a phase if it runs just as long; it then moves with the phase until it opens.
    if phase is not None and (phase.starts_at, phase.ends_at) != (opens_at, closes_at):
        phase = None
    ballot.opens_at, ballot.closes_at, ballot.phase = opens_at, closes_at, phase
    ballot.method, ballot.electorate, ballot.rule = method, electorate, rule
    ballot.budget = budget if method is Method.BUDGET else None
    ballot.min_choices, ballot.max_choices = min_choices, max_choices
    ballot.winners_wanted = winners_wanted if method is Method.APPROVAL else None


def _check_dates(opens_at: datetime, closes_at: datetime) -> None:
    for name, moment in (("opens_at", opens_at), ("closes_at", closes_at)):
        if not EARLIEST <= moment <= LATEST:
            raise Invalid(_l("Choose a date between the years 1900 and 2200."), name)
    if closes_at <= opens_at:
        raise Invalid(_l("The vote must end after it begins."), "closes_at")
    if closes_at <= clock.now():
        raise Invalid(_l("The vote must end in the future."), "closes_at")


def _set_options(ballot: Ballot, proposals: Sequence[Proposal], *, actor: Actor) -> None:
    chosen = list(dict.fromkeys(proposals))
    if not 1 <= len(chosen) <= MOST_OPTIONS:
        raise Invalid(
            _l("Put between 1 and %(most)s proposals on the ballot.", most=MOST_OPTIONS), "proposals"
        )
    if ballot.min_choices > len(chosen):
        raise Invalid(_l("There are fewer proposals on the ballot than people must choose."), "min_choices")
    for position, proposal in enumerate(chosen, start=1):
        if proposal.consultation_id != ballot.consultation_id:
            raise Invalid(_l("One of these proposals belongs to another consultation."), "proposals")
        if ballot.method is Method.BUDGET:
            _check_cost(ballot, proposal)
        if ProposalState.ON_BALLOT not in proposal.moves.get(proposal.state, frozenset()):
            raise Invalid(
                _l(
                    "“%(title)s” cannot be put to the vote: %(state)s.",
                    title=proposal.title.original.text,
                    state=proposal.state_label,
                ),
                "proposals",
            )
        proposal.move_to(ProposalState.ON_BALLOT)
        db.session.add(
            BallotOption(
                ballot=ballot,
                position=position,
                proposal_id=proposal.id,
                title=proposal.title,
                cost=proposal.cost,
                group_label=proposal.category.name.original.text if proposal.category else None,
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
    ids = [option.proposal_id for option in ballot.options if option.proposal_id is not None]
    for proposal in db.session.scalars(sa.select(Proposal).where(Proposal.id.in_(ids))):
        if proposal.state == ProposalState.ON_BALLOT:
            proposal.move_to(ProposalState.ADMITTED)
    for option in list(ballot.options):
        db.session.delete(option)
    db.session.execute(
        sa.delete(Link).where(Link.target_id == ballot.id, Link.relation == Relation.PUT_TO_VOTE)
    )
    db.session.flush()
    db.session.expire(ballot, ["options"])
