"""From a bare machine to a served site: the set-up script, settings, the server."""

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from stakeholder_hub.kernel.settings import Settings, SettingsError, ensure_secret
from tests.infrastructure.ports import free_port, wait_for

ROOT = Path(__file__).resolve().parent.parent
SECRET = "kX2-vq9_TbR7mWz4Lp0sYhJc8NfGdE1a"


# -- Settings ----------------------------------------------------------------------------------------------------------


def load(instance: Path, **environ: str) -> Settings:
    return Settings.load({"HUB_INSTANCE": str(instance), "HUB_SECRET_KEY": SECRET, **environ})


def test_without_any_setting_the_site_is_embedded_local_and_in_production(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path}/hub.sqlite"
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 2)
    assert settings.production
    assert not settings.debug
    assert not settings.testing
    assert settings.redis_url is settings.mail_url is settings.base_url is settings.clock is None


@pytest.mark.parametrize(
    "given", ["postgres://me@host/hub", "postgresql://me@host/hub", "postgresql+psycopg://me@host/hub"]
)
def test_every_way_to_write_a_postgresql_address_names_the_driver(tmp_path: Path, given: str) -> None:
    assert load(tmp_path, HUB_DATABASE_URL=given).database_url == "postgresql+psycopg://me@host/hub"


def test_a_clock_without_a_zone_is_utc(tmp_path: Path) -> None:
    assert load(tmp_path, HUB_CLOCK="2026-05-01T12:00").clock == datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HUB_DATABASE_URL", "mysql://host/hub"),
        ("HUB_DATABASE_URL", "hub.sqlite"),
        ("HUB_REDIS_URL", "localhost:6379"),
        ("HUB_MAIL_URL", "http://mail.example.org"),
        ("HUB_MAIL_URL", "smtp://"),
        ("HUB_MAIL_URL", "smtp://mail.example.org:99999"),
        ("HUB_MAIL_SENDER", "nobody"),
        ("HUB_MAIL_SENDER", "Town <town@example.org>\r\nBcc: all@example.org"),
        ("HUB_BASE_URL", "hub.example.org"),
        ("HUB_BASE_URL", "https://hub.example.org/path"),
        ("HUB_PORT", "0"),
        ("HUB_PORT", "eighty"),
        ("HUB_WORKERS", "-1"),
        ("HUB_CLOCK", "yesterday"),
        ("HUB_DEMO", "perhaps"),
        ("HUB_DEMO_DATA", "/does/not/exist"),
        ("HUB_LANGUAGE", "tlh"),
        ("HUB_LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_setting_is_named_in_one_sentence(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as refusal:
        load(tmp_path, **{name: value})
    assert "\n" not in str(refusal.value)
    assert str(refusal.value).endswith(".")


@pytest.mark.hostile("H37")
@pytest.mark.parametrize("secret", ["changeme", "a" * 64, "x" * 31, "secretsecretsecretsecretsecretsecret"])
def test_a_start_with_a_default_or_short_secret_is_refused(tmp_path: Path, secret: str) -> None:
    """Proven by taking ``_check_secret`` out of ``Settings.load``: every one of them then starts."""
    with pytest.raises(SettingsError, match="too easy to guess"):
        load(tmp_path, HUB_SECRET_KEY=secret)


@pytest.mark.hostile("H37")
def test_a_start_without_a_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no secret yet"):
        load(tmp_path, HUB_SECRET_KEY="")


@pytest.mark.hostile("H37")
def test_debugging_in_production_is_refused(tmp_path: Path) -> None:
    """Proven by taking the check out of ``Settings.load``."""
    with pytest.raises(SettingsError, match="HUB_DEBUG is on in production"):
        load(tmp_path, HUB_DEBUG="1")
    assert load(tmp_path, HUB_DEBUG="1", HUB_PRODUCTION="0").debug


def test_the_secret_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    ensure_secret(tmp_path)
    first = (tmp_path / "secret").read_text()
    ensure_secret(tmp_path)
    assert (tmp_path / "secret").read_text() == first
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert len(first) >= 32
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_settings_are_shown_without_their_secrets(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        HUB_DATABASE_URL="postgresql://me:hidden@host/hub",
        HUB_MAIL_URL="smtp://me:hidden@mail.example.org",
        HUB_REDIS_URL="redis://:hidden@host",
    )
    for shown in (str(settings.shown()), repr(settings)):
        assert "hidden" not in shown
        assert SECRET not in shown
    assert settings.shown()["mail_url"] == "(set)"


# -- The set-up script -------------------------------------------------------------------------------------------------


@pytest.fixture
def hub() -> ModuleType:
    """``./hub`` as a module."""
    loader = SourceFileLoader("hub_script", str(ROOT / "hub"))
    spec = spec_from_loader("hub_script", loader)
    assert spec is not None
    module = module_from_spec(spec)
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    try:
        loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = before
    return module


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "hash differs"),
        ("error: Hash mismatch for `flask==3.1.3`", "hash differs"),
        ("ERROR: No matching distribution found for flask==3.1.3", "check the network"),
        ("error: Failed to fetch: dns error", "check the network"),
    ],
)
def test_what_an_installer_says_becomes_a_sentence(hub: ModuleType, output: str, sentence: str) -> None:
    assert sentence in hub.reason(output)


