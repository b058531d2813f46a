"""Counting a file again and comparing with the winners it calls official."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from stakeholder_hub.decisions.methods.ballots import InvalidCount
from stakeholder_hub.decisions.methods.result import Result
from stakeholder_hub.decisions.pabulib import reasons
from stakeholder_hub.decisions.pabulib.file import FileWarning, PabulibFile
from stakeholder_hub.decisions.pabulib.parser import Source, parse
from stakeholder_hub.decisions.pabulib.rules import (
    COUNTS,
    GUESSES,
    NOT_FULLY_DESCRIBED,
    VARIANTS,
    Case,
    claimed_scores,
    normal_name,
    prepare,
)
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l


@dataclass(frozen=True, slots=True)
class Difference:
    """One project on which recount and file disagree; ``official`` is ``None`` if it is not marked."""

    project: str
    name: str
    official: bool | None
    ours: bool
    code: str
    reason: Reason

    def to_json(self) -> dict[str, Any]:
        """Plain data, the reason in the current language."""
        return {
            "project": self.project,
            "name": self.name,
            "official": self.official,
            "ours": self.ours,
            "code": self.code,
            "reason": str(self.reason),
        }


@dataclass(frozen=True, eq=False)
class Tally:
    """A recount. Money is in the smallest unit of the file (``file.unit`` of them make one).

    ``rule`` is what the file states, ``counted_by`` what was counted, ``assumed`` tells that this was our
    guess; ``explored`` then tells for each rule that was tried how many projects it leaves in dispute.
    ``official`` and ``agrees`` are ``None`` where the file marks no winners.
    """

    file: PabulibFile
    rule: str
    counted_by: str
    assumed: bool
    result: Result
    winners: tuple[str, ...]
    official: tuple[str, ...] | None
    agrees: bool | None
    explored: Mapping[str, int]
    differences: tuple[Difference, ...]
    notes: tuple[Reason, ...]

    @property
    def warnings(self) -> tuple[FileWarning, ...]:
        """What was odd in the file."""
        return self.file.warnings

    def to_json(self) -> dict[str, Any]:
        """The whole recount as plain data, texts in the current language."""
        unit = self.file.unit
        return {
            "rule": self.rule,
            "counted_by": self.counted_by,
            "assumed": self.assumed,
            "winners": list(self.winners),
            "official": None if self.official is None else list(self.official),
            "agrees": self.agrees,
            "explored": dict(self.explored),
            "differences": [difference.to_json() for difference in self.differences],
            "notes": [str(note) for note in self.notes],
            "warnings": [
                {"code": w.code, "line": w.line, "text": str(w.text), "count": w.count} for w in self.warnings
            ],
            "voters": self.file.profile.voters,
            "projects": len(self.file.projects),
            "budget": reasons.decimal(self.file.smallest_budget, unit),
            "spent": reasons.decimal(self.result.spent, unit),
            "currency": self.file.meta.get("currency"),
            "sha256": self.file.sha256,
            "result": self.result.to_json(),
        }


Counted = tuple[str, Result, list[Reason], dict[str, int]]
"""Rule counted, result, notes, and what was explored (empty where the file's own rule was counted)."""


def tally(source: Source) -> Tally:
    """Read and recount a file; raises :class:`PabulibError` if it cannot be read.

    Ballots beyond the file's own limits are counted as they stand and reported as warnings.
    """
    return tally_file(parse(source, lenient=True))


def tally_file(file: PabulibFile) -> Tally:
    """Recount a file that was read already."""
    case = prepare(file)
    marks = {project.id: project.selected for project in file.projects}
    official = None
    if any(mark is not None for mark in marks.values()):
        official = tuple(option for option, mark in marks.items() if mark)
    named = normal_name(file.rule)
    counted_by, result, notes, explored = _count(case, named, marks)
    missing = official is None
    agrees = None if missing else not _disputed(result.winners, marks)
    tallied = Tally(
        file=file,
        rule=file.rule,
        counted_by=counted_by,
        assumed=bool(explored),
        result=result,
        winners=result.winners,
        official=official,
        agrees=agrees,
        explored=explored,
        differences=(),
        notes=(),
    )
    if missing:
        notes.append(
            _l("The file does not mark which projects were selected, so there is nothing to compare.")
        )
        return replace(tallied, notes=tuple(notes))
    view = reasons.view_of(case, result, marks, _claimed_result(case, counted_by))
    if named in NOT_FULLY_DESCRIBED:
        view = replace(view, undescribed=True)
    differences = []
    for project in file.projects:
        if project.id in _disputed(result.winners, marks):
            ours = project.id in result.winners
            code, reason = reasons.explain(view, project.id, ours)
            mark = None if project.selected is None else bool(project.selected)
            differences.append(Difference(project.id, project.name, mark, ours, code, reason))
    notes.extend(reasons.notes(view, disputed=bool(differences)))
    return replace(tallied, differences=tuple(differences), notes=tuple(notes))


def _disputed(winners: Sequence[str], marks: Mapping[str, int | None]) -> set[str]:
    """Projects whose mark is not what the count says; marks 2 and 3 (special reasons) dispute nothing."""
    won = set(winners)
    return {
        option
        for option, mark in marks.items()
        if (mark == 1 and option not in won) or (not mark and option in won)
    }


def _count(case: Case, named: str, marks: Mapping[str, int | None]) -> Counted:
    """Count by the rule the file names, or by the one that comes closest to its official winners."""
    if named in COUNTS:
        try:
            return _stated(case, named, marks)
        except InvalidCount as error:
            why = reasons.uncountable(named, error)
    elif named == "unknown":
        why = _l("The file does not say by which rule the winners were chosen.")
    else:
        why = _l("The rule “%(rule)s” is not one that can be counted here.", rule=named)
    tried = _explore(case, marks)
    disputes = {rule: len(_disputed(result.winners, marks)) for rule, result in tried.items()}
    best = min(tried, key=disputes.__getitem__)
    known = _l("“%(rule)s” was assumed: of the usual rules it comes closest.", rule=best)
    return best, tried[best], [why, known], disputes


def _stated(case: Case, named: str, marks: Mapping[str, int | None]) -> Counted:
    result = COUNTS[named](case)
    notes: list[Reason] = []
    if named in VARIANTS and _disputed(result.winners, marks) and any(marks.values()):
        second = VARIANTS[named](case)
        if not _disputed(second.winners, marks):
            text = _l("Shares were raised as long as the winners stayed within the budget.")
            return named, second, [text], {}
    if named == "greedy" and case.threshold.score:
        notes.append(_l("The least score that META states was applied."))
    return named, result, notes, {}


def _explore(case: Case, marks: Mapping[str, int | None]) -> dict[str, Result]:
    """Results of the usual rules, the most usual first; those that cannot be counted are left out."""
    tried: dict[str, Result] = {}
    for rule, count in GUESSES.items():
        try:
            tried[rule] = count(case)
        except InvalidCount:
            continue
        if not _disputed(tried[rule].winners, marks):
            break
    return tried


def _claimed_result(case: Case, counted_by: str) -> Result | None:
    """What the rule gives for the scores PROJECTS claims, where they are others than the ballots give."""
    claims = claimed_scores(case)
    if claims is None or claims == dict(case.scores) or not counted_by.startswith("greedy"):
        return None
    return COUNTS[counted_by](replace(case, scores=claims))
