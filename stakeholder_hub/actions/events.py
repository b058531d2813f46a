"""What happens to action items."""

from dataclasses import dataclass
from typing import Any, ClassVar

from stakeholder_hub.kernel.events import Event


class ActionItemCreated(Event):
    """Something is to be done."""

    name: ClassVar[str] = "actions.created"


class ActionItemChanged(Event):
    """What is to be done, by whom or by when, was changed."""

    name: ClassVar[str] = "actions.changed"


@dataclass(frozen=True, kw_only=True)
class ActionStatusChanged(Event):
    """It has come further, or not."""

    name: ClassVar[str] = "actions.status_changed"
    before: str
    after: str

    def details(self) -> dict[str, Any]:
        """The two statuses."""
        return {"before": self.before, "after": self.after}


class ProgressNoted(Event):
    """Somebody wrote down what was done. The subject is the note."""

    name: ClassVar[str] = "actions.progress_noted"


class ContributorAdded(Event):
    """A person or an organisation helps."""

    name: ClassVar[str] = "actions.contributor_added"


class ContributorRemoved(Event):
    """A person or an organisation helps no more."""

    name: ClassVar[str] = "actions.contributor_removed"
