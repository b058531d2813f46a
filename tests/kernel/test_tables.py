"""Downloads in which no cell acts, and lists in odd encodings."""

import csv
import io
from contextlib import suppress
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from zipfile import ZipFile

import openpyxl
import pytest

from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.tables import Column, read_rows, to_csv, to_xlsx

ACTING = [
    "=1+1",
    '=HYPERLINK("https://evil.example","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\ufeff=1+1",
    "\u200b=1+1",
    "\uff1d1+1",
    "-",
    "+386 40 123 456",
]


class Colour(Enum):
    RED = "red"


def read_csv(columns, rows):
    data = b"".join(to_csv(columns, rows))
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def read_xlsx(columns, rows, title="List"):
    return openpyxl.load_workbook(io.BytesIO(to_xlsx(columns, rows, title))).active


def test_csv_begins_with_a_mark_and_quotes_as_the_standard_says():
    data = b"".join(to_csv(["Name", "Note"], [['Žan, "Z"', "two\nlines"]]))
    assert data == '\ufeffName,Note\r\n"Žan, ""Z""","two\nlines"\r\n'.encode()


def test_csv_streams_row_by_row():
    pieces = to_csv(["n"], ([n] for n in range(10**9)))
    assert [next(pieces) for _ in range(3)][-1] == b"1\r\n"


def test_values_are_written_by_their_kind():
    row = [
        1,
        -2.5,
        Decimal("-3.10"),
        True,
        None,
        date(2026, 5, 1),
        datetime(2026, 5, 1, 12, tzinfo=UTC),
        Colour.RED,
        [1, 2],
    ]
    assert read_csv(["x"] * 9, [row])[1] == [
        "1", "-2.5", "-3.10", "true", "", "2026-05-01", "2026-05-01 12:00:00+00:00", "red", "1, 2",
    ]  # fmt: skip
    sheet = read_xlsx(["x"] * 9, [row])
    assert [cell.value for cell in sheet[2]] == [
        1, -2.5, -3.1, True, None, datetime(2026, 5, 1), datetime(2026, 5, 1, 12), "red", "1, 2",
    ]  # fmt: skip


@pytest.mark.hostile("H23")
@pytest.mark.parametrize("text", ACTING)
def test_no_cell_of_a_csv_starts_with_a_sign_that_acts(text):
    """Fails without the apostrophe in ``_csv_cell``."""
    heading, row = read_csv([text], [[text]])
    for cell in (heading[0], row[0]):
        assert cell.startswith("'")


@pytest.mark.hostile("H23")
def test_no_cell_acts_where_a_spreadsheet_splits_at_semicolons():
    data = b"".join(to_csv(["Note"], [["fine; =1+1"], ["fine;@SUM(1)"], ["a smile ;-) and x; y"]])).decode(
        "utf-8-sig"
    )
    cells = [cell.strip(' "\r\n') for line in data.splitlines() for cell in line.split(";")]
    assert not [cell for cell in cells if cell[:1] in ("=", "@", "+")]
    assert "a smile ;-) and x; y" in data


