"""A Redis server of one test session's own: a free port of this machine, nothing written to disk."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.infrastructure import machine
from tests.infrastructure.ports import free_port, wait_for


class NoRedis(Exception):
    """There is no Redis server to start; the message says what to install."""


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of a server that runs for the length of a ``with`` block.

    Raises:
        NoRedis: none is installed, or it does not start.
    """
    program, port = machine.redis(), free_port()
    if program is None:
        raise NoRedis("Redis is missing: install the package redis-server (Debian) and run again.")
    options = [
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
        "--dir",
        str(folder),
    ]
    process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        if not wait_for(port, seconds=10):
            raise NoRedis("Redis did not start.")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)
