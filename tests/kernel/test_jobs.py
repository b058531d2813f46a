"""Background work: what has to happen is a row; a nudge only wakes the sweep that finds it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from huey.api import Huey

from stakeholder_hub.kernel import jobs
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.settings import Settings

SECRET = "kX2-vq9_TbR7mWz4Lp0sYhJc8NfGdE1a"


@pytest.fixture(params=["sqlite", "redis"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """An installation whose queue is a file, and one whose queue is Redis."""
    environ = {"HUB_INSTANCE": str(tmp_path), "HUB_SECRET_KEY": SECRET}
    if request.param == "redis":
        environ["HUB_REDIS_URL"] = request.getfixturevalue("redis_url")
    return Settings.load(environ)


@pytest.fixture
def queued(settings: Settings) -> Flask:
    """An application that has nothing but the queue."""
    app = Flask("queued")
    app.config["HUB_SETTINGS"] = settings
    jobs.init_app(app)
    queue_of(app).flush()
    return app


def queue_of(app: Flask) -> Huey:
    queue: Huey = app.extensions[jobs.EXTENSION]["huey"]
    return queue


def work_off(app: Flask) -> int:
    """Do what a worker does with the jobs that wait; returns how many there were."""
    done = 0
    while (task := queue_of(app).dequeue()) is not None:
        queue_of(app).execute(task)
        done += 1
    return done


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notes each run of a sweep named ``test.count``."""
    noted: list[str] = []

    def count() -> int:
        noted.append("run")
        return 1

    monkeypatch.setitem(jobs.SWEEPS, "test.count", jobs.Sweep("test.count", 60, count))
    return noted


@pytest.mark.slow
def test_a_nudge_reaches_the_worker(queued: Flask, runs: list[str]) -> None:
    with queued.app_context():
        jobs.nudge("test.count")
    assert runs == []
    assert work_off(queued) == 1
    assert runs == ["run"]


@pytest.mark.slow
def test_a_nudge_for_a_sweep_that_is_gone_does_no_harm(queued: Flask) -> None:
    with queued.app_context():
        jobs.nudge("test.of_an_older_release")
    assert work_off(queued) == 1


def test_a_queue_out_of_reach_loses_the_nudge_and_nothing_else(
    queued: Flask, runs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_name: str) -> None:
        raise ConnectionError

    monkeypatch.setitem(queued.extensions[jobs.EXTENSION], "sweep", broken)
    with queued.app_context():
        jobs.nudge("test.count")
    jobs.run_sweeps(queued, "test.count")
    assert runs == ["run"]


def test_every_minute_each_sweep_runs_that_is_due(
    queued: Flask, runs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "SWEEPS", {"test.count": jobs.SWEEPS["test.count"]})
    every_minute = queued.extensions[jobs.EXTENSION]["every_minute"]
    every_minute.call_local()
    every_minute.call_local()
    assert runs == ["run"]


@pytest.mark.parametrize("fails", [False, True])
def test_a_nudge_waits_for_the_commit_and_is_dropped_with_a_rollback(
    app: Flask, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    nudged: list[str] = []
    monkeypatch.setattr(jobs, "_enqueue", lambda _app, name: nudged.append(name))

    @operation
    def do_something() -> None:
        jobs.nudge("test.count")
        assert nudged == []
        if fails:
            raise ZeroDivisionError

    if fails:
        with pytest.raises(ZeroDivisionError):
            do_something()
    else:
        do_something()
    assert nudged == ([] if fails else ["test.count"])


def test_a_sweep_that_fails_spares_the_others(
    app: Flask, runs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> Any:
        raise ZeroDivisionError

    monkeypatch.setitem(jobs.SWEEPS, "test.fail", jobs.Sweep("test.fail", 60, fail))
    monkeypatch.setattr(app, "testing", False)
    run: Callable[..., None] = jobs.run_sweeps
    run(app, "test.fail", "test.count")
    assert runs == ["run"]
