"""What a body answers when it is asked, and what becomes of its promise."""

from datetime import date

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.commitments.models import Commitment, CommitmentState
from stakeholder_hub.commitments.operations.holding import hold, move
from stakeholder_hub.commitments.operations.wording import (
    Promise,
    checked_promise,
    checked_reasons,
    write_down,
)
from stakeholder_hub.commitments.policy import (
    may_agree,
    may_answer,
    may_declare_broken,
    may_keep_asking,
    may_supersede,
    may_withdraw,
    who_takes_back,
)
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.records.models import Relation
from stakeholder_hub.records.operations import add_link

KEPT_BY = (CommitmentState.PLEDGED, CommitmentState.STARTED, CommitmentState.KEPT, CommitmentState.PARTLY)


@operation
def accept_commitment(
    commitment: Commitment, *, version: int, language: str, reasons: str = "", actor: Actor
) -> Commitment:
    """Promise what is asked, as it is asked.

    Raises:
        NotAllowed: the actor does not act for the body today, or it has answered.
        Conflict: what is asked has changed since ``version``.
    """
    hold(commitment, version)
    require(may_answer(actor, commitment))
    commitment.pledged_at = clock.now()
    move(
        commitment,
        CommitmentState.PLEDGED,
        body=commitment.body,
        reasons=checked_reasons(reasons, ""),
        language=language,
        actor=actor,
    )
    return commitment


@operation
def amend_commitment(
    commitment: Commitment,
    *,
    title: str,
    text: str,
    measure: str,
    due_on: date,
    reasons: str,
    language: str,
    version: int,
    actor: Actor,
) -> Commitment:
    """Offer another promise instead; it holds once who asked agrees.

    Raises:
        NotAllowed: the actor does not act for the body today, or it has answered.
        Invalid: something is missing, or nothing differs from what is asked.
        Conflict: what is asked has changed since ``version``.
    """
    hold(commitment, version)
    require(may_answer(actor, commitment))
    why = checked_reasons(reasons, _l("Say why the body offers another text."))
    offer = checked_promise(
        commitment.body, title=title, text=text, measure=measure, due_on=due_on, language=language
    )
    asked = Promise.of(commitment)
    if (offer.title, offer.text, offer.measure, offer.due_on) == (
        asked.title,
        asked.text,
        asked.measure,
        asked.due_on,
    ):
        raise Invalid(_l("This is what is asked for: accept it, or change something."), "title")
    commitment.offer = offer.to_json()
    move(
        commitment,
        CommitmentState.AMENDED,
        body=commitment.body,
        reasons=why,
        language=language,
        actor=actor,
    )
    return commitment


@operation
def refuse_commitment(
    commitment: Commitment, *, reasons: str, version: int, language: str, actor: Actor
) -> Commitment:
    """Promise nothing, and say why.

    Raises:
        NotAllowed: the actor does not act for the body today, or it has answered.
        Invalid: without reasons.
    """
    hold(commitment, version)
    require(may_answer(actor, commitment))
    why = checked_reasons(reasons, _l("Say why the body refuses."))
    move(
        commitment,
        CommitmentState.REFUSED,
        body=commitment.body,
        reasons=why,
        language=language,
        actor=actor,
    )
    return commitment


@operation
def agree_to_offer(
    commitment: Commitment, *, version: int, language: str, reasons: str = "", actor: Actor
) -> Commitment:
    """Take the text that the body offers: it is what is promised from now on.

    Raises:
        NotAllowed: the actor does not act for who asked, or nothing is offered.
        Conflict: something else is offered than at ``version``.
    """
    hold(commitment, version)
    require(may_agree(actor, commitment))
    write_down(commitment, Promise.from_json(commitment.offer or {}))
    commitment.offer, commitment.pledged_at = None, clock.now()
    move(
        commitment,
        CommitmentState.PLEDGED,
        body=commitment.asker,
        reasons=checked_reasons(reasons, ""),
        language=language,
        actor=actor,
    )
    return commitment


@operation
def keep_asking(
    commitment: Commitment, *, reasons: str, version: int, language: str, actor: Actor
) -> Commitment:
    """Ask for the same again after another text was offered, or after a refusal, and say why.

    Raises:
        NotAllowed: the actor does not act for who asked, or the body has not answered.
        Invalid: without reasons.
    """
    hold(commitment, version)
    require(may_keep_asking(actor, commitment))
    why = checked_reasons(reasons, _l("Say why you keep asking."))
    commitment.offer = None
    move(
        commitment, CommitmentState.ASKED, body=commitment.asker, reasons=why, language=language, actor=actor
    )
    return commitment


@operation
def withdraw_commitment(
    commitment: Commitment, *, reasons: str, version: int, language: str, actor: Actor
) -> Commitment:
    """Take back what was asked, or promised, and say why. It stays on record.

    Raises:
        NotAllowed: the actor does not act for the body whose turn it is.
        Invalid: without reasons.
    """
    hold(commitment, version)
    require(may_withdraw(actor, commitment))
    why = checked_reasons(reasons, _l("Say why it is taken back."))
    body = who_takes_back(commitment)
    commitment.offer = None
    move(commitment, CommitmentState.WITHDRAWN, body=body, reasons=why, language=language, actor=actor)
    return commitment


@operation
def declare_broken(
    commitment: Commitment, *, body: Body, reasons: str, version: int, language: str, actor: Actor
) -> Commitment:
    """Say that the promise was broken, and why: who asked for it, or who gave it.

    Raises:
        NotAllowed: the actor acts for neither, or nothing is promised.
        Invalid: without reasons.
    """
    hold(commitment, version)
    require(may_declare_broken(actor, commitment, body))
    why = checked_reasons(
        reasons, _l("Say what was promised and not done: without reasons nobody is told so.")
    )
    move(commitment, CommitmentState.BROKEN, body=body, reasons=why, language=language, actor=actor)
    return commitment


@operation
def supersede_commitment(
    commitment: Commitment,
    *,
    successor: Commitment,
    reasons: str,
    version: int,
    language: str,
    actor: Actor,
) -> Commitment:
    """Say that a later promise of the same body takes the place of this one.

    Raises:
        NotAllowed: the actor does not act for who asked.
        Invalid: the other is no promise of the same body, or itself superseded by this one.
    """
    hold(commitment, version)
    require(may_supersede(actor, commitment))
    why = checked_reasons(reasons, _l("Say why another promise takes its place."))
    if (
        successor.id == commitment.id
        or successor.body_id != commitment.body_id
        or successor.state not in KEPT_BY
    ):
        raise Invalid(_l("Choose another promise of the same body."), "successor")
    commitment.successor = successor
    add_link(commitment, Relation.REPEATED_AS, successor, actor=actor)
    move(
        commitment,
        CommitmentState.SUPERSEDED,
        body=commitment.asker,
        reasons=why,
        language=language,
        actor=actor,
    )
    return commitment
