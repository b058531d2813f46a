"""Several winners from approvals so that groups of voters are represented by their size.

Sequential proportional approval (Thiele 1895): seats are filled one by one; a ballot with ``k`` winners already counts
``1 / (k + 1)``. Sequential Phragmén (1894): electing somebody is a load of one that supporters carry together; each
seat goes to the option that leaves the most loaded voter with the least load. With costs in place of seats Phragmén's
rule spends a budget: an option loads its supporters with its cost (Los, Christoff and Grossi, IJCAI 2022).
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm

import numpy as np

from stakeholder_hub.decisions.methods.ballots import BallotKind, InvalidCount, Profile
from stakeholder_hub.decisions.methods.result import Outcome, Result, Round, Tie, tie_among
from stakeholder_hub.decisions.methods.ties import may_have_decided, ranks

_Equal = tuple[int, Sequence[str], Fraction]
"""How many had been chosen before, who stood equal then, and at what figure."""


def _checked(profile: Profile, seats: int) -> None:
    if profile.kind not in (BallotKind.APPROVAL, BallotKind.CHOOSE_ONE):
        raise InvalidCount("kind_not_counted", kind=profile.kind.value)
    if seats < 0:
        raise InvalidCount("negative_seats", seats=seats)


def count_proportional_approval(
    profile: Profile, *, seats: int, order: Sequence[str] | None = None, tie_break: str = "order"
) -> Result:
    """``seats`` winners by sequential proportional approval; options nobody approves of never win.

    ``rate`` of a round is the weight of the ballots behind the winner. Raises :class:`InvalidCount` for ballots
    that are not approvals, a negative number of seats or an incomplete ``order``.
    """
    _checked(profile, seats)
    rank, names = ranks(profile.options, order), profile.options
    supporters = profile.supporters()
    won = np.zeros(profile.voters, dtype=np.int64)
    # more winners than options no ballot can have
    common = lcm(*range(1, min(seats, len(names)) + 1))
    inside = set(range(len(names)))
    chosen: list[tuple[int, Fraction]] = []
    ties: list[_Equal] = []
    while inside and len(chosen) < seats:
        weight = {
            option: sum(
                number * (common // (winners + 1))
                for winners, number in enumerate(np.bincount(won[supporters[option]]).tolist())
            )
            for option in inside
        }
        most = max(weight.values())
        if not most:
            break
        leaders = sorted((o for o in inside if weight[o] == most), key=lambda o: rank[names[o]])
        best = Fraction(most, common)
        _note(ties, len(chosen), [names[option] for option in leaders], best)
        chosen.append((leaders[0], best))
        inside.remove(leaders[0])
        won[supporters[leaders[0]]] += 1
    return _seated("spav", profile, chosen, ties, tie_break, {"seats": seats})


class _Loads:
    """What every voter carries: voters with the same load form a class, so that fractions are few."""

    def __init__(self, profile: Profile) -> None:
        self.supporters = profile.supporters()
        self.of = np.zeros(profile.voters, dtype=np.int64)
        self.loads = [Fraction(0)]

    def with_more(self, option: int, burden: int) -> Fraction | None:
        """The load of the supporters once they carry ``burden`` together; ``None`` without supporters."""
        people = self.supporters[option]
        if not len(people):
            return None
        counts = np.bincount(self.of[people], minlength=len(self.loads)).tolist()
        held = sum(
            (load * number for load, number in zip(self.loads, counts, strict=True) if number), Fraction(0)
        )
        return (burden + held) / len(people)

    def carry(self, option: int, load: Fraction) -> None:
        """Give ``load`` to every supporter."""
        self.loads.append(load)
        self.of[self.supporters[option]] = len(self.loads) - 1


def count_phragmen(
    profile: Profile, *, seats: int, order: Sequence[str] | None = None, tie_break: str = "order"
) -> Result:
    """``seats`` winners by Phragmén's sequential rule; options nobody approves of never win.

    ``rate`` of a round is the load of the winner's supporters after it. Raises :class:`InvalidCount` as
    :func:`count_proportional_approval`.
    """
    _checked(profile, seats)
    rank, names = ranks(profile.options, order), profile.options
    loads = _Loads(profile)
    inside = {option for option in range(len(names)) if len(loads.supporters[option])}
    chosen: list[tuple[int, Fraction]] = []
    ties: list[_Equal] = []
    while inside and len(chosen) < seats:
        best, leaders = _lightest(loads, dict.fromkeys(inside, 1), rank, names)
        _note(ties, len(chosen), [names[option] for option in leaders], best)
        chosen.append((leaders[0], best))
        inside.remove(leaders[0])
        loads.carry(leaders[0], best)
    return _seated("phragmen", profile, chosen, ties, tie_break, {"seats": seats})


def count_budget_phragmen(
    profile: Profile,
    costs: Mapping[str, int],
    budget: int,
    *,
    order: Sequence[str] | None = None,
    tie_break: str = "order",
) -> Result:
    """A budget spent by Phragmén's sequential rule: it ends at the first option that does not fit.

    Raises :class:`InvalidCount` for ballots that are not approvals, costs that do not name the options or are
    not positive, a negative budget or an incomplete ``order``.
    """
    _checked(profile, 0)
    if costs.keys() != set(profile.options):
        raise InvalidCount("costs_and_options_differ", costs=len(costs), options=len(profile.options))
    if budget < 0:
        raise InvalidCount("negative_budget", budget=budget)
    if min(costs.values(), default=1) <= 0:
        raise InvalidCount("cost_not_positive", option=min(costs, key=costs.__getitem__))
    rank, names = ranks(profile.options, order), profile.options
    scores = profile.scores()
    loads = _Loads(profile)
    inside = {option for option in range(len(names)) if len(loads.supporters[option])}
    left = budget
    rounds: list[Round] = []
    chosen: list[tuple[str, Fraction]] = []
    ties: list[_Equal] = []
    while inside:
        burdens = {option: costs[names[option]] for option in inside}
        best, leaders = _lightest(loads, burdens, rank, names)
        _note(ties, len(chosen), [names[option] for option in leaders], best)
        name = names[leaders[0]]
        fits = costs[name] <= left
        outcome = Outcome.ELECTED if fits else Outcome.OVER_BUDGET
        rounds.append(Round(len(rounds) + 1, name, outcome, scores[name], costs[name], left, best))
        inside.remove(leaders[0])
        if not fits:
            break
        chosen.append((name, best))
        left -= costs[name]
        loads.carry(leaders[0], best)
    winners = tuple(name for name, _figure in chosen)
    seen = {turn.option for turn in rounds}
    for name in sorted((name for name in names if name not in seen), key=lambda n: (-scores[n], rank[n])):
        outcome = Outcome.AFTER_STOP if scores[name] else Outcome.BELOW_THRESHOLD
        rounds.append(Round(len(rounds) + 1, name, outcome, scores[name], costs[name], left))
    return Result(
        method="budget-phragmen",
        winners=winners,
        scores=scores,
        rounds=tuple(rounds),
        ties=_told(ties, chosen),
        voters=profile.voters,
        budget=budget,
        spent=budget - left,
        exhausted=not any(costs[name] <= left for name in names if name not in winners),
        tie_break=tie_break,
    )


def _lightest(
    loads: _Loads, burdens: Mapping[int, int], rank: Mapping[str, int], names: Sequence[str]
) -> tuple[Fraction, list[int]]:
    found = {option: loads.with_more(option, burden) for option, burden in burdens.items()}
    known = {option: load for option, load in found.items() if load is not None}
    best = min(known.values())
    leaders = [option for option, load in known.items() if load == best]
    return best, sorted(leaders, key=lambda option: rank[names[option]])


def _note(ties: list[_Equal], turn: int, leaders: Sequence[str], figure: Fraction) -> None:
    if len(leaders) > 1:
        ties.append((turn, leaders, figure))


def _told(ties: Sequence[_Equal], chosen: Sequence[tuple[str, Fraction]]) -> tuple[Tie, ...]:
    return tuple(
        tie_among(leaders, figure, decisive=may_have_decided(leaders, chosen, turn))
        for turn, leaders, figure in ties
    )


def _seated(
    method: str,
    profile: Profile,
    chosen: Sequence[tuple[int, Fraction]],
    ties: Sequence[_Equal],
    tie_break: str,
    details: Mapping[str, int | str],
) -> Result:
    names, scores = profile.options, profile.scores()
    winners = tuple(names[option] for option, _figure in chosen)
    rounds = [
        Round(number, names[option], Outcome.ELECTED, scores[names[option]], rate=figure)
        for number, (option, figure) in enumerate(chosen, start=1)
    ]
    for name in sorted((name for name in names if name not in winners), key=lambda n: -scores[n]):
        outcome = Outcome.NO_SEAT if scores[name] else Outcome.BELOW_THRESHOLD
        rounds.append(Round(len(rounds) + 1, name, outcome, scores[name]))
    return Result(
        method=method,
        winners=winners,
        scores=scores,
        rounds=tuple(rounds),
        ties=_told(ties, [(names[option], figure) for option, figure in chosen]),
        voters=profile.voters,
        tie_break=tie_break,
        details=details,
    )
