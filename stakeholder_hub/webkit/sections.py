"""Sections that features above give to the pages of features below: each kind of page has one :class:`Sections`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from stakeholder_hub.kernel.authorization import Actor

S = TypeVar("S")


@dataclass(frozen=True)
class FilledSection:
    """A section with its contents: ``template`` is included with ``part`` holding ``values``."""

    name: str
    position: int
    template: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Section(Generic[S]):
    """What a feature gives. ``provider`` returns the variables of the template; ``None``: there is nothing to show."""

    name: str
    position: int
    provider: Callable[[S, Actor], dict[str, Any] | None]
    template: str


class Sections(Generic[S]):
    """The sections of one kind of page."""

    def __init__(self) -> None:
        self.given: dict[str, Section[S]] = {}

    def register(
        self,
        name: str,
        position: int,
        provider: Callable[[S, Actor], dict[str, Any] | None],
        template: str,
    ) -> None:
        """Add a section, or put another in the place of the one with this name."""
        self.given[name] = Section(name, position, provider, template)

    def shown(self, subject: S, actor: Actor) -> list[FilledSection]:
        """The sections there are on the page of ``subject`` for this reader, in order."""
        filled = []
        for section in sorted(self.given.values(), key=lambda s: (s.position, s.name)):
            values = section.provider(subject, actor)
            if values is not None:
                filled.append(FilledSection(section.name, section.position, section.template, values))
        return filled
