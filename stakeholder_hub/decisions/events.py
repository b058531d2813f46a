"""What happens to ballots and decisions."""

from dataclasses import dataclass
from typing import Any, ClassVar

from stakeholder_hub.kernel.events import Event


class BallotPrepared(Event):
    """A ballot was put together: its options can still change."""

    name: ClassVar[str] = "decisions.ballot_prepared"


class BallotChanged(Event):
    """A prepared ballot was changed."""

    name: ClassVar[str] = "decisions.ballot_changed"


@dataclass(frozen=True, kw_only=True)
class RollWritten(Event):
    """The list of those who may vote was written. Never who is on it."""

    name: ClassVar[str] = "decisions.roll_written"
    people: int

    def details(self) -> dict[str, Any]:
        """How many they are."""
        return {"people": self.people}


class BallotOpened(Event):
    """Votes are taken from now on; options and electorate are fixed."""

    name: ClassVar[str] = "decisions.ballot_opened"


@dataclass(frozen=True, kw_only=True)
class PaperEntered(Event):
    """Ballots on paper were entered (or, with no sheets, a batch thrown away). Never what stands on them."""

    name: ClassVar[str] = "decisions.paper_entered"
    sheets: int

    def details(self) -> dict[str, Any]:
        """How many sheets."""
        return {"sheets": self.sheets}


@dataclass(frozen=True, kw_only=True)
class PaperAgreed(Event):
    """Two people read the same on all sheets of a batch, or settled where they did not."""

    name: ClassVar[str] = "decisions.paper_agreed"
    sheets: int

    def details(self) -> dict[str, Any]:
        """How many sheets."""
        return {"sheets": self.sheets}


@dataclass(frozen=True, kw_only=True)
class CrossedOff(Event):
    """Somebody was crossed off the roll: they were handed a ballot on paper. ``user_id``: their account, if known."""

    name: ClassVar[str] = "decisions.crossed_off"
    user_id: int | None


@dataclass(frozen=True, kw_only=True)
class CrossingUndone(Event):
    """That somebody was crossed off was taken back."""

    name: ClassVar[str] = "decisions.crossing_undone"
    user_id: int | None


@dataclass(frozen=True, kw_only=True)
class ProxyGiven(Event):
    """Somebody gave their vote in a ballot to somebody else."""

    name: ClassVar[str] = "decisions.proxy_given"
    holder_id: int


class ProxyTakenBack(Event):
    """Somebody votes themselves after all."""

    name: ClassVar[str] = "decisions.proxy_taken_back"


class PresenceNoted(Event):
    """Somebody said that they are present at a vote."""

    name: ClassVar[str] = "decisions.presence_noted"


class PresenceTakenBack(Event):
    """Somebody left a vote before its end, without voting."""

    name: ClassVar[str] = "decisions.presence_taken_back"


class VoteCast(Event):
    """Somebody voted, or voted anew. Never what."""

    name: ClassVar[str] = "decisions.vote_cast"


@dataclass(frozen=True, kw_only=True)
class BallotClosed(Event):
    """The votes are counted and untied from their voters. ``votes`` is how many there were."""

    name: ClassVar[str] = "decisions.ballot_closed"
    votes: int

    def details(self) -> dict[str, Any]:
        """The number of votes."""
        return {"votes": self.votes}


@dataclass(frozen=True, kw_only=True)
class ObjectionAnswered(Event):
    """Those who run a vote by consent said how an objection was resolved. ``subject`` is the ballot."""

    name: ClassVar[str] = "decisions.objection_answered"
    objection: Any


@dataclass(frozen=True, kw_only=True)
class ResultVetoed(Event):
    """A body blocked the result of a ballot."""

    name: ClassVar[str] = "decisions.result_vetoed"
    body: Any

    def details(self) -> dict[str, Any]:
        """Which body."""
        return {"body": self.body.slug}


@dataclass(frozen=True, kw_only=True)
class ResultSettled(Event):
    """What comes after the close is over: the result binds, or failed; or a second vote opened it again."""

    name: ClassVar[str] = "decisions.result_settled"
    standing: str

    def details(self) -> dict[str, Any]:
        """How it stands."""
        return {"standing": self.standing}


class AskedAgain(Event):
    """A second vote is prepared that can override a veto. ``subject`` is that vote."""

    name: ClassVar[str] = "decisions.asked_again"


class DecisionRecorded(Event):
    """The outcome stands on record."""

    name: ClassVar[str] = "decisions.decision_recorded"


class DecisionExplained(Event):
    """The group gave its reasons for a decision."""

    name: ClassVar[str] = "decisions.decision_explained"


@dataclass(frozen=True, kw_only=True)
class ConsultationImported(Event):
    """A vote held elsewhere was brought in. ``subject`` is the consultation."""

    name: ClassVar[str] = "decisions.consultation_imported"
    proposals: int
    votes: int

    def details(self) -> dict[str, Any]:
        """How much came with it."""
        return {"proposals": self.proposals, "votes": self.votes}
