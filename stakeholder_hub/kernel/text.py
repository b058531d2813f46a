"""The only place where text becomes HTML: Markdown, then bleach, on write; both are kept.

Text is normalised on its way in, so that what looks alike is stored alike; nothing a person wrote is lost
but what cannot be shown (control characters) or pretends to be something else (bidirectional overrides and
invisible characters in names). Everything here is bounded: a text of any kind costs at most what
its length allows, and what is too long, too deep or broken is refused with a reason.
"""

import re
import unicodedata
from collections.abc import MutableMapping, Sequence
from urllib.parse import urlsplit

import bleach
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup

from stakeholder_hub.kernel.errors import Invalid, Reason, at_field
from stakeholder_hub.kernel.i18n import _l

LONGEST = 50_000
"""Characters a text may have unless the caller says otherwise."""

LONGEST_MARK_RUN = 30
"""Combining marks in a row: the bound of Unicode's stream-safe text format (UAX 15). The time to put longer
runs in order grows with their square."""

LONGEST_LINKED_WORD = 2_000
"""A text with a longer run without a space gets no links for bare addresses: finding them is quadratic."""

MOST_CELLS = 3_000
MOST_TAGS = 30_000
"""Table cells and tags of one text: bleach is slow, and slowest on tables."""

TAGS = frozenset(
    ["p", "br", "hr", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "a"]
    + ["h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"]
)
ATTRIBUTES = {"a": ["href", "title", "rel"], "ol": ["start"]}
PROTOCOLS = frozenset({"http", "https", "mailto"})
LINK_REL = "nofollow ugc noopener"

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_INVISIBLE = re.compile(
    "(?P<flag>\U0001f3f4[\U000e0020-\U000e007e]{1,16}\U000e007f)"  # the flags of England, Scotland and Wales
    "|[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f]"
    "|[\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_JOINERS = re.compile("[\u200c\u200d\ufe00-\ufe0f]")
_JOINS_NOTHING = re.compile(
    "[\u0000-\u00a8\u00aa-\u00ad\u00af-\u058f\u1d00-\u1fff\u2c60-\u2c7f\ua640-\ua69f\ua720-\ua7ff]"
    "|[\ufb00-\ufb06\uff01-\uff5e]"
)
"""Latin, Greek, Cyrillic and Armenian letters, digits and signs: a joiner after them can only deceive."""
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}):")
_SPACES = re.compile(r"\s+")
_TAG = re.compile(r"<[^<>]*(?:>|$)")
_DASHES = re.compile(r"[^a-z0-9]+")
_WORD_LIMITS = re.compile(r"[\W\d_]+")
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff]"
)
_LINK = re.compile(r"!?\[([^\[\]\n]{0,500})\]\([^()\s]{0,2000}(?: \"[^\"\n]{0,500}\")?\)")
_BLOCK_MARK = re.compile(
    r"(?m)^[ \t]{0,8}(?:#{1,6}[ \t]|>[ \t]?|[-*+][ \t]|\d{1,9}[.)][ \t]|(?:```|~~~).{0,80}$)"
)
_INLINE_MARK = re.compile(r"\*{1,3}(?!\s)|(?<!\s)\*{1,3}|`{1,3}|~~|(?<!\w)_{1,3}(?=\w)|(?<=\w)_{1,3}(?!\w)")


def normalise(text: str, *, longest: int = LONGEST) -> str:
    """A text as it is stored: NFC, ``\\n`` line ends, no control characters, trimmed.

    Raises:
        Invalid: it is longer than ``longest`` characters, holds half a character (a lone surrogate) or heaps
            of accents on one letter.
    """
    _check(text, longest)
    text = _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))
    return unicodedata.normalize("NFC", text).strip()


def normalise_line(text: str, *, longest: int = 1000) -> str:
    """A single line, such as a name or a title: also without overrides of direction and invisible characters.

    Joiners stay where a script or an emoji needs them.

    Raises:
        Invalid: as :func:`normalise`.
    """
    text = _INVISIBLE.sub(lambda found: found["flag"] or "", normalise(text, longest=longest))
    return _SPACES.sub(" ", _JOINERS.sub(_needed_joiner, text)).strip()


def text_at(field: str, raw: str, *, longest: int, missing: Reason = "") -> str:
    """A text of a form field, normalised; ``missing`` is the reason where it must not be empty.

    Raises:
        Invalid: there is none, or as :func:`normalise`, at ``field``.
    """
    with at_field(field):
        return _there(normalise(raw, longest=longest), missing)


def line_at(field: str, raw: str, *, longest: int, missing: Reason = "") -> str:
    """The same for a single line, as :func:`normalise_line`."""
    with at_field(field):
        return _there(normalise_line(raw, longest=longest), missing)


def _there(text: str, missing: Reason) -> str:
    if missing and not text:
        raise Invalid(missing)
    return text


def web_address(text: str | None, *, field: str, longest: int = 500) -> str | None:
    """An address on the web as it is stored; ``None`` where nothing was written.

    Raises:
        Invalid: it is none, or longer than ``longest`` characters, at ``field``.
    """
    wrong = Invalid(_l("This is not a web address. It begins with https://"), field)
    try:
        address = normalise_line(text or "")
        parts = urlsplit(address)
    except Invalid as refusal:
        raise Invalid(refusal.reason, field) from refusal
    except ValueError as broken:
        raise wrong from broken
    if not address:
        return None
    of_the_web = parts.scheme in ("http", "https") and bool(parts.netloc)
    if not of_the_web or " " in address or len(address) > longest:
        raise wrong
    return address


def _needed_joiner(found: re.Match[str]) -> str:
    text, at = found.string, found.start()
    before = text[at - 1] if at else "\0"
    if (
        found[0] >= "\ufe00"
    ):  # a variation selector belongs to a sign, digits of keycaps included; never to a letter
        return "" if before.isalpha() or before.isspace() or before == "\0" else found[0]
    last = at + 1 == len(text) or text[at + 1].isspace()
    return "" if last or _JOINS_NOTHING.match(before) or before.isspace() else found[0]


def _check(text: str, longest: int) -> None:
    if len(text) > longest:
        raise Invalid(_l("This is too long: at most %(most)s characters are possible.", most=longest))
    if text.isascii():
        return
    if _SURROGATES.search(text):
        raise Invalid(_l("This contains a broken character. Type the text again instead of pasting it."))
    run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run > LONGEST_MARK_RUN:
            raise Invalid(_l("A letter here carries too many accents. Remove some of them."))


def _link_open(
    renderer: RendererProtocol,
    tokens: Sequence[Token],
    at: int,
    options: OptionsDict,
    env: MutableMapping[str, object],
) -> str:
    tokens[at].attrSet("rel", LINK_REL)
    return str(renderer.renderToken(tokens, at, options, env))  # type: ignore[attr-defined]


def _heading(
    renderer: RendererProtocol,
    tokens: Sequence[Token],
    at: int,
    options: OptionsDict,
    env: MutableMapping[str, object],
) -> str:
    tokens[at].tag = f"h{min(6, int(tokens[at].tag[1]) + 2)}"
    return str(renderer.renderToken(tokens, at, options, env))  # type: ignore[attr-defined]


def _struck(
    renderer: RendererProtocol,
    tokens: Sequence[Token],
    at: int,
    options: OptionsDict,
    env: MutableMapping[str, object],
) -> str:
    return "<del>" if tokens[at].nesting == 1 else "</del>"


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 (the name markdown-it-py asks for)
        """Links of other schemes stay text."""
        scheme = _SCHEME.match(url.strip())
        return super().validateLink(url) and (scheme is None or scheme[1].lower() in PROTOCOLS)


def _parser(*, linkify: bool) -> MarkdownIt:
    parser = _Markdown("commonmark", {"html": False, "linkify": linkify, "breaks": True, "maxNesting": 20})
    parser.enable(["table", "strikethrough"]).disable(["image", "html_block", "html_inline"])
    if linkify:
        parser.enable("linkify")
    parser.add_render_rule("link_open", _link_open)
    for rule in ("heading_open", "heading_close"):
        parser.add_render_rule(rule, _heading)
    for rule in ("s_open", "s_close"):
        parser.add_render_rule(rule, _struck)
    return parser


_linking = _parser(linkify=True)
_plainly = _parser(linkify=False)


def markdown(text: str, *, longest: int = LONGEST) -> str:
    """Safe HTML of a Markdown text: raw HTML stays text, headings begin at the third level, links are marked.

    Raises:
        Invalid: the text is longer than ``longest``, holds a broken character or more formatting than a page
            can bear.
    """
    _check(text, longest)
    parser = _plainly if _has_long_word(text) else _linking
    html = str(parser.render(_CONTROLS.sub("", _LINE_ENDS.sub("\n", text))))
    if html.count("<td") + html.count("<th") > MOST_CELLS:
        raise Invalid(_l("This table is too large for a text. Attach it as a file instead."))
    if html.count("<") > MOST_TAGS:
        raise Invalid(
            _l("This text holds too many links, lists or other formatting. Shorten it or attach a file.")
        )
    # A cleaner holds state while it works: one for each text, for threads' sake.
    cleaner = bleach.Cleaner(tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS, strip=True)
    cleaned: str = cleaner.clean(html)
    return cleaned.strip()


def _has_long_word(text: str) -> bool:
    return any(len(word) > LONGEST_LINKED_WORD for word in text.split())


def safe_html(stored: str) -> Markup:
    """Mark HTML that :func:`markdown` made, and that was stored, as ready to print."""
    return Markup(stored)


def plain(text: str | None, limit: int = 200) -> str:
    """An excerpt in plain words of a Markdown text or of its HTML, cut at a word."""
    head = (text or "")[: 20 * limit + 2000]
    if head.startswith("<"):
        bare = str(Markup(_TAG.sub(" ", head)).unescape())
    else:
        bare = _INLINE_MARK.sub("", _BLOCK_MARK.sub("", _LINK.sub(r"\1", head)))
    bare = _SPACES.sub(" ", bare).strip()
    if len(bare) <= limit:
        return bare
    cut = bare[:limit].rsplit(" ", 1)[0]
    return (cut if len(cut) > limit // 2 else bare[:limit]).rstrip(",.;:– ") + "…"


_FOLDED = str.maketrans(
    {
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "ß": "ss",
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "ı": "i",
        "þ": "th",
        "ħ": "h",
        "ŋ": "n",
    }
    | {"ŧ": "t", "ĸ": "k", "ə": "e", "ς": "σ", "’": "'", "ʼ": "'"}
)
_CYRILLIC = (("и\u0306", "й"), ("і\u0308", "ї"), ("у\u0306", "ў"), ("г\u0301", "ѓ"), ("к\u0301", "ќ"))
"""Letters of their own that decomposition takes apart: they stay what they are."""


def fold(text: str) -> str:
    """The text for comparing in search: no case, no accents; Cyrillic and Greek letters are kept."""
    decomposed = unicodedata.normalize("NFKD", text[: 20 * LONGEST].casefold())
    for apart, letter in _CYRILLIC:
        decomposed = decomposed.replace(apart, letter)
    return unicodedata.normalize("NFC", _MARKS.sub("", decomposed).translate(_FOLDED))


_SHARED = dict(zip("абвгдезийклмнопрстуфыэё", "abvgdezijklmnoprstufyee", strict=True)) | dict.fromkeys(
    "ьъ’'ʼ", ""
)
_BULGARIAN = {
    "ж": "zh",
    "х": "h",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "sht",
    "ъ": "a",
    "ь": "y",
    "ю": "yu",
    "я": "ya",
}
_UKRAINIAN = _BULGARIAN | dict(zip("гґиії", "hgyii", strict=True))
_UKRAINIAN |= {"є": "ie", "х": "kh", "щ": "shch", "ю": "iu", "я": "ia", "ь": ""}
_SERBIAN = dict(zip("жхцчшђјћ", "zhccsdjc", strict=True))
_SERBIAN |= {"ђ": "dj", "љ": "lj", "њ": "nj", "џ": "dz", "ѓ": "gj", "ќ": "kj", "ѕ": "dz"}
_LATIN = {
    name: str.maketrans(_SERBIAN | _UKRAINIAN | _SHARED | _BULGARIAN | own)
    for name, own in (("bg", {"й": "y"}), ("uk", _UKRAINIAN), ("sr", _SERBIAN))
}
_GREEK = str.maketrans(
    dict(zip("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo", strict=True))
    | {"θ": "th", "χ": "ch", "ψ": "ps"}
)


def slugify(text: str, *, longest: int = 70) -> str:
    """A readable part of an address: Latin letters, digits and dashes; never empty.

    Cyrillic is written the Serbian, the Ukrainian or else the Bulgarian way, by the letters found.
    """
    lower = unicodedata.normalize("NFC", text[: 4 * longest].lower())
    way = "sr" if set(lower) & set("ђјљњћџѓќѕ") else "uk" if set(lower) & set("ґіїє") else "bg"
    slug = _DASHES.sub("-", fold(lower.translate(_LATIN[way])).translate(_GREEK).replace("'", "")).strip("-")
    if len(slug) > longest:
        cut = slug[: longest + 1].rsplit("-", 1)[0]
        slug = (cut if longest // 2 < len(cut) <= longest else slug[:longest]).strip("-")
    return slug or "x"


_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"})
"""Alphabets with letters that cannot be told apart by eye."""
_LIKE_LATIN = frozenset("аеорсухіјѕԁһԛԝАВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧουνιαγρ")
"""Cyrillic and Greek letters that pass for Latin ones."""


def scripts(text: str) -> set[str]:
    """The alphabets a text's letters come from, by the first word of their Unicode names."""
    return {unicodedata.name(c, "?").split(" ", 1)[0] for c in text if c.isalpha()}


def suspicious_name(text: str) -> bool:
    """Whether a name is written so as to pass for another one (H25).

    That is a Cyrillic ``а`` in a Latin word, a whole word of such letters beside Latin ones, mathematical or
    full-width letters, overrides of direction, invisible characters, heaps of accents.
    """
    try:
        composed = normalise(text)
        if normalise_line(composed) != _SPACES.sub(" ", composed):
            return True
    except Invalid:
        return True
    words = [word for word in _WORD_LIMITS.split(composed) if word]
    found = [scripts(word) & _ALIKE for word in words]
    if any(len(alike) > 1 for alike in found):
        return True
    if any(
        unicodedata.normalize("NFKC", c) != c and unicodedata.normalize("NFKC", c).isascii()
        for c in "".join(words)
    ):
        return True
    latin = any(alike == {"LATIN"} for alike in found)
    disguised = (
        alike in ({"CYRILLIC"}, {"GREEK"}) and set(word) <= _LIKE_LATIN
        for word, alike in zip(words, found, strict=True)
    )
    return latin and any(disguised)
