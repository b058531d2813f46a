"""The only place where text becomes HTML: Markdown, then bleach, on write; both are kept.

Text is normalised on its way in, so that what looks alike is stored alike; nothing a person wrote is lost
but what cannot be shown (control characters) or pretends to be something else (bidirectional overrides in names).
"""

import re
import unicodedata

import bleach
from markdown_it import MarkdownIt
from markupsafe import Markup

from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.i18n import _l

LONGEST = 50_000
"""Characters a text may have unless the caller says otherwise."""

TAGS = frozenset(
    ["p", "br", "hr", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "a"]
    + ["h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"]
)
ATTRIBUTES = {"a": ["href", "title", "rel"], "ol": ["start"]}
PROTOCOLS = frozenset({"http", "https", "mailto"})

_INVISIBLE = re.compile("[\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_SPACES = re.compile(r"[^\S\n]+")
_HEADING = re.compile(r"<(/?)h([1-6])>")
_TAG = re.compile(r"<[^<>]*>")
_DASHES = re.compile(r"[^a-z0-9]+")

_FOLDED = str.maketrans(
    {"đ": "d", "ð": "d", "ł": "l", "ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ħ": "h", "ŋ": "n"}
)
_LATIN = str.maketrans(
    {
        **dict(zip("абвгґдезийклмнопрстуфцыэіј", "abvggdezijklmnoprstufcyeij", strict=True)),
        **{"ё": "e", "є": "ie", "ж": "zh", "ї": "i", "х": "h", "ч": "ch", "ш": "sh", "щ": "sht", "ъ": "a", "ь": ""},
        **{"ю": "yu", "я": "ya", "ђ": "dj", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz", "ѓ": "gj", "ќ": "kj", "ѕ": "dz"},
        **{"’": "", "'": "", "ʼ": ""},
    }
)


def normalise(text: str, *, longest: int = LONGEST) -> str:
    """A text as it is stored: NFC, ``\\n`` line ends, no control characters, trimmed.

    Raises:
        Invalid: it is longer than ``longest`` characters, or holds half a character (a lone surrogate).
    """
    _check_size(text, longest)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
    return unicodedata.normalize("NFC", text).strip()


def normalise_line(text: str, *, longest: int = 1000) -> str:
    """A single line, such as a name or a title: also without bidirectional overrides and invisible characters.

    Raises:
        Invalid: it is too long, or holds half a character.
    """
    text = _INVISIBLE.sub("", normalise(text, longest=longest).replace("\n", " "))
    return _SPACES.sub(" ", text).strip()


def _check_size(text: str, longest: int) -> None:
    if len(text) > longest:
        raise Invalid(_l("This is too long: at most %(most)s characters are possible.", most=longest))
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise Invalid(_l("This contains a broken character. Type the text again instead of pasting it."))


def _renderer() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True, "maxNesting": 20})
    return parser.enable(["table", "strikethrough", "linkify"]).disable(["image"])


_markdown = _renderer()
_cleaner = bleach.Cleaner(tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS, strip=True, strip_comments=True)


def markdown(text: str, *, longest: int = LONGEST) -> str:
    """Safe HTML of a Markdown text: raw HTML stays text, headings begin at the third level, links are marked.

    Raises:
        Invalid: the text is longer than ``longest``.
    """
    _check_size(text, longest)
    html = _HEADING.sub(lambda m: f"<{m[1]}h{min(6, int(m[2]) + 2)}>", _markdown.render(text))
    html = html.replace("<s>", "<del>").replace("</s>", "</del>")
    html = html.replace("<a href=", '<a rel="nofollow ugc noopener" href=')
    return _cleaner.clean(html).strip()


def safe_html(stored: str) -> Markup:
    """Mark HTML that :func:`markdown` made, and that was stored, as ready to print."""
    return Markup(stored)


def plain(text: str | None, limit: int = 200) -> str:
    """An excerpt in plain words of a Markdown text or of its HTML, cut at a word."""
    bare = Markup(_TAG.sub(" ", (text or "")[: 20 * limit + 2000])).unescape()
    bare = re.sub(r"[*_`#>|~]+", "", bare)
    bare = re.sub(r"\s+", " ", bare).strip()
    if len(bare) <= limit:
        return bare
    cut = bare[:limit].rsplit(" ", 1)[0]
    return (cut if len(cut) > limit // 2 else bare[:limit]).rstrip(",.;:– ") + "…"


def fold(text: str) -> str:
    """The text for comparing in search: no case, no accents; Cyrillic and Greek letters stay what they are."""
    decomposed = unicodedata.normalize("NFKD", text.casefold()).translate(_FOLDED)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def slugify(text: str, *, longest: int = 70) -> str:
    """A readable part of an address: Latin letters, digits and dashes; never empty."""
    latin = fold(text.casefold().translate(_LATIN))
    slug = _DASHES.sub("-", latin).strip("-")[:longest].strip("-")
    return slug or "x"


def scripts(text: str) -> set[str]:
    """The alphabets a text's letters come from, by the first word of their Unicode names."""
    return {unicodedata.name(c, "?").split(" ", 1)[0] for c in text if c.isalpha()}


def suspicious_name(text: str) -> bool:
    """Whether a name mixes alphabets that look alike within one word, to pass for another (a Cyrillic ``а`` in Latin)."""
    alike = {"LATIN", "CYRILLIC", "GREEK"}
    return any(len(scripts(word) & alike) > 1 for word in re.split(r"[\s-]+", text))
