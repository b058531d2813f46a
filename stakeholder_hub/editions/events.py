"""What happens to cores, invitations and editions. ``subject`` is the core, or the edition."""

from dataclasses import dataclass
from typing import Any, ClassVar

from stakeholder_hub.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class CorePublished(Event):
    """A consultation has a core, or a later version of it, which ``number`` tells."""

    name: ClassVar[str] = "editions.core_published"

    number: int

    def details(self) -> dict[str, Any]:
        return {"number": self.number}


class TerritoryInvited(Event):
    """A place is invited to carry out a consultation."""

    name: ClassVar[str] = "editions.invited"


class InvitationTakenBack(Event):
    """A place is no longer invited; ``subject`` is the parent."""

    name: ClassVar[str] = "editions.taken_back"


class TerritoryAsked(Event):
    """A place asks to carry out a consultation."""

    name: ClassVar[str] = "editions.asked"


class RequestRefused(Event):
    """The parent does not take a place in that asked."""

    name: ClassVar[str] = "editions.request_refused"


class EditionAccepted(Event):
    """A place takes part: its edition is a draft."""

    name: ClassVar[str] = "editions.accepted"


class EditionDeclined(Event):
    """A place does not take part, and says why."""

    name: ClassVar[str] = "editions.declined"


class EditionWithdrawn(Event):
    """A place took part and no longer does."""

    name: ClassVar[str] = "editions.withdrawn"


@dataclass(frozen=True, kw_only=True)
class SharingChanged(Event):
    """An edition agreed, or no longer agrees, that the parent shows its figures."""

    name: ClassVar[str] = "editions.sharing_changed"

    shares: bool

    def details(self) -> dict[str, Any]:
        return {"shares": self.shares}


class AdditionChanged(Event):
    """A place changed what it adds to the background, or in which languages its edition is held."""

    name: ClassVar[str] = "editions.addition_changed"


@dataclass(frozen=True, kw_only=True)
class CoreAdopted(Event):
    """An edition took over a later version; ``left_older`` items stay as they were, for their vote had begun."""

    name: ClassVar[str] = "editions.core_adopted"

    number: int
    left_older: int = 0

    def details(self) -> dict[str, Any]:
        return {"number": self.number, "left_older": self.left_older}


@dataclass(frozen=True, kw_only=True)
class CoreRefused(Event):
    """An edition stays on its version, and says why."""

    name: ClassVar[str] = "editions.core_refused"

    number: int

    def details(self) -> dict[str, Any]:
        return {"number": self.number}
