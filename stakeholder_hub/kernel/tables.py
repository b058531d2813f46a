"""Tables as files: CSV and XLSX out, pasted or uploaded CSV in.

A cell that begins with ``= + - @``, a tab or a line end would be a formula for some programs: on the way out it
is preceded by an apostrophe, and in XLSX it is written as text. Numbers stay numbers.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter

from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.text import fold, normalise_line

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
_ENCODINGS = ("utf-8-sig", "utf-16", "cp1250")
_DELIMITERS = ",;\t"
WIDEST = 60


def inert(value: object) -> object:
    """The cell so that no spreadsheet takes it for a formula; numbers and dates are left as they are."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float | date | datetime):
        return value
    text = "".join(c for c in str(value) if c in "\n\t" or ord(c) >= 32)
    return "'" + text if text.startswith(_RISKY) else text


def _as_csv(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The table as CSV (RFC 4180, UTF-8 with a byte order mark), a piece for each row."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield b"\xef\xbb\xbf"
    writer.writerow([inert(column) for column in columns])
    for row in rows:
        writer.writerow([_as_csv(inert(cell)) for cell in row])
        yield buffer.getvalue().encode("utf-8", "replace")
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue().encode("utf-8", "replace")


def to_xlsx(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str) -> bytes:
    """The table as an Excel workbook with one sheet; header row frozen, dates and numbers typed."""
    target = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "in_memory": True,
    }
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        formats = {
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        }
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, min(WIDEST, max(12, len(str(column)) + 2)))
        for place, column in enumerate(columns):
            sheet.write_string(0, place, str(inert(str(column))), bold)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                _write(sheet, number, place, inert(cell), formats)
    return target.getvalue()


def _write(sheet: Any, row: int, place: int, value: object, formats: Mapping[str, Any]) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, place, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, place, value.astimezone(UTC).replace(tzinfo=None), formats["time"])
    elif isinstance(value, date):
        sheet.write_datetime(row, place, datetime(value.year, value.month, value.day), formats["date"])
    else:
        sheet.write_string(row, place, str(value)[:32_000])


def _sheet_name(title: str) -> str:
    name = "".join(" " if c in "[]:*?/\\'" or ord(c) < 32 else c for c in title).strip()
    return name[:31].strip() or "Sheet"


@dataclass(frozen=True)
class Row:
    """One line of a table that was read: its number in the file, and its cells by column."""

    line: int
    cells: Mapping[str, str]


def read_rows(data: bytes, *, columns: Mapping[str, Sequence[str]], required: Sequence[str], max_rows: int = 2000) -> list[Row]:
    """Read a pasted or uploaded table in whatever encoding and with whatever delimiter it comes.

    ``columns`` maps our names to headings that people use for them; without a heading row the columns are taken in the
    order given. Empty lines are left out.

    Raises:
        Invalid: it is no table, a required column is missing, or it has more than ``max_rows`` lines.
    """
    text = _decode(data)
    if not text.strip():
        raise Invalid(_l("The list is empty."))
    delimiter = max(_DELIMITERS, key=text.split("\n", 1)[0].count)
    try:
        lines = [(n, line) for n, line in _numbered(text, delimiter) if any(cell.strip() for cell in line)]
    except csv.Error as broken:
        raise Invalid(_l("This list cannot be read as a table.")) from broken
    if len(lines) > max_rows + 1:
        raise Invalid(_l("The list has more than %(most)s lines. Split it.", most=max_rows))
    places = _places(lines[0][1], columns)
    if places:
        missing = [name for name in required if name not in places]
        if missing:
            raise Invalid(_l("The list lacks a column for: %(names)s.", names=", ".join(missing)))
        lines = lines[1:]
    else:
        places = {name: place for place, name in enumerate(columns)}
    return [
        Row(n, {name: normalise_line(cells[place]) if place < len(cells) else "" for name, place in places.items()})
        for n, cells in lines
    ]


def _numbered(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for line in reader:
        yield reader.line_num, line


def _decode(data: bytes) -> str:
    candidates = _ENCODINGS if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1250")
    for encoding in candidates:
        try:
            return data.decode(encoding).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1").replace("\x00", "")


def _places(heading: Sequence[str], columns: Mapping[str, Sequence[str]]) -> dict[str, int]:
    known = {fold(alias): name for name, aliases in columns.items() for alias in (name, *aliases)}
    places: dict[str, int] = {}
    for place, cell in enumerate(heading):
        name = known.get(fold(cell.strip()))
        if name is not None:
            places.setdefault(name, place)
    return places
