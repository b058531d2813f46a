"""Reading a ``.pb`` file: one pass for the encoding, one for the contents, nothing kept twice.

The three sections META, PROJECTS and VOTES are each a small table with ``;`` between the columns. Rows
are read one at a time; ballots go straight into flat arrays, so that thirty thousand of them take a few
megabytes. Columns that are not known here are kept.
"""

import io
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from math import lcm
from pathlib import Path
from sys import intern
from typing import BinaryIO

import numpy as np

from stakeholder_hub.decisions.methods.ballots import LIMIT, BallotKind, IntArray, InvalidProfile, Profile
from stakeholder_hub.decisions.pabulib import limits
from stakeholder_hub.decisions.pabulib.amounts import decimal_places, read_amount
from stakeholder_hub.decisions.pabulib.encoding import examine
from stakeholder_hub.decisions.pabulib.errors import PabulibError
from stakeholder_hub.decisions.pabulib.file import PabulibFile, Project
from stakeholder_hub.decisions.pabulib.findings import Findings
from stakeholder_hub.decisions.pabulib.lines import records
from stakeholder_hub.decisions.pabulib.projects import check_header, padded, read_project
from stakeholder_hub.kernel.i18n import _l

SECTIONS = ("META", "PROJECTS", "VOTES")
Source = str | Path | bytes | BinaryIO
Row = tuple[int, list[str]]


def parse(source: Source, *, lenient: bool = False) -> PabulibFile:
    """Read a file (a path, its bytes, or a seekable binary stream).

    Raises :class:`PabulibError` with line and reason if it is broken: missing sections or columns, counts
    that differ from META, unknown projects, ids used twice, amounts that are no numbers. Ballots beyond
    the limits the file itself states are refused too, or become warnings if ``lenient``.
    """
    if isinstance(source, (str, Path)):
        with Path(source).open("rb") as stream:
            return _parse(stream, lenient)
    return _parse(io.BytesIO(source) if isinstance(source, bytes) else source, lenient)


def _parse(stream: BinaryIO, lenient: bool) -> PabulibFile:
    reading = examine(stream)
    findings = Findings(lenient=lenient)
    if reading.guessed:
        text = _l("The file is not UTF-8; it was read as %(encoding)s.", encoding=reading.encoding)
        findings.warn("encoding", 1, text)
    reader = io.TextIOWrapper(stream, encoding=reading.encoding, newline="")
    try:
        return _Reader(records(reader), findings).read(reading.encoding, reading.sha256)
    finally:
        reader.detach()


