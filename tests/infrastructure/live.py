"""The site as it is served: a real server process on the database of the test's application."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from stakeholder_hub.kernel import jobs
from stakeholder_hub.kernel.settings import Settings
from tests.infrastructure.ports import free_port, wait_for

ROOT = Path(__file__).resolve().parent.parent.parent


class LiveServer:
    """A running site. Make what it shows inside ``live_server.app.app_context()``, through operations."""

    def __init__(self, app: Flask) -> None:
        settings: Settings = app.config["HUB_SETTINGS"]
        self.app, self.port = app, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = settings.instance / "server.log"
        self._environ = {
            "HUB_INSTANCE": str(settings.instance),
            "HUB_DATABASE_URL": settings.database_url,
            "HUB_BASE_URL": self.url,
            "HUB_PAGE_CACHE_SECONDS": "0",
            "HUB_TESTING": "1",
            "HUB_DEMO": "0",
            "HUB_LOG_LEVEL": "WARNING",
        }

    def sweep(self, *names: str) -> None:
        """Do the background work that waits (all of it, or the named sweeps): no worker runs beside this server."""
        jobs.run_sweeps(self.app, *names)

    @contextmanager
    def running(self) -> Iterator["LiveServer"]:
        """Serve for the length of a ``with`` block."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
        command += ["--port", str(self.port), "--workers", "1", "--blocking-threads", "4", "wsgi:app"]
        with self.log.open("w") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env={**kept, **self._environ}, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            if not wait_for(self.port) or process.poll() is not None:
                raise RuntimeError(f"the server did not start:\n{self.log.read_text()[-4000:]}")
            yield self
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
