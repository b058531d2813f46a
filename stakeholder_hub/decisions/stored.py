"""A recounted file as the result of a ballot, and back: so that a stored ballot can be counted again for ever.

In a stored result options are named by their position and money is in hundredths. Under ``file`` stands what the
file said: its META, what its table claims of each project, and how the count and the official winners differ.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from stakeholder_hub.consultations.templates import said_in
from stakeholder_hub.decisions.marks import Marks
from stakeholder_hub.decisions.methods.ballots import BallotKind, Profile
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.decisions.pabulib.file import PabulibFile, Project
from stakeholder_hub.decisions.pabulib.tally import Tally
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import INTERFACE

KEPT_COLUMNS = ("district", "neighborhood", "subunit")
"""Columns of PROJECTS, besides the known ones, that a count may look at."""


def hundredths(smallest: int, unit: int) -> int:
    """An amount of the file's smallest unit in hundredths."""
    return smallest * 100 // unit


def in_interface_languages(text: Reason) -> dict[str, str]:
    """A text that the platform wrote, in every language of the interface."""
    return {code: said_in(text, code) for code in INTERFACE}


def stored_result(counted: Tally) -> dict[str, Any]:
    """The recount as plain data for a ballot's ``result``."""
    file = counted.file
    position = {project.id: str(place) for place, project in enumerate(file.projects, start=1)}
    result = counted.result.to_json()
    result["winners"] = [position[option] for option in result["winners"]]
    result["scores"] = {position[option]: score for option, score in result["scores"].items()}
    for turn in result["rounds"]:
        turn["option"] = position[turn["option"]]
        turn["cost"], turn["left"] = (hundredths(turn[key], file.unit) for key in ("cost", "left"))
    for tie in result["ties"]:
        tie["options"] = [position[option] for option in tie["options"]]
    for key in ("budget", "spent"):
        result[key] = hundredths(result[key] or 0, file.unit)
    result["file"] = _file(counted, position)
    return result


def _file(counted: Tally, position: Mapping[str, str]) -> dict[str, Any]:
    file = counted.file
    points = file.point_profile or file.profile
    return {
        "sha256": file.sha256,
        "meta": dict(file.meta),
        "unit": file.unit,
        "budget": str(file.budget),
        "kind": file.profile.kind.value,
        "scale": points.scale,
        "default_points": points.default_points,
        "with_points": points.points is not None,
        "projects": [_claims(project) for project in file.projects],
        "rule": counted.rule,
        "counted_by": counted.counted_by,
        "assumed": counted.assumed,
        "agrees": counted.agrees,
        "differences": [
            {
                "position": position[one.project],
                "official": one.official,
                "ours": one.ours,
                "code": one.code,
                "reason": in_interface_languages(one.reason),
            }
            for one in counted.differences
        ],
        "notes": [in_interface_languages(note) for note in counted.notes],
        "warnings": [
            {"code": w.code, "line": w.line, "count": w.count, "text": in_interface_languages(w.text)}
            for w in counted.warnings
        ],
    }


def _claims(project: Project) -> dict[str, Any]:
    claims: dict[str, Any] = {"id": project.id, "cost": str(project.cost), "selected": project.selected}
    if project.votes is not None:
        claims["votes"] = project.votes
    if project.score is not None:
        claims["score"] = str(project.score)
    if project.categories:
        claims["categories"] = list(project.categories)
    if extra := {key: project.extra[key] for key in KEPT_COLUMNS if project.extra.get(key)}:
        claims["extra"] = extra
    return claims


def file_again(ballot: Ballot, votes: Iterable[Marks]) -> PabulibFile:
    """The file an imported ballot came from, as far as a count needs it, from the ballot and its stored votes."""
    kept = (ballot.result or {})["file"]
    names = {option.position: option.title.original.text for option in ballot.options}
    projects = tuple(
        Project(
            id=claims["id"],
            cost=Fraction(claims["cost"]),
            line=0,
            names={"und": names[position]},
            categories=tuple(claims.get("categories", ())),
            votes=claims.get("votes"),
            score=Fraction(claims["score"]) if "score" in claims else None,
            selected=claims["selected"],
            extra=claims.get("extra", {}),
        )
        for position, claims in enumerate(kept["projects"], start=1)
    )
    profile, point_profile = _profiles(kept, tuple(project.id for project in projects), votes)
    return PabulibFile(
        meta=kept["meta"],
        projects=projects,
        profile=profile,
        point_profile=point_profile,
        voter_ids=[str(number) for number in range(profile.voters)],
        voter_lines=np.zeros(profile.voters, dtype=np.int64),
        voter_columns={},
        budget=Fraction(kept["budget"]),
        unit=kept["unit"],
        encoding="utf-8",
        sha256=kept["sha256"],
        warnings=(),
    )


def _profiles(
    kept: Mapping[str, Any], options: tuple[str, ...], votes: Iterable[Marks]
) -> tuple[Profile, Profile | None]:
    offsets, choices, points = [0], list[int](), list[int]()
    for marks in votes:
        choices.extend(position - 1 for position in marks.choices)
        points.extend(marks.points or ())
        offsets.append(len(choices))
    kind = BallotKind(kept["kind"])
    places = np.array(offsets, dtype=np.int64), np.array(choices, dtype=np.int64)
    weights = np.array(points, dtype=np.int64) if kept["with_points"] else None
    if kind.has_points:
        return Profile(kind, options, *places, weights, kept["scale"], kept["default_points"]), None
    profile = Profile(kind, options, *places)
    if weights is not None and kind is BallotKind.ORDINAL:
        return profile, Profile(BallotKind.SCORING, options, *places, weights, kept["scale"])
    return profile, None
