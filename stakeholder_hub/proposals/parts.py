"""What proposals show of themselves on the page of their consultation."""

from collections.abc import Callable
from typing import Any

from flask import url_for

from stakeholder_hub.consultations.models import Activity, Consultation
from stakeholder_hub.consultations.parts import Action, register_part, register_primary_action
from stakeholder_hub.deliberation.models import Comment
from stakeholder_hub.deliberation.parts import Onward, register_onward
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.proposals.policy import may_begin
from stakeholder_hub.proposals.queries import most_supported, newest
from stakeholder_hub.records.models import Record

SHOWN = 6
POSITION = 30

NextStep = Callable[[Proposal, Actor], Action | None]

_next_steps: list[NextStep] = []


def register_next_step(provider: NextStep) -> NextStep:
    """Offer those who run a consultation something to do with a proposal, such as making an action item of it.

    ``provider(proposal, actor)`` returns a button, or ``None`` where this reader has none.
    """
    if provider not in _next_steps:
        _next_steps.append(provider)
    return provider


def next_steps(proposal: Proposal, actor: Actor) -> list[Action]:
    """The buttons for ``proposal``."""
    return [action for provider in _next_steps if (action := provider(proposal, actor)) is not None]


def proposals_part(consultation: Consultation, actor: Actor) -> dict[str, Any] | None:
    """The latest proposals while some are taken, the most supported ones afterwards."""
    taken = any(Activity.PROPOSALS in phase.activities for phase in consultation.phases)
    if not taken and not consultation.proposal_count:
        return None
    may = may_begin(actor, consultation)
    find = newest if may else most_supported
    return {
        "consultation": consultation,
        "proposals": find(consultation, actor, limit=SHOWN) if consultation.proposal_count else [],
        "latest": bool(may),
        "may_begin": may,
    }


def put_forward(consultation: Consultation, actor: Actor) -> Action | None:
    """The big button while proposals are taken."""
    return Action(
        label=_l("Put forward a proposal"),
        url=url_for("proposals.submit", slug=consultation.slug),
        what=_l("What do you propose?"),
        text=_l("A title and a few sentences are enough. You need no account to begin."),
        icon="plus",
    )


def support_some(consultation: Consultation, actor: Actor) -> Action | None:
    """The button while proposals are supported."""
    return Action(
        label=_l("Look at the proposals"),
        url=url_for("proposals.index", slug=consultation.slug, sort="random"),
        what=_l("Which proposals do you support?"),
        icon="heart",
    )


def make_proposal_of(comment: Comment, subject: Record, actor: Actor) -> Onward | None:
    """The link beside a comment while proposals are taken: what was said leads to a proposal."""
    consultation = subject.consultation if isinstance(subject, Proposal) else subject
    if not isinstance(consultation, Consultation) or not may_begin(actor, consultation):
        return None
    named: dict[str, Any] = {"slug": consultation.slug, "from": comment.reference}
    address = url_for("proposals.submit", **named)
    return Onward(_l("Make a proposal of it"), address, "proposal")


def register() -> None:
    """Take part in the consultation's page, and beside comments."""
    register_onward(make_proposal_of)
    register_part("proposals", POSITION, proposals_part, "proposals/_consultation.html")
    register_primary_action(Activity.PROPOSALS, put_forward)
    register_primary_action(Activity.SUPPORT, support_some)
