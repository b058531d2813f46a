"""What META states about ballots and totals, held against what the file contains."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from stakeholder_hub.decisions.methods.ballots import LIMIT, BallotKind, IntArray
from stakeholder_hub.decisions.pabulib.amounts import read_amount
from stakeholder_hub.decisions.pabulib.errors import PabulibError
from stakeholder_hub.decisions.pabulib.file import PabulibFile
from stakeholder_hub.decisions.pabulib.findings import Findings
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l

_MAY_BE_NEGATIVE = frozenset(
    {"default_score", "min_points", "max_points", "min_sum_points", "min_project_score_threshold"}
)


def amount(meta: Mapping[str, str], lines: Mapping[str, int], key: str) -> Fraction | None:
    """The number META states under ``key``, exactly; ``None`` where it states none."""
    text = meta.get(key, "")
    if not text:
        return None
    try:
        value = read_amount(text)
    except ValueError:
        reason = _l("META: “%(key)s” is not a number: “%(text)s”.", key=key, text=text[:60])
        raise PabulibError(lines.get(key, 0), reason) from None
    if value < 0 and key not in _MAY_BE_NEGATIVE:
        raise PabulibError(lines.get(key, 0), _l("META: “%(key)s” is below zero.", key=key))
    return value


def whole(meta: Mapping[str, str], lines: Mapping[str, int], key: str) -> int | None:
    """The whole number META states under ``key``."""
    value = amount(meta, lines, key)
    if value is not None and value.denominator != 1:
        raise PabulibError(lines.get(key, 0), _l("META: “%(key)s” is not a whole number.", key=key))
    return None if value is None else int(value)


def check_ballots(file: PabulibFile, lines: Mapping[str, int], findings: Findings) -> None:
    """Hold every ballot against the limits of length, points and cost that META states."""
    lengths = file.profile.lengths()
    least, most = whole(file.meta, lines, "min_length"), whole(file.meta, lines, "max_length")
    if least is not None:
        text = _l("The vote names fewer projects than the %(least)s it must.", least=least)
        _breach(file, findings, "min_length", lengths < least, text)
    if most is not None:
        text = _l("The vote names more projects than the %(most)s it may.", most=most)
        _breach(file, findings, "max_length", lengths > most, text)
    if file.profile.points is not None:
        _check_points(file, file.profile.points, lines, findings)
    if file.profile.kind is BallotKind.APPROVAL:
        _check_costs(file, lines, findings)


def _check_points(file: PabulibFile, points: IntArray, lines: Mapping[str, int], findings: Findings) -> None:
    profile = file.profile
    voters = profile.voter_of_choice()
    sums = np.zeros(profile.voters, dtype=np.int64)
    np.add.at(sums, voters, points)
    low, high = (amount(file.meta, lines, key) for key in ("min_points", "max_points"))
    outside = np.zeros(len(points), dtype=bool)
    if low is not None:
        outside |= points < -_floor(-low * profile.scale)
    if high is not None:
        outside |= points > _floor(high * profile.scale)
    bad = np.zeros(profile.voters, dtype=bool)
    bad[voters[outside]] = True
    _breach(file, findings, "points", bad, _l("The vote gives a project more or fewer points than it may."))
    least, most = (amount(file.meta, lines, key) for key in ("min_sum_points", "max_sum_points"))
    if least is not None:
        text = _l("The vote gives fewer points in all than it must.")
        _breach(file, findings, "min_sum_points", sums < -_floor(-least * profile.scale), text)
    if most is not None:
        text = _l("The vote gives more points in all than the %(most)s it may.", most=str(most))
        _breach(file, findings, "max_sum_points", sums > _floor(most * profile.scale), text)


def _check_costs(file: PabulibFile, lines: Mapping[str, int], findings: Findings) -> None:
    least, most = (amount(file.meta, lines, key) for key in ("min_sum_cost", "max_sum_cost"))
    if least is None and most is None:
        return
    sums = file.ballot_costs()
    if least is not None:
        text = _l("The projects of the vote cost less together than they must.")
        _breach(file, findings, "min_sum_cost", sums < least * file.unit, text)
    if most is not None:
        text = _l("The projects of the vote cost more together than they may.")
        _breach(file, findings, "max_sum_cost", sums > most * file.unit, text)


def _floor(value: Fraction) -> int:
    """The largest whole number that is not above ``value``, within what 64-bit sums can reach."""
    return max(-LIMIT, min(LIMIT, value.numerator // value.denominator))


def _breach(file: PabulibFile, findings: Findings, code: str, bad: npt.NDArray[Any], text: Reason) -> None:
    places = np.flatnonzero(bad)
    if len(places):
        findings.breach(code, int(file.voter_lines[places[0]]), text, len(places))


def check_claims(file: PabulibFile, findings: Findings) -> None:
    """Hold the votes PROJECTS claims against the ballots, and say what META leaves open."""
    counted = file.profile.approvals()
    for project in file.projects:
        if project.votes is not None and project.votes != counted[project.id]:
            text = _l(
                "PROJECTS claims %(stated)s votes for “%(id)s”, the ballots hold %(found)s.",
                stated=project.votes,
                id=project.id,
                found=counted[project.id],
            )
            findings.warn("votes_differ", project.line, text)
    if not file.meta.get("rule"):
        findings.warn("no_rule", 1, _l("META does not say by which rule the votes were counted."))
