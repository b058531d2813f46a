"""``run`` and ``work``: a production server and its worker from one command."""

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import click
from flask import Flask
from flask_migrate import downgrade as migrate_down
from flask_migrate import upgrade as migrate_up
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
from sqlalchemy.exc import OperationalError

from stakeholder_hub.app import create_app
from stakeholder_hub.demonstration.accounts import DEMO_ACCOUNTS
from stakeholder_hub.demonstration.operations import load_demonstration
from stakeholder_hub.installation.operations import ensure_installation, issue_setup_token
from stakeholder_hub.installation.queries import installation
from stakeholder_hub.kernel import jobs
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.settings import Settings, ensure_secret, instance_folder


def load_settings(instance: Path | None) -> Settings:
    """The settings; a secret is made where there is none yet.

    Raises:
        SettingsError: a value is wrong or unsafe, or the folder cannot be written.
    """
    environ = dict(os.environ)
    if instance is not None:
        environ["HUB_INSTANCE"] = str(instance)
    if not environ.get("HUB_SECRET_KEY"):
        ensure_secret(instance_folder(environ))
    return Settings.load(environ)


@contextmanager
def database_in_reach() -> Iterator[None]:
    """Turn a database that cannot be used into a sentence."""
    try:
        yield
    except OperationalError as error:
        lines = str(error.orig).strip().splitlines() or ["no reason given"]
        raise click.ClickException(
            f"The database cannot be used ({lines[0]}): check HUB_DATABASE_URL, that the server runs, "
            "and the free space; stakeholder-hub doctor tells more."
        ) from error


def upgrade_database(app: Flask) -> None:
    """Bring the database to the newest state; does nothing where it is there already."""
    with app.app_context(), database_in_reach():
        migrate_up()


def prepared_app(instance: Path | None) -> Flask:
    """The application with its database at the newest state: for commands."""
    app = create_app(load_settings(instance))
    upgrade_database(app)
    return app


def prepare(app: Flask, settings: Settings) -> str | None:
    """Migrate, load the demonstration on first start, and return the set-up token while set-up is to be done."""
    upgrade_database(app)
    with app.app_context():
        ensure_installation()
        here = installation()
        if settings.demo and here.demo_loaded_at is None and here.setup_at is None:
            click.echo("Loading the demonstration ...")
            with click.progressbar(length=100, label="  towns, people, consultations, votes") as bar:
                last = 0

                def progress(share: float) -> None:
                    nonlocal last
                    bar.update(max(0, int(share * 100) - last))
                    last = max(last, int(share * 100))

                load_demonstration(settings.demo_data, progress=progress)
        return issue_setup_token() if installation().setup_at is None else None


def address_of(settings: Settings) -> str:
    """Where a browser on this machine, or the one set by ``HUB_BASE_URL``, finds the site."""
    here = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(settings.host, settings.host)  # noqa: S104
    return settings.base_url or f"http://{here}:{settings.port}"


def announce(settings: Settings, token: str | None, *, demo: bool) -> None:
    """Say where the site is, who can sign in, and how to set it up."""
    address = address_of(settings)
    click.echo()
    click.secho(f"  Stakeholder Hub is ready: {address}", bold=True)
    if demo:
        click.echo("\n  Accounts of the demonstration:")
        for label, email, password in DEMO_ACCOUNTS:
            click.echo(f"    {label:<28} {email:<28} {password}")
    if token:
        click.echo("\n  Make it yours (name, first town, administrator), once:")
        click.echo(f"    {address}/{settings.default_language}/setup?token={token}")
    if settings.mail_url is None:
        click.echo(f"\n  Mail is written to {settings.instance / 'outbox'} (set HUB_MAIL_URL to send it).")
    click.echo("\n  Stop with Ctrl-C.\n")


def require_port(host: str, port: int) -> None:
    """Stop with a sentence unless this process may listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise click.ClickException(
                f"Port {port} is kept for the system: choose one above 1023 with --port."
            ) from error
        except socket.gaierror as error:
            raise click.ClickException(f"{host} is not an address of this machine: check --host.") from error
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise click.ClickException(
                    f"Port {port} is taken: stop what listens there, or choose another with --port."
                ) from error
            raise click.ClickException(f"{host} is not an address of this machine: check --host.") from error


class Worker:
    """The background worker as a child process, started again should it die.

    The server forks its own processes: the worker is started before that, and the thread that watches over it
    only waits. A process begun by a thread while another one forks would share its ends of pipes, and hang.
    """

    def __init__(self, environ: dict[str, str]) -> None:
        self.environ = environ
        self.process = self._begin()
        self.stopping = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def _begin(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "stakeholder_hub", "work", "--beside", str(os.getpid())]
        # A session of its own: Ctrl-C reaches the server, which then asks the worker to end.
        return subprocess.Popen(command, env=self.environ, start_new_session=True)

    def _watch(self) -> None:
        while True:
            self.process.wait()
            if self.stopping.wait(2):
                return
            self.process = self._begin()

    def stop(self) -> None:
        """Ask it to end, and wait a little."""
        self.stopping.set()
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@click.command("run")
@click.option("--host", default=None, help="Address to listen on (default: 127.0.0.1).")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=None, help="Port to listen on (default: 8000)."
)
@click.option("--workers", type=click.IntRange(1, 64), default=None, help="Server processes (default: 2).")
@click.option("--demo/--no-demo", default=None, help="Load the demonstration on first start (default: yes).")
@click.pass_obj
def run(
    instance: Path | None, host: str | None, port: int | None, workers: int | None, demo: bool | None
) -> None:
    """Serve the site; prepares everything on first start."""
    settings = load_settings(instance)
    given = {"host": host, "port": port, "workers": workers, "demo": demo}
    settings = replace(settings, **{k: v for k, v in given.items() if v is not None})  # type: ignore[arg-type]
    require_port(settings.host, settings.port)
    app = create_app(settings)
    token = prepare(app, settings)
    with app.app_context():
        shown = installation().demo_loaded_at is not None
        db.engine.dispose()  # the server's processes open connections of their own
    environ = {**os.environ, "HUB_INSTANCE": str(settings.instance), "HUB_HOST": settings.host}
    environ["HUB_PORT"] = str(settings.port)
    os.environ.update(environ)
    worker = Worker(environ)
    announce(settings, token, demo=shown)
    try:
        serve(settings)
    finally:
        worker.stop()


def serve(settings: Settings) -> None:
    """Serve ``wsgi:app`` until told to stop."""
    Server(
        "wsgi:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=min(8, 2 * (os.cpu_count() or 1)),
        backlog=1024,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        working_dir=Path(__file__).parent.parent,
        websockets=False,
    ).serve()


@click.command("work")
@click.option("--beside", type=int, hidden=True, help="End when this process has ended.")
@click.pass_obj
def work(instance: Path | None, beside: int | None) -> None:
    """Do the background work until told to stop."""
    app = create_app(load_settings(instance))
    if beside is not None:
        threading.Thread(target=_end_with, args=(beside,), daemon=True).start()
    jobs.consume(app)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(2)
    os.kill(os.getpid(), signal.SIGTERM)


@click.command("migrate")
@click.argument("direction", type=click.Choice(["up", "down"]), default="up")
@click.pass_obj
def migrate(instance: Path | None, direction: str) -> None:
    """Bring the database to the newest state, or back by one step."""
    app = create_app(load_settings(instance))
    with app.app_context(), database_in_reach():
        migrate_up() if direction == "up" else migrate_down()
    click.echo("The database is at the newest state." if direction == "up" else "One step back.")


commands: list[click.Command] = [run, work, migrate]
