"""What stands above discussions and lets a comment lead on, such as making a proposal of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stakeholder_hub.deliberation.models import Comment
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.records.models import Record


@dataclass(frozen=True)
class Onward:
    """Something that can be made of a comment: a link beside it."""

    label: Reason
    url: str
    icon: str


Provider = Callable[[Comment, Record, Any], Onward | None]

_providers: list[Provider] = []


def register_onward(provider: Provider) -> Provider:
    """Offer something to be made of a comment. ``provider(comment, subject, actor)`` asks the database nothing."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def onward_from(comment: Comment, subject: Record, actor: Any) -> list[Onward]:
    """What this reader can make of a comment that stands."""
    if not comment.counts:
        return []
    return [step for provider in _providers if (step := provider(comment, subject, actor)) is not None]
