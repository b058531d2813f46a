"""The whole tree as a page shows it: nested, filtered, with what is to be found in each place."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.sql import Select
from werkzeug.datastructures import MultiDict

from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.i18n import _n
from stakeholder_hub.kernel.text import fold
from stakeholder_hub.territories.models import Level, Territory
from stakeholder_hub.webkit.formats import in_language

MOST = 2000
"""Places on one page; beyond that people search."""


@dataclass(frozen=True)
class Count:
    """Something that is counted in places. ``select`` yields territory id and number, ``words`` says it."""

    icon: str
    select: Callable[[], Select[int, int]]
    words: Callable[[int], str]


_counts: dict[str, Count] = {}


def count_in_places(
    name: str, *, icon: str, select: Callable[[], Select[int, int]], words: Callable[[int], str]
) -> None:
    """Show with each place how many of something there are in it and below."""
    _counts[name] = Count(icon, select, words)


@dataclass(frozen=True)
class Wanted:
    """What a reader asks the tree for. What is unknown is taken as not asked."""

    words: str = ""
    country: str = ""
    level: Level | None = None

    @classmethod
    def of(cls, args: MultiDict[str, str]) -> "Wanted":
        """Read from the query of an address."""
        level, country = args.get("level", ""), args.get("country", "")
        return cls(
            words=args.get("q", "").replace("\x00", "")[:100].strip(),
            country=country.upper() if len(country) == 2 and country.isascii() else "",
            level=Level(level) if level in list(Level) else None,
        )

    @property
    def active(self) -> int:
        """How many filters are set."""
        return sum(bool(value) for value in (self.words, self.country, self.level))

    def fits(self, place: Territory) -> bool:
        """Whether a place is asked for. Its name is compared in every language, without accents."""
        if self.country and place.country != self.country:
            return False
        if self.level is not None and place.level is not self.level:
            return False
        said = fold(f"{place.name.everything()} {place.code}")
        return all(word in said for word in fold(self.words).split())


@dataclass
class Node:
    """A place in the tree with what lies in it. ``found`` is off for places that only lead to one that was found."""

    place: Territory
    found: bool = True
    children: list["Node"] = field(default_factory=list)
    towns: int = 0
    counted: dict[str, int] = field(default_factory=dict)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Icon and words for each thing there is some of."""
        said = [
            (count.icon, count.words(self.counted[name]))
            for name, count in _counts.items()
            if self.counted.get(name)
        ]
        if self.children and self.towns:
            return [("place", _n("%(num)s town", "%(num)s towns", self.towns)), *said]
        return said


@dataclass(frozen=True)
class Tree:
    """The roots that a reader sees, and every place that was found, in the tree's order."""

    roots: Sequence[Node]
    found: Sequence[Node]
    countries: Sequence[str]
    cut: bool


def tree_for(wanted: Wanted) -> Tree:
    """The places asked for and what they lie in. One statement, and one for each thing counted."""
    statement = sa.select(Territory).order_by(Territory.path).limit(MOST + 1)
    places = db.session.scalars(statement).all()
    cut, places = len(places) > MOST, places[:MOST]
    nodes = {place.id: Node(place, found=_is_asked_for(wanted, place)) for place in places}
    _count(nodes)
    shown = {i for node in nodes.values() if node.found for i in node.place.lineage_ids} & set(nodes)
    roots: list[Node] = []
    for identity in nodes:
        if identity in shown:
            node = nodes[identity]
            parent = nodes.get(node.place.parent_id or 0)
            (parent.children if parent is not None else roots).append(node)
    _sort(roots)
    found = [node for root in roots for node in _walk(root) if node.found]
    return Tree(roots, found, sorted({place.country for place in places if place.country}), cut)


def _is_asked_for(wanted: Wanted, place: Territory) -> bool:
    """What exists no more is only found by its name."""
    return wanted.fits(place) and bool(not place.is_dissolved or wanted.words)


def _count(nodes: dict[int, Node]) -> None:
    for node in nodes.values():
        if node.place.level is Level.LOCAL and not node.place.is_dissolved:
            _add(nodes, node.place, lambda above: setattr(above, "towns", above.towns + 1))
    for name, count in _counts.items():
        numbers: dict[int, int] = defaultdict(int)
        for territory_id, number in db.session.execute(count.select()):
            for above in nodes[territory_id].place.lineage_ids if territory_id in nodes else ():
                numbers[above] += number
        for identity, number in numbers.items():
            if identity in nodes:
                nodes[identity].counted[name] = number


def _add(nodes: dict[int, Node], place: Territory, change: Callable[[Node], None]) -> None:
    for identity in place.lineage_ids:
        if identity in nodes:
            change(nodes[identity])


def _sort(nodes: list[Node]) -> None:
    nodes.sort(key=lambda node: (node.place.level.rank, fold(in_language(node.place.name).text)))
    for node in nodes:
        _sort(node.children)


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


def town_choices() -> list[tuple[int, str]]:
    """Every town by id and name, in the order of the alphabet. One statement, of two columns."""
    rows = db.session.execute(
        sa.select(Territory.id, Territory.name).where(
            Territory.level == Level.LOCAL, Territory.dissolved_on.is_(None)
        )
    )
    return sorted(((i, in_language(name).text) for i, name in rows), key=lambda choice: fold(choice[1]))
