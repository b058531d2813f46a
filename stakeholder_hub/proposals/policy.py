"""Who may do what with proposals, and when."""

from dataclasses import dataclass

from stakeholder_hub.consultations.models import Activity, Consultation, ConsultationState
from stakeholder_hub.consultations.policy import may_take_part, open_to, phase_verdict
from stakeholder_hub.kernel.authorization import (
    ALLOWED,
    Actor,
    Verdict,
    first_refusal,
    permission,
    signed_in,
    unseen,
)
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.records.policy import may_see
from stakeholder_hub.territories.policy import manages

CHANGEABLE = frozenset({ProposalState.SUBMITTED, ProposalState.ADMITTED})
"""States in which its author may still change a proposal or take it back."""

SET_BY_HAND: tuple[ProposalState, ...] = (
    ProposalState.SUBMITTED,
    ProposalState.ADMITTED,
    ProposalState.NOT_ADMITTED,
    ProposalState.UNDER_WAY,
    ProposalState.DONE,
)
"""States that those who run a consultation may choose; the others follow from a vote or from its author."""

_ON_BALLOT = _l("This proposal is put to the vote: what people vote on is not changed any more.")
_WITHDRAWN = _l("This proposal was withdrawn.")
_NOT_YOURS = _l("Only its author can do this.")
_NOT_RUN = _l("Only those who run this consultation can do this.")


@permission("proposals.submit")
def may_submit(actor: Actor, consultation: Consultation) -> Verdict:
    """Put a proposal forward: everyone who may take part while proposals are taken.

    Those who run the consultation may enter what reached them on paper until it is closed.
    """
    if manages(actor, consultation):
        return first_refusal((_takes_entries(consultation), _l("This consultation is closed.")))
    return may_take_part(actor, consultation, Activity.PROPOSALS)


def may_begin(actor: Actor, consultation: Consultation) -> Verdict:
    """Whether to offer the form to somebody who sees the consultation: a visitor may write first and is asked
    for an address at the end. Asks the database nothing.
    """
    if not actor.is_authenticated:
        return phase_verdict(consultation, Activity.PROPOSALS)
    if manages(actor, consultation):
        return first_refusal((_takes_entries(consultation), _l("This consultation is closed.")))
    return open_to(actor, consultation, Activity.PROPOSALS)


@permission("proposals.edit")
def may_edit(actor: Actor, proposal: Proposal) -> Verdict:
    """Change its words: the author while proposals are taken, those who run the consultation until it is put away;
    nobody while people vote on it.
    """
    return tools_of(actor, proposal).edit if may_see(actor, proposal) else unseen()


@permission("proposals.withdraw")
def may_withdraw(actor: Actor, proposal: Proposal) -> Verdict:
    """Take it back: its author alone, until it is put to the vote or dealt with."""
    return tools_of(actor, proposal).withdraw if may_see(actor, proposal) else unseen()


@permission("proposals.answer")
def may_answer(actor: Actor, proposal: Proposal) -> Verdict:
    """Give the official answer: those who run the consultation, also after its close."""
    return tools_of(actor, proposal).answer if may_see(actor, proposal) else unseen()


@permission("proposals.admit")
def may_admit(actor: Actor, proposal: Proposal) -> Verdict:
    """Change where it stands: those who run the consultation; not while people vote on it."""
    return tools_of(actor, proposal).admit if may_see(actor, proposal) else unseen()


@dataclass(frozen=True)
class Tools:
    """What somebody who sees a proposal may do with it."""

    edit: Verdict
    withdraw: Verdict
    answer: Verdict
    admit: Verdict


def tools_of(actor: Actor, proposal: Proposal) -> Tools:
    """The same answers as the policies' for a proposal that the actor is known to see: no statement is needed."""
    runs, wrote = manages(actor, proposal), is_author(actor, proposal)
    known = signed_in(actor, _l("Sign in to change this proposal."))
    standing = first_refusal((proposal.state != ProposalState.WITHDRAWN, _WITHDRAWN))
    off_ballot = first_refusal((proposal.state != ProposalState.ON_BALLOT, _ON_BALLOT))
    dealt_with = first_refusal(
        (
            proposal.state in CHANGEABLE,
            _l("This proposal has been dealt with and cannot be changed any more."),
        )
    )
    put_away = first_refusal(
        (
            proposal.consultation.state != ConsultationState.ARCHIVED,
            _l("This consultation has been put away."),
        )
    )
    in_time = (
        ALLOWED
        if runs
        else first_refusal(dealt_with, phase_verdict(proposal.consultation, Activity.PROPOSALS))
    )
    return Tools(
        edit=first_refusal(known, (wrote or runs, _NOT_YOURS), standing, off_ballot, put_away, in_time),
        withdraw=first_refusal(known, (wrote, _NOT_YOURS), standing, off_ballot, put_away, dealt_with),
        answer=first_refusal(known, (runs, _NOT_RUN), standing),
        admit=first_refusal(known, (runs, _NOT_RUN), standing, off_ballot),
    )


def is_author(actor: Actor, proposal: Proposal) -> bool:
    """Whether the actor put it forward."""
    return actor.id is not None and proposal.author_id == actor.id


def next_states(proposal: Proposal) -> list[ProposalState]:
    """The states that may be chosen by hand from the present one."""
    possible = proposal.moves.get(proposal.state, frozenset())
    return [state for state in SET_BY_HAND if state in possible]


def _takes_entries(consultation: Consultation) -> bool:
    return consultation.state in (ConsultationState.DRAFT, ConsultationState.PUBLISHED)
