"""Who took part, told so that nobody can be picked out. Pure: counts in, cells out.

Which cells are held back is said in :mod:`stakeholder_hub.kernel.suppression`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from stakeholder_hub.kernel.suppression import held_back


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


def cells(voted: Mapping[str, int], entitled: Mapping[str, int | None] | None = None) -> list[Cell]:
    """Every group with its figure, as far as it can be told."""
    hidden = held_back(voted)
    of = entitled or {}
    return [
        Cell(name, None) if name in hidden else Cell(name, count, of.get(name))
        for name, count in voted.items()
    ]
