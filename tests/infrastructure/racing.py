"""Several people who act at the same moment, and what became of each."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Barrier
from time import monotonic, sleep
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import HubError

Work = Callable[[], object]
DONE = "done"
BROKEN_OFF = "broken off"
"""Refused by the version of a row or by a unique rule, after the work was done: nobody had looked in time."""
LONGEST = 10.0


def at_once(web: Flask, *works: Work, behind: tuple[type, int] | None = None) -> list[str]:
    """Run all of these at the same moment, each in a context of its own; what became of each.

    ``done``, the name of the refusal, or ``broken off``. Whatever is no refusal (a deadlock, a fault) is raised.
    ``behind`` is a row, by its model and id, that somebody else holds until everybody has come as far as they can
    without it (PostgreSQL): who does not ask for the row before they look has looked by then. They come in the order
    given, and so they wait.
    """
    barrier = Barrier(1 if _can_wait(web, behind) else len(works))

    def run(work: Work) -> str:
        with web.app_context():
            barrier.wait()
            try:
                work()
            except HubError as refusal:
                late = isinstance(refusal.__cause__, StaleDataError | IntegrityError)
                return BROKEN_OFF if late else type(refusal).__name__
            finally:
                db.session.remove()
            return DONE

    with ThreadPoolExecutor(len(works)) as pool:
        running: list[Future[str]] = []
        with _held(web, behind) as everybody_waits:
            for work in works:
                running.append(pool.submit(run, work))
                everybody_waits(running)
        return [future.result() for future in running]


def _can_wait(web: Flask, row: tuple[type, int] | None) -> bool:
    with web.app_context():
        return row is not None and db.engine.dialect.name == "postgresql"


@contextmanager
def _held(web: Flask, row: tuple[type, int] | None) -> Iterator[Callable[[list[Future[str]]], None]]:
    """Hold a row; what is given waits until everybody waits for a lock or has ended."""
    if row is None or not _can_wait(web, row):
        yield lambda running: None
        return
    with web.app_context():
        engine = db.engine
    table: Any = row[0].__table__  # type: ignore[attr-defined]
    with engine.connect() as holder, engine.connect() as watcher:
        holder.execute(sa.select(table.c.id).where(table.c.id == row[1]).with_for_update())
        yield lambda running: _wait(watcher, running)


def _wait(watcher: sa.Connection, running: list[Future[str]]) -> None:
    waiting = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    end = monotonic() + LONGEST
    while monotonic() < end:
        watcher.rollback()
        left = len(wait(running, timeout=0).not_done)
        if watcher.scalar(waiting) == left:
            return
        sleep(0.02)
