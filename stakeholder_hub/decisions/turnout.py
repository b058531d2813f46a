"""Who took part, told so that nobody can be picked out. Pure: counts in, cells out.

A cell below ``SMALLEST_GROUP`` is held back. As the total is public, whoever subtracts the cells that are shown
learns the sum of those held back; so further cells are held back, the smallest first, until at least two are and
together they hold ``SMALLEST_GROUP`` people or more (complementary suppression).
"""

from collections.abc import Mapping
from dataclasses import dataclass

SMALLEST_GROUP = 10


@dataclass(frozen=True)
class Cell:
    """One group: how many voted of how many entitled; ``None`` where it is held back or not known."""

    name: str
    voted: int | None
    entitled: int | None = None

    @property
    def suppressed(self) -> bool:
        """Whether the figure is held back."""
        return self.voted is None

    @property
    def share(self) -> float | None:
        """The share of those entitled who voted."""
        return self.voted / self.entitled if self.voted is not None and self.entitled else None


def held_back(counts: Mapping[str, int], smallest: int = SMALLEST_GROUP) -> frozenset[str]:
    """The groups whose figures are not told."""
    hidden = {name for name, count in counts.items() if count < smallest}
    if not hidden:
        return frozenset()
    rest = sorted((name for name in counts if name not in hidden), key=lambda name: (counts[name], name))
    while rest and (len(hidden) < 2 or sum(counts[name] for name in hidden) < smallest):
        hidden.add(rest.pop(0))
    return frozenset(hidden)


def cells(voted: Mapping[str, int], entitled: Mapping[str, int | None] | None = None) -> list[Cell]:
    """Every group with its figure, as far as it can be told."""
    hidden = held_back(voted)
    of = entitled or {}
    return [
        Cell(name, None) if name in hidden else Cell(name, count, of.get(name))
        for name, count in voted.items()
    ]
