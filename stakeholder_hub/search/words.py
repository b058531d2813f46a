"""What counts as a word: the same for what is indexed and for what is asked."""

import re

from stakeholder_hub.kernel.text import fold

LONGEST_TEXT = 60_000
"""Characters of a text that are looked through: what is beyond is found by title and beginning."""
LONGEST_WORD = 60
MOST_ASKED = 8
LONGEST_QUERY = 300

_WORDS = re.compile(r"[^\W_]+")


def words_of(text: str) -> str:
    """The words of a text, folded, parted by single spaces: nothing in it means anything to a search engine."""
    found = _WORDS.findall(fold(text[:LONGEST_TEXT].replace("\x00", " ")))
    return " ".join(word[:LONGEST_WORD] for word in found)


def asked_words(query: str) -> list[str]:
    """The words somebody looks for: at most eight, without doubles; signs, operators and wildcards are no words."""
    return list(dict.fromkeys(words_of(query[:LONGEST_QUERY]).split()))[:MOST_ASKED]
