"""Who may prepare, see and cast ballots, and when."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.bodies.policy import may_act_for
from stakeholder_hub.consultations.models import Consultation, ConsultationState
from stakeholder_hub.decisions.binding import conditions_of
from stakeholder_hub.decisions.electorates import roll_size
from stakeholder_hub.decisions.entitlement import lacking
from stakeholder_hub.decisions.models import (
    Ballot,
    BallotState,
    Objection,
    ObjectionState,
    Veto,
    Voter,
)
from stakeholder_hub.decisions.paper import BatchState, PaperBatch
from stakeholder_hub.decisions.queries import is_noted_as_present
from stakeholder_hub.decisions.standing import has_begun
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import (
    ALLOWED,
    Actor,
    Verdict,
    first_refusal,
    is_system,
    permission,
    refused,
    signed_in,
)
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.ratifications.rules import Standing
from stakeholder_hub.records.models import Visibility
from stakeholder_hub.records.policy import may_see
from stakeholder_hub.territories.models import Role
from stakeholder_hub.territories.policy import grants_of, manages


@permission("decisions.prepare_ballot")
def may_prepare_ballot(actor: Actor, consultation: Consultation) -> Verdict:
    """Put proposals to the vote: those who run the consultation, while it is a draft or published."""
    return first_refusal(
        signed_in(actor, _l("Sign in to prepare a ballot.")),
        (
            manages(actor, consultation),
            _l("Only the coordinators of this consultation can prepare a ballot."),
        ),
        (
            consultation.state in (ConsultationState.DRAFT, ConsultationState.PUBLISHED),
            _l("This consultation is closed."),
        ),
    )


@permission("decisions.change_ballot")
def may_change_ballot(actor: Actor, ballot: Ballot) -> Verdict:
    """Change options, question or dates: until the ballot opens, never while it runs.

    One whose time passed without being opened may be given another.
    """
    return first_refusal(
        signed_in(actor, _l("Sign in to change a ballot.")),
        (manages(actor, ballot), _l("Only the coordinators of this consultation can change a ballot.")),
        (
            not has_begun(ballot, clock.now()),
            _l("The ballot has opened: its options and voters are fixed."),
        ),
    )


@permission("decisions.write_list")
def may_write_list(actor: Actor, ballot: Ballot) -> Verdict:
    """Write the list of voters: those who run it, until the ballot really opens, which it does not without one."""
    return first_refusal(
        signed_in(actor, _l("Sign in to change a ballot.")),
        (manages(actor, ballot), _l("Only the coordinators of this consultation can change a ballot.")),
        (
            ballot.state == BallotState.PREPARED,
            _l("The ballot has opened: its options and voters are fixed."),
        ),
        (ballot.electorate.by_address, _l("This vote is not for people on a list.")),
        (
            ballot.overrides_id is None,
            _l("The voters of the first vote are asked again: its list stands."),
        ),
    )


@permission("decisions.open_ballot")
def may_open_ballot(actor: Actor, ballot: Ballot) -> Verdict:
    """Open a prepared ballot: at its time by itself, before that by those who run it."""
    return first_refusal(
        signed_in(actor, _l("Sign in to open a ballot.")),
        (
            is_system(actor) or manages(actor, ballot),
            _l("Only the coordinators of this consultation can open a ballot."),
        ),
        (ballot.state == BallotState.PREPARED, _l("This ballot has been opened already.")),
        (
            ballot.consultation.state == ConsultationState.PUBLISHED,
            _l("Publish the consultation first: nobody could see the ballot."),
        ),
        (clock.now() < ballot.closes_at, _l("The time for this ballot is over. Choose new dates.")),
        (
            not ballot.electorate.by_address or roll_size(ballot) > 0,
            _l("Nobody is on the list of voters yet."),
        ),
    )


@permission("decisions.close_ballot")
def may_close_ballot(actor: Actor, ballot: Ballot) -> Verdict:
    """Close and count: at its time by itself; earlier by those who run it, which is written down."""
    return first_refusal(
        signed_in(actor, _l("Sign in to close a ballot.")),
        (
            is_system(actor) or manages(actor, ballot),
            _l("Only the coordinators of this consultation can close a ballot."),
        ),
        (ballot.state == BallotState.OPEN, _l("This ballot is not open.")),
        (_paper_is_agreed(ballot), _l("Some ballots on paper have been entered only once, or differently.")),
    )


@permission("decisions.vote")
def may_vote(actor: Actor, ballot: Ballot, moment: datetime | None = None) -> Verdict:
    """Cast or change a vote: while the ballot is open, for whoever belongs to its electorate."""
    now = moment or clock.now()
    if not (seen := may_see(actor, ballot)):
        return seen
    asked = first_refusal(
        (ballot.state != BallotState.CLOSED and now < ballot.closes_at, _l("The vote is over.")),
        (now >= ballot.opens_at, _l("The vote has not begun yet.")),
        (ballot.consultation.state == ConsultationState.PUBLISHED, _l("This consultation is closed.")),
        signed_in(actor, _l("Sign in to vote.")),
        _is_person(actor),
    )
    # The roll is read only for those who could stand on it.
    return _in_electorate(actor, ballot) if asked else asked


@permission("decisions.begin_to_vote")
def may_begin_to_vote(actor: Actor, ballot: Ballot) -> Verdict:
    """Fill in the ballot: whoever may vote, and visitors, who are asked for their address afterwards."""
    verdict = may_vote(actor, ballot)
    if verdict.sign_in and ballot.electorate.for_everyone:
        return ALLOWED
    return verdict


@permission("decisions.be_present")
def may_be_present(actor: Actor, ballot: Ballot) -> Verdict:
    """Say that one is present: whoever may vote, where those who are present are the base of a majority."""
    return first_refusal(
        (
            conditions_of(ballot).ask_who_is_present,
            _l("In this vote nobody has to say that they are present."),
        ),
        may_vote(actor, ballot),
    )


@permission("decisions.leave")
def may_leave(actor: Actor, ballot: Ballot) -> Verdict:
    """Say that one has left before the end: whoever said that they are present, unless they have voted."""
    return first_refusal(
        may_be_present(actor, ballot),
        (not _has_voted(actor, ballot), _l("You have voted already, so you stay counted.")),
        (is_noted_as_present(ballot, actor), _l("You were not noted as present.")),
    )


def _is_person(actor: Actor) -> Verdict:
    if is_system(actor) or getattr(actor, "confirmed_at", None) is None:
        return refused(_l("Confirm your address first: open the link in the mail we sent you."))
    return ALLOWED


def _in_electorate(actor: Any, ballot: Ballot) -> Verdict:
    """Whether the actor belongs to those who may vote; the roll is closed with the opening."""
    if not ballot.electorate.for_everyone:
        reason = lacking(ballot, actor)
        return ALLOWED if reason is None else refused(reason)
    seat = next((grant for grant in grants_of(actor) if grant.group_id == ballot.group_id), None)
    if ballot.visibility is Visibility.PUBLIC or ballot.group_id is None or seat is None:
        return ALLOWED
    return first_refusal((seat.role is not Role.OBSERVER, _l("Observers read along here but do not vote.")))


@permission("decisions.enter_paper")
def may_enter_paper(actor: Actor, ballot: Ballot) -> Verdict:
    """Enter ballots on paper: those who run the vote, from its opening until it is counted, after its end too."""
    return first_refusal(
        signed_in(actor, _l("Sign in to enter ballots on paper.")),
        (manages(actor, ballot), _l("Only the coordinators of this consultation enter ballots on paper.")),
        (ballot.paper, _l("This vote takes no ballots on paper.")),
        (ballot.state == BallotState.OPEN, _l("Paper is entered from the opening until the count.")),
    )


@permission("decisions.cross_off")
def may_cross_off(actor: Actor, ballot: Ballot) -> Verdict:
    """Cross off the roll who is handed a ballot on paper, or take it back: those who enter ballots on paper."""
    return first_refusal(
        may_enter_paper(actor, ballot),
        (
            not ballot.electorate.for_everyone,
            _l("Everyone can vote here: there is no roll from which to cross anybody off."),
        ),
    )


@permission("decisions.enter_paper_again")
def may_enter_again(actor: Actor, batch: PaperBatch) -> Verdict:
    """Enter a batch for the second time: somebody else than the first time."""
    return first_refusal(
        may_enter_paper(actor, batch.ballot),
        (batch.state is BatchState.ONCE, _l("This batch has been entered twice.")),
        (
            batch.first_by_id != actor.id,
            _l("Somebody else has to enter it the second time: two people see more than one."),
        ),
    )


def _paper_is_agreed(ballot: Ballot) -> bool:
    if not ballot.paper:
        return True
    waiting = sa.select(PaperBatch.id).where(
        PaperBatch.ballot_id == ballot.id, PaperBatch.state != BatchState.AGREED
    )
    return db.session.scalar(waiting.limit(1)) is None


@permission("decisions.give_proxy")
def may_give_proxy(actor: Actor, ballot: Ballot) -> Verdict:
    """Give one's vote to somebody else: members who may vote and have not, until the end."""
    now = clock.now()
    return first_refusal(
        signed_in(actor, _l("Sign in to vote.")),
        (ballot.max_proxies > 0, _l("In this vote everybody votes in person.")),
        (ballot.state != BallotState.CLOSED and now < ballot.closes_at, _l("The vote is over.")),
        may_see(actor, ballot),
        _is_person(actor),
        _in_electorate(actor, ballot),
        (not _has_voted(actor, ballot), _l("You have voted already.")),
    )


