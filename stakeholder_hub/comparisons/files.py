"""A comparison to take away: XLSX with a sheet for each table, CSV with a line for each figure, PDF; all with notes."""

from collections.abc import Iterator
from typing import Any

from flask import request

from stakeholder_hub.comparisons.rollup import RollUp
from stakeholder_hub.comparisons.tables import Part, parts_of
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.kernel.paper import Block, Heading, Paragraph, Table, to_pdf
from stakeholder_hub.kernel.tables import Sheet, to_csv, to_workbook
from stakeholder_hub.webkit.actor import language
from stakeholder_hub.webkit.downloads import XLSX
from stakeholder_hub.webkit.formats import format_number, in_language


def wanted_kind() -> str | None:
    """``csv``, ``xlsx`` or ``pdf`` where the request asks for a file."""
    wanted = request.args.get("format")
    return wanted if wanted in ("csv", "xlsx", "pdf") else None


def file_of(rolled: RollUp, kind: str) -> tuple[bytes, str]:
    """The file of this kind, and its media type."""
    parts, title = list(parts_of(rolled)), in_language(rolled.parent.title).text
    if kind == "xlsx":
        return to_workbook([*_sheets(parts), _notes(parts)], title), XLSX
    if kind == "pdf":
        return to_pdf(title, _blocks(parts), language=language()), "application/pdf"
    columns = [_("Table"), _("What"), _("Detail"), _("Country"), _("Figure"), _("Value")]
    return b"".join(to_csv(columns, _lines(parts))), "text/csv"


def _sheets(parts: list[Part]) -> Iterator[Sheet]:
    for part in parts:
        yield Sheet(part.title, part.columns, part.rows)


def _notes(parts: list[Part]) -> Sheet:
    return Sheet(
        _("Method notes"),
        [_("About"), _("Note")],
        [[part.title, note] for part in parts for note in part.notes],
    )


def _lines(parts: list[Part]) -> Iterator[list[Any]]:
    """One line for each figure; then one for each note."""
    for part in parts:
        for row in part.rows:
            about = row[: part.named]
            for head, value in zip(part.columns[part.named :], row[part.named :], strict=True):
                yield [part.title, *about, head, value]
    for part in parts:
        for note in part.notes:
            yield [part.title, "", "", "", _("Method note"), note]


def _blocks(parts: list[Part]) -> Iterator[Block]:
    for part in parts:
        yield Heading(part.title)
        for note in part.notes:
            yield Paragraph(note)
        yield Table(part.columns, [[_written(value) for value in row] for row in part.rows])


def _written(value: Any) -> str:
    if value is None:
        return "–"
    return format_number(value) if isinstance(value, int | float) else str(value)
