"""What happens to ratifications. The subject is the record that is ratified."""

from dataclasses import dataclass
from typing import Any, ClassVar

from stakeholder_hub.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class _OfRatification(Event):
    ratification: Any


@dataclass(frozen=True, kw_only=True)
class RatificationBegun(_OfRatification):
    """Bodies are asked to ratify."""

    name: ClassVar[str] = "ratifications.begun"

    def details(self) -> dict[str, Any]:
        """How many of how many."""
        told = self.ratification.tally
        return {"needed": told.needed, "bodies": told.bodies}


@dataclass(frozen=True, kw_only=True)
class RatificationGiven(_OfRatification):
    """A body ratified, or refused to."""

    name: ClassVar[str] = "ratifications.given"
    body: Any
    outcome: str

    def details(self) -> dict[str, Any]:
        """Which body, and what it did."""
        return {"body": self.body.slug, "outcome": self.outcome}


@dataclass(frozen=True, kw_only=True)
class RatificationLapsed(_OfRatification):
    """The day is over; bodies had not answered."""

    name: ClassVar[str] = "ratifications.lapsed"
    bodies: int

    def details(self) -> dict[str, Any]:
        """How many."""
        return {"bodies": self.bodies}


@dataclass(frozen=True, kw_only=True)
class RatificationReset(_OfRatification):
    """What is ratified has changed, and these bodies are asked again."""

    name: ClassVar[str] = "ratifications.reset"
    bodies: list[Any]

    def details(self) -> dict[str, Any]:
        """Which bodies."""
        return {"bodies": [body.slug for body in self.bodies]}


@dataclass(frozen=True, kw_only=True)
class RatificationSettled(_OfRatification):
    """Enough have ratified, too few can still do so, or it is open again after a change."""

    name: ClassVar[str] = "ratifications.settled"
    standing: str

    def details(self) -> dict[str, Any]:
        """How it stands."""
        return {"standing": self.standing}
