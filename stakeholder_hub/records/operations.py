"""What every kind of record needs when it is made: a reference, a place, a link in the journey."""

from datetime import datetime
from typing import Any
from weakref import WeakSet

import sqlalchemy as sa

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db, insert_ignore
from stakeholder_hub.kernel.errors import Conflict
from stakeholder_hub.kernel.events import after_commit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.records.models import (
    CAUSAL,
    Link,
    Record,
    RecordReader,
    ReferenceCounter,
    Relation,
    Visibility,
)
from stakeholder_hub.records.walks import walk
from stakeholder_hub.territories.models import Territory


@operation
def next_reference(territory: Territory, *, letter: str) -> str:
    """The next free readable reference of a kind in a territory and year, e.g. ``VEL-2026-P12``.

    The counter is raised by one atomic UPDATE, so that parallel callers never get the same number.
    """
    year = clock.today(territory.timezone).year
    key = {"territory_id": territory.id, "year": year, "letter": letter}
    insert_ignore(
        ReferenceCounter.__table__, {**key, "last": 0}, index_elements=["territory_id", "year", "letter"]
    )
    number = db.session.scalar(
        sa.update(ReferenceCounter)
        .where(
            ReferenceCounter.territory_id == territory.id,
            ReferenceCounter.year == year,
            ReferenceCounter.letter == letter,
        )
        .values(last=ReferenceCounter.last + 1)
        .returning(ReferenceCounter.last)
    )
    return f"{territory.code}-{year}-{letter}{number}"


@operation
def add_record(record: Record, *, actor: Any) -> Record:
    """Give a new record its reference and store it. ``record.territory`` must be set."""
    record.reference = next_reference(record.territory, letter=record.letter)
    if record.author_id is None and record.author is None and actor is not None and actor.is_authenticated:
        record.author_id = actor.id
    db.session.add(record)
    db.session.flush()
    _new.add(record)
    after_commit(lambda: _new.discard(record))
    return record


@operation
def add_link(
    source: Record, relation: Relation, target: Record, *, at: datetime | None = None, actor: Any
) -> None:
    """Say that ``source`` led to ``target`` (``at``: when, if not now): a step of the journey.

    Saying it twice changes nothing.

    Raises:
        Conflict: ``target`` led to ``source`` already: nothing is its own cause.
    """
    db.session.flush()
    if relation.is_causal:
        _refuse_ring(source, target)
    insert_ignore(
        Link.__table__,
        {
            "source_id": source.id,
            "relation": relation,
            "target_id": target.id,
            "created_at": at or clock.now(),
            "created_by_id": getattr(actor, "id", None),
        },
        index_elements=["source_id", "relation", "target_id"],
    )


_new: WeakSet[Record] = WeakSet()
"""Records of operations that have not ended: nobody else can have linked them yet."""

RINGS = 0x4A6F7572
"""The lock under which causal links to older records are added: two that close a ring together share no record."""


def _refuse_ring(source: Record, target: Record) -> None:
    """Raise where ``target`` leads to ``source``. On SQLite there is one writer at a time; on PostgreSQL those who
    could close a ring wait for each other.
    """
    if target not in _new and db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(RINGS)))
    onward = walk([target.id], Link.source_id, Link.target_id, "onward", Link.relation.in_(CAUSAL))
    leads_back = sa.select(onward.c.id).where(onward.c.target_id == source.id).limit(1)
    if source.id == target.id or db.session.scalar(leads_back) is not None:
        raise Conflict(
            _l(
                "“%(later)s” came of “%(earlier)s”: it cannot be its cause as well.",
                later=source.title.original.text,
                earlier=target.title.original.text,
            )
        )


@operation
def let_read(record: Record, *, group_id: int | None = None, organisation_id: int | None = None) -> None:
    """Let a group, or the delegates of an organisation, read a members' record as well. Twice changes nothing."""
    db.session.flush()
    for column, value in (("group_id", group_id), ("organisation_id", organisation_id)):
        if value is not None:
            insert_ignore(
                RecordReader.__table__,
                {"record_id": record.id, column: value},
                index_elements=["record_id", column],
            )


@operation
def spread_visibility(context: Record, *, visibility: Visibility) -> None:
    """Give ``context`` and every record that lives in it the same effective visibility."""
    db.session.flush()
    db.session.execute(
        sa.update(Record)
        .where(sa.or_(Record.id == context.id, Record.context_id == context.id))
        .values(visibility=visibility, updated_at=clock.now())
    )
    db.session.refresh(context)
