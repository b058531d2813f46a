"""``./hub test``, ``check``, ``bench`` and their like: installs what the machine lacks, ends on pytest's line."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.infrastructure import machine, mutants

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
CODE = ("stakeholder_hub", "tests", "benchmarks", "migrations", "wsgi.py", "hub")
FAILED = "HUB_FAILED_CHECKS"
"""Names of the checks that failed, for pytest's summary (:mod:`tests.infrastructure.summary`)."""

STEPS: dict[str, tuple[str, ...]] = {
    "types": ("mypy", "stakeholder_hub"),
    "lint": ("ruff", "check", *CODE),
    "format": ("ruff", "format", "--check", *CODE),
    "imports": ("lint-imports",),
    "catalogues": ("stakeholder-hub", "catalogues", "check"),
}
"""What is looked at before the tests, the longest first."""

FAST = ("-m", "not database and not browser and not slow")
WORKERS = ("-n", "2", "--dist", "worksteal")
REACHING = ("tests/decisions", "tests/editions", "tests/records", "--ignore", "tests/decisions/oracles")
"""The tests that have to reach all of ``decisions/``: its own, and those of what hooks into it."""


def run_step(name: str) -> tuple[str, bool, float, str]:
    """Run one check: its name, whether it failed, seconds, and what it printed."""
    program, *arguments = STEPS[name]
    begun = time.monotonic()
    done = subprocess.run(
        [str(BIN / program), *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return name, done.returncode != 0, time.monotonic() - begun, (done.stdout + done.stderr).strip()


def run_steps(names: Iterable[str]) -> list[str]:
    """Run the checks, two at a time; prints a line for each and returns the names of those that failed."""
    failed = []
    with ThreadPoolExecutor(2) as pool:
        for name, has_failed, seconds, output in pool.map(run_step, names):
            print(f"{name:<12}{'FAILED' if has_failed else 'ok':<8}{seconds:6.1f} s", flush=True)
            if has_failed:
                failed.append(name)
                print(output[-6000:], flush=True)
    return failed


def pytest(arguments: Sequence[str], failed: Sequence[str] = ()) -> int:
    """Run pytest; the status tells whether it and the checks before it were in order."""
    environment = {**os.environ, FAILED: ", ".join(failed)}
    # Compiled tests are a cache like those of the other checks: without it a third of the fast part is compiling.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-m", "pytest", *arguments]
    code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    return code or bool(failed)


def test(arguments: Sequence[str]) -> int:
    """Everything; with arguments only the tests that they select, without the other checks."""
    machine.install_missing()
    if arguments:
        return pytest(arguments)
    return pytest(("-q", *WORKERS), run_steps(STEPS))


def check(arguments: Sequence[str]) -> int:
    """The fast part: no database, no browser."""
    return pytest(("-q", *WORKERS, *FAST, *arguments), run_steps(STEPS))


def bench(arguments: Sequence[str]) -> int:
    """One benchmark by name with its own arguments, or all of them."""
    known = list(_benchmarks())
    if arguments and arguments[0] not in known:
        print(f"hub: there is no benchmark {arguments[0]!r}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    if not known:
        print("hub: there is nothing to measure yet in benchmarks/", file=sys.stderr)
        return 2
    names, rest = (known, ()) if not arguments else ([arguments[0]], arguments[1:])
    runs = [[sys.executable, "-c", f"from benchmarks.{n} import main; main({list(rest)!r})"] for n in names]
    return max((subprocess.run(run, cwd=ROOT, check=False).returncode for run in runs), default=0)


def pictures(arguments: Sequence[str]) -> int:
    """Take the pictures of the README."""
    command = [sys.executable, "-m", "tests.infrastructure.pictures", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def coverage(arguments: Sequence[str]) -> int:
    """Which lines and branches of ``decisions/`` its tests reach, on SQLite and PostgreSQL together; all have to be."""
    machine.install_missing()
    with tempfile.TemporaryDirectory(prefix="hub-coverage-") as folder:
        environment = {**os.environ, "COVERAGE_FILE": str(Path(folder, "data"))}
        tool = [sys.executable, "-m", "coverage"]
        tests = ["-m", "pytest", "-q", "-p", "no:cacheprovider", *REACHING, *arguments]
        runs = [
            subprocess.Popen(
                [*tool, "run", "--parallel-mode", *tests, *only],
                cwd=ROOT,
                env={**environment, "HUB_TEST_DATABASES": database},
            )
            for database, only in (("sqlite", ()), ("postgresql", ("-m", "database")))
        ]
        failed = max([run.wait() for run in runs])
        subprocess.run([*tool, "combine", "-q"], cwd=ROOT, env=environment, check=True)
        return subprocess.run([*tool, "report"], cwd=ROOT, env=environment, check=False).returncode or failed


def _benchmarks() -> Iterator[str]:
    for path in sorted((ROOT / "benchmarks").glob("*.py")):
        if "\ndef main(" in path.read_text(encoding="utf-8"):
            yield path.stem


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for; the status tells whether all of it was in order."""
    what, *rest = arguments
    commands: dict[str, Callable[[Sequence[str]], int]] = {
        "test": test,
        "check": check,
        "bench": bench,
        "pictures": pictures,
        "coverage": coverage,
        "mutants": mutants.main,
    }
    return commands[what](rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
