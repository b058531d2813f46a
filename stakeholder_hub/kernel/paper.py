"""PDF files with headings, paragraphs and tables, written without a typesetter and without a font of their own.

Text is real text in Helvetica, which every reader of PDF brings along (ISO 32000-1, 9.6.2.2). Letters that it lacks
are put together from a letter and its accent, and say what they are to who searches, copies or listens (14.9.4), so
that every language in Latin letters can be printed. Cyrillic and Greek are written in Latin letters, after ISO 9 and
ISO 843. Long tables go over pages and repeat their heads.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, String

WIDE, HIGH = 842.0, 595.0
"""A4 across, in points."""
MARGIN = 48.0
FOOT = 30.0
SIZES = {"h1": 20.0, "h2": 14.0, "p": 10.0, "td": 8.5}
LEADING = 1.3
PADDING = 3.0
MOST_COLUMNS = 14


@dataclass(frozen=True)
class Heading:
    """A heading below the title."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Some text."""

    text: str


@dataclass(frozen=True)
class Table:
    """A table; numbers stand to the right."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


Block = Heading | Paragraph | Table


def to_pdf(title: str, blocks: Iterable[Block], *, language: str) -> bytes:
    """The pages as one file, with title and language for those who listen to it."""
    setter = _Setter()
    setter.text(title, "h1", bold=True)
    for block in blocks:
        if isinstance(block, Heading):
            setter.heading(block.text)
        elif isinstance(block, Paragraph):
            setter.text(block.text, "p")
        else:
            setter.table(block)
    return setter.finish(title, language)


class _Setter:
    """Places lines from top to bottom, and begins a page where one is full."""

    def __init__(self) -> None:
        self.pages: list[list[bytes]] = []
        self.y = 0.0
        self.new_page()

    def new_page(self) -> None:
        self.pages.append([])
        self.y = HIGH - MARGIN

    def room(self, needed: float) -> None:
        """Begin a page if ``needed`` points are not left on this one."""
        if self.y - needed < MARGIN + FOOT / 2:
            self.new_page()

    def heading(self, text: str) -> None:
        """A heading with air above, never alone at the foot of a page."""
        self.y -= 10
        self.room(70)
        self.text(text, "h2", bold=True)

    def text(self, text: str, kind: str, *, bold: bool = False) -> None:
        """Text over the whole width."""
        size = SIZES[kind]
        for line in wrapped(text, WIDE - 2 * MARGIN, size, bold=bold):
            self.room(size * LEADING)
            self.y -= size * LEADING
            self.line(MARGIN, self.y, line, size, bold=bold)
        self.y -= size * 0.4

    def line(self, x: float, y: float, text: str, size: float, *, bold: bool = False) -> None:
        """One line at a place."""
        font = b"F2" if bold else b"F1"
        shown = encoded(text, size, bold=bold)
        self.pages[-1].append(b"BT /%s %.1f Tf %.2f %.2f Td %s ET\n" % (font, size, x, y, shown))

    def rule(self, y: float) -> None:
        """A thin line over the width."""
        self.pages[-1].append(b"0.7 G 0.5 w %.2f %.2f m %.2f %.2f l S\n" % (MARGIN, y, WIDE - MARGIN, y))

    def table(self, table: Table) -> None:
        """Rows one below the other; the heads again on every page."""
        columns = list(table.columns)[:MOST_COLUMNS]
        widths = column_widths(columns, table.rows, WIDE - 2 * MARGIN)
        self.row(columns, widths, bold=True)
        for row in table.rows:
            number = len(self.pages)
            self.room(self.height(row, widths))
            if len(self.pages) != number:
                self.row(columns, widths, bold=True)
            self.row(row, widths)
        self.y -= 8

    def height(self, row: Sequence[str], widths: Sequence[float], *, bold: bool = False) -> float:
        size = SIZES["td"]
        lines = [
            len(wrapped(cell, width - 2 * PADDING, size, bold=bold))
            for cell, width in zip(row, widths, strict=False)
        ]
        return max(lines, default=1) * size * LEADING + 2 * PADDING

    def row(self, row: Sequence[str], widths: Sequence[float], *, bold: bool = False) -> None:
        """One row of cells, each in as many lines as it needs."""
        size, x = SIZES["td"], MARGIN
        high = self.height(row, widths, bold=bold)
        self.room(high)
        for cell, width in zip(row, widths, strict=False):
            y = self.y - PADDING - size
            for line in wrapped(cell, width - 2 * PADDING, size, bold=bold):
                right = not bold and _is_figure(cell)
                at = x + width - PADDING - width_of(line, size) if right else x + PADDING
                self.line(at, y, line, size, bold=bold)
                y -= size * LEADING
            x += width
        self.y -= high
        self.rule(self.y)

    def finish(self, title: str, language: str) -> bytes:
        """The file."""
        pdf = pikepdf.new()
        fonts = Dictionary(
            F1=pdf.make_indirect(_font("Helvetica")), F2=pdf.make_indirect(_font("Helvetica-Bold"))
        )
        for number, parts in enumerate(self.pages, start=1):
            foot = encoded(f"{title[:90]} – {number} / {len(self.pages)}", 8.0)
            parts.append(b"BT /F1 8.0 Tf %.2f %.2f Td %s ET\n" % (MARGIN, FOOT, foot))
            content = pdf.make_stream(b"".join(parts))
            page = Dictionary(
                Type=Name.Page,
                MediaBox=Array([0, 0, WIDE, HIGH]),
                Resources=Dictionary(Font=fonts),
                Contents=content,
            )
            pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
        pdf.Root.Lang = String(language)
        pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        pdf.trailer.Info = pdf.make_indirect(
            Dictionary(Title=String(title.encode("utf-8", "replace").decode()))
        )
        out = BytesIO()
        pdf.save(out, deterministic_id=True)
        return out.getvalue()


def _is_figure(cell: str) -> bool:
    return cell[:1].isdigit() or cell[:1] == "–"


def column_widths(columns: Sequence[str], rows: Sequence[Sequence[str]], whole: float) -> list[float]:
    """As wide as the longest cell wants, as far as there is room; a head may be broken, a word not."""
    wants: list[float] = []
    for at, head in enumerate(columns):
        cells = [row[at] for row in rows[:300] if at < len(row)]
        longest = max((width_of(cell, SIZES["td"]) for cell in cells), default=0.0)
        word = max((width_of(w, SIZES["td"], bold=True) for w in head.split()), default=0.0)
        wants.append(min(max(longest, word, 24.0), 240.0) + 2 * PADDING + 1)
    if sum(wants) <= whole:
        spare = (whole - sum(wants)) / max(len(wants), 1)
        return [want + spare for want in wants]
    least = [min(want, whole / len(wants)) for want in wants]
    left = whole - sum(least)
    over = sum(want - small for want, small in zip(wants, least, strict=True)) or 1.0
    return [small + left * (want - small) / over for want, small in zip(wants, least, strict=True)]


def wrapped(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Lines that fit into ``width``; a word that is longer is cut."""
    lines: list[str] = []
    line = ""
    for word in _plain(text).split(" "):
        tried = f"{line} {word}" if line else word
        if width_of(tried, size, bold=bold) <= width:
            line = tried
            continue
        if line:
            lines.append(line)
        *pieces, word = _cut(word, width, size, bold=bold)
        lines += pieces
        line = word
    return [*lines, line] if line or not lines else lines


