"""The journey of a record: where it came from and what became of it, read in a constant number of statements.

Records and links form a directed graph, not a tree: a ballot comes from many proposals, an action item from a proposal
and from the decision. The trail shows each record once:

- under the cause that says most: one that is alone of its kind before one of many, and of those the one with the fewest
  such consequences. So a ballot stands under the question and not under the first of its proposals, except on the page
  of a proposal, where the way leads through the ballot and the decision to what carries *this* proposal out;
- after what led to it, where both are its causes: what carries out an answer stands under the answer, and not beside
  the referral that asked for it, however often that was forwarded, unless several were answered at once;
- hundreds that stand in exactly the same way (same kind, same causes, same consequences) as a few and a number; each
  that led to something of its own is shown.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload, with_polymorphic
from sqlalchemy.sql import Select

from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.models import Link, Record, Relation
from stakeholder_hub.records.queries import visible_to
from stakeholder_hub.records.walks import links_at, walk

MOST_STEPS = 200
MOST_EDGES = 5 * MOST_STEPS
MOST_ALIKE = 4
SHOWN_ALIKE = 3


class Edge(NamedTuple):
    """One link: ``source`` led to ``target``. Ids of records. Without a relation, it is a part of ``source``."""

    source: int
    relation: Relation | None
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
    cause: Record | None = None
    next: list["Step"] = field(default_factory=list)

    def count(self) -> int:
        """How many records the trail holds from here on."""
        return 1 + self.alike + sum(step.count() for step in self.next)


@dataclass(frozen=True)
class Journey:
    """The trail around one record: a forest whose roots are what it all began with.

    ``edges`` are all links among the records that are told, also those along which nothing is laid.
    """

    here: Record
    roots: list[Step]
    truncated: bool = False
    edges: tuple[Edge, ...] = ()

    @property
    def is_alone(self) -> bool:
        """Whether nothing led here and nothing followed."""
        return len(self.roots) == 1 and not self.roots[0].next

    def steps(self) -> Iterator[Step]:
        """Every step, causes before what followed from them."""
        waiting = list(reversed(self.roots))
        while waiting:
            step = waiting.pop()
            yield step
            waiting.extend(reversed(step.next))


def journey_of(record: Record, actor: Actor, *, whole: bool = False) -> Journey:
    """The trail that led to ``record`` and what became of it, as far as ``actor`` may see it.

    Upwards every cause is followed to its own beginning; downwards every consequence of ``record``. Brothers that
    share a cause (the other proposals of a consultation, and what carries them out) are not on the trail. What is
    part of another record (a comment) stands on the trail of that one.
    Three statements, however long. ``whole`` reads everything that is told of each record, its own columns, author,
    group and all, in the same number.
    """
    found = _edges(record)
    kinds = _kinds({i for edge in found for i in (edge.source, edge.target)}, actor)
    kinds[record.id] = record.kind
    seen = [edge for edge in found if edge.source in kinds and edge.target in kinds]
    edges = _on_the_trail(seen, kinds, record.id)
    kinds = {i: kinds[i] for i in {record.id, *(i for edge in edges for i in (edge.source, edge.target))}}
    alike = _alike(edges, kinds, record.id)
    told = sorted(kinds.keys() - {i for rest in alike.values() for i in rest})
    records = _records(told[:MOST_STEPS], record, whole=whole)
    roots = _Trail(record, edges, records, alike).roots()
    among = tuple(edge for edge in edges if edge.source in records and edge.target in records)
    return Journey(record, roots, len(told) > MOST_STEPS or len(found) >= MOST_EDGES, among)


def _edges(record: Record) -> list[Edge]:
    """Every link towards ``start`` and from it, and whatever else is carried out by what it led to.

    The oldest first. Where there are too many, those that led on are kept before those that ended.
    """
    part_of = record.part_of_id
    above = [record.id] if part_of is None else [record.id, part_of]
    up = walk(above, Link.target_id, Link.source_id, "up")
    down = walk([record.id], Link.source_id, Link.target_id, "down")
    carries_out = links_at(down, down.c.target_id, Link.target_id, Link.relation == Relation.CARRIED_OUT_BY)
    found = sa.union(sa.select(*up.c), sa.select(*down.c), carries_out).subquery("found")
    onward = sa.select(Link.id).where(Link.source_id == found.c.target_id).limit(1).scalar_subquery()
    rows = db.session.execute(
        sa.select(found.c.source_id, found.c.relation, found.c.target_id, found.c.created_at)
        .order_by(onward.is_(None), found.c.id)
        .limit(MOST_EDGES)
    )
    edges = [Edge(*row) for row in rows]
    if part_of is not None and all(edge[::2] != (part_of, record.id) for edge in edges):
        edges.append(Edge(part_of, None, record.id, record.created_at))
    return sorted(edges, key=lambda edge: (edge.at, edge.target))


def _kinds(ids: Iterable[int], actor: Actor) -> dict[int, str]:
    """The kind of each of these records that the actor may see."""
    rows = db.session.execute(
        sa.select(Record.id, Record.kind).where(Record.id.in_(sorted(ids)), visible_to(actor))
    )
    return {row[0]: row[1] for row in rows}


def _on_the_trail(edges: list[Edge], kinds: dict[int, str], here: int) -> list[Edge]:
    """Without brothers: other proposals of the ballot that a proposal won, other towns' referrals that were answered
    together, and what carries those out.
    """
    upwards = [(edge.target, edge.source) for edge in edges]
    downwards = [(edge.source, edge.target) for edge in edges]
    before, after = _reach({here}, upwards), _reach({here}, downwards)
    origins: dict[int, set[int]] = defaultdict(set)
    for edge in edges:
        if edge.relation is Relation.CARRIED_OUT_BY and kinds[edge.source] == "proposal":
            origins[edge.target].add(edge.source)
    own = {source for target, sources in origins.items() if target in before for source in sources}
    gathered = {edge.source for edge in edges if edge.relation and edge.relation.gathers} & before
    kin = _reach(own, upwards) | _reach(own, downwards) | {here}
    brothers = gathered - kin if own else set()
    trail = (before | after) - brothers
    brothers |= {
        target for target, sources in origins.items() if target in after - {here} and not sources & trail
    }
    left = [edge for edge in edges if not brothers & {edge.source, edge.target}]
    trail = _reach({here}, [(edge.target, edge.source) for edge in left])
    trail |= _reach({here}, [(edge.source, edge.target) for edge in left])
    return [edge for edge in left if edge.source in trail and edge.target in trail]


def _reach(start: set[int], arrows: Iterable[tuple[int, int]]) -> set[int]:
    """Everything that ``arrows`` lead to from ``start``, that included."""
    following: dict[int, list[int]] = defaultdict(list)
    for tail, head in arrows:
        following[tail].append(head)
    reached, waiting = set(start), list(start)
    while waiting:
        for head in following[waiting.pop()]:
            if head not in reached:
                reached.add(head)
                waiting.append(head)
    return reached


LONG_TEXTS = frozenset(
    {"body_text", "body_html", "answer_html", "background_text", "background_html", "result"}
)
"""Columns that nobody reads on a trail."""


def _records(ids: list[int], here: Record, *, whole: bool) -> dict[int, Record]:
    wanted = (
        _whole(ids)
        if whole
        else sa.select(Record).where(Record.id.in_(ids)).options(joinedload(Record.territory))
    )
    return {found.id: found for found in [*db.session.scalars(wanted).unique(), here]}


def _whole(ids: list[int]) -> Select[Record]:
    """Records of every kind with their own columns, but the long ones; with author, group and place."""
    kinds: Any = with_polymorphic(Record, "*")
    unread = [
        defer(getattr(getattr(kinds, mapper.class_.__name__), column.key))
        for mapper in Record.__mapper__.self_and_descendants
        if mapper.class_ is not Record
        for column in mapper.local_table.columns
        if column.key in LONG_TEXTS
    ]
    around = [
        joinedload(kinds.territory),
        joinedload(kinds.group),
        joinedload(kinds.author),
        joinedload(kinds.speaking_for),
    ]
    found: Select[Record] = sa.select(kinds).where(kinds.id.in_(ids)).options(*unread, *around)
    return found


def _alike(edges: list[Edge], kinds: dict[int, str], here: int) -> dict[int, list[int]]:
    """The last one told of those that stand alike -> those that are not told."""
    causes: dict[int, set[tuple[int, Relation | None]]] = defaultdict(set)
    consequences: dict[int, set[tuple[int, Relation | None]]] = defaultdict(set)
    for edge in edges:
        causes[edge.target].add((edge.source, edge.relation))
        consequences[edge.source].add((edge.target, edge.relation))
    groups: dict[object, list[int]] = defaultdict(list)
    for i in sorted(kinds.keys() - {here}):
        groups[kinds[i], frozenset(causes[i]), frozenset(consequences[i])].append(i)
    many = (group for group in groups.values() if len(group) > MOST_ALIKE)
    return {group[SHOWN_ALIKE - 1]: group[SHOWN_ALIKE:] for group in many}


class _Trail:
    """Lays the steps: each record once, under the cause that says most."""

    def __init__(
        self, here: Record, edges: list[Edge], records: dict[int, Record], alike: dict[int, list[int]]
    ) -> None:
        self.here, self.records, self.alike = here, records, alike
        self.causes: dict[int, list[Edge]] = defaultdict(list)
        self.consequences: Counter[tuple[int, Relation | None]] = Counter()
        for edge in edges:
            if edge.source in records and edge.target in records:
                self.causes[edge.target].append(edge)
                self.consequences[edge.source, edge.relation] += 1
        self.steps: dict[int, Step] = {}
        self.ancestors: dict[int, set[int]] = {}
        self.lines: dict[int, set[int]] = {}

    def roots(self) -> list[Step]:
        """What it all began with."""
        ids = sorted(self.records, key=lambda i: (self.records[i].created_at, i))
        roots = [self._begin(i) for i in ids if not self.causes[i]]
        waiting = {i: self._best(self.causes[i]) for i in ids if self.causes[i]}
        while waiting:
            ready = [i for i, edge in waiting.items() if edge.source in self.steps]
            # Links in a ring wait for each other: then any cause that stands already will do, or none.
            if not ready:
                chosen = next((e for i in waiting for e in self.causes[i] if e.source in self.steps), None)
                if chosen is None:
                    roots.append(self._begin(next(iter(waiting))))
                    waiting.pop(roots[-1].record.id)
                    continue
                waiting[chosen.target], ready = chosen, [chosen.target]
            for i in ready:
                self._follow(waiting.pop(i))
        for step in self.steps.values():
            step.next.sort(key=lambda following: (following.at, following.record.id))
        return roots

    def _best(self, causes: list[Edge]) -> Edge:
        """The cause that says most about a record."""
        classes = Counter((edge.relation, self.records[edge.source].kind) for edge in causes)
        alone = [edge for edge in causes if classes[edge.relation, self.records[edge.source].kind] == 1]
        return min(
            self._latest(alone) or causes,
            key=lambda edge: (self.consequences[edge.source, edge.relation], -edge.source),
        )

    def _latest(self, causes: list[Edge]) -> list[Edge]:
        """Without causes that led to another of them, where all of their kind that did follow from one another: a
        matter that was forwarded is one, matters of several places that were joined are not.
        """
        if len(causes) < 2:
            return causes
        earlier = {i for edge in causes for i in self._on_one_line(edge.source)}
        return [edge for edge in causes if edge.source not in earlier]

    def _on_one_line(self, record_id: int) -> set[int]:
        """What led to a record, without those beside which others of their kind did."""
        if record_id not in self.lines:
            before = self._before(record_id)
            kinds: dict[str, list[int]] = defaultdict(list)
            for i in before:
                kinds[self.records[i].kind].append(i)
            self.lines[record_id] = {
                i
                for i in before
                if all(
                    i == j or i in self._before(j) or j in self._before(i)
                    for j in kinds[self.records[i].kind]
                )
            }
        return self.lines[record_id]

    def _before(self, record_id: int) -> set[int]:
        """Everything that led to a record, itself left out."""
        if record_id not in self.ancestors:
            reached: set[int] = set()
            waiting = [record_id]
            while waiting:
                for edge in self.causes[waiting.pop()]:
                    if edge.source not in reached:
                        reached.add(edge.source)
                        waiting.append(edge.source)
            self.ancestors[record_id] = reached - {record_id}
        return self.ancestors[record_id]

    def _begin(self, record_id: int) -> Step:
        return self._lay(record_id, None, self.records[record_id].created_at, None)

    def _follow(self, edge: Edge) -> None:
        cause = self.steps[edge.source]
        cause.next.append(self._lay(edge.target, edge.relation, edge.at, cause.record))

    def _lay(self, record_id: int, relation: Relation | None, at: datetime, cause: Record | None) -> Step:
        step = Step(self.records[record_id], relation, at, record_id == self.here.id, cause=cause)
        step.alike = len(self.alike.get(record_id, ()))
        self.steps[record_id] = step
        return step
