"""Why somebody may not vote in a ballot: what they lack, in words they understand."""

from typing import Any

from stakeholder_hub.decisions.electorate import Source
from stakeholder_hub.decisions.electorates import entry_of, holds
from stakeholder_hub.decisions.models import Ballot, BallotState, Elector, Way
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.territories.models import Role
from stakeholder_hub.territories.policy import grants_of

LATE = _l("You were not among those entitled when this vote opened.")
ON_PAPER = _l("You were handed a ballot on paper, so you cannot vote here as well.")
TAKEN = _l("Somebody has voted with this address already.")


def lacking(ballot: Ballot, person: Any) -> "Reason | None":
    """What keeps somebody with an account out of a vote that is not for everyone; ``None`` where nothing does."""
    open_now = ballot.state != BallotState.PREPARED
    electorate = ballot.electorate
    entry = entry_of(ballot, person) if open_now or electorate.by_address else None
    if entry is not None and entry.way is Way.PAPER:
        return ON_PAPER
    missing = [source for source in electorate.ordered if not _belongs(ballot, source, person, entry)]
    if electorate.every and missing or len(missing) == len(electorate.sources):
        return _missing(ballot, missing, person)
    if open_now and entry is None:
        late = electorate.ordered
        return LATE if late == [Source.MEMBERS] or len(late) > 1 else _missing(ballot, late, person)
    return None


def _belongs(ballot: Ballot, source: Source, person: Any, entry: Elector | None) -> bool:
    if source is Source.LIST:
        return entry is not None and entry.listed
    return holds(ballot, source, person)


def _missing(ballot: Ballot, missing: list[Source], person: Any) -> Reason:
    if len(missing) > 1 and not ballot.electorate.every:
        return _l("You do not belong to those who vote here.")
    source = missing[0]
    if source is Source.LIST:
        return _l("Your address is not on the list of those who vote here.")
    if source is Source.DELEGATES:
        return _l(
            "Only delegates of the organisations here vote, with a mandate in force when the vote opened."
        )
    if source is Source.RESIDENTS:
        return _l(
            "Only verified residents vote here: the town must have verified you before the vote opened."
        )
    return _not_a_member(ballot, person)


def _not_a_member(ballot: Ballot, person: Any) -> Reason:
    seat = next((grant for grant in grants_of(person) if grant.group_id == ballot.group_id), None)
    if seat is None or ballot.group_id is None:
        return _l("Only members of the group vote in this ballot.")
    if seat.role is Role.OBSERVER:
        return _l("Observers read along here but do not vote.")
    return _l("You joined the group after this vote had opened. You can take part in the next one.")
