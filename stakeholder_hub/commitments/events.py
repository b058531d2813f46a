"""What happens to commitments, their evidence, and texts that are ratified."""

from dataclasses import dataclass
from typing import Any, ClassVar

from stakeholder_hub.kernel.events import Event


class CommitmentAsked(Event):
    """A body is asked to promise something."""

    name: ClassVar[str] = "commitments.asked"


@dataclass(frozen=True, kw_only=True)
class CommitmentMoved(Event):
    """A commitment was answered, or something became of it. ``body`` is the one that acted."""

    name: ClassVar[str] = "commitments.moved"
    body: Any
    before: str
    after: str

    def details(self) -> dict[str, Any]:
        """Who acted, and the two states."""
        return {"body": self.body.slug, "before": self.before, "after": self.after}


class EvidenceGiven(Event):
    """A body showed what it has done. The subject is the evidence."""

    name: ClassVar[str] = "commitments.evidence_given"


@dataclass(frozen=True, kw_only=True)
class EvidenceVerified(Event):
    """Another body said what it thinks of evidence. The subject is the evidence."""

    name: ClassVar[str] = "commitments.evidence_verified"
    body: Any
    finding: str

    def details(self) -> dict[str, Any]:
        """Which body, and what it found."""
        return {"body": self.body.slug, "finding": self.finding}


@dataclass(frozen=True, kw_only=True)
class TextWritten(Event):
    """A decision has a text, or a new version of it. The subject is the decision."""

    name: ClassVar[str] = "commitments.text_written"
    text: Any
    kept: list[Any]

    def details(self) -> dict[str, Any]:
        """Which version, and what in it is material."""
        return {"version": self.text.number, "material": self.text.material}
