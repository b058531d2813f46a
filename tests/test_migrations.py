"""Migrations go up and down, over an inhabited house too, and end in what the models say."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import check, downgrade, upgrade

from stakeholder_hub.app import create_app
from stakeholder_hub.demonstration.operations import load_demonstration
from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.models import Record
from tests.infrastructure.databases import make_database, make_settings
from tests.infrastructure.machine import refuse
from tests.infrastructure.postgresql import NoPostgreSQL


@pytest.fixture
def bare(database: str, run_dir: Path, worker_id: str) -> Iterator[Flask]:
    """An application on a database in which nothing has happened yet."""
    instance = run_dir / f"bare-{database}-{worker_id}"
    try:
        url = make_database(database, f"bare_{worker_id}", run_dir, instance)
    except NoPostgreSQL as missing:
        refuse(missing)
    app = create_app(make_settings(instance, database_url=url))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def tables() -> set[str]:
    return set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_migrations_lead_to_the_models_and_back_over_a_demonstration(bare: Flask) -> None:
    upgrade()
    check()  # ends the program where a model and its table differ
    load_demonstration()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Record)) > 50  # type: ignore[operator]
    db.session.remove()
    downgrade(revision="base")
    assert tables() == set()
    upgrade()
    check()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Record)) == 0


def test_a_column_that_no_migration_made_is_found(bare: Flask) -> None:
    upgrade()
    with db.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE follow ADD COLUMN forgotten INTEGER"))
    with pytest.raises(SystemExit):
        check()
