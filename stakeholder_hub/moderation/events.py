"""What moderation does. ``subject`` is the record it is about; reasons stand with the record, not in the audit."""

from dataclasses import dataclass
from typing import ClassVar

from stakeholder_hub.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class RecordReported(Event):
    """A reader says that it breaks the rules."""

    name: ClassVar[str] = "moderation.reported"


@dataclass(frozen=True, kw_only=True)
class RecordKept(Event):
    """A moderator has looked at the reports and left it as it is."""

    name: ClassVar[str] = "moderation.kept"


@dataclass(frozen=True, kw_only=True)
class RecordHidden(Event):
    """A moderator has hidden it, with a reason."""

    name: ClassVar[str] = "moderation.hidden"


@dataclass(frozen=True, kw_only=True)
class RecordShownAgain(Event):
    """A moderator has taken the hiding back."""

    name: ClassVar[str] = "moderation.shown_again"


@dataclass(frozen=True, kw_only=True)
class ReviewAsked(Event):
    """The author asks for a second look at the hiding."""

    name: ClassVar[str] = "moderation.review_asked"


@dataclass(frozen=True, kw_only=True)
class HidingUpheld(Event):
    """The second look came to the same."""

    name: ClassVar[str] = "moderation.upheld"
