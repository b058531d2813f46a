"""Whether everything in the database came from somewhere."""

from collections import defaultdict

import sqlalchemy as sa

from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.models import Link, Record, Relation


def kinds() -> dict[str, type[Record]]:
    """Every kind of record there is, by its name in the database."""
    return {
        str(mapper.polymorphic_identity): mapper.class_
        for mapper in Record.__mapper__.self_and_descendants
        if mapper.polymorphic_identity is not None
    }


def without_origin() -> list[str]:
    """The references of records that must have an origin and have none."""
    reached: dict[int, set[Relation]] = defaultdict(set)
    for target, relation in db.session.execute(sa.select(Link.target_id, Link.relation)):
        reached[target].add(relation)
    missing = []
    for record in db.session.scalars(sa.select(Record).order_by(Record.id)):
        origin = record.origin
        if origin.part_of:
            came_from_somewhere = record.part_of_id is not None
        else:
            came_from_somewhere = not origin.required or bool(reached[record.id] & origin.relations)
        if not came_from_somewhere:
            missing.append(f"{record.kind} {record.reference}")
    return missing
