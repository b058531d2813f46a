"""``./hub mutants``: changes the counting code in small ways, one at a time, and sees whether its tests notice.

The code is copied, so that nothing here is touched. What is changed, by which tests it is tried, and how long they
may take, stands in ``setup.cfg`` (``[mutmut]``). A mutant is killed if a test fails or takes many times as long. One
that cannot be told from the original by any result is *equivalent*: ``tests/decisions/equivalents.toml`` names these
and says why; they are left out of the score, and everything else that lives is counted against it.
"""

import argparse
import ast
import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
CODE = Path("stakeholder_hub/decisions")
EQUIVALENTS = ROOT / "tests" / "decisions" / "equivalents.toml"
LEAST_SCORE = 95
LIVES = (0, 5, 33)
"""What the tool notes where all tests passed, or where there were none."""


@dataclass(frozen=True)
class Mutant:
    """A change of one function: the lines that were, those that are now, and whether the tests noticed."""

    file: str
    function: str
    was: str
    now: str
    lives: bool
    reason: str = ""


@dataclass(frozen=True)
class Rule:
    """Why changes make no difference: ``was`` became one of ``now``, or both are the same but for ``without``."""

    reason: str
    file: str
    was: str = ""
    now: tuple[str, ...] = ()
    without: str = ""

    def explains(self, file: str, was: str, now: str) -> bool:
        """Whether the change is one of these."""
        if self.file not in ("", file):
            return False
        if self.without:
            return self.was in was and re.sub(self.without, "", was) == re.sub(self.without, "", now)
        return (self.was, now) in {(was, one) for one in self.now}


def rules() -> list[Rule]:
    """The reasons in ``equivalents.toml``."""
    read = tomllib.loads(EQUIVALENTS.read_text(encoding="utf-8"))["equivalent"]
    return [
        Rule(
            one["reason"],
            one.get("file", ""),
            one.get("was", ""),
            tuple(one.get("now", ())),
            one.get("without", ""),
        )
        for one in read
    ]


def prepare(folder: Path) -> None:
    """Put a copy of what is needed into ``folder``."""
    hidden = shutil.ignore_patterns("__pycache__", "*.mo")
    for name in ("stakeholder_hub", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=hidden)
    shutil.copy(ROOT / "setup.cfg", folder)
    (folder / "run").mkdir()


def run(folder: Path, workers: int, names: Sequence[str]) -> None:
    """Try every mutant; what came of it lies in ``folder`` afterwards. On a terminal the progress is drawn; elsewhere,
    where each tick would be a line, it goes to a file, whose end is told if the tool fails.

    Raises:
        RuntimeError: the tool failed.
    """
    alone = {"HUB_TEST_DATABASES": "sqlite", "OPENBLAS_NUM_THREADS": "1", "HUB_TEST_RUN": str(folder / "run")}
    patterns = [f"stakeholder_hub.decisions.*{name}.*" for name in names]
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(workers), *patterns]
    ticks = folder / "progress.log"
    with ticks.open("wb") as file:
        drawn = sys.stderr if sys.stderr.isatty() else file
        done = subprocess.run(command, cwd=folder, env={**os.environ, **alone}, stdout=drawn, check=False)
    if done.returncode:
        end = ticks.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise RuntimeError(f"mutants were not tried to the end (status {done.returncode}):\n{end}")


def mutants(folder: Path) -> Iterator[Mutant]:
    """Every mutant that was tried, with what came of it."""
    known = rules()
    for kept in sorted((folder / "mutants" / CODE).rglob("*.py.meta")):
        told: Mapping[str, int | None] = json.loads(kept.read_text(encoding="utf-8"))["exit_code_by_key"]
        if not any(code is not None for code in told.values()):
            continue
        source = kept.with_suffix("")
        file = source.relative_to(folder / "mutants" / CODE).as_posix()
        text = source.read_text(encoding="utf-8")
        lines, spans = text.split("\n"), dict(_spans(ast.parse(text)))
        for key, code in told.items():
            if code is None:
                continue
            name = key.rpartition(".")[2]
            plain = name.rpartition("__mutmut_")[0]
            was, now = _change(lines, spans, f"{plain}__mutmut_orig", name)
            lives = code in LIVES
            reason = next((rule.reason for rule in known if lives and rule.explains(file, was, now)), "")
            yield Mutant(file, _plain(plain), was, now, lives, reason)


