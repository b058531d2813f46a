"""The journey of a record: where it came from and what became of it, read in a constant number of statements.

Hundreds of proposals may come from one question. Those that stand on the trail in exactly the same way (same kind, same
causes, same consequences) are told as a few of them and a number; each that led to something of its own is shown.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload

from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.models import Link, Record, Relation
from stakeholder_hub.records.queries import visible_to

MOST_STEPS = 200
MOST_EDGES = 5 * MOST_STEPS
MOST_ALIKE = 4
SHOWN_ALIKE = 3


class Edge(NamedTuple):
    """One link: ``source`` led to ``target``. Ids of records."""

    source: int
    relation: Relation
    target: int
    at: datetime


@dataclass
class Step:
    """One record on the trail, how it was reached, and what followed from it.

    ``alike`` is how many more stand here in the same way and are not told one by one.
    """

    record: Record
    relation: Relation | None
    at: datetime
    is_here: bool = False
    alike: int = 0
    next: list["Step"] = field(default_factory=list)

    def count(self) -> int:
        """How many records the trail holds from here on."""
        return 1 + self.alike + sum(step.count() for step in self.next)


@dataclass(frozen=True)
class Journey:
    """The trail around one record: a forest whose roots are what it all began with."""

    here: Record
    roots: list[Step]
    truncated: bool = False

    @property
    def is_alone(self) -> bool:
        """Whether nothing led here and nothing followed."""
        return len(self.roots) == 1 and not self.roots[0].next


def journey_of(record: Record, actor: Actor) -> Journey:
    """The trail that led to ``record`` and what became of it, as far as ``actor`` may see it.

    Upwards every cause is followed to its own beginning; downwards every consequence of ``record``. Brothers that
    share a cause (the other proposals of a consultation) are not on the trail. Three statements, however long.
    """
    found = _edges(record.id)
    kinds = _kinds({i for edge in found for i in (edge.source, edge.target)}, actor)
    kinds[record.id] = record.kind
    edges = [edge for edge in found if edge.source in kinds and edge.target in kinds]
    alike = _alike(edges, kinds, record.id)
    told = sorted(kinds.keys() - {i for rest in alike.values() for i in rest})
    records = _records(told[:MOST_STEPS], record)
    roots = _Trail(record, edges, records, alike).roots()
    return Journey(record, roots, len(told) > MOST_STEPS or len(found) >= MOST_EDGES)


def _edges(start: int) -> list[Edge]:
    """Every link towards ``start`` and from it, the oldest first; those that led on before those that ended."""
    up, down = (
        _walk(start, Link.target_id, Link.source_id, "up"),
        _walk(start, Link.source_id, Link.target_id, "down"),
    )
    onward = aliased(Link)
    leads_on = sa.exists().where(onward.source_id == Link.target_id)
    rows = db.session.execute(
        sa.select(Link.source_id, Link.relation, Link.target_id, Link.created_at)
        .where(sa.or_(Link.id.in_(sa.select(up.c.id)), Link.id.in_(sa.select(down.c.id))))
        .order_by(leads_on.desc(), Link.id)
        .limit(MOST_EDGES)
    )
    return sorted((Edge(*row) for row in rows), key=lambda edge: (edge.at, edge.target))


def _walk(start: int, near: InstrumentedAttribute[int], far: InstrumentedAttribute[int], name: str) -> sa.CTE:
    first = sa.select(Link.id, far.label("reached")).where(near == start)
    walk = first.cte(name, recursive=True)
    return walk.union(sa.select(Link.id, far.label("reached")).join(walk, near == walk.c.reached))


def _kinds(ids: Iterable[int], actor: Actor) -> dict[int, str]:
    """The kind of each of these records that the actor may see."""
    rows = db.session.execute(
        sa.select(Record.id, Record.kind).where(Record.id.in_(sorted(ids)), visible_to(actor))
    )
    return {row[0]: row[1] for row in rows}


def _records(ids: list[int], here: Record) -> dict[int, Record]:
    wanted = sa.select(Record).where(Record.id.in_(ids)).options(joinedload(Record.territory))
    return {found.id: found for found in [*db.session.scalars(wanted), here]}


def _alike(edges: list[Edge], kinds: dict[int, str], here: int) -> dict[int, list[int]]:
    """The last one told of those that stand alike -> those that are not told."""
    causes: dict[int, set[tuple[int, Relation]]] = defaultdict(set)
    consequences: dict[int, set[tuple[int, Relation]]] = defaultdict(set)
    for edge in edges:
        causes[edge.target].add((edge.source, edge.relation))
        consequences[edge.source].add((edge.target, edge.relation))
    groups: dict[object, list[int]] = defaultdict(list)
    for i in sorted(kinds.keys() - {here}):
        groups[kinds[i], frozenset(causes[i]), frozenset(consequences[i])].append(i)
    many = (group for group in groups.values() if len(group) > MOST_ALIKE)
    return {group[SHOWN_ALIKE - 1]: group[SHOWN_ALIKE:] for group in many}


class _Trail:
    """Lays the steps: each record once, under the first that led to it."""

    def __init__(
        self, here: Record, edges: list[Edge], records: dict[int, Record], alike: dict[int, list[int]]
    ) -> None:
        self.here, self.records, self.alike = here, records, alike
        self.edges = [edge for edge in edges if edge.source in records and edge.target in records]
        self.following: dict[int, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            self.following[edge.source].append(edge)
        self.placed: set[int] = set()

    def roots(self) -> list[Step]:
        """What it all began with."""
        caused = {edge.target for edge in self.edges}
        begin = [record for i, record in self.records.items() if i not in caused]
        roots = [self._step(r.id, None, r.created_at) for r in sorted(begin, key=lambda r: r.created_at)]
        if self.here.id not in self.placed:  # a ring of links has no beginning
            roots.append(self._step(self.here.id, None, self.here.created_at))
        return roots

    def _step(self, record_id: int, relation: Relation | None, at: datetime) -> Step:
        self.placed.add(record_id)
        step = Step(self.records[record_id], relation, at, record_id == self.here.id)
        step.alike = len(self.alike.get(record_id, ()))
        for edge in self.following[record_id]:
            if edge.target not in self.placed:
                step.next.append(self._step(edge.target, edge.relation, edge.at))
        return step