def _has_voted(actor: Actor, ballot: Ballot) -> bool:
    found = sa.select(Voter.user_id).where(Voter.ballot_id == ballot.id, Voter.user_id == actor.id)
    return db.session.scalar(found) is not None


@permission("decisions.answer_objection")
def may_answer_objection(actor: Actor, objection: Objection) -> Verdict:
    """Say how an objection was resolved: those who run the vote, while it runs."""
    return first_refusal(
        signed_in(actor, _l("Sign in to answer an objection.")),
        (
            manages(actor, objection.ballot),
            _l("Only the coordinators of this consultation can answer objections."),
        ),
        (objection.ballot.is_open(clock.now()), _l("The vote is over.")),
        (objection.state is ObjectionState.STANDING, _l("This objection no longer stands.")),
    )


@permission("decisions.veto")
def may_veto(actor: Actor, ballot: Ballot, body: Body) -> Verdict:
    """Block a result: the named officials of a body that the terms name, once, within the time after the close."""
    now = clock.now()
    return first_refusal(
        signed_in(actor, _l("Sign in to act for a body.")),
        (body.slug in conditions_of(ballot).veto_bodies, _l("This body cannot veto this result.")),
        may_act_for(actor, body),
        (
            ballot.after_close is Standing.PENDING,
            _l("This result does not wait for a veto: it binds, or has failed already."),
        ),
        (ballot.veto_until is not None and now < ballot.veto_until, _l("The time for a veto is over.")),
        (not _has_vetoed(ballot, body), _l("This body has vetoed the result already.")),
    )


