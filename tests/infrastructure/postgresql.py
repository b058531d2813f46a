"""A PostgreSQL server of the suite's own: temporary directory, socket only, stopped at the end."""

import fcntl
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from tests.infrastructure import machine

PORT = 54329


class NoPostgreSQL(Exception):
    """There is no PostgreSQL server to start; the message says what to install."""


def binaries() -> Path:
    """Folder of ``initdb`` and ``pg_ctl``.

    Raises:
        NoPostgreSQL: none is installed.
    """
    found = machine.postgresql()
    if found is None:
        raise NoPostgreSQL("PostgreSQL is missing: install the package postgresql (Debian) and run again.")
    return found


def _as_owner(owner: str | None, command: list[str]) -> None:
    """Run as ``owner``: PostgreSQL refuses to run as root."""
    if owner is not None:
        group = pwd.getpwnam(owner).pw_gid
        command = ["setpriv", f"--reuid={owner}", f"--regid={group}", "--clear-groups", *command]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd="/", env={**os.environ, "LC_ALL": "C.UTF-8"}
    )
    if done.returncode:
        raise NoPostgreSQL(f"PostgreSQL did not start: {done.stderr.strip()[-400:]}")


def _owner() -> str | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise NoPostgreSQL("PostgreSQL cannot run as root, and there is no other user: add one named postgres.")


def ensure_started(run_dir: Path) -> str:
    """The address of the run's server (without a database); the first that asks starts it.

    Raises:
        NoPostgreSQL: it cannot be started.
    """
    with (run_dir / "postgresql.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        marker = run_dir / "postgresql.socket"
        if not marker.exists():
            marker.write_text(str(_start(run_dir)))
        return marker.read_text()


def _start(run_dir: Path) -> Path:
    home, owner, tools = run_dir / "postgresql", _owner(), binaries()
    home.mkdir(mode=0o700)
    if owner is not None:
        run_dir.chmod(0o711)
        shutil.chown(home, owner)
    data = home / "data"
    shape = ["--auth=trust", "--username=hub", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    _as_owner(owner, [str(tools / "initdb"), "-D", str(data), *shape])
    options = (
        f"-c listen_addresses= -c unix_socket_directories={home} -c port={PORT} -c fsync=off -c full_page_writes=off "
        "-c synchronous_commit=off -c max_connections=120 -c shared_buffers=64MB -c autovacuum=off"
    )
    _as_owner(
        owner, [str(tools / "pg_ctl"), "-D", str(data), "-w", "-l", str(home / "log"), "-o", options, "start"]
    )
    return home


def stop(run_dir: Path) -> None:
    """Stop the run's server, if there is one."""
    if (run_dir / "postgresql.socket").exists():
        _as_owner(
            _owner(),
            [
                str(binaries() / "pg_ctl"),
                "-D",
                str(run_dir / "postgresql" / "data"),
                "-m",
                "immediate",
                "stop",
            ],
        )


def url(socket: str, database: str) -> str:
    """SQLAlchemy's address of one database of the server."""
    return f"postgresql+psycopg://hub@/{database}?host={socket}&port={PORT}"
