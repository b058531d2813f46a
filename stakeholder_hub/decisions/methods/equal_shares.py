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

How it stays exact and quick: voters with the same history form one *purse class*, so that money is handled for
each class and not for each voter. Exact amounts are integers over one common denominator; beside them stand bounds
of 64 bits, from which a least price of an option is found in one sweep over arrays. Only options whose least price
is in the running are priced exactly, and exact prices alone are compared, as fractions. The price of an option never
falls from one round to the next, so an option is looked at again only while its old price is still in the running.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import gcd, lcm

import numpy as np
import numpy.typing as npt

from stakeholder_hub.decisions.methods.ballots import BallotKind, IntArray, InvalidCount, Profile
from stakeholder_hub.decisions.methods.result import Outcome, Result, Round, Tie, tie_among
from stakeholder_hub.decisions.methods.ties import may_have_decided, ranks

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


@dataclass(frozen=True, slots=True)
class _Price:
    """Each supporter pays ``due / weight`` (over the money's denominator) for a unit of weight.

    ``dry``: the purse classes whose supporters pay all they have, where the kind of money asks for them.
    """

    due: int
    weight: int
    dry: IntArray | None = None


STEP = 80
"""Prices are first compared in whole multiples of ``2 ** -STEP``."""


def _floor(rate: Fraction) -> int:
    """``rate`` in whole multiples of a tiny step: where these differ so do the rates, and they are quick to compare."""
    return (rate.numerator << STEP) // rate.denominator


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
        self.common = lcm(*distinct.tolist())
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
        spent, total = 0, int(share * self.profile.voters)
        money = self._money(share, total)
        bound = [(_floor(rate), option) for option, rate in self.start_rate.items()]
        heapify(bound)
        bought: list[_Purchase] = []
        while True:
            best: Fraction | None = None
            limit = 0
            leaders: list[tuple[int, _Price]] = []
            seen: list[tuple[int, int]] = []
            fresh: set[int] = set()
            while bound and (best is None or bound[0][0] <= limit):
                _least, option = heappop(bound)
                if option not in fresh:
                    least = money.least(option)
                    if least is not None:
                        fresh.add(option)
                        heappush(bound, (least, option))
                    continue
                price = money.price(option)
                if price is None:
                    continue
                rate = Fraction(price.due, price.weight * self.factor[option] * money.denominator)
                seen.append((_floor(rate), option))
                if best is None or rate < best:
                    best, limit, leaders = rate, seen[-1][0], [(option, price)]
                elif rate == best:
                    leaders.append((option, price))
            if best is None:
                return bought
            leaders.sort(key=lambda leader: self.rank[leader[0]])
            option, price = leaders[0]
            tied = tuple(other for other, _ in leaders)
            bought.append(_Purchase(option, best, tied if len(tied) > 1 else (), total - spent))
            spent += self.costs[option]
            money.pay(option, price)
            for least, other in seen:
                if other != option:
                    heappush(bound, (least, other))

    def _money(self, share: Fraction, total: int) -> "_Purses | _Money":
        bits = 60 - max(total + 1, *self.costs).bit_length()
        if self.weights == [0, 1] and bits >= 8:
            return _Purses(self, share, bits)
        return _Money(self, share)


