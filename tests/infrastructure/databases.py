"""One migrated database per worker and kind; emptied after every test."""

import dataclasses
from pathlib import Path

import psycopg
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.app import create_app
from stakeholder_hub.kernel.database import Base, db
from stakeholder_hub.kernel.settings import Settings, ensure_secret
from tests.infrastructure import postgresql

KEPT = frozenset({"alembic_version"})


def make_settings(instance: Path, **changes: object) -> Settings:
    """Settings for a test: nothing from the environment but what is asked for."""
    ensure_secret(instance)
    settings = Settings.load({"HUB_INSTANCE": str(instance), "HUB_DEMO": "0", "HUB_LOG_LEVEL": "ERROR"})
    values = {"testing": True, "page_cache_seconds": 0.0, "base_url": None, "demo_data": None, **changes}
    return dataclasses.replace(settings, **values)  # type: ignore[arg-type]


def make_database(kind: str, name: str, run_dir: Path, instance: Path) -> str:
    """A fresh empty database; returns its address."""
    if kind == "sqlite":
        return f"sqlite:///{instance / (name + '.sqlite')}"
    socket = postgresql.ensure_started(run_dir)
    with psycopg.connect(
        host=socket, port=postgresql.PORT, user="hub", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
    return postgresql.url(socket, name)


def make_app(kind: str, worker: str, run_dir: Path) -> Flask:
    """The application on its own migrated database."""
    instance = run_dir / f"instance-{kind}-{worker}"
    instance.mkdir(parents=True, exist_ok=True)
    url = make_database(kind, f"hub_{worker}", run_dir, instance)
    app = create_app(make_settings(instance, database_url=url))
    migrate(app)
    return app


def migrate(app: Flask) -> None:
    """Bring the database of ``app`` to the newest state by its migrations."""
    from flask_migrate import upgrade  # late: it configures logging when imported

    with app.app_context():
        if any(Path(app.extensions["migrate"].directory, "versions").glob("*.py")):
            upgrade()
        else:
            db.create_all()


def empty(app: Flask) -> None:
    """Delete every row: foreign keys are switched off for that moment, tables without rows are left alone."""
    with app.app_context():
        db.session.remove()
        with db.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("ROLLBACK")
                connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.exec_driver_sql("SET session_replication_role = replica")
            for name in _tables_with_rows(connection):
                connection.exec_driver_sql(f'DELETE FROM "{name}"')
            connection.commit()
            if connection.dialect.name == "sqlite":
                raw = connection.connection.driver_connection
                raw.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]
            else:
                connection.exec_driver_sql("SET session_replication_role = DEFAULT")
                connection.commit()


def _tables_with_rows(connection: sa.Connection) -> list[str]:
    names = [table.name for table in Base.metadata.tables.values() if table.name not in KEPT]
    probe = " UNION ALL ".join(f"SELECT '{n}' WHERE EXISTS (SELECT 1 FROM \"{n}\")" for n in names)
    return [row[0] for row in connection.exec_driver_sql(probe)]
