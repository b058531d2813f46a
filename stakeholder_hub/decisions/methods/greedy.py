"""Spending a budget from the most supported option down.

Pabulib calls the rule ``greedy``; its variants are ``greedy-threshold`` (a least score),
``greedy-no-skip`` (the count stops at the first option that does not fit) and ``greedy-exclusive`` (of
some options at most one may win). See Faliszewski et al. (IJCAI 2023), "utilitarian greedy", and
"GreedUtil" in the survey of Rey and Maly.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from stakeholder_hub.decisions.methods.ballots import InvalidCount
from stakeholder_hub.decisions.methods.result import Outcome, Result, Round, Tie
from stakeholder_hub.decisions.methods.threshold import NO_THRESHOLD, Threshold
from stakeholder_hub.decisions.methods.ties import ranks


@dataclass(frozen=True, slots=True)
class Quota:
    """A bound on some of the options: money, seats or both. Options that exclude each other have one seat."""

    name: str
    members: frozenset[str]
    budget: int | None = None
    seats: int | None = None


@dataclass(slots=True)
class _Purse:
    """What is left while the count goes on."""

    left: int
    quotas: Sequence[Quota]
    spent: dict[str, int] = field(default_factory=dict)
    seated: dict[str, int] = field(default_factory=dict)

    def refusal(self, option: str, cost: int) -> tuple[Outcome, str | None] | None:
        for quota in self.quotas:
            if option not in quota.members:
                continue
            if quota.seats is not None and self.seated.get(quota.name, 0) >= quota.seats:
                return Outcome.QUOTA_FULL, quota.name
            if quota.budget is not None and self.spent.get(quota.name, 0) + cost > quota.budget:
                return Outcome.OVER_QUOTA_BUDGET, quota.name
        return (Outcome.OVER_BUDGET, None) if cost > self.left else None

    def pay(self, option: str, cost: int) -> None:
        self.left -= cost
        for quota in self.quotas:
            if option in quota.members:
                self.spent[quota.name] = self.spent.get(quota.name, 0) + cost
                self.seated[quota.name] = self.seated.get(quota.name, 0) + 1


def count_greedy(
    scores: Mapping[str, int],
    costs: Mapping[str, int],
    budget: int,
    *,
    stop_at_first_misfit: bool = False,
    threshold: Threshold = NO_THRESHOLD,
    quotas: Sequence[Quota] = (),
    withdrawn: Collection[str] = (),
    last_share: Fraction | None = None,
    voters: int = 0,
    order: Sequence[str] | None = None,
    tie_break: str = "order",
) -> Result:
    """Fund options in order of score as long as the budget lasts.

    An option that does not fit is skipped and smaller ones further down may still be funded, unless
    ``stop_at_first_misfit`` ends the count there (within its quota only, if it was the quota's budget that
    fell short).
    ``last_share`` (with the stop) funds the first misfit after all if at least this share of its cost is
    left, as Poznań does with four fifths. ``withdrawn`` options are passed over and stop nothing.

    All money is in the same smallest unit. Raises :class:`InvalidCount` for a negative budget or cost, or
    if scores and costs do not name the same options.
    """
    _check(scores, costs, budget)
    rank = ranks(tuple(scores), order)
    purse = _Purse(budget, quotas)
    winners: list[str] = []
    rounds: list[Round] = []
    stopped = False
    closed: set[str] = set()
    for number, option in enumerate(sorted(scores, key=lambda o: (-scores[o], rank[o])), start=1):
        score, cost, left = scores[option], costs[option], purse.left
        quota: str | None = next((q.name for q in quotas if q.name in closed and option in q.members), None)
        if option in withdrawn:
            outcome = Outcome.WITHDRAWN
        elif not threshold.met(score, voters):
            outcome = Outcome.BELOW_THRESHOLD
        elif stopped or quota is not None:
            outcome = Outcome.AFTER_STOP
        else:
            refusal = purse.refusal(option, cost)
            outcome, quota = refusal or (Outcome.ELECTED, None)
            if stop_at_first_misfit and outcome is Outcome.OVER_QUOTA_BUDGET and quota is not None:
                closed.add(quota)
            elif stop_at_first_misfit and outcome is Outcome.OVER_BUDGET:
                stopped = True
                if last_share is not None and left >= cost * last_share:
                    outcome = Outcome.ELECTED
            if outcome is Outcome.ELECTED:
                purse.pay(option, cost)
                winners.append(option)
        rounds.append(Round(number, option, outcome, score, cost, left, quota=quota))
    return Result(
        method="greedy-no-skip" if stop_at_first_misfit else "greedy",
        winners=tuple(winners),
        scores=dict(scores),
        rounds=tuple(rounds),
        ties=_ties(rounds, stop_at_first_misfit),
        voters=voters,
        budget=budget,
        spent=budget - purse.left,
        exhausted=not any(cost <= purse.left for option, cost in costs.items() if option not in set(winners)),
        tie_break=tie_break,
    )


def _check(scores: Mapping[str, int], costs: Mapping[str, int], budget: int) -> None:
    if scores.keys() != costs.keys():
        raise InvalidCount("costs_and_scores_differ", scores=len(scores), costs=len(costs))
    if budget < 0:
        raise InvalidCount("negative_budget", budget=budget)
    cheapest = min(costs, key=costs.__getitem__, default=None)
    if cheapest is not None and costs[cheapest] < 0:
        raise InvalidCount("negative_cost", option=cheapest, cost=costs[cheapest])


def _ties(rounds: Sequence[Round], stopping: bool) -> tuple[Tie, ...]:
    """Equal scores among options whose turn came.

    Another order changes the winners only where some of the equals were funded and some not; where the
    count stops at a misfit, also if one of them alone would have fitted before the stop.
    """
    passed = (Outcome.BELOW_THRESHOLD, Outcome.WITHDRAWN)
    equal: dict[int, list[Round]] = {}
    for turn in rounds:
        if turn.outcome not in passed:
            equal.setdefault(turn.score, []).append(turn)
    return tuple(
        Tie(tuple(turn.option for turn in turns), Fraction(score), _decisive(turns, stopping))
        for score, turns in equal.items()
        if len(turns) > 1
    )


def _decisive(turns: Sequence[Round], stopping: bool) -> bool:
    if len({turn.outcome is Outcome.ELECTED for turn in turns}) > 1:
        return True
    misfit = turns[0].outcome in (Outcome.OVER_BUDGET, Outcome.OVER_QUOTA_BUDGET)
    return stopping and misfit and any(turn.cost <= turns[0].left for turn in turns)
