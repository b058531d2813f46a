"""What the journey tells of ballots and decisions: before its close, nothing of a ballot that could tell of votes."""

from collections.abc import Iterator

from stakeholder_hub.decisions.models import Ballot, BallotState, Decision
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.records.happenings import Happening, Noted, official, tells, tells_event


@tells(Ballot)
def tell(ballot: Ballot) -> Iterator[Happening]:
    """Opened, closed and counted."""
    if ballot.opened_at is not None:
        yield Happening(ballot.opened_at, "opened", _l("Voting began"))
    if ballot.closed_at is not None and ballot.state == BallotState.CLOSED:
        yield Happening(ballot.closed_at, "closed", _l("Voting ended, and the votes were counted"))


@tells_event("decisions.decision_explained", Decision)
def tell_of_reasons(decision: Decision, noted: Noted) -> Happening:
    """The group's reasons, as they are now."""
    reasons = official(decision.reasons_text, decision.source_language)
    return Happening(noted.at, "explained", _l("The group gave its reasons"), text=reasons)
