"""Who takes part, as figures that give nobody away. Pure: counts in, rows out.

Sectors: a sector of which nobody takes part is told, because that is what can be mended; small ones are held back.
What people tell about themselves is rounded to fives beside that, so that comparing today's figures with
yesterday's does not tell what the one person answered who joined in between.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.kernel.suppression import SMALLEST_GROUP, Sum, held_back

ROUNDED_TO = 5


@dataclass(frozen=True)
class Row:
    """One sector: ``count`` is ``None`` where it is held back; ``target`` in percent, where one was agreed."""

    sector: Sector
    count: int | None
    total: int
    target: int | None

    @property
    def label(self) -> Reason:
        """The sector's name in the reader's language."""
        return self.sector.label

    @property
    def share(self) -> float | None:
        """The share of all, between 0 and 1."""
        return self.count / self.total if self.count is not None and self.total else None

    @property
    def falls_short(self) -> bool:
        """Whether the share is known and below what was agreed."""
        return bool(self.target and self.count is not None and self.count * 100 < self.target * self.total)


def told(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Every count as it can be told: small ones held back, and as many others as it takes to protect them.

    Zeros are told unless that would give away what is held back, which the total is public for.
    """
    present = {name: count for name, count in counts.items() if count}
    hidden = held_back(present)
    protected = len(hidden) > 1 and sum(present[name] for name in hidden) >= SMALLEST_GROUP
    if hidden and not protected:
        hidden = frozenset(hidden | (counts.keys() - present.keys()))
    return {name: None if name in hidden else count for name, count in counts.items()}


class Telling(Enum):
    """How much is told of a row of counts."""

    NAMES = "names"
    """Everything: people sit there by name."""
    ALONE = "alone"
    """Zeros too: the row stands for itself."""
    SUMMED = "summed"
    """No zeros: the row enters sums of several places, from which a zero would let others be worked out."""


def rows_of(
    counts: Mapping[Sector, int], targets: Mapping[Sector, int], telling: Telling = Telling.ALONE
) -> list[Row]:
    """The sectors and citizens, in their order."""
    whole = sum(counts.values())
    plain = {sector.value: counts.get(sector, 0) for sector in Sector}
    shown: Mapping[str, int | None] = plain
    if telling is Telling.ALONE:
        shown = told(plain)
    elif telling is Telling.SUMMED:
        hidden = held_back(plain)
        shown = {name: None if name in hidden else count for name, count in plain.items()}
    return [Row(sector, shown[sector.value], whole, targets.get(sector)) for sector in Sector]


def rows_of_sum(sums: Sum, targets: Mapping[Sector, int]) -> list[Row]:
    """The same of several places together. A share is told only where every place is in the figure."""
    whole = sums.total or 0
    return [
        Row(
            sector,
            None if sums.left_out[sector.value] or sums.total_left_out else sums.cells[sector.value],
            whole,
            targets.get(sector),
        )
        for sector in Sector
    ]


@dataclass(frozen=True)
class Answer:
    """How many gave an answer, about: rounded, or ``None`` where it is held back."""

    label: Reason
    count: int | None


@dataclass(frozen=True)
class Answers:
    """One question people answer if they like, and how many gave each answer. Empty where too few did."""

    question: Reason
    answers: Sequence[Answer]


def answers_told(
    question: Reason, labels: Mapping[str, Reason], counts: Mapping[str, int], total: int
) -> Answers:
    """What people told, if at least ten did; who told nothing is a group of its own, and protected like the others."""
    given = {name: counts.get(name, 0) for name in labels}
    if sum(given.values()) < SMALLEST_GROUP:
        return Answers(question, ())
    shown = told({**given, "": max(total - sum(given.values()), 0)})
    if not any(shown[name] for name in given):
        return Answers(question, ())
    return Answers(
        question,
        [Answer(label, rounded(given[name]) if shown[name] else None) for name, label in labels.items()],
    )


def rounded(count: int) -> int:
    """To the nearest five."""
    return (count + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO
