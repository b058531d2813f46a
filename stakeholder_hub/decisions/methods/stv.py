"""The single transferable vote by the weighted inclusive Gregory method, as Scotland counts it.

The Scottish Local Government Elections Order 2007 (SSI 2007/42), schedule 1, rules 45 to 52: the quota is the valid
votes divided by one more than the seats, rounded down, plus one. One surplus is transferred at a time, the largest
first: every ballot of the elected option moves on at its value times the surplus divided by the option's votes,
cut off after five decimals. Without a surplus the option with the fewest votes leaves and its ballots move at
their value. When as many options are left as seats, they are elected. Ties go back to the latest stage at which
they differed; if there is none, a lot decides: here the stated order.

Values are whole numbers of a hundred-thousandth of a vote, as the Order has it, so that the count is exact.
"""

from collections.abc import Sequence
from fractions import Fraction

from stakeholder_hub.decisions.methods.ballots import InvalidCount, Profile
from stakeholder_hub.decisions.methods.preferential import Piles, by_earlier_stages
from stakeholder_hub.decisions.methods.result import Result, Stage, Tie, tie_among
from stakeholder_hub.decisions.methods.ties import ranks

UNIT = 100_000
"""Units in one vote: five decimals (rule 48(3))."""

MOST_VOTERS = 90_000_000
"""Up to so many ballots the product of a value and a surplus fits into 64 bits."""


class _Count:
    def __init__(self, profile: Profile, seats: int, order: Sequence[str] | None) -> None:
        self.names = profile.options
        self.rank = ranks(profile.options, order)
        self.seats = seats
        self.piles = Piles.of(profile, UNIT)
        self.first = self.piles.tallies()
        valid = sum(self.first) // UNIT
        self.quota = (valid // (seats + 1) + 1) * UNIT
        self.valid = valid
        self.inside = set(range(len(self.names))) if valid else set()
        self.elected: list[int] = []
        self.surpluses: list[int] = []
        self.settled: dict[int, int] = {}
        self.history: list[list[int]] = []
        self.stages: list[Stage] = []
        self.ties: list[Tie] = []
        self.source: str | None = None

    def run(self) -> None:
        """Stage after stage, until the seats are taken or nobody is left."""
        while self.inside or self.surpluses:
            tallies = self.piles.tallies()
            for option, votes in self.settled.items():
                tallies[option] = votes
            now = self._elect(tallies)
            if len(self.inside) <= self.seats - len(self.elected):
                now += self._seat_the_rest(tallies)
            if len(self.elected) >= self.seats or not self.inside:
                self._tell(tallies, now, None)
                return
            if self.surpluses:
                self._tell(tallies, now, None)
                self._transfer(self._next_surplus(tallies), tallies)
            else:
                loser = self._last(tallies)
                self._tell(tallies, now, loser)
                self.inside.remove(loser)
                self.piles.pass_on(self.piles.pile(loser), self.inside)
                self.source = self.names[loser]

    def _elect(self, tallies: list[int]) -> list[int]:
        reached = [option for option in self.inside if tallies[option] >= self.quota]
        reached.sort(key=lambda option: (-tallies[option], self.rank[self.names[option]]))
        for option in reached:
            self.inside.remove(option)
            self.elected.append(option)
            if tallies[option] > self.quota:
                self.surpluses.append(option)
            else:
                self.settled[option] = tallies[option]
        return reached

    def _seat_the_rest(self, tallies: list[int]) -> list[int]:
        rest = sorted(self.inside, key=lambda option: (-tallies[option], self.rank[self.names[option]]))
        self.elected.extend(rest)
        self.inside.clear()
        return rest

    def _next_surplus(self, tallies: list[int]) -> int:
        most = max(tallies[option] for option in self.surpluses)
        return self._one_of(
            [option for option in self.surpluses if tallies[option] == most], most, lowest=False
        )

    def _last(self, tallies: list[int]) -> int:
        fewest = min(tallies[option] for option in self.inside)
        return self._one_of(
            [option for option in self.inside if tallies[option] == fewest], fewest, lowest=True
        )

    def _one_of(self, tied: list[int], units: int, *, lowest: bool) -> int:
        tied.sort(key=lambda option: self.rank[self.names[option]])
        drawn = by_earlier_stages(tied, self.history, lowest=lowest)
        if len(drawn) > 1:
            # options without a vote move nothing when they leave: it is all one who goes first if all of them must
            harmless = units == 0 and len(self.inside) - len(drawn) >= self.seats - len(self.elected)
            tied_names = [self.names[option] for option in drawn]
            self.ties.append(tie_among(tied_names, Fraction(units, UNIT), decisive=not harmless))
        return drawn[-1] if lowest else drawn[0]

    def _transfer(self, option: int, tallies: list[int]) -> None:
        votes = tallies[option]
        surplus = votes - self.quota
        pile = self.piles.pile(option)
        self.piles.value[pile] = self.piles.value[pile] * surplus // votes
        self.piles.pass_on(pile, self.inside)
        self.surpluses.remove(option)
        self.settled[option] = self.quota
        self.source = self.names[option]

    def _tell(self, tallies: list[int], elected: list[int], excluded: int | None) -> None:
        shown = sorted(self.inside | set(self.elected))
        told = {self.names[option]: Fraction(tallies[option], UNIT) for option in shown}
        self.stages.append(
            Stage(
                number=len(self.stages) + 1,
                tallies=told,
                elected=tuple(self.names[option] for option in elected),
                excluded=() if excluded is None else (self.names[excluded],),
                source=self.source,
                exhausted=self.valid - sum(told.values(), Fraction(0)),
            )
        )
        self.history.append(tallies)


def count_stv(
    profile: Profile, *, seats: int, order: Sequence[str] | None = None, tie_break: str = "order"
) -> Result:
    """The winners of ``seats`` seats, in the order of their election.

    ``scores`` are first preferences; ``details["quota"]`` is in whole votes; ``details["valid"]`` counts ballots that
    rank somebody. Raises :class:`InvalidCount` for fewer than one seat, ballots without an order, or an incomplete
    ``order``.
    """
    if seats < 1:
        raise InvalidCount("negative_seats", seats=seats)
    if profile.voters > MOST_VOTERS:
        raise InvalidCount("too_many_voters", voters=profile.voters)
    count = _Count(profile, seats, order)
    count.run()
    return Result(
        method="stv",
        winners=tuple(count.names[option] for option in count.elected),
        scores={name: int(units) // UNIT for name, units in zip(count.names, count.first, strict=True)},
        rounds=(),
        ties=tuple(count.ties),
        voters=profile.voters,
        tie_break=tie_break,
        details={"quota": count.quota // UNIT, "seats": seats, "valid": count.valid},
        stages=tuple(count.stages),
    )
