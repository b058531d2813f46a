"""Languages of the interface and of what people write.

The interface speaks the languages of :data:`INTERFACE`; what people write may be in any of :data:`CONTENT`.
"""

from dataclasses import dataclass

from flask_babel import gettext, lazy_gettext, lazy_ngettext, lazy_pgettext, ngettext, pgettext

_ = gettext
_l = lazy_gettext
_ln = lazy_ngettext
_n = ngettext
_p = pgettext
_lp = lazy_pgettext

DEFAULT = "en"

INTERFACE: tuple[str, ...] = ("en", "sl", "de", "hu", "hr")
"""Languages with a complete catalogue, in the order of the language menu."""

NAMES: dict[str, str] = {
    "en": "English",
    "sl": "Slovenščina",
    "de": "Deutsch",
    "hu": "Magyar",
    "hr": "Hrvatski",
    "bg": "Български",
    "bs": "Bosanski",
    "cs": "Čeština",
    "ro": "Română",
    "sk": "Slovenčina",
    "sr": "Српски",
    "uk": "Українська",
    "it": "Italiano",
    "pl": "Polski",
    "fr": "Français",
    "nl": "Nederlands",
    "mk": "Македонски",
    "sq": "Shqip",
    "tr": "Türkçe",
    "rom": "Romani",
}
"""Every language a text may be written in, by BCP 47 code, under its own name."""

CONTENT: tuple[str, ...] = tuple(NAMES)


@dataclass(frozen=True)
class LanguageChoice:
    """One entry of the language menu."""

    code: str
    name: str
    url: str
    current: bool


def is_interface_language(code: str) -> bool:
    """Whether the interface has a catalogue for ``code``."""
    return code in INTERFACE


def fallbacks(language: str, *more: str | None) -> list[str]:
    """Languages to try in turn for a reader of ``language``; every content language comes somewhere."""
    wanted = [language, *[m for m in more if m], DEFAULT]
    return list(dict.fromkeys([*wanted, *CONTENT]))
