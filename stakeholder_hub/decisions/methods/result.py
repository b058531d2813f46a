"""What every method returns: the winners, and each step that led to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any


def plain(figure: Fraction | int) -> int | str:
    """An exact figure as JSON holds it: a whole number, or a fraction in lowest terms as ``"n/d"``."""
    return figure.numerator if figure.denominator == 1 else f"{figure.numerator}/{figure.denominator}"


class Outcome(StrEnum):
    """What became of an option when its turn came."""

    ELECTED = "elected"
    OVER_BUDGET = "over_budget"
    OVER_QUOTA_BUDGET = "over_quota_budget"
    QUOTA_FULL = "quota_full"
    BELOW_THRESHOLD = "below_threshold"
    AFTER_STOP = "after_stop"
    NO_SEAT = "no_seat"
    WITHDRAWN = "withdrawn"
    SUPPORTERS_SHORT = "supporters_short"


@dataclass(frozen=True, slots=True)
class Round:
    """One option's turn. Money is in the caller's smallest unit; ``left`` is what remains *before* the turn.

    ``rate`` is what the rule compared in this round where that is not the score itself (equal shares: the
    price of one unit of usefulness, lower is better). ``quota`` names the quota that stood in the way.
    """

    number: int
    option: str
    outcome: Outcome
    score: int
    cost: int = 0
    left: int = 0
    rate: Fraction | None = None
    quota: str | None = None

    def named(self, option: str) -> "Round":
        """The same round of an option under another name."""
        return replace(self, option=option)

    def to_json(self) -> dict[str, Any]:
        """The round as plain data."""
        plain: dict[str, Any] = {
            "number": self.number,
            "option": self.option,
            "outcome": self.outcome.value,
            "score": self.score,
            "cost": self.cost,
            "left": self.left,
        }
        if self.rate is not None:
            plain["rate"] = str(self.rate)
        if self.quota is not None:
            plain["quota"] = self.quota
        return plain


@dataclass(frozen=True, slots=True)
class Tie:
    """Options that stood equal, in the order in which the tie was broken.

    ``decisive`` is true where another order might have changed who wins; where it is false, none would have.
    """

    options: tuple[str, ...]
    score: Fraction
    decisive: bool

    def to_json(self) -> dict[str, Any]:
        """The tie as plain data."""
        return {"options": list(self.options), "score": str(self.score), "decisive": self.decisive}


def tie_among(options: Sequence[str], score: Fraction | int, *, decisive: bool) -> Tie:
    """A tie of ``options``, which stand in the order in which it was broken."""
    return Tie(tuple(options), Fraction(score), decisive)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a count in which votes move from option to option (instant run-off, STV).

    ``tallies``: votes of every option still in the count or elected. ``source``: whose votes moved before this stage.
    ``exhausted``: votes that no option on their ballots can take any more (for STV with what rounding down lost).
    """

    number: int
    tallies: Mapping[str, Fraction]
    elected: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    source: str | None = None
    exhausted: Fraction = Fraction(0)

    def to_json(self) -> dict[str, Any]:
        """The stage as plain data."""
        return {
            "number": self.number,
            "tallies": {option: plain(votes) for option, votes in self.tallies.items()},
            "elected": list(self.elected),
            "excluded": list(self.excluded),
            "source": self.source,
            "exhausted": plain(self.exhausted),
        }


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one count.

    ``winners`` stand in the order in which they were chosen, ``scores`` hold every option.
    ``exhausted`` tells that no further option fits into what is left of the budget; ``tie_break`` names
    the rule that broke ties (``order`` or ``lot``); ``stages`` are those of a count with transfers; ``tables`` hold
    a row of whole numbers for each option (how often each grade was given; how many voters prefer it to each other);
    ``details`` hold figures of one method only.
    """

    method: str
    winners: tuple[str, ...]
    scores: Mapping[str, int]
    rounds: tuple[Round, ...]
    ties: tuple[Tie, ...] = ()
    voters: int = 0
    budget: int | None = None
    spent: int = 0
    exhausted: bool = False
    tie_break: str = "order"
    details: Mapping[str, int | str] = field(default_factory=dict)
    stages: tuple[Stage, ...] = ()
    tables: Mapping[str, Mapping[str, Sequence[int]]] = field(default_factory=dict)

    @property
    def decisive_ties(self) -> tuple[Tie, ...]:
        """The ties in which the breaking rule chose the winner."""
        return tuple(tie for tie in self.ties if tie.decisive)

    def round_of(self, option: str) -> Round | None:
        """The turn of ``option``, or ``None`` if it never had one."""
        return next((turn for turn in self.rounds if turn.option == option), None)

    def to_json(self) -> dict[str, Any]:
        """The whole result as plain data, fit for publishing."""
        told: dict[str, Any] = {
            "method": self.method,
            "winners": list(self.winners),
            "scores": dict(self.scores),
            "rounds": [turn.to_json() for turn in self.rounds],
            "ties": [tie.to_json() for tie in self.ties],
            "tie_break": self.tie_break,
            "voters": self.voters,
            "budget": self.budget,
            "spent": self.spent,
            "exhausted": self.exhausted,
            "details": dict(self.details),
        }
        if self.stages:
            told["stages"] = [stage.to_json() for stage in self.stages]
        if self.tables:
            told["tables"] = {
                name: {option: list(row) for option, row in table.items()}
                for name, table in self.tables.items()
            }
        return told
