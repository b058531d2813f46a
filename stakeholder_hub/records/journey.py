"""The journey of a record: where it came from and what became of it, read in a constant number of statements."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.models import Link, Record, Relation
from stakeholder_hub.records.queries import visible_to

MOST_STEPS = 200


@dataclass
class Step:
    """One record on the trail, how it was reached, and what followed from it."""

    record: Record
    relation: Relation | None
    at: datetime
    is_here: bool = False
    next: list["Step"] = field(default_factory=list)

    def count(self) -> int:
        """How many records the trail holds from here on."""
        return 1 + sum(step.count() for step in self.next)


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
    edges = _edges(record.id, towards_source=True) | _edges(record.id, towards_source=False)
    ids = {record.id} | {i for source, _, target, _ in edges for i in (source, target)}
    truncated = len(ids) > MOST_STEPS
    records = {
        r.id: r
        for r in db.session.scalars(
            sa.select(Record)
            .where(Record.id.in_(sorted(ids)[:MOST_STEPS] + [record.id]), visible_to(actor))
            .options(joinedload(Record.territory))
        )
    }
    records.setdefault(record.id, record)
    following: dict[int, list[tuple[int, Relation, datetime]]] = defaultdict(list)
    has_cause: set[int] = set()
    for source, relation, target, at in sorted(edges, key=lambda e: (e[3], e[2])):
        if source in records and target in records:
            following[source].append((target, relation, at))
            has_cause.add(target)
    placed: set[int] = set()

    def build(record_id: int, relation: Relation | None, at: datetime) -> Step:
        placed.add(record_id)
        step = Step(records[record_id], relation, at, is_here=record_id == record.id)
        for target, how, when in following[record_id]:
            if target not in placed:
                step.next.append(build(target, how, when))
        return step

    begin = [i for i in records if i not in has_cause] or [record.id]
    roots = [
        build(i, None, records[i].created_at) for i in sorted(begin, key=lambda i: records[i].created_at)
    ]
    if record.id not in placed:
        roots.append(build(record.id, None, record.created_at))
    return Journey(record, roots, truncated)


def _edges(start: int, *, towards_source: bool) -> set[tuple[int, Relation, int, datetime]]:
    near, far = (Link.target_id, Link.source_id) if towards_source else (Link.source_id, Link.target_id)
    first = sa.select(Link.id, far.label("reached")).where(near == start)
    walk = first.cte("walk", recursive=True)
    walk = walk.union(sa.select(Link.id, far.label("reached")).join(walk, near == walk.c.reached))
    found = db.session.execute(
        sa.select(Link.source_id, Link.relation, Link.target_id, Link.created_at)
        .where(Link.id.in_(sa.select(walk.c.id)))
        .limit(5 * MOST_STEPS)
    )
    return {(row[0], row[1], row[2], row[3]) for row in found}
