"""What belongs to the demonstration, followed along the foreign keys, and how it is taken out again.

Marked are places, people, groups and organisations; everything else is found from them. A reference that may not be
empty, or that the database would follow by itself, takes its row along; so do the group and the context of a record.
Every other reference is emptied. Real people are never among what is marked, and what has been set up beside the
demonstration keeps the places it lies in.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from stakeholder_hub.kernel.database import Base, db

MARKED = ("territory", "group", "organisation", "user")
OWNING = frozenset(
    {
        *(("record", "group_id"), ("record", "context_id"), ("record", "author_id")),
        *(("body", "organisation_id"), ("body", "group_id")),
    }
)
"""References that may be empty and take their row along all the same."""

KEPT = frozenset({"audit_entry"})
CHUNK = 400


@dataclass
class Content:
    """Ids to delete by table, rows of other tables that hang on them, and references to empty."""

    ids: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    hanging: set[tuple[str, str, str]] = field(default_factory=set)
    emptied: set[tuple[str, str, str]] = field(default_factory=set)
    framework: set[int] = field(default_factory=set)

    def number(self, table: str) -> int:
        """How many rows of ``table`` go."""
        return len(self.ids.get(table, ()))


def demonstration_content() -> Content:
    """Everything that belongs to the demonstration. Reads only."""
    content = Content()
    content.framework = _framework()
    for name in MARKED:
        table = Base.metadata.tables[name]
        found = set(db.session.scalars(sa.select(table.c.id).where(table.c.is_demo)))
        _follow(content, name, found - content.framework if name == "territory" else found)
    return content


def _framework() -> set[int]:
    """Places of the demonstration in which a real one lies: they stay, and are real from then on."""
    table = Base.metadata.tables["territory"]
    paths = db.session.scalars(sa.select(table.c.path).where(sa.not_(table.c.is_demo)))
    above = {int(part) for path in paths for part in path.strip("/").split("/") if part}
    marked = set(db.session.scalars(sa.select(table.c.id).where(table.c.is_demo)))
    return above & marked


def _follow(content: Content, name: str, found: set[int]) -> None:
    """Add the rows ``found`` of a table and all that goes with them."""
    waiting = [(name, found)]
    while waiting:
        name, found = waiting.pop()
        new = found - content.ids[name]
        if not new:
            continue
        content.ids[name] |= new
        waiting.extend((parent, new) for parent in _parents(Base.metadata.tables[name]))
        for table, column in _references(name):
            if not _takes_along(column):
                content.emptied.add((table.name, column.name, name))
            elif _has_identity(table):
                waiting.append((table.name, set(_select(table.c.id, column, new))))
            else:
                content.hanging.add((table.name, column.name, name))


def _references(name: str) -> Iterator[tuple[sa.Table, Any]]:
    """Columns that point at rows of a table."""
    for table in Base.metadata.tables.values():
        for key in sorted(table.foreign_keys, key=lambda k: str(k.parent.name)):
            if key.column.table.name == name and table.name not in KEPT:
                yield table, key.parent


def _takes_along(column: Any) -> bool:
    if not column.nullable or (column.table.name, column.name) in OWNING:
        return True
    return any(key.ondelete == "CASCADE" for key in column.foreign_keys)


def _has_identity(table: sa.Table) -> bool:
    """Whether rows must be known one by one: others point at them, or they are part of a row elsewhere."""
    if "id" not in table.c:
        return False
    return bool(_parents(table)) or any(
        key.column.table is table for other in Base.metadata.tables.values() for key in other.foreign_keys
    )


def _parents(table: sa.Table) -> list[str]:
    """Tables in which a row of this one has its other half (joined inheritance)."""
    keys = list(table.primary_key.columns)
    return [key.column.table.name for key in keys[0].foreign_keys] if len(keys) == 1 else []


def _select(wanted: Any, column: Any, ids: set[int]) -> Iterator[int]:
    for some in chunks(ids):
        yield from db.session.scalars(sa.select(wanted).where(column.in_(some)))


def chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    """``ids`` in lists that fit into one statement."""
    ordered = sorted(ids)
    for at in range(0, len(ordered), CHUNK):
        yield ordered[at : at + CHUNK]


def others_contributions(content: Content) -> int:
    """How many records of people who are not of the demonstration go with it."""
    table = Base.metadata.tables["record"]
    authors = [
        author
        for some in chunks(content.ids["record"])
        for author in db.session.scalars(
            sa.select(table.c.author_id).where(table.c.id.in_(some), table.c.author_id.is_not(None))
        )
    ]
    return sum(author not in content.ids["user"] for author in authors)


def delete_content(content: Content) -> dict[str, int]:
    """Delete it, what hangs on others first. Returns the number of rows by table."""
    db.session.flush()
    tables, removed = Base.metadata.tables, defaultdict[str, int](int)
    for name, column, target in sorted(content.hanging):
        for some in chunks(content.ids[target]):
            statement = sa.delete(tables[name]).where(tables[name].c[column].in_(some))
            removed[name] += db.session.execute(statement).rowcount  # type: ignore[attr-defined]
    for name, column, target in sorted(content.emptied | _loops(content)):
        for some in chunks(content.ids[target]):
            where = tables[name].c[column].in_(some)
            db.session.execute(sa.update(tables[name]).where(where).values({column: None}))
    for table in reversed(Base.metadata.sorted_tables):
        for some in chunks(content.ids.get(table.name, ())):
            db.session.execute(sa.delete(table).where(table.c.id.in_(some)))
        removed[table.name] += content.number(table.name)
    territory = tables["territory"]
    for some in chunks(content.framework):
        db.session.execute(sa.update(territory).where(territory.c.id.in_(some)).values(is_demo=False))
    db.session.expire_all()
    return {name: number for name, number in sorted(removed.items()) if number}


def _loops(content: Content) -> set[tuple[str, str, str]]:
    """References within one table among rows that go: emptied first, so that any order of deletion will do."""
    return {
        (name, str(key.parent.name), name)
        for name in content.ids
        for key in Base.metadata.tables[name].foreign_keys
        if key.column.table.name == name and key.parent.nullable
    }
