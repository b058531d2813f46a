"""When enough bodies have ratified: all, so many of them, or more than half at every level. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """How many have to ratify."""

    EVERY = "every"
    SOME = "some"
    LEVELS = "levels"


class Outcome(StrEnum):
    """What one body did with it. ``LAPSED``: it had not answered by the day."""

    WAITING = "waiting"
    ADOPTED = "adopted"
    RESERVATIONS = "reservations"
    REJECTED = "rejected"
    LAPSED = "lapsed"

    @property
    def ratifies(self) -> bool:
        """Adopted as it is, or with reservations."""
        return self in (Outcome.ADOPTED, Outcome.RESERVATIONS)


class Standing(StrEnum):
    """How something stands that is checked after it was decided."""

    PENDING = "pending"
    HELD = "held"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Seat:
    """One body, by its level, with what it did."""

    level: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Tally:
    """How far it is: ``ratified`` of ``bodies``, where ``needed`` are wanted. By levels all three count levels."""

    standing: Standing
    ratified: int
    needed: int
    bodies: int
    waiting: int

    @property
    def missing(self) -> int:
        """How many more it takes, or would have taken."""
        return max(self.needed - self.ratified, 0)


def tally(rule: Rule, needed: int, seats: Iterable[Seat]) -> Tally:
    """Count what the bodies did. It holds as soon as enough have ratified, and fails once too few can still do so.

    ``needed`` counts for ``Rule.SOME`` alone. By levels, more than half of the named bodies of each level ratify.
    """
    found = list(seats)
    waiting = sum(seat.outcome is Outcome.WAITING for seat in found)
    if rule is not Rule.LEVELS:
        ratified = sum(seat.outcome.ratifies for seat in found)
        wanted = len(found) if rule is Rule.EVERY else needed
        return Tally(_standing(ratified, ratified + waiting, wanted), ratified, wanted, len(found), waiting)
    sizes = Counter(seat.level for seat in found)
    yes = Counter(seat.level for seat in found if seat.outcome.ratifies)
    open_ = Counter(seat.level for seat in found if seat.outcome is Outcome.WAITING)
    majority = {level: size // 2 + 1 for level, size in sizes.items()}
    reached = sum(yes[level] >= least for level, least in majority.items())
    possible = sum(yes[level] + open_[level] >= least for level, least in majority.items())
    return Tally(_standing(reached, possible, len(sizes)), reached, len(sizes), len(sizes), waiting)


def _standing(reached: int, possible: int, needed: int) -> Standing:
    if reached >= needed:
        return Standing.HELD
    return Standing.PENDING if possible >= needed else Standing.FAILED
