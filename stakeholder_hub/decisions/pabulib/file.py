"""A participatory budget as its file tells it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from stakeholder_hub.decisions.methods.ballots import IntArray, Profile
from stakeholder_hub.kernel.errors import Reason

_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Project:
    """One row of PROJECTS. ``names`` are by language code; ``extra`` keeps the columns not known here.

    ``votes`` and ``score`` are what the table claims, not a count. ``selected``: 1 funded, 0 not, 2 and 3
    funded for a reason the file's comment explains, ``None`` not marked.
    """

    id: str
    cost: Fraction
    line: int
    names: Mapping[str, str]
    categories: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    votes: int | None = None
    score: Fraction | None = None
    selected: int | None = None
    description: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name in the language of the file, or any name there is, or the id."""
        return next(iter(self.names.values()), self.id)


@dataclass(frozen=True, slots=True)
class FileWarning:
    """Something odd that does not prevent reading; ``line`` is the first place, ``count`` how often."""

    code: str
    line: int
    text: Reason
    count: int = 1


@dataclass(frozen=True, slots=True)
class FileBallot:
    """One row of VOTES: the options in the voter's order, points where given, and the other columns."""

    voter: str
    line: int
    options: tuple[str, ...]
    points: tuple[Fraction, ...] | None
    attributes: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class PabulibFile:
    """A file that was read and checked.

    ``point_profile`` holds ordinal ballots that come with points. ``voter_columns`` are the columns of
    VOTES besides voter, vote and points (age, sex, neighbourhood, voting_method, ...), one text a voter.
    ``unit`` is how many of the smallest amounts used make one currency unit (1, 10, 100, ...).
    """

    meta: Mapping[str, str]
    projects: tuple[Project, ...]
    profile: Profile
    point_profile: Profile | None
    voter_ids: Sequence[str]
    voter_lines: IntArray
    voter_columns: Mapping[str, Sequence[str]]
    budget: Fraction
    unit: int
    encoding: str
    sha256: str
    warnings: tuple[FileWarning, ...]

    @property
    def rule(self) -> str:
        """The rule as the file states it; ``unknown`` where it does not."""
        return self.meta.get("rule") or "unknown"

    @property
    def language(self) -> str | None:
        """Language of the names, as the file states it."""
        return self.meta.get("language") or None

    @property
    def begins(self) -> date | None:
        """First day of voting; the first of January where only the year is known."""
        return read_date(self.meta.get("date_begin", ""), month=1, day=1)

    @property
    def ends(self) -> date | None:
        """Last day of voting; the last of December where only the year is known."""
        return read_date(self.meta.get("date_end", ""), month=12, day=31)

    @property
    def costs(self) -> dict[str, int]:
        """Costs in the smallest unit, by project."""
        return {project.id: int(project.cost * self.unit) for project in self.projects}

    @property
    def smallest_budget(self) -> int:
        """The budget in the smallest unit."""
        return int(self.budget * self.unit)

    def ballots(self) -> Iterator[FileBallot]:
        """The ballots in the order of the file."""
        points_of = self.point_profile or (self.profile if self.profile.points is not None else None)
        edges = self.profile.offsets.tolist()
        for number, voter in enumerate(self.voter_ids):
            points: tuple[Fraction, ...] | None = None
            if points_of is not None and points_of.points is not None:
                part = points_of.points[edges[number] : edges[number + 1]]
                points = tuple(Fraction(value, points_of.scale) for value in part.tolist())
            attributes = {name: texts[number] for name, texts in self.voter_columns.items() if texts[number]}
            line = int(self.voter_lines[number])
            yield FileBallot(voter, line, self.profile.ballot(number), points, attributes)

    def ballot_costs(self) -> npt.NDArray[np.object_]:
        """What the projects on each ballot cost together, in the smallest unit; shape (voters).

        Whole numbers of any size: amounts in a file may be too large for 64 bits when summed.
        """
        costs = np.array(list(self.costs.values()), dtype=object)
        sums = np.zeros(self.profile.voters, dtype=object)
        np.add.at(sums, self.profile.voter_of_choice(), costs[self.profile.choices])
        return sums


def read_date(text: str, *, month: int, day: int) -> date | None:
    """A date as the format writes it (``16.09.2023``, ``2023``; also ``2023-09-16``), or ``None``."""
    if match := _DAY_FIRST.fullmatch(text):
        parts = int(match[3]), int(match[2]), int(match[1])
    elif match := _YEAR_FIRST.fullmatch(text):
        parts = int(match[1]), int(match[2]), int(match[3])
    elif _YEAR.fullmatch(text):
        parts = int(text), month, day
    else:
        return None
    try:
        return date(*parts)
    except ValueError:
        return None