def _spans(tree: ast.AST) -> Iterator[tuple[str, slice]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield node.name, slice(node.lineno - 1, node.end_lineno)


def _plain(mangled: str) -> str:
    return mangled.removeprefix("x").removeprefix("_").replace("ǁ", ".").lstrip(".")


def _change(lines: Sequence[str], spans: Mapping[str, slice], before: str, after: str) -> tuple[str, str]:
    first = [line.replace(before, "it").strip() for line in lines[spans[before]]]
    second = [line.replace(after, "it").strip() for line in lines[spans[after]]]
    found = [
        line for line in difflib.unified_diff(first, second, n=0, lineterm="") if line[:2] not in ("--", "++")
    ]
    return tuple(" ".join(line[1:] for line in found if line.startswith(sign)) for sign in "-+")  # type: ignore[return-value]


def table(found: Sequence[Mutant]) -> list[dict[str, Any]]:
    """For each file, and for all together: mutants, killed ones, survivors, equivalents, and the share killed."""
    rows = []
    for file in [*sorted({one.file for one in found}), "all"]:
        here = [one for one in found if file in (one.file, "all")]
        equivalent = sum(one.lives and bool(one.reason) for one in here)
        survived = sum(one.lives and not one.reason for one in here)
        killed = sum(not one.lives for one in here)
        rows.append(
            {
                "file": file,
                "mutants": len(here),
                "killed": killed,
                "survived": survived,
                "equivalent": equivalent,
                "score": round(100 * killed / max(len(here) - equivalent, 1), 2),
                "score_with_equivalents": round(100 * killed / max(len(here), 1), 2),
            }
        )
    return rows


HEADINGS = ("file", "mutants", "killed", "survived", "equivalent", "score", "with equivalents")


def told(rows: Sequence[Mapping[str, Any]], gap: str = " | ") -> list[str]:
    """The table as lines of Markdown."""
    cells = [[str(value) for value in row.values()] for row in rows]
    rule = ["---", *["---:"] * (len(HEADINGS) - 1)]
    return [f"| {gap.join(row)} |" for row in (HEADINGS, rule, *cells)]


def document(found: Sequence[Mutant]) -> str:
    """The report in ``docs/mutation.md``."""
    by_reason: dict[str, list[Mutant]] = {}
    for one in found:
        if one.lives:
            by_reason.setdefault(one.reason, []).append(one)
    survivors = by_reason.pop("", [])
    parts = [PREFACE, *told(table(found)), "", "## What lives and makes a difference", ""]
    parts += _listed(survivors) or ["Nothing."]
    parts += ["", "## What lives because it makes none"]
    for reason, alike in sorted(by_reason.items()):
        parts += ["", f"**{reason}**", "", *_listed(alike)]
    return "\n".join([*parts, ""])


def _listed(some: Sequence[Mutant]) -> list[str]:
    return [f"- `{one.file}`, {one.function}: `{one.was}` → `{one.now}`" for one in some]


PREFACE = """# Mutation testing of the counting code

The code that decides a result (`decisions/methods/`, `decisions/evidence/merkle.py` and `leaves.py`) is changed in
small ways, one at a time: another operator, another number, an argument left out, a branch forced, a value gone. Its
tests should notice each change. Made by `./hub mutants --write docs/mutation.md` (mutmut; some twenty minutes on one
core; the same examples each time). `./hub mutants` prints the table and fails below 95 %, `./hub mutants stv runoff`
tries single modules, `--json` is for programs, `--survivors` shows what lives without a reason.

A mutant is killed if a test fails, or takes many times as long. *Equivalent* mutants give every result as the original
does; why is said below for each (from `tests/decisions/equivalents.toml`). The score leaves them out; the last column
counts them as survivors. The tool leaves module constants and properties as they are.
"""


def main(arguments: Sequence[str]) -> int:
    """The command; fails where too many changes go unnoticed."""
    parser = argparse.ArgumentParser(
        prog="./hub mutants", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("modules", nargs="*", help="only these, for example: stv runoff")
    parser.add_argument("--json", action="store_true", help="write plain data for programs")
    parser.add_argument("--survivors", action="store_true", help="show each change that no test noticed")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the report")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes at a time")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="hub-mutants-") as name:
        folder = Path(name)
        prepare(folder)
        run(folder, chosen.workers, chosen.modules)
        found = list(mutants(folder))
    rows = table(found)
    lived = [one for one in found if one.lives and not one.reason]
    if chosen.write:
        chosen.write.write_text(document(found), encoding="utf-8")
    if chosen.json:
        print(
            json.dumps(
                {"files": rows, "survivors": [vars(one) for one in lived]}, ensure_ascii=False, indent=2
            )
        )
    else:
        print("\n".join([*told(rows), *(_listed(lived) if chosen.survivors else [])]))
    return int(rows[-1]["score"] < LEAST_SCORE)
