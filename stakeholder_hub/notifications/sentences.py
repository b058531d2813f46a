"""What a notification says: one sentence for each kind, in the reader's language.

A sentence names its placeholders: ``title`` is the record's title in the language it has, the others come from the
notification's data. What people wrote is only ever filled in, never read as a pattern.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel import Locale
from babel.dates import format_date

from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Fragment
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.webkit.formats import REGIONS

SENTENCES: dict[str, Reason] = {}
ICONS: dict[str, str] = {}

Quotes = Callable[[Sequence[int], str], Mapping[int, Fragment]]
QUOTES: dict[str, Quotes] = {}

_MARK = "\x00"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNKNOWN = _l("Something happened to %(title)s.")


@dataclass(frozen=True)
class Sentence:
    """A sentence with the title in it kept apart, so that it carries its own language on a page."""

    before: str
    title: Fragment | None
    after: str

    def __str__(self) -> str:
        return f"{self.before}{self.title or ''}{self.after}"


class _Values(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def register_sentence(kind: str, sentence: Reason, *, icon: str = "bell") -> None:
    """Say what notifications of ``kind`` tell. ``sentence`` is lazy and has named placeholders, ``%(title)s`` once."""
    SENTENCES[kind] = sentence
    ICONS[kind] = icon


def register_quotes(kind: str, quotes: Quotes) -> None:
    """Say which words of the record follow the sentence: ``quotes(record_ids, language)``, each in its language."""
    QUOTES[kind] = quotes


def quotes_of(notifications: Iterable[Notification], language: str) -> dict[int, Fragment]:
    """For each notification, by its id, the words that a reader of ``language`` gets with the sentence.

    One statement for each kind of words, however many there are.
    """
    asked: dict[Quotes, dict[int, list[int]]] = {}
    for notification in notifications:
        quotes = QUOTES.get(notification.kind)
        if quotes is not None and notification.record_id is not None:
            asked.setdefault(quotes, {}).setdefault(notification.record_id, []).append(notification.id)
    found: dict[int, Fragment] = {}
    for quotes, by_record in asked.items():
        for record_id, fragment in quotes(sorted(by_record), language).items():
            found |= dict.fromkeys(by_record[record_id], fragment)
    return found


def sentence_of(notification: Notification, language: str) -> Sentence:
    """The sentence for a reader of ``language``; the caller has set the locale to it."""
    title = notification.record.title.in_(language) if notification.record is not None else None
    values = _Values(
        {key: _plain(value, language) for key, value in _data(notification).items()}, title=_MARK
    )
    text = str(SENTENCES.get(notification.kind, _UNKNOWN)) % values
    before, found, after = text.partition(_MARK)
    return Sentence(before, title if found else None, after.replace(_MARK, ""))


def icon_of(kind: str) -> str:
    """The icon shown beside notifications of ``kind``."""
    return ICONS.get(kind, "bell")


def _data(notification: Notification) -> Mapping[str, Any]:
    return notification.data if isinstance(notification.data, dict) else {}


def _plain(value: Any, language: str) -> str:
    """A value as words; a day is told as the reader writes it."""
    text = str(value).replace(_MARK, "")
    if not _DAY.fullmatch(text):
        return text
    try:
        return format_date(date.fromisoformat(text), "long", Locale.parse(REGIONS.get(language, language)))
    except ValueError:
        return text
