"""What happens to the installation."""

from dataclasses import dataclass
from typing import Any, ClassVar

from stakeholder_hub.kernel.events import Event


class SetUp(Event):
    """The first hour is over: name, town and administrator are there."""

    name: ClassVar[str] = "installation.set_up"


class SiteChanged(Event):
    """The site's name or contact was changed."""

    name: ClassVar[str] = "installation.changed"


class DemonstrationLoaded(Event):
    """The demonstration is there."""

    name: ClassVar[str] = "installation.demonstration_loaded"


@dataclass(frozen=True, kw_only=True)
class DemonstrationRemoved(Event):
    """The demonstration is gone. ``removed`` counts rows by table, ``gone`` holds the ids of those known by id."""

    name: ClassVar[str] = "installation.demonstration_removed"
    removed: dict[str, int]
    gone: dict[str, frozenset[int]]

    def details(self) -> dict[str, Any]:
        """How many rows of what."""
        return dict(self.removed)