class _Reader:
    """One file being read, section by section."""

    def __init__(self, rows: Iterator[Row], findings: Findings) -> None:
        self.rows = rows
        self.findings = findings
        self.meta: dict[str, str] = {}
        self.meta_lines: dict[str, int] = {}
        self.projects: list[Project] = []
        self.position: dict[str, int] = {}
        self.voters: dict[str, None] = {}
        self.voter_lines = array("q")
        self.offsets = array("q", [0])
        self.choices = array("q")
        self.points: list[int | Fraction] = []
        self.columns: dict[str, list[str]] = {}

    def read(self, encoding: str, sha256: str) -> PabulibFile:
        self._expect_title(next(self.rows, None), "META")
        following = self._read_meta()
        self._expect_title(following, "PROJECTS")
        following = self._read_projects()
        self._expect_title(following, "VOTES")
        self._read_votes()
        self._check_counts()
        budget = limits.amount(self.meta, self.meta_lines, "budget")
        if budget is None:
            raise PabulibError(0, _l("META does not say how large the budget is."))
        limits.amount(
            self.meta, self.meta_lines, "min_project_score_threshold"
        )  # refused here, counted later
        unit = 10 ** decimal_places([budget, *(project.cost for project in self.projects)])
        profile, point_profile = self._profiles()
        file = PabulibFile(
            meta=self.meta,
            projects=tuple(self.projects),
            profile=profile,
            point_profile=point_profile,
            voter_ids=tuple(self.voters),
            voter_lines=_integers(self.voter_lines),
            voter_columns=self.columns,
            budget=budget,
            unit=unit,
            encoding=encoding,
            sha256=sha256,
            warnings=(),
        )
        limits.check_ballots(file, self.meta_lines, self.findings)
        limits.check_claims(file, self.findings)
        return replace(file, warnings=self.findings.all())

    def _expect_title(self, row: Row | None, title: str) -> None:
        if row is None or _title(row[1]) != title:
            line = row[0] if row else 0
            raise PabulibError(line, _l("The section %(title)s is missing.", title=title))

    def _read_meta(self) -> Row | None:
        for line, fields in self.rows:
            if _title(fields):
                return line, fields
            if fields[0].startswith("#") or (fields[0].lower() == "key" and not self.meta):
                continue
            key, value = _key_and_value(fields)
            if not key or value is None:
                raise PabulibError(line, _l("This line of META is not a key with a value."))
            if key in self.meta:
                raise PabulibError(line, _l("META states “%(key)s” twice.", key=key))
            self.meta[key] = value
            self.meta_lines[key] = line
        return None

    def _kind(self) -> BallotKind:
        stated = self.meta.get("vote_type", "")
        try:
            return BallotKind(stated.lower())
        except ValueError:
            line = self.meta_lines.get("vote_type", 0)
            reason = _l("The kind of ballot “%(kind)s” is not known.", kind=stated)
            raise PabulibError(line, reason) from None

    def _read_projects(self) -> Row | None:
        header: list[str] = []
        for line, fields in self.rows:
            if _title(fields):
                return line, fields
            if _is_comment(fields, header):
                continue
            if not header:
                header = check_header(line, fields, ("project_id", "cost"))
                continue
            cells = padded(line, fields, header, self.findings)
            project = read_project(line, dict(zip(header, cells, strict=True)), self.meta, self.findings)
            if project.id in self.position:
                raise PabulibError(line, _l("The project “%(id)s” stands here twice.", id=project.id))
            self.position[project.id] = len(self.projects)
            self.projects.append(project)
        return None

    def _read_votes(self) -> None:
        kind = self._kind()
        header: list[str] = []
        for line, fields in self.rows:
            if title := _title(fields):
                raise PabulibError(line, _l("The section %(title)s stands here twice.", title=title))
            if _is_comment(fields, header):
                continue
            if header:
                self._read_vote(line, padded(line, fields, header, self.findings), header, kind)
                continue
            header = check_header(line, fields, ("voter_id", "vote"))
            if kind.has_points and "points" not in header:
                raise PabulibError(line, _l("The column “%(name)s” is missing.", name="points"))
            known = ("voter_id", "vote", "points")
            self.columns = {name: [] for name in header if name not in known}
            self._voter, self._vote = header.index("voter_id"), header.index("vote")
            self._points = header.index("points") if "points" in header else None
            self._others = [(header.index(name), texts) for name, texts in self.columns.items()]

    def _read_vote(self, line: int, cells: Sequence[str], header: Sequence[str], kind: BallotKind) -> None:
        voter = cells[self._voter]
        if not voter:
            raise PabulibError(line, _l("The voter has no id."))
        if voter in self.voters:
            raise PabulibError(line, _l("The voter “%(id)s” stands here twice.", id=voter))
        self.voters[voter] = None
        self.voter_lines.append(line)
        chosen = _list(cells[self._vote])
        given = cells[self._points] if self._points is not None else ""
        if given and kind in (BallotKind.APPROVAL, BallotKind.CHOOSE_ONE):
            text = _l("Ballots of this kind have no points; the points were passed over.")
            self.findings.warn("points_not_asked", line, text)
        elif self._points is not None:
            self._read_points(line, given, len(chosen), kind)
        places = []
        for project in chosen:
            place = self.position.get(project)
            if place is None:
                raise PabulibError(
                    line, _l("The vote names a project “%(id)s” that is not there.", id=project)
                )
            places.append(place)
        if len(set(places)) != len(places):
            raise PabulibError(line, _l("The vote names a project twice."))
        if kind is BallotKind.CHOOSE_ONE and len(places) > 1:
            raise PabulibError(line, _l("The vote names several projects, but one may be chosen."))
        self.choices.extend(places)
        self.offsets.append(len(self.choices))
        for column, texts in self._others:
            texts.append(intern(cells[column]))

    def _read_points(self, line: int, given: str, choices: int, kind: BallotKind) -> None:
        texts = _list(given)
        if len(texts) != choices:
            text = _l(
                "The vote names %(projects)s projects and %(points)s points.",
                projects=choices,
                points=len(texts),
            )
            raise PabulibError(line, text)
        for text in texts:
            try:
                points = _points(text)
            except ValueError:
                raise PabulibError(
                    line, _l("“%(text)s” is not a number of points.", text=text[:60])
                ) from None
            if points < 0 and kind is BallotKind.CUMULATIVE:
                raise PabulibError(line, _l("Points below zero are not allowed here."))
            self.points.append(points)

    def _check_counts(self) -> None:
        for key, found, name in (
            ("num_projects", len(self.projects), "PROJECTS"),
            ("num_votes", len(self.voters), "VOTES"),
        ):
            stated = limits.whole(self.meta, self.meta_lines, key)
            if stated is None:
                text = _l("META does not state “%(key)s”: a cut-off file would not be noticed.", key=key)
                self.findings.warn(f"no_{key}", 1, text)
            elif stated != found:
                text = _l(
                    "META states %(stated)s rows in %(name)s, but there are %(found)s.",
                    stated=stated,
                    name=name,
                    found=found,
                )
                raise PabulibError(self.meta_lines[key], text)
        if not self.projects:
            raise PabulibError(0, _l("There are no projects."))

    def _profiles(self) -> tuple[Profile, Profile | None]:
        kind = self._kind()
        options = tuple(project.id for project in self.projects)
        offsets, choices = _integers(self.offsets), _integers(self.choices)
        scale = lcm(*{points.denominator for points in self.points}) if self.points else 1
        default = limits.amount(self.meta, self.meta_lines, "default_score") or Fraction(0)
        if kind is BallotKind.SCORING:
            scale = lcm(scale, default.denominator)
        if any(abs(Fraction(points)) * scale >= LIMIT for points in self.points):
            raise PabulibError(0, _l("The points are too large to be counted."))
        weights = np.array([int(Fraction(points) * scale) for points in self.points], dtype=np.int64)
        try:
            if kind is BallotKind.SCORING:
                return Profile(kind, options, offsets, choices, weights, scale, int(default * scale)), None
            if kind is BallotKind.CUMULATIVE:
                return Profile(kind, options, offsets, choices, weights, scale), None
            profile = Profile(kind, options, offsets, choices)
            if kind is BallotKind.ORDINAL and len(weights) and len(weights) == len(choices):
                return profile, Profile(BallotKind.SCORING, options, offsets, choices, weights, scale)
            return profile, None
        except InvalidProfile:
            raise PabulibError(0, _l("The points are too large to be counted.")) from None


def _title(fields: Sequence[str]) -> str | None:
    """The section a row opens, if it is the title of one (spreadsheets add empty columns to it)."""
    title = fields[0].upper()
    return title if title in SECTIONS and not any(fields[1:]) else None


def _is_comment(fields: Sequence[str], header: Sequence[str]) -> bool:
    return fields[0].startswith("#") and len(fields) != len(header)


def _key_and_value(fields: list[str]) -> tuple[str, str | None]:
    """Key and value of a META row; a value with unquoted semicolons is put together again."""
    while len(fields) > 2 and not fields[-1]:
        fields = fields[:-1]
    if len(fields) == 1:
        key, colon, value = fields[0].partition(":")
        return key.strip().lower(), value.strip() if colon else None
    return fields[0].lower(), "; ".join(fields[1:])


def _list(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(",")] if cell else []


def _integers(values: "array[int]") -> IntArray:
    return np.frombuffer(values, dtype=np.int64) if len(values) else np.zeros(0, dtype=np.int64)


def _points(text: str) -> int | Fraction:
    """Points as a whole number where they are one, which costs far less than a fraction."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else read_amount(text)
