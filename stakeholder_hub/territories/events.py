"""What happens to territories and roles."""

from dataclasses import dataclass
from typing import Any, ClassVar

from stakeholder_hub.kernel.events import Event


class TerritoryCreated(Event):
    """A place was added to the tree."""

    name: ClassVar[str] = "territories.created"


class TerritoryChanged(Event):
    """A place was described anew."""

    name: ClassVar[str] = "territories.changed"


class TerritoryMoved(Event):
    """A place, with all below it, hangs elsewhere in the tree now."""

    name: ClassVar[str] = "territories.moved"


class TerritoryMerged(Event):
    """A place was merged into another. The subject is the change."""

    name: ClassVar[str] = "territories.merged"


class TerritoryDissolved(Event):
    """A place was dissolved. The subject is the change."""

    name: ClassVar[str] = "territories.dissolved"


class TerritoryChangePlanned(Event):
    """A place will move, be merged or be dissolved on a day. The subject is the change."""

    name: ClassVar[str] = "territories.change_planned"


class TerritoryChangeCalledOff(Event):
    """What was planned will not be. The subject is the change."""

    name: ClassVar[str] = "territories.change_called_off"


class TerritoryChangeHindered(Event):
    """What was planned for today cannot be carried out. The subject is the change."""

    name: ClassVar[str] = "territories.change_hindered"


@dataclass(frozen=True, kw_only=True)
class RoleGranted(Event):
    """A person holds a role. The subject is the grant."""

    name: ClassVar[str] = "territories.role_granted"
    role: str

    def details(self) -> dict[str, Any]:
        """Which role."""
        return {"role": self.role}


@dataclass(frozen=True, kw_only=True)
class RoleRevoked(Event):
    """A person holds a role no more."""

    name: ClassVar[str] = "territories.role_revoked"
    role: str

    def details(self) -> dict[str, Any]:
        """Which role."""
        return {"role": self.role}


class HomeChosen(Event):
    """A person said which town is theirs."""

    name: ClassVar[str] = "territories.home_chosen"
