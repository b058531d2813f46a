"""One row of PROJECTS, and what holds for the rows of every table."""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from stakeholder_hub.decisions.pabulib.amounts import read_amount
from stakeholder_hub.decisions.pabulib.errors import PabulibError
from stakeholder_hub.decisions.pabulib.file import Project
from stakeholder_hub.decisions.pabulib.findings import Findings
from stakeholder_hub.kernel.i18n import _l

_NAME_COLUMN = re.compile(r"name_([a-z]{2,3})")
_GROUPED_BY_POINT = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_KNOWN = frozenset(
    {
        *("project_id", "cost", "votes", "score", "selected"),
        *("name", "category", "target", "beneficiaries", "description"),
        *("latitude", "longitude"),
    }
)


def check_header(line: int, fields: Sequence[str], needed: Sequence[str]) -> list[str]:
    """The names of the columns; raises :class:`PabulibError` if one is needed and missing, or twice there."""
    header = [field.lower() for field in fields]
    while header and not header[-1]:
        header.pop()
    for name in needed:
        if name not in header:
            raise PabulibError(line, _l("The column “%(name)s” is missing.", name=name))
    for name in header:
        if not name:
            raise PabulibError(line, _l("A column has no name."))
        if header.count(name) > 1:
            raise PabulibError(line, _l("The column “%(name)s” stands here twice.", name=name))
    return header


def padded(line: int, fields: Sequence[str], header: Sequence[str], findings: Findings) -> Sequence[str]:
    """The row with exactly as many cells as the header has columns."""
    if len(fields) == len(header):
        return fields
    if len(fields) > len(header):
        if any(fields[len(header) :]):
            raise PabulibError(line, _l("The row has more columns than the header."))
        return fields[: len(header)]
    if len(fields) < 2:
        raise PabulibError(line, _l("The row breaks off."))
    findings.warn(
        "short_row", line, _l("The row has fewer columns than the header; the rest was left empty.")
    )
    return [*fields, *[""] * (len(header) - len(fields))]


def read_project(line: int, row: dict[str, str], meta: Mapping[str, str], findings: Findings) -> Project:
    """The project a row of PROJECTS describes; raises :class:`PabulibError` if it cannot be one."""
    if not row["project_id"]:
        raise PabulibError(line, _l("The project has no id."))
    if "," in row["project_id"]:
        raise PabulibError(line, _l("The id of a project must not contain a comma."))
    return Project(
        id=row["project_id"],
        cost=_cost(line, row["cost"], findings),
        line=line,
        names=_names(row, meta.get("language", "")),
        categories=_texts(row.get("category", "")),
        targets=_texts(row.get("target", "") or row.get("beneficiaries", "")),
        latitude=_degrees(line, row, "latitude", 90, findings),
        longitude=_degrees(line, row, "longitude", 180, findings),
        votes=_whole(line, row, "votes"),
        score=_number(line, row, "score"),
        selected=_whole(line, row, "selected"),
        description=row.get("description", ""),
        extra={
            key: text for key, text in row.items() if key not in _KNOWN and not _NAME_COLUMN.fullmatch(key)
        },
    )


def _cost(line: int, text: str, findings: Findings) -> Fraction:
    try:
        cost = read_amount(text)
    except ValueError:
        raise PabulibError(line, _l("The cost “%(text)s” is not a number.", text=text[:60])) from None
    if cost < 0:
        raise PabulibError(line, _l("The cost is below zero."))
    if cost == 0:
        findings.warn("free_project", line, _l("The project costs nothing."))
    if _GROUPED_BY_POINT.fullmatch(text):
        words = _l("The point in “%(text)s” was read as a decimal point, as the format says.", text=text)
        findings.warn("decimal_point", line, words)
    return cost


def _names(row: Mapping[str, str], language: str) -> dict[str, str]:
    names = {language or "und": row["name"]} if row.get("name") else {}
    for key, text in row.items():
        if (match := _NAME_COLUMN.fullmatch(key)) and text:
            names.setdefault(match[1], text)
    return names


def _texts(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in (text.strip() for text in cell.split(",")) if part))


def _number(line: int, row: Mapping[str, str], key: str) -> Fraction | None:
    text = row.get(key, "")
    if not text:
        return None
    try:
        return read_amount(text)
    except ValueError:
        reason = _l("“%(text)s” in the column “%(name)s” is not a number.", text=text[:60], name=key)
        raise PabulibError(line, reason) from None


def _whole(line: int, row: Mapping[str, str], key: str) -> int | None:
    number = _number(line, row, key)
    if number is None:
        return None
    if number.denominator != 1 or number < 0:
        reason = _l(
            "“%(text)s” in the column “%(name)s” is not a whole number.", text=row[key][:60], name=key
        )
        raise PabulibError(line, reason)
    return int(number)


def _degrees(line: int, row: Mapping[str, str], key: str, most: int, findings: Findings) -> float | None:
    """A coordinate, or ``None`` with a warning: a wrong place on a map spoils no count."""
    text = row.get(key, "")
    if not text:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = float("nan")
    if not -most <= value <= most:
        findings.warn(
            "coordinate", line, _l("“%(text)s” is not a coordinate; it was left out.", text=text[:60])
        )
        return None
    return value
