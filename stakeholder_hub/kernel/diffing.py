"""What was changed between two texts, word by word. Pure, and bounded by the length of the texts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_TOKENS = re.compile(r"\s+|[^\W_]+|.", re.DOTALL)
MOST_TOKENS = 1500
"""A changed passage with more words than this is shown as a whole: taken out and put in."""


@dataclass(frozen=True)
class Piece:
    """A stretch of text that stayed, was put in or was taken out."""

    kind: Literal["same", "put_in", "taken_out"]
    text: str


def compare(before: str, after: str) -> list[Piece]:
    """The pieces that lead from ``before`` to ``after``: line by line, and word by word where lines differ."""
    pieces: list[Piece] = []
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for kind, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        taken, put = "".join(old[a:b]), "".join(new[c:d])
        found = [Piece("same", taken)] if kind == "equal" else _by_words(taken, put)
        for piece in found:
            if pieces and pieces[-1].kind == piece.kind:
                pieces[-1] = Piece(piece.kind, pieces[-1].text + piece.text)
            else:
                pieces.append(piece)
    return pieces


def _by_words(before: str, after: str) -> Iterator[Piece]:
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    if len(old) > MOST_TOKENS or len(new) > MOST_TOKENS:
        yield from _replaced(before, after)
        return
    for kind, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(old[a:b]))
        else:
            yield from _replaced("".join(old[a:b]), "".join(new[c:d]))


def _replaced(before: str, after: str) -> Iterator[Piece]:
    if before:
        yield Piece("taken_out", before)
    if after:
        yield Piece("put_in", after)
