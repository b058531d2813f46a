"""The Method of Equal Shares, counted exactly.

Every voter commands an equal part of the budget. An option is bought by its supporters together, each
paying the same price for one unit of usefulness, or all that is left where that is less. In each round
the option with the lowest such price (``rate``) is bought, until no option's supporters can pay for one.

Pabulib's rules: ``equalshares`` (usefulness = cost of the option, "cost utilities"), ``equalshares/add1``
(the budget is raised by one currency unit a voter, and the count repeated, until the winners would cost
more than the true budget or nothing further fits into it) and ``...-comparison`` (greedy winners stand
if more voters have more of their choices there). Sources: Peters, Pierczyński and Skowron, "Proportional
Participatory Budgeting with Additive Utilities" (NeurIPS 2021); Faliszewski et al. (IJCAI 2023);
Rey and Maly's survey, section on completion methods.

How it stays exact and quick: the money of all voters is held as integers over one common denominator,
and voters with the same amount form one *purse class*, so that big integers are handled for each
class and not for each voter. Prices are compared as fractions. The price of an option never falls from
one round to the next, so an option is looked at again only while its old price is still in the running.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import gcd, lcm

import numpy as np

from stakeholder_hub.decisions.methods.ballots import BallotKind, IntArray, InvalidCount, Profile
from stakeholder_hub.decisions.methods.result import Outcome, Result, Round, Tie, tie_among
from stakeholder_hub.decisions.methods.ties import ranks

MAX_RAISES = 20_000
"""Add1 gives up after raising the shares this often: real votes need a few hundred raises."""


class Usefulness(StrEnum):
    """What a funded option is worth to a supporter: its cost, or one (times the points, where given)."""

    COST = "cost"
    CARDINALITY = "cardinality"


@dataclass(frozen=True, slots=True)
class _Support:
    """Who supports one option: ballots, and for each its weight as a position in ``weights``."""

    ballots: IntArray
    weight_index: IntArray


@dataclass(slots=True)
class _Money:
    """Amounts of money left, ascending, over a common denominator, and each voter's position among them."""

    amounts: list[int]
    denominator: int
    class_of: IntArray


@dataclass(frozen=True, slots=True)
class _Price:
    """Each supporter pays ``due / weight`` (over the money's denominator) for a unit of weight."""

    due: int
    weight: int


_Bound = tuple[int, Fraction, int]
"""The least price of an option: its floor (see :func:`_floor`), itself, and the option."""


def _floor(rate: Fraction) -> int:
    """Whole multiples of a tiny step in ``rate``: where these differ so do the rates, and they are quick to compare."""
    return (rate.numerator << 80) // rate.denominator


@dataclass(frozen=True, slots=True)
class _Purchase:
    option: int
    rate: Fraction
    tied: tuple[int, ...]
    left: int


