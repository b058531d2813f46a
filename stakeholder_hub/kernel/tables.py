"""Tables out and in: CSV and XLSX downloads in which no cell acts, and lists that people paste or upload.

A spreadsheet takes a cell that starts with ``=``, ``+``, ``-``, ``@``, a tab or a line end for a formula.
In CSV such text gets an apostrophe in front; in XLSX it is stored as text and marked so.
"""

import codecs
import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

import xlsxwriter

from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.text import fold

MOST_XLSX_ROWS = 1_048_575
LONGEST_CELL = 32_000
LARGEST_EXACT = 2**53
FIRST_XLSX_DAY = date(1900, 3, 1)
"""Earlier days are kept as text: XLSX knows none before 1900 and counts 29 February 1900 as one."""

MOST_BYTES = 5_000_000
LINES_LOOKED_AT = 20

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ACTS_AFTER_SEMICOLON = re.compile(r"([;\t])(?=[ \t]{0,8}[=+\-@][ \t]{0,8}[\w(])")
"""Where a spreadsheet's locale splits at semicolons, the rest of a cell becomes a cell of its own."""
_BLANK = " \t\r\n\v\f\u00a0\u200b\u2003\u3000\ufeff"
_SIGNS = frozenset("=+-@＝＋－＠")
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,10})?")
_SHEET_NAME = re.compile(r"[\[\]:*?/\\]+")