@pytest.mark.hostile("H23")
@pytest.mark.parametrize("text", ACTING)
def test_every_text_of_an_xlsx_is_text_and_marked_so(text):
    """Fails when XlsxWriter's own ``write`` is used: it makes formulas and links."""
    data = to_xlsx([text], [[text]], text)
    with ZipFile(io.BytesIO(data)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        styles = parts.read("xl/styles.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert 'quotePrefix="1"' in styles
    cell = openpyxl.load_workbook(io.BytesIO(data)).active["A2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix


@pytest.mark.hostile("H23")
def test_negative_numbers_stay_numbers_even_as_text():
    assert read_csv(["x"], [[-5], ["-5"], ["-12,50"], ["+3.1"]])[1:] == [["-5"], ["-5"], ["-12,50"], ["+3.1"]]
    assert read_xlsx(["x"], [[-5]])["A2"].value == -5


def test_addresses_do_not_become_links_in_xlsx():
    sheet = read_xlsx(["x"], [["https://x.example"], ["mailto:a@x.example"], ["internal:Sheet2!A1"]])
    assert [sheet.cell(row, 1).hyperlink for row in (2, 3, 4)] == [None] * 3


@pytest.mark.hostile("H57")
def test_odd_characters_do_not_break_a_table():
    row = ["a\x00b\x1bc", "half \ud83d", "👩‍👩‍👧 Žiga", "\ufffe", "x" * 40_000, "_x0041_"]
    assert read_csv(["x"] * 6, [row])[1][:4] == ["abc", "half ", "👩‍👩‍👧 Žiga", ""]
    values = [cell.value for cell in read_xlsx(["x"] * 6, [row])[2]]
    assert values[:3] == ["abc", "half ", "👩‍👩‍👧 Žiga"]
    assert len(values[4]) == 32_001


@pytest.mark.hostile("H60")
def test_far_days_and_large_numbers_are_kept():
    row = [
        date(1, 1, 1),
        date(9999, 12, 31),
        date(1900, 1, 5),
        2**70,
        float("nan"),
        Decimal("Infinity"),
        time(9, 30),
    ]
    assert read_csv(["x"] * 7, [row])[1] == [
        "0001-01-01",
        "9999-12-31",
        "1900-01-05",
        str(2**70),
        "",
        "",
        "09:30:00",
    ]
    assert [cell.value for cell in read_xlsx(["x"] * 7, [row])[2]] == [
        "0001-01-01", datetime(9999, 12, 31), "1900-01-05", str(2**70), None, None, time(9, 30),
    ]  # fmt: skip


def test_a_sheet_has_a_frozen_heading_a_filter_and_room():
    sheet = read_xlsx(["Name", "A"], [["x" * 45, 1]], "Town: Ruse [2026] / a very long title indeed")
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B2"
    assert sheet.column_dimensions["A"].width > 40
    assert sheet.title == "Town Ruse 2026 a very long titl"
    assert sheet["A1"].font.bold
    assert read_xlsx([], [], "").title == "Sheet"
    assert read_xlsx(["x"], [], "History").title == "Sheet"


NAME = Column("name", ("Name", "Ime in priimek", "Név"), required=True)
MAIL = Column("email", ("E-mail", "E-pošta", "Adresse"), required=True)
SECTOR = Column("sector", ("Sector",))
PEOPLE = (NAME, MAIL, SECTOR)


def people(data, **bounds):
    return [dict(row.values) for row in read_rows(data, columns=PEOPLE, **{"max_rows": 100, **bounds})]


ANA = {"name": "Ana Žagar", "email": "ana@x.example", "sector": "business"}


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_every_usual_delimiter_is_understood(sign):
    text = f"Name{sign}E-mail{sign}Sector\nAna Žagar{sign}ana@x.example{sign}business\n"
    assert people(text.encode()) == [ANA]
    assert people(text) == [ANA]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1250", "iso8859-2"]
)
def test_every_usual_encoding_is_understood(encoding):
    text = "E-pošta;Ime in priimek;Sector\r\nana@x.example;Ana Žagar;business\r\n"
    assert people(text.encode(encoding)) == [ANA]


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("Győző Szűcs", "cp1250"),
        ("Ștefan", "utf-8"),
        ("Đorđe Čvorović", "cp1250"),
        ("Jiří Dvořák", "iso8859-2"),
        ("Иван Петров", "cp1251"),
        ("Жан-Люк Щерев", "cp1251"),
        ("René Façade", "cp1252"),
        ("Jürgen Groß", "cp1252"),
    ],
)
def test_names_come_through_old_encodings(name, encoding):
    assert people(f"Name,E-mail\n{name},x@x.example\n".encode(encoding))[0]["name"] == name


def test_headings_match_without_regard_to_case_accents_and_signs():
    assert people("  E MAIL ;unknown;IME IN PRIIMEK\na@x.example;?;Ana\n") == [
        {"name": "Ana", "email": "a@x.example"}
    ]


def test_a_pasted_list_needs_no_heading():
    assert people("Ana Žagar; ana@x.example; business\n\n;;\nBo; b@x.example") == [
        ANA,
        {"name": "Bo", "email": "b@x.example", "sector": ""},
    ]


def test_quoted_cells_may_hold_delimiters_and_lines():
    rows = read_rows(
        'Name,E-mail\n"Novak, Ana\nDr.",a@x.example\nBo,b@x.example\n', columns=PEOPLE, max_rows=9
    )
    assert [(row.line, row["name"]) for row in rows] == [(2, "Novak, Ana\nDr."), (4, "Bo")]
    assert rows[0]["sector"] == ""


def test_our_own_download_can_be_read_again():
    written = b"".join(to_csv(["Name", "E-mail"], [["=Ana", "+a@x.example"]]))
    assert people(written) == [{"name": "=Ana", "email": "+a@x.example"}]


def test_a_hint_of_the_delimiter_is_followed():
    assert people("sep=;\nName;E-mail\nAna, B;a@x.example")[0]["name"] == "Ana, B"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("\n \n;;\n", "empty"),
        ("Name,Sector\nAna,x\n", "Line 1.*E-mail.*missing"),
        ("Name,Név,E-mail\n", "Line 1.*twice"),
        ("Name,E-mail\nAna,a@x.example\n,b@x.example\n", "Line 3.*Name.*missing"),
        ('Name,E-mail\nAna,a@x.example\n"Bo,b@x.example\n', "Line 3.*quotation"),
        ("Name,E-mail\nAna\0,a@x.example\n", "no list"),
        ("Name,E-mail\n" + "Ana,a@x.example\n" * 101, "more than 100 lines"),
        ("Name,E-mail\n" + "x" * 200_000 + ",a@x.example\n", "too long"),
    ],
)
def test_a_faulty_list_is_refused_with_line_and_reason(text, reason):
    with pytest.raises(Invalid, match=reason):
        people(text)


@pytest.mark.hostile("H16")
def test_a_huge_list_is_refused_before_it_is_read():
    with pytest.raises(Invalid, match="larger than 5 MB"):
        people(b"a" * 5_000_001)


@pytest.mark.hostile("H57")
@pytest.mark.parametrize(
    "data", [b"\xff\xfe", b"\xff\xfea", b"\x81\x8d\x8f\x90\x9d", bytes(range(1, 256)), b"\xd8\x00\xd8\x00"]
)
def test_bytes_of_any_kind_are_read_or_refused(data):
    with suppress(Invalid):  # a reason is an answer; any other error is a fault
        people(data)
