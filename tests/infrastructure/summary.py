"""What a run tells at its end besides the tests: checks that failed before it, and which hostile cases are held."""

import os
import re
from collections import defaultdict
from collections.abc import Iterable

import pytest

from tests.infrastructure.everything import FAILED

CASES = tuple(f"H{number:02}" for number in range(1, 61))
KEY = "hostile"
NEEDS = {"database": "database", "site": "database", "browser": "browser"}
"""Fixtures by the mark of what a test needs that asks for them; ``site`` is the demonstration in a database."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Note each test's hostile cases where reports carry them; mark tests by what they need."""
    for item in items:
        for mark in item.iter_markers("hostile"):
            for case in mark.args:
                if case not in CASES:
                    raise pytest.UsageError(
                        f"{item.nodeid}: {case!r} is not in the catalogue of hostile cases"
                    )
                item.user_properties.append((KEY, case))
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in NEEDS:
                item.add_marker(NEEDS[fixture])


def cases_by_outcome(reports: dict[str, list[object]]) -> dict[str, set[str]]:
    """Hostile cases by the outcome of their tests, from the reporter's statistics."""
    found: dict[str, set[str]] = defaultdict(set)
    for outcome in ("passed", "failed", "error", "skipped"):
        for report in reports.get(outcome, []):
            cases: Iterable[tuple[str, object]] = getattr(report, "user_properties", ())
            found[outcome] |= {str(case) for key, case in cases if key == KEY}
    return found


def ranges(cases: Iterable[str]) -> str:
    """``H01-H03 H07``: cases in their order, runs of them drawn together."""
    numbers = sorted(int(re.sub(r"\D", "", case)) for case in cases)
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return " ".join(f"H{r[0]:02}" if len(r) == 1 else f"H{r[0]:02}-H{r[-1]:02}" for r in runs)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what else is to be known, above pytest's closing line."""
    found = cases_by_outcome(terminalreporter.stats)
    broken = found["failed"] | found["error"]
    held = found["passed"] - broken
    if held or broken:
        terminalreporter.section("hostile cases")
        terminalreporter.write_line(f"held: {len(held)} of {len(CASES)}: {ranges(held)}")
        if broken:
            terminalreporter.write_line(f"NOT held: {ranges(broken)}", red=True)
    if failed := os.environ.get(FAILED):
        terminalreporter.section("checks")
        terminalreporter.write_line(f"FAILED before the tests (shown above): {failed}", red=True)
