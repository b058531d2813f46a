"""What the journey tells of proposals."""

from collections.abc import Iterator

from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.records.happenings import (
    Happening,
    Noted,
    official,
    state_change,
    tells,
    tells_event,
)
from stakeholder_hub.records.models import Voice


@tells(Proposal)
def tell(proposal: Proposal) -> Iterator[Happening]:
    """The official answer that holds, and its withdrawal."""
    if proposal.answered_at is not None:
        answer = official(proposal.answer_text, proposal.answer_language)
        yield Happening(proposal.answered_at, "answered", _l("Official answer"), text=answer)
    if proposal.withdrawn_at is not None:
        yield Happening(proposal.withdrawn_at, "withdrawn", _l("Withdrawn by its author"), Voice.AUTHOR)


@tells_event("proposals.answered", Proposal)
def tell_of_earlier_answer(proposal: Proposal, noted: Noted) -> Happening | None:
    """An answer that was replaced since; the one that holds is told with its words."""
    if proposal.answered_at is None or noted.at >= proposal.answered_at:
        return None
    return Happening(noted.at, "answered", _l("An earlier answer, replaced since"))


@tells_event("proposals.edited", Proposal)
def tell_of_edit(proposal: Proposal, noted: Noted) -> Happening:
    """It says something else than before."""
    return Happening(noted.at, "edited", _l("Its author changed it"), Voice.AUTHOR)


@tells_event("proposals.state_changed", Proposal)
def tell_of_state(proposal: Proposal, noted: Noted) -> Happening | None:
    """Those who run the consultation said where it stands."""
    return state_change(proposal, noted)


@tells_event("proposals.outcome", Proposal)
def tell_of_outcome(proposal: Proposal, noted: Noted) -> Happening | None:
    """A vote, or what carries it out, decided where it stands."""
    return state_change(proposal, noted, is_consequence=True)