def _has_vetoed(ballot: Ballot, body: Body) -> bool:
    found = sa.select(Veto.id).where(Veto.ballot_id == ballot.id, Veto.body_id == body.id)
    return db.session.scalar(found) is not None


@permission("decisions.ask_again")
def may_ask_again(actor: Actor, ballot: Ballot) -> Verdict:
    """Ask the voters whether a result shall stand in spite of a veto: those who run the vote, once."""
    return first_refusal(
        signed_in(actor, _l("Sign in to prepare a ballot.")),
        (manages(actor, ballot), _l("Only the coordinators of this consultation can prepare a ballot.")),
        (
            conditions_of(ballot).veto_override is not None,
            _l("The terms of this vote know no second vote: a veto is final."),
        ),
        (ballot.after_close is Standing.FAILED and _is_vetoed(ballot), _l("No veto stands against it.")),
        (_no_second_vote(ballot), _l("The voters have been asked a second time already.")),
        may_prepare_ballot(actor, ballot.consultation),
    )


def _is_vetoed(ballot: Ballot) -> bool:
    return db.session.scalar(sa.select(Veto.id).where(Veto.ballot_id == ballot.id).limit(1)) is not None


def _no_second_vote(ballot: Ballot) -> bool:
    table = Ballot.__table__
    return db.session.scalar(sa.select(table.c.id).where(table.c.overrides_id == ballot.id)) is None


@permission("decisions.explain")
def may_explain_decision(actor: Actor, decision: object) -> Verdict:
    """Give the group's reasons for a decision: those who run it."""
    return first_refusal(
        signed_in(actor, _l("Sign in to explain a decision.")),
        (manages(actor, decision), _l("Only the coordinators of this consultation can explain a decision.")),
    )
