"""The database: one typed declarative base, naming conventions, UTC times, SQLite made safe.

SQLite runs in WAL mode with foreign keys on and synchronous=FULL. A transaction that will write begins with
``BEGIN IMMEDIATE``: a read transaction that is upgraded later fails at once when somebody else has
written, whatever busy_timeout says, and work would be lost.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, cast

import psycopg
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator

from stakeholder_hub.kernel.multilingual import Multilingual, MultilingualText


class UTCDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python; naive UTC in the database, so that both databases order and compare alike."""

    impl = sa.DateTime
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """What the paging reads back out of an address."""
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime must not reach the database")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


TREE_PATH = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")
"""Materialised path of a tree node; compared byte by byte, so that a subtree is one index range."""


ALWAYS_THERE = cast(bool, "unnested")
"""``relationship(innerjoin=ALWAYS_THERE)``: what cannot be missing is joined without looking for what is missing, but
not inside a join that does look: there SQLite would put both tables together whole before it finds the one row.
"""


def enum_type(kind: type[Enum], name: str) -> sa.Enum:
    """A non-native enum column that stores the members' values and is checked by the database."""
    return sa.Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda e: [str(member.value) for member in e],
    )


mapper_registry = registry(
    metadata=sa.MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    ),
    type_annotation_map={
        datetime: UTCDateTime(),
        date: sa.Date(),
        Multilingual: MultilingualText(),
        dict[str, Any]: sa.JSON(),
        list[str]: sa.JSON(),
        list[int]: sa.JSON(),
    },
)


class Base(DeclarativeBase):
    """Base of every model."""

    registry = mapper_registry
    metadata = mapper_registry.metadata


db = SQLAlchemy(model_class=Base)

MOST_PREPARED = 500
"""Statements that a connection to PostgreSQL keeps prepared; the pages have some hundreds in all."""

_read_only: ContextVar[bool] = ContextVar("hub_read_only", default=False)


def set_read_only(value: bool) -> None:
    """Say whether transactions that begin from here on only read (a GET) or may write."""
    _read_only.set(value)


def is_read_only() -> bool:
    """Whether transactions begin as readers in this context."""
    return _read_only.get()


@contextmanager
def writing() -> Iterator[None]:
    """Transactions that begin inside take the write lock at once (SQLite)."""
    token = _read_only.set(False)
    try:
        yield
    finally:
        _read_only.reset(token)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # transactions are begun below, not by the driver
    cursor = connection.cursor()
    for pragma in (
        "busy_timeout=15000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


class _PostgreSQL(psycopg.Connection[Any]):
    """A connection that ends by COMMIT what only read. After a ROLLBACK the driver forgets every statement that the
    server has prepared, so that each request would have all of its statements planned anew.
    """

    def rollback(self) -> None:
        """Undo what the transaction did; where it could do nothing, just end it."""
        if self.read_only:
            self.commit()
        else:
            super().rollback()


@event.listens_for(Engine, "do_connect")
def _connect_postgresql(dialect: Dialect, _record: Any, arguments: Any, named: Any) -> Any:
    if dialect.driver != "psycopg":
        return None
    connection = _PostgreSQL.connect(*arguments, **named)
    connection.prepared_max = MOST_PREPARED
    # To compile a statement takes longer than any of ours runs; the server would, where it cannot foresee a walk's end.
    connection.execute("SET jit = off")
    connection.commit()
    return connection


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN" if _read_only.get() else "BEGIN IMMEDIATE")
    else:
        # Told to the server with the next BEGIN: it refuses to write then.
        driver: Any = connection.connection.dbapi_connection
        driver.read_only = _read_only.get() or None


def insert_ignore(table: Any, values: dict[str, Any], *, index_elements: list[str]) -> bool:
    """Insert one row unless a unique row exists; tells whether it was inserted. Atomic on both databases."""
    statement: Any
    if db.session.get_bind().dialect.name == "sqlite":
        statement = sqlite_insert(table)
    else:
        statement = postgresql_insert(table)
    statement = statement.values(**values).on_conflict_do_nothing(index_elements=index_elements)
    # Without the option PostgreSQL's driver reports -1 for an INSERT, which would read as "inserted".
    result: Any = db.session.execute(statement, execution_options={"preserve_rowcount": True})
    return bool(result.rowcount > 0)


def add_to(table: Any, key: dict[str, Any], **by: int) -> None:
    """Raise counters of the row with this ``key``, which is made where there is none. Atomic on both databases."""
    insert: Any = sqlite_insert if db.session.get_bind().dialect.name == "sqlite" else postgresql_insert
    statement = insert(table).values(**key, **by)
    raised = {name: table.c[name] + statement.excluded[name] for name in by}
    db.session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=raised))
