"""Who acted in what is told, where it is somebody else than the record's own author or body.

Features name a :class:`Who` by kind and number; what it is called and where it sits is read for a whole journey at
once, with one statement for each kind, by what stands above.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.territories.models import Territory


class WhoKind(StrEnum):
    """What acted. ``author`` is whoever put forward the record with this number."""

    BODY = "body"
    GROUP = "group"
    PLACE = "place"
    AUTHOR = "author"


@dataclass(frozen=True)
class Who:
    """Somebody who acted, by number."""

    kind: WhoKind
    id: int

    @classmethod
    def body(cls, number: int | None) -> "Who | None":
        """A body of the register."""
        return cls(WhoKind.BODY, number) if number is not None else None

    @classmethod
    def group(cls, number: int | None) -> "Who | None":
        """A group that is no body."""
        return cls(WhoKind.GROUP, number) if number is not None else None

    @classmethod
    def author_of(cls, number: int | None) -> "Who | None":
        """Whoever put forward a record."""
        return cls(WhoKind.AUTHOR, number) if number is not None else None


@dataclass(frozen=True)
class Acting:
    """What it is called, and where it sits."""

    name: Multilingual
    territory: Territory


Loader = Callable[[Collection[int]], Mapping[int, Acting]]

_loaders: dict[WhoKind, Loader] = {}


def register_who(kind: WhoKind) -> Callable[[Loader], Loader]:
    """Register how those of a kind are read, all of them with one statement."""

    def register(loader: Loader) -> Loader:
        _loaders[kind] = loader
        return loader

    return register


def acting(everybody: Iterable[Who | None]) -> dict[Who, Acting]:
    """All of these by name and place. One statement for each kind that is among them."""
    wanted: dict[WhoKind, set[int]] = defaultdict(set)
    for who in everybody:
        if who is not None and who.kind in _loaders:
            wanted[who.kind].add(who.id)
    return {
        Who(kind, number): found
        for kind, numbers in wanted.items()
        for number, found in _loaders[kind](sorted(numbers)).items()
    }


@register_who(WhoKind.PLACE)
def places(numbers: Collection[int]) -> Mapping[int, Acting]:
    """Places that act as such."""
    found = db.session.scalars(sa.select(Territory).where(Territory.id.in_(numbers)))
    return {place.id: Acting(place.name, place) for place in found}
