"""Who may ask for commitments, answer, show, verify: always named officials of a body, never who runs the place."""

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.bodies.policy import may_act_for
from stakeholder_hub.commitments.models import (
    RUNNING,
    WAITING,
    Commitment,
    CommitmentState,
    Evidence,
    Finding,
    TextVersion,
)
from stakeholder_hub.decisions.models import Decision
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, Verdict, first_refusal, permission, signed_in
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.records.policy import may_see

SIGN_IN = _l("Sign in to act for a body.")
ANSWERED = _l("This has been answered already.")


def speaks_for_decision(asker: Body, decision: Decision) -> bool:
    """Whether the body stands behind the decision: its group is the one that decided, or it is a body of that place."""
    if asker.group_id is not None and asker.group_id == decision.group_id:
        return True
    return asker.territory_id == decision.territory_id


def is_at_or_below(body: Body, asker: Body) -> bool:
    """Whether the body is another one, in the asker's place or below it."""
    return body.id != asker.id and body.territory.path.startswith(asker.territory.path)


@permission("commitments.ask")
def may_ask(actor: Actor, decision: Decision, asker: Body) -> Verdict:
    """Ask bodies below for commitments, or have them ratify a text: officials of a body behind the decision."""
    return first_refusal(
        signed_in(actor, SIGN_IN),
        may_see(actor, decision),
        (speaks_for_decision(asker, decision), _l("This body does not stand behind the decision.")),
        may_act_for(actor, asker),
        (decision.binds, _l("Only a decision that binds can be carried out by others.")),
    )


@permission("commitments.answer")
def may_answer(actor: Actor, commitment: Commitment) -> Verdict:
    """Accept, amend or refuse: officials of the body that is asked."""
    return first_refusal(
        signed_in(actor, SIGN_IN),
        may_act_for(actor, commitment.body),
        (commitment.state == CommitmentState.ASKED, ANSWERED),
    )


@permission("commitments.agree")
def may_agree(actor: Actor, commitment: Commitment) -> Verdict:
    """Agree to the text that the body offers instead: officials of the body that asks."""
    return first_refusal(
        signed_in(actor, SIGN_IN),
        may_act_for(actor, commitment.asker),
        (commitment.state == CommitmentState.AMENDED, _l("No other text is offered.")),
    )


@permission("commitments.keep_asking")
def may_keep_asking(actor: Actor, commitment: Commitment) -> Verdict:
    """Ask again after another text was offered, or a refusal: officials of the body that asks."""
    return first_refusal(
        signed_in(actor, SIGN_IN),
        may_act_for(actor, commitment.asker),
        (
            commitment.state in (CommitmentState.AMENDED, CommitmentState.REFUSED),
            _l("There is no answer after which one could ask again."),
        ),
    )


@permission("commitments.withdraw")
def may_withdraw(actor: Actor, commitment: Commitment) -> Verdict:
    """Take it back: while it waits for an answer who asked, once it is promised who promised."""
    return first_refusal(
        signed_in(actor, SIGN_IN),
        may_act_for(actor, who_takes_back(commitment)),
        (commitment.state in (*WAITING, *RUNNING), _l("It is too late to take this back.")),
    )


def who_takes_back(commitment: Commitment) -> Body:
    """Who asked, while it waits for an answer, and where the body that promised has ended; else who promised."""
    today = clock.today(commitment.body.territory.timezone)
    if commitment.state in WAITING or not commitment.body.is_active_on(today):
        return commitment.asker
    return commitment.body


@permission("commitments.show")
def may_show(actor: Actor, commitment: Commitment) -> Verdict:
    """Show what was done: officials of the body that promised."""
    shown = (*RUNNING, CommitmentState.PARTLY, CommitmentState.BROKEN)
    return first_refusal(
        signed_in(actor, SIGN_IN),
        may_act_for(actor, commitment.body),
        (commitment.state in shown, _l("Nothing is promised here that could be shown.")),
    )


@permission("commitments.verify")
def may_verify(actor: Actor, evidence: Evidence, verifier: Body) -> Verdict:
    """Say whether evidence shows what it claims: officials of another body, who do not act for the promising one."""
    commitment = evidence.commitment
    place, there = commitment.decision.territory, verifier.territory
    return first_refusal(
        signed_in(actor, SIGN_IN),
        (verifier.id != commitment.body_id, _l("A body never verifies its own promise.")),
        may_act_for(actor, verifier),
        (
            not may_act_for(actor, commitment.body) and evidence.author_id != actor.id,
            _l("You act for the body that promised: somebody else has to verify this."),
        ),
        (
            there.path.startswith(place.path) or there.id in place.lineage_ids,
            _l("This body has nothing to do with the place of the decision."),
        ),
        (evidence.finding is Finding.WAITING, _l("This has been verified or disputed already.")),
    )


@permission("commitments.declare_broken")
def may_declare_broken(actor: Actor, commitment: Commitment, body: Body) -> Verdict:
    """Say that a promise was broken, with reasons: who asked for it, or who gave it. Never a clock."""
    return first_refusal(
        signed_in(actor, SIGN_IN),
        (
            body.id in (commitment.asker_id, commitment.body_id),
            _l("Only who asked for it, or promised it, can say so."),
        ),
        may_act_for(actor, body),
        (
            commitment.state in (*RUNNING, CommitmentState.PARTLY),
            _l("Nothing is promised here that could be broken."),
        ),
    )


@permission("commitments.supersede")
def may_supersede(actor: Actor, commitment: Commitment) -> Verdict:
    """Put a later promise of the same body in its place: officials of the body that asked."""
    over = (*RUNNING, CommitmentState.PARTLY, CommitmentState.BROKEN)
    return first_refusal(
        signed_in(actor, SIGN_IN),
        may_act_for(actor, commitment.asker),
        (commitment.state in over, _l("Nothing is promised here that could be superseded.")),
    )


@permission("commitments.revise_text")
def may_revise_text(actor: Actor, text: TextVersion) -> Verdict:
    """Write a new version of a text that bodies ratify: officials of the body that put it to them."""
    return first_refusal(signed_in(actor, SIGN_IN), may_act_for(actor, text.asker))
