"""PDF files written without a typesetter: whole, in every language, whatever the text."""

import io

import pikepdf
import pytest

from stakeholder_hub.kernel.paper import Heading, Paragraph, Table, encoded, to_pdf, width_of, wrapped


def content_of(data: bytes) -> str:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return "".join(page.Contents.read_bytes().decode("latin-1") for page in pdf.pages)


def test_a_file_says_what_it_is_and_in_which_language() -> None:
    data = to_pdf(
        "Zakaj mladi odhajajo?", [Heading("Kraji"), Paragraph("Vsak kraj šteje enkrat.")], language="sl"
    )
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert str(pdf.Root.Lang) == "sl"
        assert str(pdf.docinfo.Title) == "Zakaj mladi odhajajo?"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
    assert data == to_pdf(
        "Zakaj mladi odhajajo?", [Heading("Kraji"), Paragraph("Vsak kraj šteje enkrat.")], language="sl"
    )


def test_letters_that_the_font_lacks_are_put_together_and_say_what_they_are() -> None:
    shown = encoded("č", 10.0)
    assert b"/ActualText <FEFF010D>" in shown
    assert b"(c)" in shown
    for letter in "čćđžšőűĆČĐŐŰłąęěřůşţăî":
        assert b"?" not in encoded(letter, 10.0)


def test_cyrillic_and_greek_are_written_in_latin_letters() -> None:
    assert encoded("Видин", 10.0) == b"(Vidin) Tj"
    assert encoded("Ruse – Русе", 10.0) == b"(Ruse \x96 Ruse) Tj"


@pytest.mark.hostile("H57")
@pytest.mark.parametrize(
    "text", ["\0", "😀", "\ud800", "مرحبا", "a\u0308\u0301", ")(\\", "x" * 5000, "", " ", "日本"]
)
def test_no_text_breaks_a_file(text: str) -> None:
    data = to_pdf(text, [Heading(text), Paragraph(text), Table([text], [[text]])], language="en")
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            assert pikepdf.parse_content_stream(page)


def test_brackets_stay_text() -> None:
    assert encoded("a) (b\\", 10.0) == b"(a\\) \\(b\\\\) Tj"


def test_a_long_table_goes_over_pages_and_repeats_its_heads() -> None:
    rows = [[f"Place {n}", str(n)] for n in range(100)]
    data = to_pdf("T", [Table(["Heads", "Figure"], rows)], language="en")
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pages = len(pdf.pages)
    assert pages > 2
    assert content_of(data).count("(Heads)") == pages
    assert "(Place 99)" in content_of(data)


def test_lines_fit_into_their_width() -> None:
    for line in wrapped("Dolga beseda " + "x" * 300 + " in še ena", 100, 10.0):
        assert width_of(line, 10.0) <= 100
