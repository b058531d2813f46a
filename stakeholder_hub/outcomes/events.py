"""What happens to pages of contributions. ``subject`` is the person."""

from typing import ClassVar

from stakeholder_hub.kernel.events import Event


class ContributionsShown(Event):
    """Somebody lets everybody read what they contributed on one page."""

    name: ClassVar[str] = "outcomes.contributions_shown"


class ContributionsHidden(Event):
    """Somebody took that back."""

    name: ClassVar[str] = "outcomes.contributions_hidden"
