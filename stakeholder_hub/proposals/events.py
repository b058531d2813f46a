"""What happens to proposals. ``subject`` is always the proposal."""

from dataclasses import dataclass
from typing import Any, ClassVar

from stakeholder_hub.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ProposalSubmitted(Event):
    """It was put forward in a consultation."""

    name: ClassVar[str] = "proposals.submitted"


@dataclass(frozen=True, kw_only=True)
class ProposalEdited(Event):
    """It says something else now; what it said before is kept. ``fields`` names what was changed."""

    name: ClassVar[str] = "proposals.edited"

    fields: tuple[str, ...] = ()

    def details(self) -> dict[str, Any]:
        return {"fields": list(self.fields)}


@dataclass(frozen=True, kw_only=True)
class ProposalWithdrawn(Event):
    """Its author took it back; it keeps its place."""

    name: ClassVar[str] = "proposals.withdrawn"


@dataclass(frozen=True, kw_only=True)
class ProposalAnswered(Event):
    """Those who run the consultation answered it, or changed their answer."""

    name: ClassVar[str] = "proposals.answered"

    again: bool = False

    def details(self) -> dict[str, Any]:
        return {"again": self.again}


@dataclass(frozen=True, kw_only=True)
class ProposalAnsweredElsewhere(Event):
    """Its author first got an answer, and from another level. Whoever is to know is told by the answer itself."""

    name: ClassVar[str] = "proposals.answered_elsewhere"


@dataclass(frozen=True, kw_only=True)
class ProposalOutcome(Event):
    """A vote, or what carries it out, gave it another state. Whoever is to know is told by the vote or the item."""

    name: ClassVar[str] = "proposals.outcome"

    before: str
    after: str

    def details(self) -> dict[str, Any]:
        return {"before": self.before, "after": self.after}


@dataclass(frozen=True, kw_only=True)
class ProposalStateChanged(Event):
    """It was admitted, not admitted, is under way or done."""

    name: ClassVar[str] = "proposals.state_changed"

    before: str
    after: str

    def details(self) -> dict[str, Any]:
        return {"before": self.before, "after": self.after}
