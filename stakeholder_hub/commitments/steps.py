"""The steps an official can take with a commitment: each with its page, who may take it, and what it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.bodies.policy import may_act_for
from stakeholder_hub.commitments.forms import AmendForm, ReasonsForm, SupersedeForm, commitment_choices
from stakeholder_hub.commitments.models import Commitment
from stakeholder_hub.commitments.operations import (
    accept_commitment,
    agree_to_offer,
    amend_commitment,
    declare_broken,
    keep_asking,
    refuse_commitment,
    supersede_commitment,
    withdraw_commitment,
)
from stakeholder_hub.commitments.policy import (
    may_agree,
    may_answer,
    may_declare_broken,
    may_keep_asking,
    may_supersede,
    may_withdraw,
)
from stakeholder_hub.commitments.queries import successors_of
from stakeholder_hub.kernel.authorization import Actor, Verdict
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.webkit.forms import HubForm

FormOf = Callable[[Commitment, Actor], HubForm]
Run = Callable[..., Any]


@dataclass(frozen=True)
class Step:
    """One step. ``said`` tells what happened and what comes next; ``look`` is that of its button."""

    name: str
    button: Reason
    heading: Reason
    lead: Reason
    said: Reason
    icon: str
    look: str
    may: Callable[[Actor, Commitment], Verdict]
    form: FormOf
    run: Run
    reasons_needed: bool = True


def _reasons(commitment: Commitment, actor: Actor) -> HubForm:
    return ReasonsForm.from_request(version=commitment.version)


def _amend(commitment: Commitment, actor: Actor) -> HubForm:
    return AmendForm.on(commitment)


def _supersede(commitment: Commitment, actor: Actor) -> HubForm:
    form = SupersedeForm.from_request(version=commitment.version)
    form.successor.choices = commitment_choices(successors_of(commitment, actor))
    return form


def _plain(operation: Run) -> Run:
    def run(commitment: Commitment, form: HubForm, *, language: str, actor: Actor) -> None:
        operation(commitment, **form.values, language=language, actor=actor)

    return run


def _run_supersede(commitment: Commitment, form: HubForm, *, language: str, actor: Actor) -> None:
    chosen = form.values.pop("successor")
    later = next(one for one in successors_of(commitment, actor) if one.reference == chosen)
    values = {name: value for name, value in form.values.items() if name != "successor"}
    supersede_commitment(commitment, successor=later, **values, language=language, actor=actor)


def _broken_for(actor: Actor, commitment: Commitment) -> Body:
    """For whom the reader says so: who asked, if they act for it, else who promised."""
    return commitment.asker if may_act_for(actor, commitment.asker) else commitment.body


def _may_break(actor: Actor, commitment: Commitment) -> Verdict:
    return may_declare_broken(actor, commitment, _broken_for(actor, commitment))


def _run_broken(commitment: Commitment, form: HubForm, *, language: str, actor: Actor) -> None:
    body = _broken_for(actor, commitment)
    declare_broken(commitment, body=body, **form.values, language=language, actor=actor)


STEPS: Mapping[str, Step] = {
    step.name: step
    for step in (
        Step(
            "accept",
            _l("Accept"),
            _l("Promise this for %(body)s?"),
            _l("It is public from now on, and everybody can see whether it is kept."),
            _l("The commitment is pledged. Show what was done as soon as something is."),
            "check",
            "primary",
            may_answer,
            _reasons,
            _plain(accept_commitment),
            reasons_needed=False,
        ),
        Step(
            "amend",
            _l("Offer another text"),
            _l("Offer another text for %(body)s"),
            _l("It holds once the body that asks agrees to it."),
            _l("Your text is offered. The body that asks is told, and agrees or keeps asking."),
            "edit",
            "outline-primary",
            may_answer,
            _amend,
            _plain(amend_commitment),
        ),
        Step(
            "refuse",
            _l("Refuse"),
            _l("Refuse this for %(body)s?"),
            _l("The refusal is public, with its reasons."),
            _l("The refusal is on record with its reasons. The body that asks is told."),
            "close",
            "outline-danger",
            may_answer,
            _reasons,
            _plain(refuse_commitment),
        ),
        Step(
            "agree",
            _l("Agree to the text offered"),
            _l("Agree to what %(body)s offers?"),
            _l("What is offered is then what is promised."),
            _l("The commitment is pledged as offered."),
            "check",
            "primary",
            may_agree,
            _reasons,
            _plain(agree_to_offer),
            reasons_needed=False,
        ),
        Step(
            "ask-again",
            _l("Keep asking"),
            _l("Ask %(body)s again?"),
            _l("The body is asked for the same as before, with your reasons."),
            _l("The body is asked again, and told."),
            "reply",
            "outline-primary",
            may_keep_asking,
            _reasons,
            _plain(keep_asking),
        ),
        Step(
            "withdraw",
            _l("Take back"),
            _l("Take this back?"),
            _l("It stays on record as withdrawn, with the reasons."),
            _l("It is withdrawn, with its reasons on record."),
            "back",
            "outline-danger",
            may_withdraw,
            _reasons,
            _plain(withdraw_commitment),
        ),
        Step(
            "broken",
            _l("Say that it was broken"),
            _l("Was this promise of %(body)s broken?"),
            _l("That a day has passed breaks no promise by itself: say what was promised and not done."),
            _l("It is on record as broken, with the reasons. Both bodies are told."),
            "close",
            "outline-danger",
            _may_break,
            _reasons,
            _run_broken,
        ),
        Step(
            "supersede",
            _l("Put a later promise in its place"),
            _l("Which promise of %(body)s takes its place?"),
            _l("Both stay on record and lead to each other."),
            _l("It is superseded. The journey leads on to the later promise."),
            "arrow",
            "outline-primary",
            may_supersede,
            _supersede,
            _run_supersede,
        ),
    )
}


def steps_for(commitment: Commitment, actor: Actor) -> list[Step]:
    """The steps that this reader can take now."""
    if not actor.is_authenticated:
        return []
    return [step for step in STEPS.values() if step.may(actor, commitment)]
