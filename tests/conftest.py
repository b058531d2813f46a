"""What every test can ask for: applications on both databases, a clock, a mailbox, a mail server, a browser.

A test that asks for ``app``, ``web``, ``client`` or ``page`` runs twice, on SQLite and on PostgreSQL, and
finds an empty database. Where one of them is enough:
``@pytest.mark.parametrize("database", ["sqlite"], indirect=True)``.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, sync_playwright

from stakeholder_hub.kernel import clock as hub_clock
from stakeholder_hub.kernel import jobs
from stakeholder_hub.kernel.database import db
from tests.infrastructure import browsing, postgresql, redis
from tests.infrastructure.live import LiveServer
from tests.infrastructure.machine import refuse
from tests.infrastructure.mail import Mailbox, SmtpServer
from tests.infrastructure.statements import statements_of
from tests.infrastructure.timing import Clock

pytest_plugins = ("tests.infrastructure.summary",)

DATABASES = tuple(os.environ.get("HUB_TEST_DATABASES", "sqlite,postgresql").split(","))
RUN = "HUB_TEST_RUN"

_run: pytest.StashKey[Path] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    """The controller makes the run's folder; workers find it in the environment."""
    if RUN not in os.environ:
        # Not below a private TMPDIR: the database server runs as somebody else where the tests run as root.
        shared = "/tmp" if os.access("/tmp", os.W_OK) else None
        config.stash[_run] = Path(tempfile.mkdtemp(prefix="hub-test-", dir=shared))
        os.environ[RUN] = str(config.stash[_run])


def pytest_unconfigure(config: pytest.Config) -> None:
    """The controller stops what was started and removes the folder."""
    folder = config.stash.get(_run, None)
    if folder is not None:
        postgresql.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)
        os.environ.pop(RUN, None)


@pytest.fixture(scope="session")
def run_dir() -> Path:
    """The folder of this run."""
    return Path(os.environ[RUN])


@pytest.fixture(scope="session", params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    """``sqlite`` and ``postgresql`` in turn: a test that asks for the application runs on both."""
    return str(request.param)


@pytest.fixture(scope="session")
def applications() -> dict[str, Flask]:
    """The applications that this worker has made so far, by database."""
    return {}


@pytest.fixture(scope="session")
def application(database: str, applications: dict[str, Flask], run_dir: Path, worker_id: str) -> Flask:
    """One application per worker and database."""
    if database not in applications:
        try:
            # Imported only now: tests of pure code do not wait for the whole application.
            databases = import_module("tests.infrastructure.databases")
            applications[database] = databases.make_app(database, worker_id, run_dir)
        except postgresql.NoPostgreSQL as missing:
            refuse(missing)
    return applications[database]


@pytest.fixture
def web(application: Flask) -> Iterator[Flask]:
    """The application without a context of its own: for tests that send requests. Emptied afterwards."""
    yield application
    import_module("tests.infrastructure.databases").empty(application)


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
def visit(web: Flask) -> Callable[..., FlaskClient]:
    """``visit()`` is a browser without a session, ``visit(person)`` one in which somebody has signed in: a row of an
    account, or its ``fs_uniquifier``.
    """
    accounts = import_module("tests.factories.accounts")

    def made(person: Any = None) -> FlaskClient:
        browser = web.test_client()
        return browser if person is None else accounts.sign_in(browser, person)

    return made


@pytest.fixture
def without_csrf(application: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forms are taken without their token: that others are refused is tried in ``tests/hostile``."""
    monkeypatch.setitem(application.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def browser_of(visit: Callable[..., FlaskClient], without_csrf: None) -> Callable[..., FlaskClient]:
    """The same as ``visit``, where forms need no token."""
    return visit


@pytest.fixture
def at() -> Callable[[datetime], AbstractContextManager[None]]:
    """``with at(moment): ...`` stops the clock."""
    return hub_clock.frozen


@pytest.fixture
def clock() -> Iterator[Clock]:
    """``clock.set(moment)``, ``clock.advance(days=1)``; real time runs again after the test."""
    with ExitStack() as stack:
        yield Clock(stack)


@pytest.fixture
def mailbox(web: Flask) -> Mailbox:
    """What the site has written to people."""
    return Mailbox(web)


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """A real mail server on this machine."""
    with SmtpServer().running() as server:
        yield server


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Redis server on this machine, one per worker."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(redis.running(tmp_path_factory.mktemp("redis")))
        except redis.NoRedis as missing:
            refuse(missing)
        yield url


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of its own, with nothing set in the environment."""
    for name in [name for name in os.environ if name.startswith("HUB_") and not name.startswith("HUB_TEST_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HUB_DEMO", "0")
    return tmp_path / "instance"


@pytest.fixture
def sweep(web: Flask) -> Callable[..., None]:
    """``sweep("name", ...)`` does the background work that waits; all of it without a name."""
    return lambda *names: jobs.run_sweeps(web, *names)


@pytest.fixture
def count_queries(application: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """``with count_queries() as seen: ...`` collects the statements sent to the database."""
    return lambda: statements_of(application)


@pytest.fixture(scope="session")
def live_servers() -> Iterator[Callable[[Flask], LiveServer]]:
    """One running server per application, started when it is first asked for."""
    with ExitStack() as stack:
        running: dict[str, LiveServer] = {}

        def serve(app: Flask) -> LiveServer:
            url = app.config["SQLALCHEMY_DATABASE_URI"]
            if url not in running:
                running[url] = stack.enter_context(LiveServer(app).running())
            return running[url]

        yield serve


@pytest.fixture
def live_server(web: Flask, live_servers: Callable[[Flask], LiveServer]) -> LiveServer:
    """The site, served by a real server on the test's database."""
    return live_servers(web)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real browser, one per worker."""
    with sync_playwright() as playwright:
        try:
            running = browsing.launch(playwright)
        except browsing.NoBrowser as missing:
            refuse(missing)
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """``open_page(**browsing.PHONE)``: one more person's browser window, with a profile of its own."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(
            browsing.watched(browser, live_server.url, **{**browsing.DESKTOP, **options})
        )


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A browser window, as wide as a desktop's."""
    return open_page()


@pytest.fixture
def axe() -> Callable[..., None]:
    """``axe(page)``: no barrier on the page as it is now, in light and dark."""
    return browsing.assert_accessible
