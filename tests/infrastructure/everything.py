"""``./hub test``, ``check`` and ``bench``: installs what the machine lacks, runs every check, ends on pytest's line."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
CODE = ("stakeholder_hub", "tests", "benchmarks", "migrations", "wsgi.py", "hub")

Step = tuple[str, list[str]]

STEPS: tuple[Step, ...] = (
    ("lint", [str(BIN / "ruff"), "check", "-q", *CODE]),
    ("format", [str(BIN / "ruff"), "format", "--check", "-q", *CODE]),
    ("types", [str(BIN / "mypy"), "stakeholder_hub"]),
    ("imports", [str(BIN / "lint-imports"), "--no-cache"]),
    ("catalogues", [str(BIN / "stakeholder-hub"), "catalogues", "check"]),
)


def has_chromium() -> bool:
    """Whether there is a browser to drive."""
    return any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))


def has_postgresql() -> bool:
    """Whether there is a PostgreSQL server to start."""
    return bool(shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb")))


def install_missing() -> None:
    """Install browser and database server by apt where they are missing, or say what to install."""
    wanted = []
    if not has_chromium():
        wanted += ["chromium", "fonts-dejavu-core", "fonts-noto-core"]
    if not has_postgresql():
        wanted += ["postgresql"]
    if not wanted:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(
            f"hub: install these with your system's package manager to run every test: {' '.join(wanted)}",
            flush=True,
        )
        return
    print(f"Installing {' '.join(wanted)} ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *wanted],
    ):
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        if done.returncode:
            print(f"hub: {' '.join(command[:2])} failed: {done.stderr.strip()[-300:]}", flush=True)
            return


def run_steps(steps: Sequence[Step]) -> list[str]:
    """Run each step; returns the names of those that failed."""
    failed = []
    for name, command in steps:
        begun = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        verdict = "ok" if done.returncode == 0 else "FAILED"
        print(f"{name:<12}{verdict:<8}{time.monotonic() - begun:6.1f} s", flush=True)
        if done.returncode:
            failed.append(name)
            print((done.stdout + done.stderr).strip()[-6000:], flush=True)
    return failed


def pytest(arguments: Sequence[str]) -> int:
    """Run pytest in the project's folder."""
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, check=False).returncode


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for; the status tells whether all of it was in order."""
    what, rest = arguments[0], list(arguments[1:])
    if what == "bench":
        name = rest.pop(0) if rest and not rest[0].startswith("-") else "pages"
        return subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}", *rest], cwd=ROOT, check=False
        ).returncode
    if what == "check":
        failed = run_steps(STEPS)
        code = pytest(
            [
                "-q",
                "-x",
                "-n",
                "2",
                "tests/test_architecture.py",
                "tests/kernel",
                "tests/decisions/methods",
                *rest,
            ]
        )
        return 1 if failed or code else 0
    if what == "test":
        install_missing()
        failed = [] if rest else run_steps(STEPS)
        code = pytest(rest or ["-q", "-n", "2", "--dist", "loadgroup"])
        if failed:
            print(f"hub: these checks failed: {', '.join(failed)}", file=sys.stderr)
        return code or (1 if failed else 0)
    return subprocess.run([str(BIN / "stakeholder-hub"), *arguments], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
