"""Export and erasure of personal data, read off what the models declare."""

from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa

from stakeholder_hub.accounts.models import PendingContribution, User
from stakeholder_hub.kernel.database import Base, db
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.mail.models import OutgoingMail

SECRET = frozenset({"password", "us_totp_secrets", "fs_uniquifier", "token_hash", "email_key"})
"""Never given out: they would let somebody else in."""


WORDS = frozenset({"body_text", "question", "background_text", "answer"})
"""What the author of a record wrote in it; it stands in the table of the record's kind, which names nobody."""


def references(table: sa.Table) -> Iterator[sa.Column[Any]]:
    """The columns of ``table`` that say whose row it is."""
    for column in table.columns:
        if any(key.column.table.name == "user" for key in column.foreign_keys) and "personal" in column.info:
            yield column


def personal_data(person: User) -> dict[str, list[dict[str, Any]]]:
    """Everything stored about ``person``, by table: the account, every row that names them, and what they wrote."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table in Base.metadata.sorted_tables:
        columns = list(references(table))
        if table.name == "user":
            condition = table.c.id == person.id
        elif columns:
            condition = sa.or_(*[column == person.id for column in columns])
        else:
            continue
        rows = db.session.execute(sa.select(table).where(condition)).mappings().all()
        if rows:
            found[table.name] = [_shown(table, dict(row), person) for row in rows]
    for name, words in _written_by(person):
        named = found.setdefault(name, [])
        known = {row["id"] for row in named}
        named += [row for row in words if row["id"] not in known]
    return found


def _written_by(person: User) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The words in the records of ``person``, by table."""
    record = Base.metadata.tables["record"]
    own = sa.select(record.c.id).where(record.c.author_id == person.id)
    for table in Base.metadata.sorted_tables:
        words = [column for column in table.columns if column.name in WORDS]
        keys = [column for column in table.primary_key if column.references(record.c.id)]
        if words and keys:
            rows = db.session.execute(sa.select(*keys, *words).where(keys[0].in_(own))).mappings().all()
            if rows:
                yield table.name, [{name: plain(value) for name, value in row.items()} for row in rows]


def _shown(table: sa.Table, row: dict[str, Any], person: User) -> dict[str, Any]:
    """One row without secrets, and without what tells about somebody else who is named in it."""
    named = {column.name for column in references(table)}
    others = {name for name in named if row[name] != person.id}
    if row.get("email_key", person.email_key) != person.email_key:
        others |= {
            column.name for column in table.columns if "personal" in column.info and column.name not in named
        }
    return {name: plain(value) for name, value in row.items() if name not in SECRET | others}


def plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Multilingual):
        return dict(value.texts)
    return value


def erasing(person: User) -> Iterator[sa.Executable]:
    """Statements that remove rows which exist only for the person, and unname those that are not kept by record.

    What is kept as long as the record is (who wrote it, who decided) goes on naming the account, which is nobody's
    from then on.
    """
    yield sa.delete(OutgoingMail).where(OutgoingMail.recipient == person.email)
    yield sa.delete(PendingContribution).where(PendingContribution.email == person.email)
    for table in reversed(Base.metadata.sorted_tables):
        for column in references(table):
            if table.name == "user" or column.info["personal"]["retention"] == "record":
                continue
            if column.nullable:
                yield sa.update(table).where(column == person.id).values({column.name: None})
            else:
                yield sa.delete(table).where(column == person.id)
