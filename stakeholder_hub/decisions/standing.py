"""Where a ballot stands at a moment: its stored state and the clock in one word, also between a time and its sweep."""

from datetime import datetime
from enum import StrEnum

from stakeholder_hub.consultations.models import ConsultationState
from stakeholder_hub.decisions.models import Ballot, BallotState
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l


class Standing(StrEnum):
    """What a reader wants to know first."""

    PLANNED = "planned"
    OPEN = "open"
    COUNTING = "counting"
    MISSED = "missed"
    CLOSED = "closed"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            Standing.PLANNED: _l("Begins later"),
            Standing.OPEN: _l("Open now"),
            Standing.COUNTING: _l("Being counted"),
            Standing.MISSED: _l("Did not take place"),
            Standing.CLOSED: _l("Counted"),
        }[self]

    @property
    def look(self) -> str:
        """The state by whose colour and icon it is shown."""
        return {Standing.COUNTING: "past", Standing.MISSED: "expired"}.get(self, self.value)


def standing_of(ballot: Ballot, moment: datetime) -> Standing:
    """Where ``ballot`` stands at ``moment``.

    A prepared ballot whose time has come is open: the first vote, or the sweep, writes that down. One whose time
    passed without a vote did not take place.
    """
    if ballot.state == BallotState.CLOSED:
        return Standing.CLOSED
    if ballot.state == BallotState.OPEN:
        return Standing.OPEN if moment < ballot.closes_at else Standing.COUNTING
    if moment >= ballot.closes_at:
        return Standing.MISSED
    published = ballot.consultation.state == ConsultationState.PUBLISHED
    return Standing.OPEN if published and moment >= ballot.opens_at else Standing.PLANNED


def has_begun(ballot: Ballot, moment: datetime) -> bool:
    """Whether votes are, or were, taken: from then on options, question, dates and voters are fixed."""
    return standing_of(ballot, moment) in (Standing.OPEN, Standing.COUNTING, Standing.CLOSED)
