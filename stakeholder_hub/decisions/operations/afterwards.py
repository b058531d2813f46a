"""After the close: bodies veto or ratify, and the result, its decision and its proposals follow."""

from datetime import timedelta

import sqlalchemy as sa

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.bodies.officials import let_officials_read
from stakeholder_hub.decisions.aftermath import after_checks, bodies_named, ratify_until
from stakeholder_hub.decisions.binding import conditions_of
from stakeholder_hub.decisions.counting import chosen_proposals, counted_positions
from stakeholder_hub.decisions.events import ResultSettled, ResultVetoed
from stakeholder_hub.decisions.methods.conditions import standing_after
from stakeholder_hub.decisions.models import Ballot, Decision, Veto
from stakeholder_hub.decisions.operations.holding import hold, hold_if_free
from stakeholder_hub.decisions.policy import may_veto
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM, Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.text import normalise, normalise_line
from stakeholder_hub.proposals.events import ProposalOutcome
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.ratifications.operations import begin_ratification
from stakeholder_hub.ratifications.rules import Rule, Standing

LONGEST_REASONS = 4_000
LONGEST_POSITION = 120
_STATES = {Standing.HELD: "adopted", Standing.FAILED: "failed", Standing.PENDING: "pending"}


def wait_for_bodies(ballot: Ballot, *, actor: Actor) -> None:
    """At the close: begin what comes after it, if something was chosen that could bind."""
    conditions = conditions_of(ballot)
    if not conditions.come_after or not counted_positions(ballot) or ballot.closed_at is None:
        return
    ballot.after_close = Standing.PENDING
    if conditions.veto_bodies:
        ballot.veto_until = ballot.closed_at + timedelta(days=conditions.veto_days)
        let_officials_read(ballot, bodies_named(conditions.veto_bodies).values())
    bodies = list(bodies_named(conditions.ratify_bodies).values())
    if bodies:
        begin_ratification(
            ballot,
            bodies=bodies,
            rule=conditions.ratify_rule or Rule.EVERY,
            needed=conditions.ratify_needed,
            due_at=ratify_until(ballot, conditions, ballot.closed_at),
            actor=actor,
        )


@operation
def veto_result(
    ballot: Ballot, *, body: Body, position: str, reasons: str, language: str, actor: Actor
) -> Veto:
    """Block the result for a body that the terms name; the reasons are public, with the official's name.

    Raises:
        NotAllowed: the actor does not act for the body today, it cannot veto here, or the time is over.
        Invalid: without reasons or position, at the field.
    """
    hold(ballot, alone=True)
    require(may_veto(actor, ballot, body))
    why = normalise(reasons, longest=LONGEST_REASONS).strip()
    if not why:
        raise Invalid(_l("Give the reasons: a veto without reasons does not count."), "reasons")
    signed_as = normalise_line(position, longest=LONGEST_POSITION)
    if not signed_as:
        raise Invalid(_l("Say in which position you sign."), "position")
    veto = Veto(
        ballot=ballot,
        body=body,
        official_id=actor.id,
        position=signed_as,
        reasons=why,
        language=language,
        vetoed_at=clock.now(),
    )
    db.session.add(veto)
    db.session.flush()
    emit(ResultVetoed(actor=actor, subject=ballot, body=body))
    settle_result(ballot, actor=actor)
    return veto


@operation
def settle_result(ballot: Ballot, *, actor: Actor) -> Standing | None:
    """Write down whether the result binds now; its decision and its proposals follow. Changes nothing twice."""
    hold(ballot, alone=True)
    if ballot.after_close is None:
        return None
    standing = standing_after(after_checks(ballot))
    if standing is ballot.after_close:
        return standing
    ballot.after_close = standing
    ballot.touch()
    decision = db.session.scalars(sa.select(Decision).where(Decision.ballot_id == ballot.id)).one()
    decision.move_to(_STATES[standing])
    if standing is not Standing.PENDING:
        mark_winners(ballot, actor=actor)
    emit(ResultSettled(actor=actor, subject=ballot, standing=standing.value))
    return standing


@operation
def settle_if_due(ballot_id: int) -> int:
    """Once the time for a veto is over, look whether the result binds; returns 1 where that changed."""
    ballot = hold_if_free(ballot_id)
    if ballot is None or ballot.after_close is not Standing.PENDING:
        return 0
    return int(settle_result(ballot, actor=SYSTEM) is not Standing.PENDING)


def mark_winners(ballot: Ballot, *, actor: Actor) -> None:
    """Give every proposal on the ballot the state that the result means for it; a second vote may choose what a veto
    had kept from being chosen.
    """
    chosen = chosen_proposals(ballot)
    ids = [option.proposal_id for option in ballot.options if option.proposal_id is not None]
    for proposal in db.session.scalars(sa.select(Proposal).where(Proposal.id.in_(ids))):
        before, won = proposal.state, proposal.id in chosen
        if before == ProposalState.ON_BALLOT or (before == ProposalState.NOT_SELECTED and won):
            proposal.move_to(ProposalState.SELECTED if won else ProposalState.NOT_SELECTED)
            emit(ProposalOutcome(actor=actor, subject=proposal, before=before, after=proposal.state))