class _Election:
    """One set of ballots and costs, counted with any number of budgets."""

    def __init__(
        self, profile: Profile, costs: Mapping[str, int], use: Usefulness, rank: Mapping[str, int]
    ) -> None:
        self.profile = profile
        self.costs = [costs[option] for option in profile.options]
        self.rank = [rank[option] for option in profile.options]
        self.factor = self.costs if use is Usefulness.COST else [1] * len(self.costs)
        weights = np.ones(len(profile.choices), dtype=np.int64) if profile.points is None else profile.points
        wanted = np.flatnonzero(weights > 0)
        distinct, index = np.unique(weights[wanted], return_inverse=True)
        self.weights: list[int] = [0, *distinct.tolist()]
        self.common = lcm(*distinct.tolist()) if len(distinct) else 1
        order = np.argsort(profile.choices[wanted], kind="stable")
        ends = np.cumsum(np.bincount(profile.choices[wanted], minlength=len(self.costs)))
        ballots = np.split(profile.voter_of_choice()[wanted][order], ends[:-1])
        places = np.split(index[order].astype(np.int64) + 1, ends[:-1])
        self.support = [_Support(b, w) for b, w in zip(ballots, places, strict=True)]
        self.start_rate: dict[int, Fraction] = {}
        self.weight: list[int] = []
        for option, support in enumerate(self.support):
            weight = sum(self.weights[w] for w in support.weight_index.tolist())
            self.weight.append(weight)
            if weight:
                self.start_rate[option] = Fraction(self.costs[option], weight * self.factor[option])

    def run(self, share: Fraction) -> list[_Purchase]:
        """Buy options with ``share`` for each voter, until nothing more can be bought."""
        voters = self.profile.voters
        money = _Money([share.numerator], share.denominator, np.zeros(voters, dtype=np.int64))
        spent, total = 0, share * voters
        bound = [(_floor(rate), rate, option) for option, rate in self.start_rate.items()]
        heapify(bound)
        bought: list[_Purchase] = []
        while True:
            best: _Bound | None = None
            leaders: list[tuple[int, _Price]] = []
            seen: list[_Bound] = []
            while bound and (best is None or bound[0][:2] <= best[:2]):
                option = heappop(bound)[2]
                price = self._price(option, money)
                if price is None:
                    continue
                rate = Fraction(price.due, price.weight * self.factor[option] * money.denominator)
                now = (_floor(rate), rate, option)
                seen.append(now)
                if best is None or now[:2] < best[:2]:
                    best, leaders = now, [(option, price)]
                elif now[:2] == best[:2]:
                    leaders.append((option, price))
            if best is None:
                return bought
            leaders.sort(key=lambda leader: self.rank[leader[0]])
            option, price = leaders[0]
            tied = tuple(other for other, _ in leaders)
            bought.append(_Purchase(option, best[1], tied if len(tied) > 1 else (), int(total) - spent))
            spent += self.costs[option]
            self._pay(option, price, money)
            for now in seen:
                if now[2] != option:
                    heappush(bound, now)

    def _holdings(self, option: int, money: _Money) -> list[tuple[int, int, int]]:
        """(amount, weight, number) of the option's supporters, those who run dry first in front."""
        support, width = self.support[option], len(self.weights)
        keys = money.class_of[support.ballots] * width + support.weight_index
        counts = np.bincount(keys)
        held = np.flatnonzero(counts)
        holdings = [
            (money.amounts[key // width], self.weights[key % width], number)
            for key, number in zip(held.tolist(), counts[held].tolist(), strict=True)
        ]
        if width > 2:
            holdings.sort(key=lambda holding: holding[0] * (self.common // holding[1]))
        return holdings

    def _price(self, option: int, money: _Money) -> _Price | None:
        holdings = self._holdings(option, money)
        due = self.costs[option] * money.denominator
        weight = self.weight[option]
        for amount, w, number in holdings:
            if due * w <= amount * weight:
                return _Price(due, weight)
            due -= amount * number
            weight -= w * number
        return None

    def _pay(self, option: int, price: _Price, money: _Money) -> None:
        """Take the price from the supporters and put voters into purse classes anew."""
        shrink = gcd(price.due, price.weight)
        due, weight = price.due // shrink, price.weight // shrink
        support, width = self.support[option], len(self.weights)
        keys = money.class_of * width
        keys[support.ballots] += support.weight_index
        held = np.flatnonzero(np.bincount(keys)).tolist()
        after = [
            max(0, money.amounts[key // width] * weight - due * self.weights[key % width]) for key in held
        ]
        denominator = money.denominator * weight
        common = gcd(denominator, *after)
        amounts = sorted(set(after))
        place = {amount: position for position, amount in enumerate(amounts)}
        table = np.zeros(len(money.amounts) * width, dtype=np.int64)
        table[held] = [place[amount] for amount in after]
        money.class_of = table[keys]
        money.amounts = [amount // common for amount in amounts]
        money.denominator = denominator // common


def count_equal_shares(
    profile: Profile,
    costs: Mapping[str, int],
    budget: int,
    *,
    usefulness: Usefulness = Usefulness.COST,
    add1: bool = False,
    unit: int = 1,
    until_exhausted: bool = True,
    max_raises: int = MAX_RAISES,
    complete: bool = False,
    order: Sequence[str] | None = None,
    tie_break: str = "order",
) -> Result:
    """Winners by equal shares; with ``add1`` completed by raising each voter's share one ``unit`` at a time.

    Money is in the smallest unit used; ``unit`` is one whole currency unit in it (100 for cents).
    Approvals count one; points of cumulative and scoring ballots weigh usefulness. With ``add1`` the shares
    are first rounded down to whole units and then raised until the winners would cost more than the
    budget, or, with ``until_exhausted``, until no supported option fits into what is left. With ``complete`` what
    then remains goes to the options with the highest score that fit (utilitarian completion; with ``add1`` this
    is "add1u").
    Raises :class:`InvalidCount` for ordinal ballots, a budget below zero, an option without a cost, costs
    that do not name the options, or more than ``max_raises`` raises.
    """
    _check(profile, costs, budget, unit)
    rank = ranks(profile.options, order)
    scores = profile.scores()
    if not profile.voters:
        return _result([], [], [], profile, scores, costs, budget, budget, tie_break, "equalshares")
    election = _Election(profile, costs, usefulness, rank)
    share = Fraction(budget, profile.voters)
    bought = election.run(share)
    steps = 0
    if add1:
        supported = {option for option, support in enumerate(election.support) if len(support.ballots)}
        whole = budget // (profile.voters * unit)
        while not _finished(bought, supported, election.costs, budget, until_exhausted):
            if steps >= max_raises:
                raise InvalidCount("too_many_raises", raises=steps)
            share_up = Fraction((whole + steps + 1) * unit)
            raised = election.run(share_up)
            if sum(election.costs[purchase.option] for purchase in raised) > budget:
                break
            bought, share, steps = raised, share_up, steps + 1
    method = ("equalshares/add1" if add1 else "equalshares") + ("u" if complete and add1 else "")
    virtual = int(share * profile.voters)
    added, ties = _completed(bought, profile, scores, election, budget, rank) if complete else ([], [])
    return _result(bought, added, ties, profile, scores, costs, budget, virtual, tie_break, method, steps)


def _completed(
    bought: Sequence[_Purchase],
    profile: Profile,
    scores: Mapping[str, int],
    election: _Election,
    budget: int,
    rank: Mapping[str, int],
) -> tuple[list[str], list[Tie]]:
    """The options that what is left of the budget goes to, by score, and the ties among those that might get it."""
    taken = {purchase.option for purchase in bought}
    left = budget - sum(election.costs[option] for option in taken)
    rest = [option for option in range(len(profile.options)) if option not in taken]
    rest.sort(key=lambda option: (-scores[profile.options[option]], rank[profile.options[option]]))
    added: list[str] = []
    equal: dict[int, list[str]] = {}
    for option in rest:
        name = profile.options[option]
        if scores[name] > 0:
            equal.setdefault(scores[name], []).append(name)
        if scores[name] > 0 and election.costs[option] <= left:
            added.append(name)
            left -= election.costs[option]
    ties = []
    for score, names in equal.items():
        funded = [name for name in names if name in added]
        if funded and len(names) > 1:
            ties.append(tie_among(names, score, decisive=len(funded) < len(names)))
    return added, ties


def preferred_of_two(profile: Profile, first: Sequence[str], second: Sequence[str]) -> tuple[int, int]:
    """How many voters have more of their choices among ``first``, and how many among ``second``.

    This is the comparison step of Pabulib's ``equalshares-comparison``: equal shares yields to greedy
    only if more voters prefer the greedy outcome.
    """
    position = {option: place for place, option in enumerate(profile.options)}
    gain = np.zeros(len(profile.options), dtype=np.int64)
    gain[[position[option] for option in first]] += 1
    gain[[position[option] for option in second]] -= 1
    balance = np.zeros(profile.voters, dtype=np.int64)
    np.add.at(balance, profile.voter_of_choice(), gain[profile.choices])
    return int((balance > 0).sum()), int((balance < 0).sum())


def _check(profile: Profile, costs: Mapping[str, int], budget: int, unit: int) -> None:
    if profile.kind is BallotKind.ORDINAL:
        raise InvalidCount("kind_not_counted", kind=profile.kind.value)
    if costs.keys() != set(profile.options):
        raise InvalidCount("costs_and_options_differ", costs=len(costs), options=len(profile.options))
    if budget < 0:
        raise InvalidCount("negative_budget", budget=budget)
    if unit < 1:
        raise InvalidCount("unit_not_positive", unit=unit)
    for option, cost in costs.items():
        if cost <= 0:
            raise InvalidCount("cost_not_positive", option=option, cost=cost)


def _finished(
    bought: Sequence[_Purchase], supported: set[int], costs: Sequence[int], budget: int, until_exhausted: bool
) -> bool:
    """Whether raising the shares further makes no sense."""
    missing = supported - {purchase.option for purchase in bought}
    left = budget - sum(costs[purchase.option] for purchase in bought)
    return not missing or (until_exhausted and not any(costs[option] <= left for option in missing))


def _result(
    bought: Sequence[_Purchase],
    added: Sequence[str],
    added_ties: Sequence[Tie],
    profile: Profile,
    scores: Mapping[str, int],
    costs: Mapping[str, int],
    budget: int,
    virtual: int,
    tie_break: str,
    method: str,
    steps: int = 0,
) -> Result:
    names = profile.options
    winners = (*(names[purchase.option] for purchase in bought), *added)
    won = set(winners)
    spent = sum(costs[option] for option in winners)
    rounds = []
    for number, p in enumerate(bought, start=1):
        name = names[p.option]
        rounds.append(Round(number, name, Outcome.ELECTED, scores[name], costs[name], p.left, p.rate))
    left = budget - sum(costs[names[purchase.option]] for purchase in bought)
    for name in added:
        rounds.append(Round(len(rounds) + 1, name, Outcome.ELECTED, scores[name], costs[name], left))
        left -= costs[name]
    rest = sorted((option for option in names if option not in won), key=lambda option: -scores[option])
    for number, option in enumerate(rest, start=len(rounds) + 1):
        left = virtual - spent
        rounds.append(Round(number, option, Outcome.SUPPORTERS_SHORT, scores[option], costs[option], left))
    ties = tuple(
        Tie(tuple(names[o] for o in p.tied), p.rate, not won.issuperset(names[o] for o in p.tied))
        for p in bought
        if p.tied
    )
    return Result(
        method=method,
        winners=winners,
        scores=dict(scores),
        rounds=tuple(rounds),
        ties=(*ties, *added_ties),
        voters=profile.voters,
        budget=budget,
        spent=spent,
        exhausted=not any(costs[option] <= budget - spent for option in rest),
        tie_break=tie_break,
        details={"raised_shares": steps, "virtual_budget": virtual},
    )