def test_what_nobody_foresaw_is_shown(hub: ModuleType) -> None:
    assert hub.reason("one\ntwo\nsomething unheard of").endswith("something unheard of")


def test_another_lock_place_or_python_is_installed_anew(
    hub: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lock").write_text("flask==3.1.3")
    (tmp_path / "setup.cfg").touch()
    monkeypatch.setattr(hub, "HERE", tmp_path)
    first = hub.wanted([tmp_path / "lock"])
    assert hub.wanted([tmp_path / "lock"]) == first
    (tmp_path / "lock").write_text("flask==3.1.4")
    assert hub.wanted([tmp_path / "lock"]) != first


@pytest.fixture
def installed(hub: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Names of the locks of each installation, of a script that stands in a folder of its own and installs nothing."""
    for name in ("requirements", "requirements-test", "requirements-oracles", "requirements-mutants"):
        (tmp_path / f"{name}.lock").write_text(name)
    (tmp_path / "setup.cfg").touch()
    (tmp_path / ".venv").mkdir()
    done: list[list[str]] = []
    monkeypatch.setattr(hub, "HERE", tmp_path)
    monkeypatch.setattr(hub, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(hub, "STAMP", tmp_path / ".venv" / "installed")
    monkeypatch.setattr(hub, "make_environment", lambda: None)
    monkeypatch.setattr(hub, "install", lambda locks: done.append([lock.stem for lock in locks]))
    return done


def test_who_only_serves_gets_nothing_that_only_the_tests_need(
    hub: ModuleType, installed: list[list[str]]
) -> None:
    hub.set_up(False)
    hub.set_up(False)
    assert installed == [["requirements"]]


def test_the_set_of_the_tests_serves_for_everything(hub: ModuleType, installed: list[list[str]]) -> None:
    hub.set_up(True)
    hub.set_up(False)
    hub.set_up(True)
    assert installed == [["requirements-test", "requirements-oracles"]]


def test_the_tool_for_mutants_comes_with_their_command_and_stays(
    hub: ModuleType, installed: list[list[str]]
) -> None:
    hub.set_up(True)
    hub.set_up(True, mutants=True)
    hub.set_up(True)
    hub.set_up(False)
    hub.set_up(True, mutants=True)
    tests = ["requirements-test", "requirements-oracles"]
    assert installed == [tests, [*tests, "requirements-mutants"]]


@pytest.mark.parametrize("changed", ["requirements-test.lock", "requirements-oracles.lock", "setup.cfg"])
def test_whatever_changes_in_the_set_of_the_tests_is_installed_before_the_next_test(
    hub: ModuleType, tmp_path: Path, installed: list[list[str]], changed: str
) -> None:
    hub.set_up(True)
    (tmp_path / changed).write_text("another")
    hub.set_up(True)
    assert len(installed) == 2


@pytest.mark.parametrize("without_uv", [False, True])
def test_only_the_needs_of_the_first_lock_are_followed_and_every_package_is_compared_with_its_hash(
    hub: ModuleType, monkeypatch: pytest.MonkeyPatch, without_uv: bool
) -> None:
    commands: list[list[str]] = []

    def run(*command: object) -> str | None:
        words = [str(word) for word in command]
        commands.append(words)
        return "no uv" if without_uv and words[-1].endswith("-uv.lock") else None

    monkeypatch.setattr(hub, "run", run)
    hub.install([Path("first.lock"), Path("second.lock")])
    first, second, project = (words for words in commands if "requirements-uv.lock" not in words[-1])
    assert ("uv" in first, "uv" in second, "uv" in project) == (not without_uv,) * 3
    assert first[-3:] == ["--require-hashes", "-r", "first.lock"]
    assert "--no-deps" not in first
    assert second[-4:] == ["--no-deps", "--require-hashes", "-r", "second.lock"]
    assert project[-2:] == ["-e", str(hub.HERE)]


def test_where_uv_fails_half_way_pip_goes_on(hub: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[tuple[str, str]] = []

    def run(*command: object) -> str | None:
        tool = "uv" if "uv" in command else "pip"
        used.append((tool, str(command[-1])))
        return "broken" if (tool, str(command[-1])) == ("uv", "second.lock") else None

    monkeypatch.setattr(hub, "run", run)
    hub.install([Path("first.lock"), Path("second.lock")])
    assert used[1:] == [
        ("uv", "first.lock"),
        ("uv", "second.lock"),
        ("pip", "second.lock"),
        ("pip", str(hub.HERE)),
    ]


def test_where_both_installers_fail_the_script_ends_with_a_sentence(
    hub: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "run", lambda *command: "Hash mismatch for `numpy`")
    with pytest.raises(SystemExit, match="hash differs"):
        hub.install([Path("first.lock")])


def test_a_python_without_venv_is_told_what_to_install(
    hub: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "PYTHON", tmp_path / "none")
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SystemExit, match="python3-venv"):
        hub.make_environment()


def test_a_full_disk_is_noticed_before_anything_is_written(
    hub: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "PYTHON", tmp_path / "none")
    monkeypatch.setattr(hub, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(hub, "NEEDED", 10**18)
    with pytest.raises(SystemExit, match="disk is full"):
        hub.make_environment()
    assert not (tmp_path / ".venv").exists()


def test_an_old_python_is_told_which_is_needed(hub: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    with pytest.raises(SystemExit, match="or newer is needed"):
        hub.main()


# -- The served site ---------------------------------------------------------------------------------------------------


@contextmanager
def served(instance: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    log = instance.with_name("log")
    words = ["--instance", str(instance), "run", "--port", str(port), "--workers", "1", "--no-demo"]
    process = subprocess.Popen(
        [sys.executable, "-m", "stakeholder_hub", *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=log.open("w"),
        text=True,
    )
    try:
        assert wait_for(port, seconds=60), log.read_text()
        yield process
    finally:
        process.kill()
        process.wait()


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.read().decode()


@pytest.mark.slow
def test_run_serves_with_a_worker_and_ends_cleanly(instance: Path) -> None:
    port = free_port()
    with served(instance, port) as process:
        assert json.loads(get(f"http://127.0.0.1:{port}/readyz")) == {"status": "ok", "database": "ok"}
        assert "Stakeholder Hub" in get(f"http://127.0.0.1:{port}/")
        (worker,) = children_named(process.pid, "work")
        process.send_signal(signal.SIGTERM)
        printed, _none = process.communicate(timeout=40)
    assert process.returncode == 0
    assert f"ready: http://127.0.0.1:{port}" in printed
    assert "/setup?token=" in printed
    assert not Path(f"/proc/{worker}").exists()
    assert (instance / "secret").exists()


def children_named(parent: int, word: str) -> list[int]:
    """Process ids of the children of ``parent`` with ``word`` among their arguments."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            ancestor = int((path / "stat").read_text().rsplit(")", 1)[1].split()[1])
            words = (path / "cmdline").read_text().split("\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if ancestor == parent and word in words:
            found.append(int(path.name))
    return found
