"""What every test can ask for: applications on both databases, a clock, a mailbox, people and places."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from stakeholder_hub.kernel import clock as hub_clock
from stakeholder_hub.kernel.database import db
from tests.infrastructure import databases, postgresql

DATABASES = tuple(os.environ.get("HUB_TEST_DATABASES", "sqlite,postgresql").split(","))

_apps: dict[str, Flask] = {}


def pytest_configure(config: pytest.Config) -> None:
    """The controller makes the run's folder; workers find it in the environment."""
    if "HUB_TEST_RUN" not in os.environ:
        folder = tempfile.mkdtemp(prefix="hub-test-")
        os.environ["HUB_TEST_RUN"] = folder
        config.stash[_RUN] = Path(folder)


_RUN: pytest.StashKey[Path] = pytest.StashKey()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The controller stops what was started and removes the folder."""
    folder = config.stash.get(_RUN, None)
    if folder is not None:
        postgresql.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)
        os.environ.pop("HUB_TEST_RUN", None)


@pytest.fixture(scope="session")
def run_dir() -> Path:
    """The folder of this run."""
    return Path(os.environ["HUB_TEST_RUN"])


@pytest.fixture(scope="session", params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    """``sqlite`` and ``postgresql`` in turn: a test that asks for the application runs on both."""
    return str(request.param)


@pytest.fixture(scope="session")
def application(database: str, run_dir: Path, worker_id: str) -> Flask:
    """One application per worker and database."""
    if database not in _apps:
        try:
            _apps[database] = databases.make_app(database, worker_id, run_dir)
        except postgresql.NoPostgreSQL as missing:
            if os.environ.get("CI"):
                raise
            pytest.skip(str(missing))
    return _apps[database]


@pytest.fixture
def web(application: Flask) -> Iterator[Flask]:
    """The application without a context of its own: for tests that send requests. Emptied afterwards."""
    yield application
    databases.empty(application)


@pytest.fixture
def app(web: Flask) -> Iterator[Flask]:
    """The application inside its context: for tests that call operations."""
    with web.app_context():
        yield web
        db.session.remove()


@pytest.fixture
def client(web: Flask) -> FlaskClient:
    """A browser without a session. Do not combine with ``app``: the language would leak between requests."""
    return web.test_client()


@pytest.fixture
def at() -> Callable[[datetime], Any]:
    """``with at(moment): ...`` stops the clock."""
    return hub_clock.frozen


@pytest.fixture
def count_queries(application: Flask) -> Callable[[], Any]:
    """``with count_queries() as seen: ...`` collects the statements sent to the database."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
                seen.append(statement)

        with application.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting
