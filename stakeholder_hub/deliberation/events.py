"""What happens in discussions. ``subject`` is the comment, or the record that is supported or followed."""

from dataclasses import dataclass
from typing import Any, ClassVar

from stakeholder_hub.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class CommentAdded(Event):
    """Somebody said something about a record; ``about`` is that record's reference."""

    name: ClassVar[str] = "deliberation.comment_added"

    about: str = ""

    def details(self) -> dict[str, Any]:
        return {"about": self.about}


@dataclass(frozen=True, kw_only=True)
class CommentEdited(Event):
    """An author changed a comment; ``marked`` where others may have read it before."""

    name: ClassVar[str] = "deliberation.comment_edited"

    marked: bool = False

    def details(self) -> dict[str, Any]:
        return {"marked": self.marked}


@dataclass(frozen=True, kw_only=True)
class CommentWithdrawn(Event):
    """An author took a comment back; it keeps its place."""

    name: ClassVar[str] = "deliberation.comment_withdrawn"


@dataclass(frozen=True, kw_only=True)
class SupportGiven(Event):
    """Somebody supports a record."""

    name: ClassVar[str] = "deliberation.support_given"


@dataclass(frozen=True, kw_only=True)
class SupportWithdrawn(Event):
    """Somebody supports a record no more."""

    name: ClassVar[str] = "deliberation.support_withdrawn"


@dataclass(frozen=True, kw_only=True)
class Followed(Event):
    """Somebody wants to be told what becomes of a record."""

    name: ClassVar[str] = "deliberation.followed"


@dataclass(frozen=True, kw_only=True)
class Unfollowed(Event):
    """Somebody no longer wants to be told."""

    name: ClassVar[str] = "deliberation.unfollowed"