def _cut(word: str, width: float, size: float, *, bold: bool) -> list[str]:
    """A word in pieces that fit; one letter fits always."""
    pieces, start, wide = [], 0, 0.0
    for at, letter in enumerate(word):
        wide += width_of(letter, size, bold=bold)
        if wide > width and at > start:
            pieces.append(word[start:at])
            start, wide = at, width_of(letter, size, bold=bold)
    return [*pieces, word[start:]]


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a line is, in points."""
    return sum(_width(letter) for letter in text) * size / 1000 * (1.06 if bold else 1.0)


def _width(letter: str) -> int:
    base = _STRUCK[letter][0] if letter in _STRUCK else unicodedata.normalize("NFD", letter)[0]
    return _WIDTHS[ord(base) - 32] if " " <= base <= "~" else 600


# Widths of the letters from space to tilde, in thousandths (Adobe's metrics of Helvetica).
_WIDTHS = (
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556),
    *(1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778),
    *(667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556),
    *(333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556),
    *(556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584),
)

_BOLD = {
    "a": 556,
    "c": 556,
    "d": 611,
    "e": 556,
    "g": 611,
    "h": 611,
    "i": 278,
    "l": 278,
    "n": 611,
    "o": 611,
    "r": 389,
    "s": 556,
    "t": 333,
    "u": 611,
    "y": 556,
    "z": 500,
    "A": 722,
    "C": 722,
    "D": 722,
    "E": 667,
    "G": 778,
    "I": 278,
    "L": 611,
    "N": 722,
    "O": 778,
    "R": 722,
    "S": 667,
    "T": 611,
    "U": 722,
    "Z": 611,
}
"""The same in bold, for the letters that take accents."""
_ACCENTS = {
    "\u0300": "grave",
    "\u0301": "acute",
    "\u0302": "circumflex",
    "\u0303": "tilde",
    "\u0304": "macron",
    "\u0306": "breve",
    "\u0307": "dotaccent",
    "\u0308": "dieresis",
    "\u030a": "ring",
    "\u030b": "hungarumlaut",
    "\u030c": "caron",
    "\u0326": "cedilla",
    "\u0327": "cedilla",
    "\u0328": "ogonek",
}
"""Accents by their combining signs; Helvetica has each as a letter of its own, 333 thousandths wide."""
_NAMES = list(dict.fromkeys(_ACCENTS.values()))
_ACCENT_WIDTH, _CAPITAL_RISE = 333, 0.195
_STRUCK = {"đ": ("d", 0.45, "macron", 0.0), "Đ": ("D", -0.1, "macron", -0.28)} | {
    "ł": ("l", -0.05, "macron", -0.22),
    "Ł": ("L", -0.1, "macron", -0.22),
    "ħ": ("h", -0.05, "macron", 0.0),
}
"""Letters with a stroke: the letter, where the stroke begins as a share of its width, and how far it is raised."""
_LATIN = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєђјљњћџґѓќѕ",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "ž",
            "z",
            "i",
            "j",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
        ]
        + [
            "h",
            "c",
            "č",
            "š",
            "šč",
            "",
            "y",
            "",
            "è",
            "ju",
            "ja",
            "i",
            "ï",
            "ie",
            "đ",
            "j",
            "lj",
            "nj",
            "ć",
            "dž",
        ]
        + ["g", "đ", "ć", "dz"],
        strict=True,
    )
) | dict(
    zip(
        "αβγδεζηθικλμνξοπρσςτυφχψω",
        [
            "a",
            "v",
            "g",
            "d",
            "e",
            "z",
            "i",
            "th",
            "i",
            "k",
            "l",
            "m",
            "n",
            "x",
            "o",
            "p",
            "r",
            "s",
            "s",
            "t",
            "y",
        ]
        + ["f", "ch", "ps", "o"],
        strict=True,
    )
)
_SPACES = str.maketrans(dict.fromkeys("\t\r\n\u00a0\u202f\u2009\u2007", " ") | {"\u2011": "-", "−": "–"})


def _plain(text: str) -> str:
    """Text of letters that can be set; what cannot becomes its base letter, or a question mark."""
    found = []
    for letter in unicodedata.normalize("NFC", text.translate(_SPACES)):
        if _in_font(letter) or letter in _STRUCK or _accented(letter):
            found.append(letter)
        elif letter.lower() in _LATIN:
            latin = _LATIN[letter.lower()]
            found.append(latin.capitalize() if letter.isupper() else latin)
        elif unicodedata.category(letter)[0] not in "CM":
            base = unicodedata.normalize("NFKD", letter)[0]
            base = _LATIN.get(base.lower(), base)
            found.append(base if base and _in_font(base[0]) else "?")
    return "".join(found)


def _in_font(letter: str) -> bool:
    return letter >= " " and bool(letter.encode("cp1252", "ignore"))


def _accented(letter: str) -> bool:
    parts = unicodedata.normalize("NFD", letter)
    return len(parts) == 2 and parts[1] in _ACCENTS and parts[0].isascii() and parts[0].isalpha()


def encoded(text: str, size: float, *, bold: bool = False) -> bytes:
    """The operators that show a line."""
    out, run = [], bytearray()
    for letter in _plain(text):
        if _in_font(letter):
            code = letter.encode("cp1252")
            run += b"\\" + code if code in b"()\\" else code
            continue
        out.append(b"(%s) Tj" % bytes(run))
        run.clear()
        out.append(_composed(letter, size, bold=bold))
    return b" ".join([*out, b"(%s) Tj" % bytes(run)])


def _composed(letter: str, size: float, *, bold: bool) -> bytes:
    """A letter with its accent, back and forth to where it belongs; marked as the one letter that it is."""
    if letter in _STRUCK:
        base, share, name, rise = _STRUCK[letter]
    else:
        parts = unicodedata.normalize("NFD", letter)
        base, mark = parts[0], parts[1]
        share, name = 0.0, _ACCENTS[mark]
        rise = _CAPITAL_RISE if base.isupper() and name not in ("cedilla", "ogonek") else 0.0
    width = _BOLD.get(base, _width(base)) if bold else _width(base)
    begin = share * width if letter in _STRUCK else (width - _ACCENT_WIDTH) / 2
    code = b"\\%03o" % (1 + _NAMES.index(name))
    shown = b"[(%s) %.0f] TJ %.2f Ts (%s) Tj 0 Ts [%.0f] TJ" % (
        base.encode(),
        width - begin,
        rise * size,
        code,
        begin + _ACCENT_WIDTH - width,
    )
    return b"/Span <</ActualText <FEFF%04X>>> BDC %s EMC" % (ord(letter), shown)


def _font(name: str) -> Dictionary:
    differences: list[object] = [1, *[Name(f"/{accent}") for accent in _NAMES]]
    encoding = Dictionary(
        Type=Name.Encoding, BaseEncoding=Name.WinAnsiEncoding, Differences=Array(differences)
    )
    return Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name(f"/{name}"), Encoding=encoding)
