"""Text in several languages as one column: source language, text per language, who or what translated it.

A translation remembers the hash of the source it was made from, so that it can be told when it is stale.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from stakeholder_hub.kernel.i18n import fallbacks


def fingerprint(text: str) -> str:
    """Short stable hash of a source text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Fragment:
    """One text in the one language it is really in: what a page shows, with its ``lang``."""

    text: str
    lang: str
    is_original: bool = True
    made_by: str | None = None
    stale: bool = False

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Multilingual:
    """A text and its translations. Immutable: ``with_translation`` returns a new value.

    ``source`` is the BCP 47 code of the authoritative original, ``texts`` maps codes to text,
    ``made_by`` says for a translation who or what made it, ``made_from`` the hash of its source.
    """

    source: str
    texts: Mapping[str, str] = field(default_factory=dict)
    made_by: Mapping[str, str] = field(default_factory=dict)
    made_from: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str, language: str, **translations: str) -> "Multilingual":
        """A text in ``language`` with human translations given by language code."""
        value = cls(language, {language: text})
        for code, translated in translations.items():
            value = value.with_translation(code, translated)
        return value

    @property
    def original(self) -> Fragment:
        """The authoritative text."""
        return Fragment(self.texts.get(self.source, ""), self.source)

    def in_(self, language: str) -> Fragment:
        """The text for a reader of ``language``: that language, else the original, else any there is."""
        for code in fallbacks(language, self.source):
            if self.texts.get(code):
                return Fragment(
                    self.texts[code],
                    code,
                    is_original=code == self.source,
                    made_by=self.made_by.get(code),
                    stale=self.is_stale(code),
                )
        return Fragment("", self.source)

    def is_stale(self, language: str) -> bool:
        """Whether the translation was made from an older source text."""
        if language == self.source or language not in self.texts:
            return False
        return self.made_from.get(language) != fingerprint(self.texts.get(self.source, ""))

    def with_source(self, text: str, language: str | None = None) -> "Multilingual":
        """A copy with a new original; translations stay and become stale."""
        code = language or self.source
        return Multilingual(code, {**self.texts, code: text}, self.made_by, self.made_from)

    def with_translation(self, language: str, text: str, made_by: str = "human") -> "Multilingual":
        """A copy with one more translation; an empty ``text`` removes it."""
        if language == self.source:
            return self.with_source(text)
        texts, by, of = dict(self.texts), dict(self.made_by), dict(self.made_from)
        for store in (texts, by, of):
            store.pop(language, None)
        if text:
            texts[language], by[language] = text, made_by
            of[language] = fingerprint(self.texts.get(self.source, ""))
        return Multilingual(self.source, texts, by, of)

    def languages(self) -> list[str]:
        """Codes there is text in, the original first."""
        return [self.source, *sorted(code for code in self.texts if code != self.source)]

    def everything(self) -> str:
        """All texts joined: for search."""
        return "\n".join(self.texts.values())

    def __bool__(self) -> bool:
        return any(self.texts.values())


class MultilingualText(TypeDecorator[Multilingual]):
    """JSON column that holds a :class:`Multilingual`."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Multilingual | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return {
            "source": value.source,
            "texts": dict(value.texts),
            "by": dict(value.made_by),
            "of": dict(value.made_from),
        }

    def process_result_value(self, value: Any, dialect: Dialect) -> Multilingual | None:
        if value is None:
            return None
        return Multilingual(value["source"], value["texts"], value.get("by", {}), value.get("of", {}))
