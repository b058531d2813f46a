"""Databases for tests: migrated once per run, copied for each worker, emptied after every test."""

import dataclasses
import fcntl
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event

from stakeholder_hub.app import create_app
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.settings import Settings, ensure_secret
from tests.infrastructure import postgresql

TEMPLATE = "hub_template"
KEPT = frozenset({"alembic_version"})
WRITTEN = ("files", "outbox")
"""Folders of an instance that a test may fill."""


def make_settings(instance: Path, **changes: object) -> Settings:
    """Settings for a test: nothing from the environment but what is asked for."""
    ensure_secret(instance)
    settings = Settings.load({"HUB_INSTANCE": str(instance), "HUB_DEMO": "0", "HUB_LOG_LEVEL": "ERROR"})
    values = {"testing": True, "page_cache_seconds": 0.0, "base_url": None, "demo_data": None, **changes}
    return dataclasses.replace(settings, **values)  # type: ignore[arg-type]


def make_app(kind: str, worker: str, run_dir: Path) -> Flask:
    """The application on a migrated database of its own."""
    instance = run_dir / f"instance-{kind}-{worker}"
    template = make_template(kind, run_dir)
    url = make_database(kind, f"hub_{worker}", run_dir, instance, template=template)
    # Compressing the static files takes longer than all the rest.
    shutil.copytree(run_dir / f"template-{kind}" / "static", instance / "static", dirs_exist_ok=True)
    app = create_app(make_settings(instance, database_url=url))
    with app.app_context():
        if kind == "sqlite":
            event.listen(db.engine, "connect", _need_not_last)
    return app


def make_template(kind: str, run_dir: Path) -> str:
    """A migrated database to copy; the first worker that asks makes it, the others wait."""
    instance = run_dir / f"template-{kind}"
    with _locked(run_dir / f"template-{kind}.lock"):
        if not (instance / "done").exists():
            url = make_database(kind, TEMPLATE, run_dir, instance)
            app = create_app(make_settings(instance, database_url=url))
            migrate(app)
            with app.app_context():
                db.engine.dispose()
            (instance / "done").touch()
    return TEMPLATE


def make_database(kind: str, name: str, run_dir: Path, instance: Path, *, template: str | None = None) -> str:
    """A fresh database, empty or a copy of ``template``; returns its address."""
    instance.mkdir(parents=True, exist_ok=True)
    if kind == "sqlite":
        path = instance / f"{name}.sqlite"
        if template:
            shutil.copyfile(run_dir / f"template-{kind}" / f"{template}.sqlite", path)
        return f"sqlite:///{path}"
    socket = postgresql.ensure_started(run_dir)
    shape = f'TEMPLATE "{template}"' if template else "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
    address = {"host": socket, "port": postgresql.PORT, "user": "hub", "dbname": "postgres"}
    with closing(psycopg.connect(**address, autocommit=True)) as connection:  # type: ignore[arg-type]
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # type: ignore[arg-type]
        connection.execute(f'CREATE DATABASE "{name}" {shape}')  # type: ignore[arg-type]
    return postgresql.url(socket, name)


def migrate(app: Flask) -> None:
    """Bring the database of ``app`` to the newest state by its migrations."""
    with app.app_context():
        if any(Path(app.extensions["migrate"].directory, "versions").glob("*.py")):
            upgrade()
        else:
            db.create_all()


def empty(app: Flask) -> None:
    """Delete every row and written file: foreign keys are off for that moment, tables without rows left alone."""
    with app.app_context():
        db.session.remove()
        with db.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                _empty_sqlite(connection)
            else:
                _empty_postgresql(connection)
    for folder in WRITTEN:
        shutil.rmtree(Path(app.instance_path) / folder, ignore_errors=True)


def _empty_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql("ROLLBACK")
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    # A virtual table (full text) is emptied through itself; its shadow tables look after themselves.
    tables = connection.exec_driver_sql(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')"
        " AND name NOT LIKE 'sqlite_%'"
    )
    _delete_from(connection, [name for (name,) in tables])
    connection.commit()
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.execute("PRAGMA foreign_keys=ON")


def _empty_postgresql(connection: sa.Connection) -> None:
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    tables = connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    _delete_from(connection, [name for (name,) in tables])
    connection.commit()


def _delete_from(connection: sa.Connection, tables: list[str]) -> None:
    names = [name for name in tables if name not in KEPT]
    probe = " UNION ALL ".join(f"SELECT '{n}' WHERE EXISTS (SELECT 1 FROM \"{n}\")" for n in names)
    for (name,) in connection.exec_driver_sql(probe).all() if names else []:
        connection.exec_driver_sql(f'DELETE FROM "{name}"')


def _need_not_last(connection: object, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
