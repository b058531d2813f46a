"""What the tree of a ballot commits to: every vote under a random number of its own, and every receipt. Pure.

Votes and receipts are leaves of their own, so that a receipt proves that its ballot is among those counted, and never
what was chosen: nobody can be made to prove their choice with it. The numbers of the votes are drawn at the close.
"""

import hashlib
from collections.abc import Iterable

from stakeholder_hub.decisions.evidence.merkle import Tree, leaf_hash
from stakeholder_hub.decisions.marks import Marks


def marks_line(marks: Marks) -> str:
    """Marks as text: ``3 1 2``, or with points ``1:5 2:0``."""
    if marks.points is None:
        return " ".join(str(position) for position in marks.choices)
    return " ".join(f"{o}:{p}" for o, p in zip(marks.choices, marks.points, strict=True))


def vote_line(number: str, marks: Marks) -> str:
    """A vote as it is published: its random number and the marks."""
    return f"{number};{marks_line(marks)}"


def vote_leaf(line: str) -> bytes:
    """The leaf hash of a published vote."""
    return leaf_hash(f"vote;{line}".encode())


def receipt_leaf(code: str) -> bytes:
    """The leaf hash of a receipt."""
    return leaf_hash(f"receipt;{code}".encode())


def tree_of(lines: Iterable[str], receipts: Iterable[str]) -> Tree:
    """The tree over all votes and all receipts of a ballot."""
    return Tree([*map(vote_leaf, lines), *map(receipt_leaf, receipts)])


def commitment_to(seed: str) -> str:
    """What is shown of the seed from the opening on: its SHA-256."""
    return hashlib.sha256(seed.encode()).hexdigest()


def lot_of(seed: str, root: str) -> str:
    """The lot that breaks ties: nobody knows it before the seed is told, nor can the seed be chosen after the votes."""
    return hashlib.sha256(f"{seed}\n{root}".encode()).hexdigest()
