"""Clauses of a text that bodies ratify: what changed between two versions, and to whom that is material. Pure.

The editor says of a changed wording whether it is material. A clause that is new or gone, or addressed to others, is
material to those whom it concerns without being asked.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause. ``bodies`` are the ids of those it is addressed to; without any it is addressed to all."""

    key: int
    text: str
    bodies: frozenset[int] = frozenset()

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {"key": self.key, "text": self.text, "bodies": sorted(self.bodies)}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Clause":
        """Back from plain data."""
        return cls(told["key"], told["text"], frozenset(told["bodies"]))

    def concerns(self, everybody: Collection[int]) -> frozenset[int]:
        """The bodies it is addressed to, one by one."""
        return self.bodies or frozenset(everybody)


class Kind(StrEnum):
    """What happened to a clause."""

    SAME = "same"
    WORDED = "worded"
    MATERIAL = "material"
    ADDED = "added"
    REMOVED = "removed"
    READDRESSED = "readdressed"


@dataclass(frozen=True, slots=True)
class Change:
    """A clause with what happened to it, and the bodies to which that is material."""

    kind: Kind
    before: Clause | None
    after: Clause | None
    touched: frozenset[int]

    @property
    def key(self) -> int:
        """The number of the clause."""
        clause = self.after or self.before
        return clause.key if clause is not None else 0


def compare(
    before: Sequence[Clause],
    after: Sequence[Clause],
    *,
    material: Collection[int],
    everybody: Collection[int],
) -> list[Change]:
    """What happened to each clause, in the order of the later version, those that are gone at the end.

    ``material``: keys of clauses whose new wording the editor calls material; ``everybody``: all that ratify.
    """
    old = {clause.key: clause for clause in before}
    kept = {clause.key for clause in after}
    changes = [_change(old.get(clause.key), clause, material, everybody) for clause in after]
    gone = [clause for clause in before if clause.key not in kept]
    return changes + [Change(Kind.REMOVED, clause, None, clause.concerns(everybody)) for clause in gone]


def _change(
    before: Clause | None, after: Clause, material: Collection[int], everybody: Collection[int]
) -> Change:
    concerned = after.concerns(everybody)
    if before is None:
        return Change(Kind.ADDED, None, after, concerned)
    was = before.concerns(everybody)
    moved = was ^ concerned
    if before.text != after.text and after.key in material:
        return Change(Kind.MATERIAL, before, after, was | concerned)
    if moved:
        return Change(Kind.READDRESSED, before, after, moved)
    if before.text != after.text:
        return Change(Kind.WORDED, before, after, frozenset())
    return Change(Kind.SAME, before, after, frozenset())


def touched_by(changes: Sequence[Change]) -> frozenset[int]:
    """All bodies to which something is material."""
    return frozenset().union(*(change.touched for change in changes))
