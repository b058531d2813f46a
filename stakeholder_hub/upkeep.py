"""``doctor``, ``backup`` and ``restore``: what an installation needs now and then."""

import json
import os
import shutil
import smtplib
import socket
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from stakeholder_hub.app import ROOT, create_app
from stakeholder_hub.kernel import clock, jobs
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.settings import Settings
from stakeholder_hub.mail.models import OutgoingMail
from stakeholder_hub.server import load_settings

LEAST_FREE = 500_000_000
RELEASED = 2026
LONGEST_SILENCE = 180.0
NOT_OURS = "This archive holds no database: it was not written by backup, or it is damaged."


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. ``mend`` says what to do where it is not well."""

    name: str
    well: bool
    says: str
    mend: str = ""


def examine(app: Flask, settings: Settings) -> Iterator[Finding]:
    """Look at everything an installation stands on."""
    yield Finding("Python", sys.version_info >= (3, 11), sys.version.split()[0], "Use Python 3.11 or newer.")
    yield _folder(settings)
    yield _disk(settings)
    yield from _database(app)
    yield _mail_server(settings)
    yield _mail_queue(app)
    yield _redis(settings)
    yield _address(settings)
    yield _clock(settings)
    yield _worker(settings)


def _folder(settings: Settings) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=settings.instance):
            pass
    except OSError as error:
        return Finding(
            "Folder",
            False,
            str(error),
            f"Give the user that runs the site the right to write {settings.instance}.",
        )
    secret = settings.instance / "secret"
    open_to_others = secret.exists() and bool(secret.stat().st_mode & 0o077)
    return Finding(
        "Folder", not open_to_others, str(settings.instance), "chmod 600 the file named secret in it."
    )


def _disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.instance).free
    return Finding(
        "Disk",
        free > LEAST_FREE,
        f"{free // 1_000_000:,} MB free",
        "Free some space: under 500 MB is too little.",
    )


def _database(app: Flask) -> Iterator[Finding]:
    try:
        with app.app_context(), db.engine.connect() as connection:
            dialect = connection.dialect.name
            yield Finding("Database", True, dialect)
            if dialect == "sqlite":
                mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
                yield Finding(
                    "WAL",
                    mode == "wal",
                    str(mode),
                    "The folder must not lie on a network drive: WAL needs a local disk.",
                )
                check = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
                yield Finding(
                    "Integrity",
                    check == "ok",
                    str(check),
                    "Restore the last backup: stakeholder-hub restore FILE.",
                )
            found = set(MigrationContext.configure(connection).get_current_heads())
            newest = set(ScriptDirectory.from_config(_alembic()).get_heads())
            yield Finding(
                "Migrations",
                found == newest,
                ", ".join(sorted(found)) or "none",
                "Run: stakeholder-hub migrate up",
            )
    except SQLAlchemyError as error:
        yield Finding(
            "Database",
            False,
            type(error).__name__,
            "Check that the server runs and HUB_DATABASE_URL is right.",
        )


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config


def _mail_server(settings: Settings) -> Finding:
    if settings.mail_url is None:
        return Finding(
            "Mail", True, f"written to {settings.instance / 'outbox'}; set HUB_MAIL_URL to send it"
        )
    parts = urlsplit(settings.mail_url)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    try:
        with kind(parts.hostname or "localhost", parts.port or 0, timeout=5) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return Finding(
            "Mail", False, str(error), "Check HUB_MAIL_URL and that the mail server takes connections."
        )
    return Finding("Mail", True, f"{parts.hostname} answers")


def _mail_queue(app: Flask) -> Finding:
    try:
        with app.app_context():
            failing = db.session.scalar(
                sa.select(sa.func.count()).where(OutgoingMail.sent_at.is_(None), OutgoingMail.tries > 2)
            )
    except SQLAlchemyError:
        return Finding("Waiting mail", False, "not known", "Mend the database first.")
    return Finding(
        "Waiting mail",
        not failing,
        f"{failing or 0} tried in vain",
        "See last_error in outgoing_mail; it is tried on.",
    )


def _redis(settings: Settings) -> Finding:
    if not settings.redis_url:
        return Finding("Redis", True, "not used")
    try:
        Redis.from_url(settings.redis_url, socket_timeout=3).ping()
    except RedisError as error:
        return Finding("Redis", False, type(error).__name__, "Start Redis, or unset HUB_REDIS_URL.")
    return Finding("Redis", True, "answers")


def _address(settings: Settings) -> Finding:
    if settings.base_url is None and settings.host not in ("127.0.0.1", "localhost", "::1"):
        return Finding(
            "Address",
            False,
            "HUB_BASE_URL is not set",
            "Set HUB_BASE_URL, so that mailed links lead to the right place.",
        )
    return Finding("Address", True, settings.base_url or f"http://{settings.host}:{settings.port}")


def _clock(settings: Settings) -> Finding:
    mend = "Set the machine's clock (Debian: apt-get install systemd-timesyncd): phases open and close by it."
    if settings.clock is not None:
        return Finding("Clock", True, f"set by HUB_CLOCK: runs on from {settings.clock:%Y-%m-%d %H:%M} UTC")
    now = clock.now()
    return Finding("Clock", now.year >= RELEASED, f"{now:%Y-%m-%d %H:%M} UTC", mend)


def _worker(settings: Settings) -> Finding:
    sign = settings.instance / jobs.SIGN_OF_LIFE
    if not _is_served(settings):
        return Finding("Worker", True, "the site is not running")
    age = time.time() - sign.stat().st_mtime if sign.exists() else None
    says = "never seen" if age is None else f"seen {age:.0f} s ago"
    mend = (
        "Start it again: stop the site and use run, or keep stakeholder-hub work running beside your server."
    )
    return Finding("Worker", age is not None and age < LONGEST_SILENCE, says, mend)


def _is_served(settings: Settings) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    try:
        socket.create_connection((host, settings.port), timeout=1).close()
    except OSError:
        return False
    return True


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def doctor(instance: Path | None, as_json: bool) -> None:
    """Say what is wrong with an installation and how to mend it."""
    settings = load_settings(instance)
    findings = list(examine(create_app(settings), settings))
    if as_json:
        click.echo(json.dumps([vars(f) for f in findings], indent=2))
    else:
        for name, value in settings.shown().items():
            click.echo(f"  {name:<20} {value}")
        click.echo()
        for finding in findings:
            mark = click.style("ok  ", fg="green") if finding.well else click.style("BAD ", fg="red")
            click.echo(
                f"  {mark} {finding.name:<14} {finding.says}"
                + ("" if finding.well else f"\n       -> {finding.mend}")
            )
    if not all(finding.well for finding in findings):
        raise SystemExit(1)


def _dump(app: Flask, settings: Settings, target: Path) -> str:
    """Write a consistent copy of the database to ``target``; returns its name in the archive."""
    if settings.database_url.startswith("sqlite"):
        source = settings.database_url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(target)) as there:
            here.backup(there)
        return "hub.sqlite"
    url, environ = _for_client_programs(settings)
    _run(["pg_dump", "--format=custom", "--no-owner", f"--file={target}", url], environ)
    return "hub.pgdump"


def _for_client_programs(settings: Settings) -> tuple[str, dict[str, str]]:
    """The database's address for PostgreSQL's programs, and the password where the process list does not show it."""
    url = sa.make_url(settings.database_url).set(drivername="postgresql")
    environ = {**os.environ, **({"PGPASSWORD": url.password} if url.password else {})}
    return url.set(password=None).render_as_string(), environ


def _run(command: list[str], environ: dict[str, str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environ, check=False)
    except FileNotFoundError as missing:
        raise click.ClickException(
            f"{command[0]} is missing: install PostgreSQL's client programs."
        ) from missing
    if done.returncode:
        raise click.ClickException(f"{command[0]} failed: {done.stderr.strip().splitlines()[-1]}")


@click.command("backup")
@click.argument("archive", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.pass_obj
def backup(instance: Path | None, archive: Path | None) -> None:
    """Write database and files to one archive; the site may go on running."""
    settings = load_settings(instance)
    app = create_app(settings)
    archive = archive or Path(f"hub-backup-{clock.now():%Y%m%d-%H%M%S}.tar.gz")
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / "dump"
        name = _dump(app, settings, dump)
        partial = archive.with_name(archive.name + ".part")
        with tarfile.open(partial, "w:gz") as out:
            out.add(dump, name)
            files = settings.instance / "files"
            if files.is_dir():
                out.add(files, "files")
        partial.chmod(0o600)
        partial.replace(archive)
    click.echo(
        f"Written: {archive} ({archive.stat().st_size // 1000:,} kB). It holds personal data: keep it safe."
    )


def _unpack(archive: Path, place: Path) -> None:
    """Unpack files and folders below ``place``; anything else was not written by ``backup``.

    Checked here as well because the first releases of Python 3.11 know no filter of their own.

    Raises:
        TarError: the archive is broken, or holds a link, a device, or a path that leads out.
    """
    with tarfile.open(archive, "r:gz") as packed:
        for member in packed.getmembers():
            target = (place / member.name).resolve()
            if not (member.isfile() or member.isdir()) or not target.is_relative_to(place.resolve()):
                raise tarfile.TarError(member.name)
        safely: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        packed.extractall(place, **safely)  # noqa: S202 - every member was looked at


@click.command("restore")
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def restore(instance: Path | None, archive: Path, yes: bool) -> None:
    """Bring back what backup wrote, in place of what is there. Stop the site before."""
    settings = load_settings(instance)
    if not yes:
        click.confirm("This replaces the database and the files of this installation. Go on?", abort=True)
    with tempfile.TemporaryDirectory(dir=settings.instance) as folder:
        place = Path(folder)
        try:
            _unpack(archive, place)
        except (tarfile.TarError, EOFError) as error:
            raise click.ClickException(NOT_OURS) from error
        _bring_back(settings, place)
        if (place / "files").is_dir():
            shutil.rmtree(settings.instance / "files", ignore_errors=True)
            (place / "files").rename(settings.instance / "files")
    click.echo("Restored. Start the site again with: run")


def _bring_back(settings: Settings, place: Path) -> None:
    kinds: dict[str, Callable[[Path], None]] = {
        "hub.sqlite": lambda dump: _restore_sqlite(settings, dump),
        "hub.pgdump": lambda dump: _restore_postgresql(settings, dump),
    }
    for name, bring in kinds.items():
        if (place / name).exists():
            return bring(place / name)
    raise click.ClickException(NOT_OURS)


def _restore_sqlite(settings: Settings, dump: Path) -> None:
    if not settings.database_url.startswith("sqlite"):
        raise click.ClickException(
            "The archive holds an SQLite database, but HUB_DATABASE_URL names another kind."
        )
    target = settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(dump)) as there, closing(sqlite3.connect(target)) as here:
        there.backup(here)


def _restore_postgresql(settings: Settings, dump: Path) -> None:
    if settings.database_url.startswith("sqlite"):
        raise click.ClickException("The archive holds a PostgreSQL database: set HUB_DATABASE_URL.")
    url, environ = _for_client_programs(settings)
    way = ["--clean", "--if-exists", "--no-owner", "--single-transaction"]
    _run(["pg_restore", *way, f"--dbname={url}", str(dump)], environ)


commands: list[click.Command] = [doctor, backup, restore]
