"""What stands above records and shows itself on the page of every kind of them, before the journey."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.records.models import Record
from stakeholder_hub.webkit.actor import actor

Provider = Callable[[Record, Actor], dict[str, Any] | None]


@dataclass(frozen=True)
class RecordPart:
    """A section. ``template`` is included with ``part`` holding what the provider returned."""

    name: str
    position: int
    provider: Provider
    template: str


@dataclass(frozen=True)
class FilledRecordPart:
    """A section with its contents."""

    template: str
    values: dict[str, Any]


_parts: dict[str, RecordPart] = {}


def register_record_part(name: str, position: int, provider: Provider, template: str) -> None:
    """Add a section to the page of every record, or put another in the place of the one with this name.

    ``provider(record, actor)`` returns the template's variables, or ``None`` where there is nothing to show.
    """
    _parts[name] = RecordPart(name, position, provider, template)


def record_parts(record: Record) -> list[FilledRecordPart]:
    """The sections there are on the page of ``record`` for who asks, in order: for templates."""
    filled = []
    for part in sorted(_parts.values(), key=lambda p: (p.position, p.name)):
        values = part.provider(record, actor())
        if values is not None:
            filled.append(FilledRecordPart(part.template, values))
    return filled