class _Money:
    """Amounts of money left, ascending, over a common denominator, and each voter's position among them.

    For supporters of any weights, and sums of any size.
    """

    def __init__(self, election: _Election, share: Fraction) -> None:
        self.election = election
        self.amounts = [share.numerator]
        self.denominator = share.denominator
        self.class_of = np.zeros(election.profile.voters, dtype=np.int64)

    def least(self, option: int) -> int | None:
        """Nothing is known of a price before it is computed, but that it is not below zero."""
        return 0

    def _holdings(self, option: int) -> list[tuple[int, int, int]]:
        """(amount, weight, number) of the option's supporters, those who run dry first in front."""
        support, weights = self.election.support[option], self.election.weights
        width = len(weights)
        keys = self.class_of[support.ballots] * width + support.weight_index
        counts = np.bincount(keys)
        held = np.flatnonzero(counts)
        holdings = [
            (self.amounts[key // width], weights[key % width], number)
            for key, number in zip(held.tolist(), counts[held].tolist(), strict=True)
        ]
        if width > 2:
            holdings.sort(key=lambda holding: holding[0] * (self.election.common // holding[1]))
        return holdings

    def price(self, option: int) -> _Price | None:
        """What the option's supporters pay, or ``None`` where they have too little."""
        return _price_of(
            self._holdings(option),
            self.election.costs[option] * self.denominator,
            self.election.weight[option],
        )

    def pay(self, option: int, price: _Price) -> None:
        """Take the price from the supporters and put voters into purse classes anew."""
        shrink = gcd(price.due, price.weight)
        due, weight = price.due // shrink, price.weight // shrink
        support, weights = self.election.support[option], self.election.weights
        width = len(weights)
        keys = self.class_of * width
        keys[support.ballots] += support.weight_index
        held = np.flatnonzero(np.bincount(keys)).tolist()
        after = [max(0, self.amounts[key // width] * weight - due * weights[key % width]) for key in held]
        denominator = self.denominator * weight
        common = gcd(denominator, *after)
        amounts = sorted(set(after))
        place = {amount: position for position, amount in enumerate(amounts)}
        table = np.zeros(len(self.amounts) * width, dtype=np.int64)
        table[held] = [place[amount] for amount in after]
        self.class_of = table[keys]
        self.amounts = [amount // common for amount in amounts]
        self.denominator = denominator // common


def _price_of(holdings: Sequence[tuple[int, int, int]], due: int, weight: int) -> _Price | None:
    for amount, w, number in holdings:
        if due * w <= amount * weight:
            return _Price(due, weight)
        due -= amount * number
        weight -= w * number
    return None


class _Purses:
    """Money of supporters who all weigh one, as approvals do.

    Class 0 holds those who have nothing left. What a voter of another class has is the share less the prices of the
    options that were paid for (``payers[k]``: whether the class has paid the ``k``-th price), so that exact sums over
    many classes need how many of them have paid each price, and no more.

    ``low`` is a bound from below of each class, ascending, in units of ``2 ** -bits``; the true amount is less than
    ``error`` units above it. Sums of bounds stay within 64 bits, and decide where the bounds leave no doubt.
    """

    def __init__(self, election: _Election, share: Fraction, bits: int) -> None:
        self.election, self.bits = election, bits
        self.share, self.denominator = share.numerator, share.denominator
        self.prices: list[int] = []
        self.payers: list[npt.NDArray[np.bool_]] = []
        self.low = np.array([0, (share.numerator << bits) // share.denominator], dtype=np.int64)
        self.error = 1
        self.class_of = np.ones(election.profile.voters, dtype=np.int64)

    def _bounds(self, option: int) -> "_Bounds":
        counts = np.bincount(self.class_of[self.election.support[option].ballots])
        held = np.flatnonzero(counts)
        numbers = counts[held]
        high = self.low[held] + self.error
        if held[0] == 0:
            high[0] = 0
        sums = high * numbers
        due = (self.election.costs[option] << self.bits) - (np.cumsum(sums) - sums)
        weight = self.election.weight[option] - (np.cumsum(numbers) - numbers)
        can_pay = due <= high * weight
        place = int(can_pay.argmax())
        return _Bounds(held, numbers, place, bool(can_pay[place]), due[place], weight[place])

    def least(self, option: int) -> int | None:
        """A price that is not above the option's, in whole steps; ``None`` where the supporters have too little."""
        bounds = self._bounds(option)
        if not bounds.is_enough:
            return None
        unit = int(bounds.weight) * self.election.factor[option] << self.bits
        return (int(bounds.due) << STEP) // unit

    def price(self, option: int) -> _Price | None:
        """What the option's supporters pay, or ``None`` where they have too little. Asked where ``least`` is known."""
        bounds = self._bounds(option)
        place = bounds.place
        poor, low = bounds.held[:place], self.low[bounds.held]
        most = (self.election.costs[option] << self.bits) - int((low[:place] * bounds.numbers[:place]).sum())
        # who stands before has too little even by the bound from above; who stands here may have by that from below
        if int(low[place]) * int(bounds.weight) < most:
            return self._price_of_each(option, bounds)
        numbers = bounds.numbers[:place]
        if place and poor[0] == 0:
            poor, numbers = poor[1:], numbers[1:]
        paid = self.share * int(numbers.sum())
        for price, payers in zip(self.prices, self.payers, strict=True):
            paid -= price * int(numbers[payers[poor]].sum())
        due = self.election.costs[option] * self.denominator - paid
        return _Price(due, int(bounds.weight), bounds.held[:place])

    def _price_of_each(self, option: int, bounds: "_Bounds") -> _Price | None:
        """The price by exact amounts of all classes: where the bounds leave it open who has too little."""
        amounts = []
        for place, number in zip(bounds.held.tolist(), bounds.numbers.tolist(), strict=True):
            prices = zip(self.prices, self.payers, strict=True)
            spent = sum(price for price, payers in prices if payers[place])
            amounts.append((self.share - spent if place else 0, 1, number, place))
        amounts.sort()
        holdings = [holding[:3] for holding in amounts]
        due = self.election.costs[option] * self.denominator
        price = _price_of(holdings, due, self.election.weight[option])
        if price is None:
            return None
        dry = [place for amount, _w, _n, place in amounts if amount * price.weight < price.due]
        return _Price(price.due, price.weight, np.array(dry, dtype=np.int64))

    def pay(self, option: int, price: _Price) -> None:
        """Take the price from the supporters and put voters into purse classes anew."""
        shrink = gcd(price.due, price.weight)
        due, weight = price.due // shrink, price.weight // shrink
        bound = -((-due << self.bits) // (self.denominator * weight))
        ballots = self.election.support[option].ballots
        keys = self.class_of * 2
        keys[ballots] += 1
        is_dry = np.zeros(len(self.low), dtype=bool)
        is_dry[price.dry] = True
        is_dry[0] = True
        held = np.flatnonzero(np.bincount(keys))
        before, pays = held // 2, held % 2 == 1
        stays = np.where(pays, ~is_dry[before], before > 0)
        held, before, pays = held[stays], before[stays], pays[stays]
        low = np.maximum(self.low[before] - np.where(pays, bound, 0), 0)
        order = np.argsort(low, kind="stable")
        table = np.zeros(2 * len(self.low), dtype=np.int64)
        table[held[order]] = np.arange(1, len(order) + 1)
        self.class_of = table[keys]
        self.low = np.concatenate(([0], low[order]))
        before, nobody = before[order], np.zeros(1, dtype=bool)
        self.payers = [np.concatenate((nobody, payers[before])) for payers in self.payers]
        self.payers.append(np.concatenate((nobody, pays[order])))
        self.error += 1
        prices = [*(earlier * weight for earlier in self.prices), due]
        share, denominator = self.share * weight, self.denominator * weight
        common = gcd(denominator, share, *prices)
        self.prices = [one // common for one in prices]
        self.share, self.denominator = share // common, denominator // common


@dataclass(frozen=True, slots=True)
class _Bounds:
    """An option's supporters by class; the first class that can pay its part if all have as much as the bounds allow
    (``place``), whether there is enough at all then, what is due from it and all after it, and their weight.
    """

    held: IntArray
    numbers: IntArray
    place: int
    is_enough: bool
    due: np.int64
    weight: np.int64


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
    capped: bool = False,
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
    that do not name the options, or more than ``max_raises`` raises; with ``capped`` the raising ends there instead.
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
    elsewhere: list[Tie] = []
    if add1:
        supported = {option for option, support in enumerate(election.support) if len(support.ballots)}
        whole = budget // (profile.voters * unit)
        while not _finished(bought, supported, election.costs, budget, until_exhausted):
            if steps >= max_raises:
                if capped:
                    break
                raise InvalidCount("too_many_raises", raises=steps)
            share_up = Fraction((whole + steps + 1) * unit)
            raised = election.run(share_up)
            if sum(election.costs[purchase.option] for purchase in raised) > budget:
                elsewhere += _ties_in(raised, profile.options)
                break
            elsewhere += _ties_in(bought, profile.options)
            bought, share, steps = raised, share_up, steps + 1
    method = ("equalshares/add1" if add1 else "equalshares") + ("u" if complete and add1 else "")
    virtual = int(share * profile.voters)
    added, ties = _completed(bought, profile, scores, election, budget, rank) if complete else ([], [])
    told = _all_ties(_ties_in(bought, profile.options), elsewhere) + ties
    return _result(bought, added, told, profile, scores, costs, budget, virtual, tie_break, method, steps)


def _ties_in(bought: Sequence[_Purchase], names: Sequence[str]) -> list[Tie]:
    chosen = [(names[purchase.option], purchase.rate) for purchase in bought]
    tied = [[names[option] for option in purchase.tied] for purchase in bought]
    return [
        tie_among(alike, chosen[turn][1], decisive=may_have_decided(alike, chosen, turn))
        for turn, alike in enumerate(tied)
        if alike
    ]


def _all_ties(ties: Sequence[Tie], elsewhere: Sequence[Tie]) -> list[Tie]:
    """The ties of the count that stands, then those of the counts with other shares that may have decided how far the
    shares were raised; each of these once, where it first came up.
    """
    known = {tie.options for tie in ties if tie.decisive}
    told = list(ties)
    for tie in elsewhere:
        if tie.decisive and tie.options not in known:
            known.add(tie.options)
            told.append(tie)
    return told


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
    names = profile.options
    rest = [option for option, name in enumerate(names) if option not in taken and scores[name] > 0]
    rest.sort(key=lambda option: (-scores[names[option]], rank[names[option]]))
    added: list[str] = []
    equal: dict[int, list[str]] = {}
    for option in rest:
        name = names[option]
        equal.setdefault(scores[name], []).append(name)
        if election.costs[option] <= left:
            added.append(name)
            left -= election.costs[option]
    ties = []
    for score, alike in equal.items():
        funded = [name for name in alike if name in added]
        if funded and len(alike) > 1:
            ties.append(tie_among(alike, score, decisive=len(funded) < len(alike)))
    return added, ties


def preferred_of_two(profile: Profile, first: Sequence[str], second: Sequence[str]) -> tuple[int, int]:
    """How many voters have more of their choices among ``first``, and how many among ``second``.

    This is the comparison step of Pabulib's ``equalshares-comparison``: equal shares yields to greedy
    only if more voters prefer the greedy outcome.
    """
    position = {option: place for place, option in enumerate(profile.options)}
    gain = np.zeros(len(profile.options), dtype=np.int64)
    gain[[position[option] for option in first]] = 1
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
    ties: Sequence[Tie],
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
    return Result(
        method=method,
        winners=winners,
        scores=dict(scores),
        rounds=tuple(rounds),
        ties=tuple(ties),
        voters=profile.voters,
        budget=budget,
        spent=spent,
        exhausted=not any(costs[option] <= budget - spent for option in rest),
        tie_break=tie_break,
        details={"raised_shares": steps, "virtual_budget": virtual},
    )
