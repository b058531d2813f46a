"""What the command says and does: help, refusals, doctor, backup, migrations."""

import gzip
import json
import os
import socket
import subprocess
import sys
import tarfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from stakeholder_hub.accounts.models import User
from stakeholder_hub.app import create_app
from stakeholder_hub.cli import hub as command
from stakeholder_hub.kernel.database import db
from stakeholder_hub.server import load_settings
from tests.factories.accounts import make_user
from tests.infrastructure import databases, postgresql
from tests.infrastructure.machine import refuse
from tests.infrastructure.ports import free_port

ROOT = Path(__file__).resolve().parent.parent


def run(instance: Path, *words: str) -> Result:
    return CliRunner().invoke(command, ["--instance", str(instance), *words])


def test_help_names_every_command_without_reading_the_application() -> None:
    code = "import sys; from stakeholder_hub.cli import main; sys.argv[1:] = ['--help']\n"
    code += "try:\n    main()\nfinally:\n    assert 'stakeholder_hub.app' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    assert {"run", "work", "demo", "import", "tally", "verify", "user", "doctor"} <= set(done.stdout.split())


def test_an_unsafe_setting_is_told_in_a_sentence(instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_SECRET_KEY", "changeme")
    result = run(instance, "doctor")
    assert result.exit_code == 1
    assert result.output.startswith("Error: The secret is too easy to guess")
    assert result.output.count("\n") == 1


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(instance: Path) -> None:
    instance.write_text("a file where the folder should be")
    result = run(instance, "doctor")
    assert result.exit_code != 0
    assert "Traceback" not in result.output


def test_a_taken_port_is_told_in_a_sentence(instance: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        result = run(instance, "run", "--port", str(port))
    assert result.exit_code == 1
    assert (
        result.output
        == f"Error: Port {port} is taken: stop what listens there, or choose another with --port.\n"
    )


def test_a_database_out_of_reach_is_told_in_a_sentence(
    instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_DATABASE_URL", f"postgresql://hub:hidden@127.0.0.1:{free_port()}/hub")
    result = run(instance, "migrate", "up")
    assert result.exit_code == 1
    assert "The database cannot be used" in result.output
    assert "hidden" not in result.output


def findings(result: Result) -> dict[str, Any]:
    return {found["name"]: found for found in json.loads(result.output)}


def test_doctor_says_what_is_wrong_and_how_to_mend_it(instance: Path) -> None:
    before = run(instance, "doctor", "--json")
    assert before.exit_code == 1
    assert findings(before)["Migrations"]["mend"] == "Run: stakeholder-hub migrate up"
    assert run(instance, "migrate", "up").exit_code == 0
    after = run(instance, "doctor", "--json")
    assert [name for name, found in findings(after).items() if not found["well"]] == []
    assert findings(after)["WAL"]["says"] == "wal"


def test_doctor_notices_a_secret_that_others_can_read(instance: Path) -> None:
    assert run(instance, "migrate", "up").exit_code == 0
    (instance / "secret").chmod(0o644)
    found = findings(run(instance, "doctor", "--json"))["Folder"]
    assert not found["well"]
    assert "chmod 600" in found["mend"]


@pytest.mark.slow
def test_doctor_notices_servers_that_do_not_answer(instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(instance, "migrate", "up").exit_code == 0
    monkeypatch.setenv("HUB_MAIL_URL", f"smtp://me:hidden@127.0.0.1:{free_port()}")
    result = run(instance, "doctor")
    assert result.exit_code == 1
    assert "Check HUB_MAIL_URL" in result.output
    assert "hidden" not in result.output


@pytest.mark.slow
def test_doctor_notices_a_site_without_a_worker(instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(instance, "migrate", "up").exit_code == 0
    assert findings(run(instance, "doctor", "--json"))["Worker"]["says"] == "the site is not running"
    with closing(socket.create_server(("127.0.0.1", 0))) as site:
        monkeypatch.setenv("HUB_PORT", str(site.getsockname()[1]))
        assert findings(run(instance, "doctor", "--json"))["Worker"]["says"] == "never seen"
        (instance / "worker").touch()
        assert findings(run(instance, "doctor", "--json"))["Worker"]["well"]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_to_keep(request: pytest.FixtureRequest, instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation with a migrated database."""
    if request.param == "postgresql":
        try:
            url = databases.make_database(
                "postgresql", f"keep_{os.getpid()}", request.getfixturevalue("run_dir"), instance
            )
        except postgresql.NoPostgreSQL as missing:
            refuse(missing)
        monkeypatch.setenv("HUB_DATABASE_URL", url)
    assert run(instance, "migrate", "up").exit_code == 0


def names_of_people(instance: Path) -> list[str]:
    app = create_app(load_settings(instance))
    with app.app_context():
        names = list(db.session.scalars(sa.select(User.name).order_by(User.id)))
        db.session.remove()
        db.engine.dispose()
    return names


@pytest.mark.slow
@pytest.mark.usefixtures("database_to_keep")
def test_what_backup_wrote_is_brought_back(instance: Path, tmp_path: Path) -> None:
    app = create_app(load_settings(instance))
    with app.app_context():
        make_user(name="Kept")
    (instance / "files").mkdir(exist_ok=True)
    (instance / "files" / "photo").write_bytes(b"kept")
    result = run(instance, "backup", str(tmp_path / "archive.tar.gz"))
    assert result.exit_code == 0, result.output
    assert (tmp_path / "archive.tar.gz").stat().st_mode & 0o077 == 0

    with app.app_context():
        make_user(name="Later")
        db.session.remove()
        db.engine.dispose()
    (instance / "files" / "photo").write_bytes(b"changed")
    result = run(instance, "restore", "--yes", str(tmp_path / "archive.tar.gz"))
    assert result.exit_code == 0, result.output
    assert names_of_people(instance) == ["Kept"]
    assert (instance / "files" / "photo").read_bytes() == b"kept"


def test_an_archive_that_backup_did_not_write_is_refused(instance: Path, tmp_path: Path) -> None:
    assert run(instance, "migrate", "up").exit_code == 0
    for name, content in {"text": b"hello", "empty.tar.gz": gzip.compress(b"\0" * 10240)}.items():
        (tmp_path / name).write_bytes(content)
        result = run(instance, "restore", "--yes", str(tmp_path / name))
        assert result.exit_code == 1
        assert "was not written by backup" in result.output


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["a path that leads out", "a link that leads out"])
def test_an_archive_never_writes_outside(instance: Path, tmp_path: Path, kind: str) -> None:
    """Fails when the members of an archive are not looked at."""
    assert run(instance, "migrate", "up").exit_code == 0
    archive, outside = tmp_path / "evil.tar.gz", tmp_path / "outside"
    with tarfile.open(archive, "w:gz") as out:
        member = tarfile.TarInfo("../../../../" + str(outside) if "path" in kind else "files")
        if "link" in kind:
            member.type, member.linkname = tarfile.SYMTYPE, str(tmp_path)
        out.addfile(member)
    result = run(instance, "restore", "--yes", str(archive))
    assert (result.exit_code, outside.exists()) == (1, False)
    assert "was not written by backup" in result.output


@pytest.mark.slow
def test_migrations_go_up_down_and_up_again(instance: Path) -> None:
    for direction in ("up", "down", "up"):
        result = run(instance, "migrate", direction)
        assert result.exit_code == 0, result.output
    assert run(instance, "doctor").exit_code == 0
