"""PDF files with headings, paragraphs and tables, written without a typesetter and without a font of their own.

Text is real text in Helvetica, which every reader of PDF brings along (ISO 32000-1, 9.6.2.2); letters beyond ASCII are
named one by one (9.6.6.2), so that every language in Latin letters can be printed, searched and copied. Cyrillic and
Greek are written in Latin letters, after ISO 9 and ISO 843. Long tables go over pages and repeat their heads.
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
        self.letters = _Letters()
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
        font = "F2" if bold else "F1"
        shown = self.letters.encoded(text)
        self.pages[-1].append(
            b"BT /%s %.1f Tf %.2f %.2f Td (%s) Tj ET\n" % (font.encode(), size, x, y, shown)
        )

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
            F1=pdf.make_indirect(self.letters.font("Helvetica")),
            F2=pdf.make_indirect(self.letters.font("Helvetica-Bold")),
        )
        for number, parts in enumerate(self.pages, start=1):
            foot = self.letters.encoded(f"{title[:90]} – {number} / {len(self.pages)}")
            parts.append(b"BT /F1 8.0 Tf %.2f %.2f Td (%s) Tj ET\n" % (MARGIN, FOOT, foot))
            content = pdf.make_stream(b"".join(parts))
            page = Dictionary(
                Type=Name.Page,
                MediaBox=Array([0, 0, WIDE, HIGH]),
                Resources=Dictionary(Font=fonts),
                Contents=content,
            )
            pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
        for font in (fonts.F1, fonts.F2):  # the foot of the last page may have brought a new letter
            font.Encoding = self.letters.encoding()
            font.ToUnicode = pdf.make_stream(self.letters.to_unicode())
        pdf.Root.Lang = String(language)
        pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        pdf.trailer.Info = pdf.make_indirect(Dictionary(Title=String(title)))
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
        while width_of(word, size, bold=bold) > width and len(word) > 1:
            fits = next(
                (n for n in range(len(word) - 1, 0, -1) if width_of(word[:n], size, bold=bold) <= width), 1
            )
            lines.append(word[:fits])
            word = word[fits:]
        line = word
    return [*lines, line] if line or not lines else lines


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a line is, in points."""
    return sum(_width(letter) for letter in text) * size / 1000 * (1.06 if bold else 1.0)


def _width(letter: str) -> int:
    base = unicodedata.normalize("NFD", letter)[0]
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

_MARKS = {
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
    "\u0326": "commaaccent",
    "\u0327": "cedilla",
    "\u0328": "ogonek",
}
_NAMES = {
    "đ": "dcroat",
    "Đ": "Dcroat",
    "ł": "lslash",
    "Ł": "Lslash",
    "ß": "germandbls",
    "ø": "oslash",
    "Ø": "Oslash",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "ı": "dotlessi",
    "þ": "thorn",
    "Þ": "Thorn",
    "ð": "eth",
    "–": "endash",
    "—": "emdash",
    "‘": "quoteleft",
    "’": "quoteright",
    "‚": "quotesinglbase",
    "“": "quotedblleft",
    "”": "quotedblright",
    "„": "quotedblbase",
    "«": "guillemotleft",
    "»": "guillemotright",
    "‹": "guilsinglleft",
    "›": "guilsinglright",
    "…": "ellipsis",
    "€": "Euro",
    "·": "periodcentered",
    "•": "bullet",
    "§": "section",
    "°": "degree",
    "×": "multiply",
    "±": "plusminus",
    "‰": "perthousand",
    "©": "copyright",
    "®": "registered",
    "¿": "questiondown",
    "¡": "exclamdown",
    "£": "sterling",
}
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
        if " " <= letter <= "~" or _name(letter):
            found.append(letter)
        elif letter.lower() in _LATIN:
            latin = _LATIN[letter.lower()]
            found.append(latin.capitalize() if letter.isupper() else latin)
        elif unicodedata.category(letter)[0] not in "CM":
            base = unicodedata.normalize("NFKD", letter)[0]
            base = _LATIN.get(base.lower(), base)
            found.append(base if base and " " <= base[0] <= "~" else "?")
    return "".join(found)


def _name(letter: str) -> str | None:
    """The name of a letter beyond ASCII, after the Adobe Glyph List."""
    if letter in _NAMES:
        return _NAMES[letter]
    parts = unicodedata.normalize("NFD", letter)
    if len(parts) == 2 and parts[1] in _MARKS and parts[0].isascii() and parts[0].isalpha():
        return parts[0] + _MARKS[parts[1]]
    return None


class _Letters:
    """The letters beyond ASCII that a file uses, each with a code of its own from 128 on."""

    def __init__(self) -> None:
        self.codes: dict[str, int] = {}

    def encoded(self, text: str) -> bytes:
        """A line as it stands between the brackets of a string."""
        out = bytearray()
        for letter in _plain(text):
            code = ord(letter) if letter <= "~" else self._code(letter)
            if code in b"()\\":
                out += b"\\"
            out.append(code)
        return bytes(out)

    def _code(self, letter: str) -> int:
        if letter not in self.codes:
            if len(self.codes) == 127:
                return ord("?")
            self.codes[letter] = 128 + len(self.codes)
        return self.codes[letter]

    def font(self, name: str) -> Dictionary:
        return Dictionary(
            Type=Name.Font,
            Subtype=Name.Type1,
            BaseFont=Name(f"/{name}"),
        )

    def encoding(self) -> Dictionary:
        """Which code is which letter."""
        differences: list[object] = [128, *[Name(f"/{_name(letter)}") for letter in self.codes]]
        return Dictionary(
            Type=Name.Encoding, BaseEncoding=Name.WinAnsiEncoding, Differences=Array(differences)
        )

    def to_unicode(self) -> bytes:
        """The same for who searches and copies."""
        codes = {**{chr(code): code for code in range(32, 127)}, **self.codes}
        lines = [f"<{code:02X}> <{ord(letter):04X}>" for letter, code in codes.items()]
        some = [lines[at : at + 100] for at in range(0, len(lines), 100)]
        maps = "\n".join(f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar" for part in some)
        return (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
            "/CMapName /Letters def 1 begincodespacerange <00> <FF> endcodespacerange\n"
            f"{maps}\nendcmap CMapName currentdict /CMap defineresource pop end end"
        ).encode()
