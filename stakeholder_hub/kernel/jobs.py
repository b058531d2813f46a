"""Background work: a row first, then a nudge.

Huey carries the nudges (SQLite in ``instance/jobs.sqlite``, Redis where configured). It runs a job at most once, so
nothing depends on a nudge: what has to happen is a row that a sweep finds, every minute, whether it was nudged or
not. Every sweep can run twice.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from flask import Flask, current_app
from huey import RedisHuey, SqliteHuey, crontab
from huey.api import Huey

from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.events import after_commit
from stakeholder_hub.kernel.settings import Settings

log = structlog.get_logger(__name__)

EXTENSION = "hub_jobs"
SIGN_OF_LIFE = "worker"
"""File in ``instance/`` that the worker touches every minute."""


@dataclass(frozen=True)
class Sweep:
    """Work that looks for rows that wait. ``seconds`` is how often it runs at the least."""

    name: str
    seconds: int
    run: Callable[[], Any]


SWEEPS: dict[str, Sweep] = {}


def periodic(*, seconds: int, name: str) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Run the decorated function every ``seconds`` (minutes count: 60 is the least that is kept exactly)."""

    def register(function: Callable[[], Any]) -> Callable[[], Any]:
        SWEEPS[name] = Sweep(name, seconds, function)
        return function

    return register


def nudge(name: str) -> None:
    """Let the worker run the sweep ``name`` soon, once the present operation has committed."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    after_commit(lambda: _enqueue(app, name))


def _enqueue(app: Flask, name: str) -> None:
    if app.testing:
        return
    try:
        app.extensions[EXTENSION]["sweep"](name)
    except Exception as lost:  # noqa: BLE001 - whatever a queue may raise: the sweep finds the row anyway
        # A lost nudge loses nothing: the sweep finds the row within a minute.
        log.warning("nudge_lost", sweep=name, kind=type(lost).__name__)


def run_sweep(app: Flask, name: str) -> None:
    """Run one sweep inside an application context; its failure is logged and tried again at the next turn."""
    sweep = SWEEPS.get(name)
    if sweep is None:
        return
    with app.app_context():
        begun = time.perf_counter()
        try:
            done = sweep.run()
            if done:
                log.info("sweep", sweep=name, done=done, ms=round((time.perf_counter() - begun) * 1000))
        except Exception:
            db.session.rollback()
            log.exception("sweep_failed", sweep=name)
            if app.testing:
                raise


def run_sweeps(app: Flask, *names: str) -> None:
    """Run the named sweeps, or all of them, now: for tests and for a site without a worker."""
    for name in names or tuple(SWEEPS):
        run_sweep(app, name)


def make_huey(settings: Settings) -> Huey:
    """The queue that the settings ask for."""
    if settings.redis_url:
        return RedisHuey("stakeholder-hub", url=settings.redis_url)
    return SqliteHuey("stakeholder-hub", filename=str(settings.instance / "jobs.sqlite"), fsync=False)


def init_app(app: Flask) -> None:
    """Connect the queue to the application."""
    huey = make_huey(app.config["HUB_SETTINGS"])
    last: dict[str, float] = {}

    @huey.task()
    def sweep(name: str) -> None:
        run_sweep(app, name)

    @huey.periodic_task(crontab(minute="*"))
    def every_minute() -> None:
        give_sign_of_life(app)
        for found in tuple(SWEEPS.values()):
            if time.monotonic() - last.get(found.name, -1e9) >= found.seconds - 5:
                last[found.name] = time.monotonic()
                run_sweep(app, found.name)

    app.extensions[EXTENSION] = {"huey": huey, "sweep": sweep, "every_minute": every_minute}


def give_sign_of_life(app: Flask) -> None:
    """Note that the worker is at work."""
    (app.config["HUB_SETTINGS"].instance / SIGN_OF_LIFE).touch()


def consume(app: Flask) -> None:
    """Work until told to stop (SIGINT or SIGTERM); begins with every sweep, so that what waited is found at once."""
    give_sign_of_life(app)
    run_sweeps(app)
    huey: Huey = app.extensions[EXTENSION]["huey"]
    huey.create_consumer(workers=1, periodic=True, initial_delay=0.1, backoff=1.2, max_delay=2.0).run()
