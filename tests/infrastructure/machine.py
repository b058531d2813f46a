"""What the tests need from the machine besides Python packages: a browser, fonts for it, database servers."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FONTS = Path("/usr/share/fonts")
SERVERS = ("/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt/postgresql", "/usr/local/opt/postgresql")


def browser() -> str | None:
    """Path of a Chromium, or ``None``."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def postgresql() -> Path | None:
    """Folder of the newest PostgreSQL server's programs, or ``None``."""
    found = [path.parent for place in SERVERS for path in Path(place).glob("*/bin/initdb")]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    if config := shutil.which("pg_config"):
        told = subprocess.run(
            [config, "--bindir"], capture_output=True, text=True, check=False
        ).stdout.strip()
        found += [Path(told)] if told and Path(told, "initdb").exists() else []
    return max(found, key=_version, default=None)


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in folder.parent.name.split(".") if part.isdigit())


def redis() -> str | None:
    """Path of a Redis server, or ``None``."""
    return shutil.which("redis-server") or shutil.which("valkey-server")


def _fonts() -> bool:
    """Whether pages in Latin and Cyrillic script can be drawn."""
    return any(FONTS.rglob("DejaVuSans.ttf")) and any(FONTS.rglob("NotoSans-Regular.ttf"))


NEEDS: tuple[tuple[Callable[[], object], tuple[str, ...]], ...] = (
    (browser, ("chromium",)),
    (_fonts, ("fonts-dejavu-core", "fonts-noto-core")),
    (postgresql, ("postgresql",)),
    (redis, ("redis-server",)),
)
"""What is looked for, and the Debian packages that bring it."""


def missing() -> list[str]:
    """Debian packages of what is not there."""
    return [package for is_there, packages in NEEDS if not is_there() for package in packages]


def install_missing() -> None:
    """Install by apt what is missing, or say in a sentence what to install by hand."""
    packages = missing()
    if not packages:
        return
    names = " ".join(packages)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(f"hub: some tests need what is missing here; install it and run again: {names}", flush=True)
        return
    print(f"Installing {names} ...", flush=True)
    _apt("update")
    failure = _apt("install", "-y", "--no-install-recommends", *packages)
    if failure:
        print(f"hub: apt could not install {names}: {failure}", flush=True)


def _apt(*arguments: str) -> str | None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::Retries=3", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    return done.stderr.strip()[-400:] or "no reason given" if done.returncode else None


def refuse(missing: Exception) -> NoReturn:
    """Skip a test that this machine cannot run; where everything has to run (CI) it fails."""
    if os.environ.get("CI"):
        raise missing
    pytest.skip(str(missing))
