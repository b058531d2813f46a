"""Runs migrations inside the application, on the database it is configured for."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy.engine import Connection

from stakeholder_hub.kernel.database import Base, UTCDateTime, db
from stakeholder_hub.kernel.multilingual import MultilingualText

FULL_TEXT = ("search_entry_fts", "ix_search_entry_full_text", "ix_search_entry_title")
"""Names of the tables of SQLite and the indexes of PostgreSQL that serve searching."""


def render_item(kind: str, item: object, _context: AutogenContext) -> str | bool:
    """Migrations name plain column types only, so that they outlive the code of today."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime()"
    if kind == "type" and isinstance(item, MultilingualText):
        return "sa.JSON()"
    return False


def include_object(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    """What serves searching belongs to the database, not to a model."""
    return not (kind in ("table", "index") and name is not None and name.startswith(FULL_TEXT))


@contextmanager
def foreign_keys_at_the_end(connection: Connection) -> Iterator[None]:
    """On SQLite a table is changed by making it anew, and dropping the old one would take along all that refers to it:
    so foreign keys are off meanwhile, and checked at the end. They cannot be switched within a transaction.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        broken = driver.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"rows point at nothing after the migration: {broken[:5]}")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def run() -> None:
    """Migrate on one connection, in one transaction where the database can."""
    with current_app.app_context(), db.engine.connect() as connection, foreign_keys_at_the_end(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            render_item=render_item,
            include_object=include_object,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