def to_csv(columns: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """RFC 4180 lines in UTF-8 with a byte order mark. Numbers keep a point, days and times are ISO 8601."""
    yield codecs.BOM_UTF8 + _csv_line(columns)
    for row in rows:
        yield _csv_line(row)


def _csv_line(cells: Sequence[Any]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([_csv_cell(cell) for cell in cells])
    return out.getvalue().encode()


def _csv_cell(value: Any) -> str:
    value = _typed(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    text = str(value)
    if _acts(text):
        text = "'" + text
    return _ACTS_AFTER_SEMICOLON.sub(r"\1'", text)


def _acts(text: str) -> bool:
    starts = text.startswith(("\t", "\r", "\n")) or text.lstrip(_BLANK)[:1] in _SIGNS
    return starts and _NUMBER.fullmatch(text) is None


def _typed(value: Any) -> bool | int | float | Decimal | datetime | date | time | str:
    """The value as one of the kinds that a cell knows."""
    if isinstance(value, Enum):
        value = value.value
    if value is None or (isinstance(value, float | Decimal) and not math.isfinite(value)):
        return ""
    if isinstance(value, bool | int | float | Decimal | datetime | date | time):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        value = ", ".join(str(item) for item in value)
    return _CONTROLS.sub("", str(value))


@dataclass(frozen=True)
class Sheet:
    """One table of a workbook."""

    title: str
    columns: Sequence[Any]
    rows: Iterable[Sequence[Any]]


def to_xlsx(columns: Sequence[Any], rows: Iterable[Sequence[Any]], title: str) -> bytes:
    """One sheet with a frozen heading, a filter, typed numbers and dates, columns as wide as their content.

    A time that knows its zone is written as its wall clock shows.

    Raises:
        Invalid: there are more rows than a sheet can hold.
    """
    return to_workbook([Sheet(title, columns, rows)], title)


def to_workbook(sheets: Iterable[Sheet], title: str) -> bytes:
    """Several sheets in one file, each as :func:`to_xlsx` makes it. Two of the same title are numbered.

    Raises:
        Invalid: there are more rows than a sheet can hold.
    """
    out = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": _typed(title)})
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "inert": book.add_format({"quote_prefix": True}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            "clock": book.add_format({"num_format": "hh:mm"}),
        }
        taken: set[str] = set()
        for sheet in sheets:
            _fill(book.add_worksheet(_free_name(_sheet_name(sheet.title), taken)), sheet, formats)
    return out.getvalue()


def _free_name(name: str, taken: set[str]) -> str:
    """Names of sheets differ in more than their capitals."""
    tried, number = name, 1
    while tried.lower() in taken:
        number += 1
        tried = f"{name[:27]} {number}"
    taken.add(tried.lower())
    return tried


def _fill(target: Any, sheet: Sheet, formats: Mapping[str, Any]) -> None:
    widths = [min(60, max(8, len(str(column)) + 2)) for column in sheet.columns]
    for at, column in enumerate(sheet.columns):
        target.write_string(0, at, str(_typed(column)), formats["head"])
    count = 0
    for count, row in enumerate(sheet.rows, 1):
        if count > MOST_XLSX_ROWS:
            raise Invalid(_l("This list is too long for XLSX. Download it as CSV."))
        for at, value in enumerate(row):
            shown = _write(target, count, at, _typed(value), formats)
            if at < len(widths) and shown > widths[at]:
                widths[at] = min(60, shown)
    for at, width in enumerate(widths):
        target.set_column(at, at, width)
    target.freeze_panes(1, 0)
    if sheet.columns:
        target.autofilter(0, 0, count, len(sheet.columns) - 1)


def _write(sheet: Any, row: int, at: int, value: Any, formats: Mapping[str, Any]) -> int:
    """Write a cell by its kind; the answer is how wide it is, in characters."""
    if value == "" and isinstance(value, str):
        return 0
    if isinstance(value, bool):
        sheet.write_boolean(row, at, value)
        return 6
    if isinstance(value, int | float | Decimal) and -LARGEST_EXACT <= value <= LARGEST_EXACT:
        sheet.write_number(row, at, value)
        return len(str(value)) + 1
    if isinstance(value, time):
        sheet.write_datetime(row, at, value.replace(tzinfo=None), formats["clock"])
        return 8
    moment = isinstance(value, datetime)
    if isinstance(value, date) and date(value.year, value.month, value.day) >= FIRST_XLSX_DAY:
        sheet.write_datetime(row, at, value, formats["moment" if moment else "day"])
        return 17 if moment else 12
    text = str(value)
    if len(text) > LONGEST_CELL:
        text = text[:LONGEST_CELL] + "…"
    sheet.write_string(row, at, text, formats["inert"] if _acts(text) else None)
    return max(len(line) for line in text.split("\n")) + 1


def _sheet_name(title: str) -> str:
    name = re.sub(r"\s+", " ", _SHEET_NAME.sub(" ", _CONTROLS.sub("", str(title))))[:31].strip(" '")
    return "Sheet" if not name or name.lower() == "history" else name


@dataclass(frozen=True)
class Column:
    """A column to look for: its ``key``, the ``headings`` it may carry in any language, if rows need it."""

    key: str
    headings: tuple[str, ...] = ()
    required: bool = False

    def answers_to(self, heading: str) -> bool:
        """Whether the heading is one of this column's; case, accents, spaces and signs do not matter."""
        return _bare(heading) in {_bare(name) for name in (self.key, *self.headings)}


@dataclass(frozen=True)
class Row:
    """One line of a list: where it starts in the file (from 1), and its texts by column key."""

    line: int
    values: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        return self.values.get(key, "")


def read_rows(
    data: bytes | str, *, columns: Sequence[Column], max_rows: int, max_bytes: int = MOST_BYTES
) -> list[Row]:
    """Read a list that was pasted or uploaded as CSV.

    The encoding (UTF-8, UTF-16, Central European, Cyrillic, Western) and the delimiter (comma, semicolon,
    tab) are found out. A first line that names a known column is the heading; without one the columns come in
    the order given. Empty lines are skipped, unknown columns left out.

    Raises:
        Invalid: it is too large, no table, lacks a required column or value; the reason tells the line.
    """
    if len(data) > max_bytes:
        raise Invalid(_l("This list is larger than %(most)s MB.", most=max(1, max_bytes // 1_000_000)))
    text = data if isinstance(data, str) else _decoded(data)
    lines = _cells(text)
    first = next(lines, None)
    if first is None:
        raise Invalid(_l("This list is empty."))
    order = _headed(first[1], columns)
    rows: list[Row] = []
    if order is None:
        order = dict(enumerate(columns))
        rows.append(_row(*first, order))
    for line, cells in lines:
        if len(rows) >= max_rows:
            raise Invalid(
                _l("This list has more than %(most)s lines. Split it and try again.", most=max_rows)
            )
        rows.append(_row(line, cells, order))
    return rows


def _headed(cells: Sequence[str], columns: Sequence[Column]) -> dict[int, Column] | None:
    order: dict[int, Column] = {}
    for at, cell in enumerate(cells):
        for column in columns:
            if column.answers_to(cell):
                if column in order.values():
                    raise Invalid(_l("Line 1: the column “%(name)s” stands there twice.", name=cell.strip()))
                order[at] = column
                break
    if not order:
        return None
    for column in columns:
        if column.required and column not in order.values():
            name = column.headings[0] if column.headings else column.key
            raise Invalid(_l("Line 1: the column “%(name)s” is missing.", name=name))
    return order


def _row(line: int, cells: Sequence[str], order: Mapping[int, Column]) -> Row:
    values = {column.key: cells[at] if at < len(cells) else "" for at, column in order.items()}
    for column in order.values():
        if column.required and not values[column.key]:
            name = column.headings[0] if column.headings else column.key
            raise Invalid(_l("Line %(line)s: “%(name)s” is missing.", line=line, name=name))
    return Row(line, values)


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold something, with the number each starts at."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        raise Invalid(_l("This is no list of text. Save it as CSV and try again."))
    hint = re.match(r"sep=(.)\n", text)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=hint[1] if hint else _delimiter(text), strict=True
    )
    before = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            reason = _l(
                "Line %(line)s: a quotation mark is not closed, or a cell is too long.", line=before + 1
            )
            raise Invalid(reason) from wrong
        line, before = before + 1, reader.line_num
        cells = [_cell(cell) for cell in cells]
        if any(cells) and not (hint and line == 1):
            yield line, cells


def _cell(cell: str) -> str:
    cell = _CONTROLS.sub("", cell).replace("\u00a0", " ").strip()
    return cell[1:] if cell.startswith("'") and _acts(cell[1:]) else cell


def _delimiter(text: str) -> str:
    """The sign that parts the first lines most evenly; what stands in quotation marks does not count."""
    bare = re.sub(r'"[^"]*"', "", text[:20_000])
    lines = [line for line in bare.split("\n") if line.strip()][:LINES_LOOKED_AT]
    return max(
        ";\t,", key=lambda sign: (min((line.count(sign) for line in lines), default=0), bare.count(sign))
    )


_HIGH = re.compile(rb"[\xa8-\xff]+")
_HIGH_RUN = re.compile(rb"[\xa8-\xff]{3,}")
"""In Cyrillic whole words are above ASCII; in Latin alphabets hardly ever three letters together."""
_USUAL = {
    "cp1250": frozenset(
        "čćđšžáéíóúýöőüűäëâăîşţșțôĺľŕřňťďěůłńśźżąęßČĆĐŠŽÁÉÍÓÚÝÖŐÜŰÄÂĂÎŞŢÔĽŘŇŤĎĚŮŁŚŹŻßç„“”’–… §€"
    ),
    "iso8859-2": frozenset("čćđšžáéíóúýöőüűäëâăîşţôĺľŕřňťďěůłńśźżąęßČĆĐŠŽÁÉÍÓÚÝÖŐÜŰÄÂĂÎŞŢÔĽŘŇŤĎĚŮŁŚŹŻß §"),
    "cp1252": frozenset("äöüßéèêëàâçîïôûùñóíáúãõøåæœÄÖÜÉÈÀÇÑØÅ„“”’–… §€«»"),
}
"""Signs above ASCII that are usual in each encoding; the first that explains most of a text is taken."""


def _decoded(data: bytes) -> str:
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(name, "replace")
    if b"\0" in data[:4]:
        return data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-16-be", "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        pass
    letters = sum(map(len, _HIGH.findall(data[:50_000])))
    if 2 * sum(map(len, _HIGH_RUN.findall(data[:50_000]))) > letters:
        return data.decode("cp1251", "replace")
    texts = [(data.decode(name, "replace"), usual) for name, usual in _USUAL.items()]
    return max(texts, key=lambda read: _likelihood(read[0][:50_000], read[1]))[0]


def _likelihood(text: str, usual: frozenset[str]) -> int:
    return sum(1 if character in usual else -1 for character in text if character > "\x7f")


def _bare(heading: str) -> str:
    return re.sub(r"[\W_]+", "", fold(heading[:200]))
