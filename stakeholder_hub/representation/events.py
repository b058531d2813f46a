"""What happens to targets, and that somebody told something about themselves; never what."""

from dataclasses import dataclass
from typing import ClassVar

from stakeholder_hub.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class TargetsSet(Event):
    """The shares that a consultation means to reach were agreed anew; ``subject`` is the consultation."""

    name: ClassVar[str] = "representation.targets_set"


@dataclass(frozen=True, kw_only=True)
class OneselfDescribed(Event):
    """Somebody told something about themselves, or took it back; what it was is not kept."""

    name: ClassVar[str] = "representation.oneself_described"
