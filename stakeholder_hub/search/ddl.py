"""The full-text index: FTS5 kept by triggers on SQLite, a GIN index over an expression on PostgreSQL.

Both are given words that are folded already, so that no dictionary of any language is needed.
"""

from sqlalchemy.engine import Connection

SQLITE_CREATE: tuple[str, ...] = (
    """CREATE VIRTUAL TABLE search_entry_fts USING fts5(
        title_words, text, tokenize='unicode61 remove_diacritics 0', prefix='2 3')""",
    """CREATE TRIGGER search_entry_after_insert AFTER INSERT ON search_entry BEGIN
        INSERT INTO search_entry_fts(rowid, title_words, text) VALUES (new.id, new.title_words, new.text);
    END""",
    """CREATE TRIGGER search_entry_after_delete AFTER DELETE ON search_entry BEGIN
        DELETE FROM search_entry_fts WHERE rowid = old.id;
    END""",
    """CREATE TRIGGER search_entry_after_update AFTER UPDATE OF title_words, text ON search_entry BEGIN
        DELETE FROM search_entry_fts WHERE rowid = old.id;
        INSERT INTO search_entry_fts(rowid, title_words, text) VALUES (new.id, new.title_words, new.text);
    END""",
    "INSERT INTO search_entry_fts(rowid, title_words, text) SELECT id, title_words, text FROM search_entry",
)

SQLITE_DROP: tuple[str, ...] = (
    "DROP TRIGGER IF EXISTS search_entry_after_insert",
    "DROP TRIGGER IF EXISTS search_entry_after_delete",
    "DROP TRIGGER IF EXISTS search_entry_after_update",
    "DROP TABLE IF EXISTS search_entry_fts",
)

POSTGRESQL_VECTOR = (
    "(setweight(to_tsvector('simple'::regconfig, search_entry.title_words), 'A') || "
    "setweight(to_tsvector('simple'::regconfig, search_entry.text), 'D'))"
)
POSTGRESQL_TITLE_VECTOR = "to_tsvector('simple'::regconfig, search_entry.title_words)"

POSTGRESQL_CREATE: tuple[str, ...] = (
    f"CREATE INDEX ix_search_entry_full_text ON search_entry USING gin ({POSTGRESQL_VECTOR})",
    f"CREATE INDEX ix_search_entry_title ON search_entry USING gin ({POSTGRESQL_TITLE_VECTOR})",
)

POSTGRESQL_DROP: tuple[str, ...] = (
    "DROP INDEX IF EXISTS ix_search_entry_full_text",
    "DROP INDEX IF EXISTS ix_search_entry_title",
)

SQLITE_EXISTS = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'search_entry_fts'"
POSTGRESQL_EXISTS = "SELECT 1 FROM pg_indexes WHERE indexname = 'ix_search_entry_full_text'"


def has_full_text(connection: Connection) -> bool:
    """Whether the index is there."""
    probe = SQLITE_EXISTS if connection.dialect.name == "sqlite" else POSTGRESQL_EXISTS
    return connection.exec_driver_sql(probe).first() is not None


def create_full_text(connection: Connection) -> None:
    """Make the index over what is in ``search_entry`` already; the caller commits."""
    for statement in SQLITE_CREATE if connection.dialect.name == "sqlite" else POSTGRESQL_CREATE:
        connection.exec_driver_sql(statement)


def drop_full_text(connection: Connection) -> None:
    """Remove the index; the entries stay. The caller commits."""
    for statement in SQLITE_DROP if connection.dialect.name == "sqlite" else POSTGRESQL_DROP:
        connection.exec_driver_sql(statement)
