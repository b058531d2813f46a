"""From stored votes to a result: reads a ballot, calls the pure methods, writes plain data.

In a result options are named by their position on the ballot.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from stakeholder_hub.decisions.kinds import BudgetRule, Method
from stakeholder_hub.decisions.marks import Marks
from stakeholder_hub.decisions.methods.approval import count_approvals
from stakeholder_hub.decisions.methods.ballots import BallotKind, Profile
from stakeholder_hub.decisions.methods.committees import (
    count_budget_phragmen,
    count_phragmen,
    count_proportional_approval,
)
from stakeholder_hub.decisions.methods.condorcet import count_schulze
from stakeholder_hub.decisions.methods.equal_shares import Usefulness, count_equal_shares
from stakeholder_hub.decisions.methods.greedy import Quota, count_greedy
from stakeholder_hub.decisions.methods.highest import (
    borda_scores,
    count_borda,
    count_plurality,
    count_points,
    count_quadratic,
)
from stakeholder_hub.decisions.methods.judgment import count_majority_judgment
from stakeholder_hub.decisions.methods.questions import (
    CONSENTING,
    GRADIENTS,
    YES_NO,
    count_consent,
    count_gradients,
    count_yes_no,
)
from stakeholder_hub.decisions.methods.result import Result
from stakeholder_hub.decisions.methods.runoff import count_runoff
from stakeholder_hub.decisions.methods.stv import count_stv
from stakeholder_hub.decisions.methods.threshold import Threshold
from stakeholder_hub.decisions.methods.ties import by_lot
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.ratifications.rules import Standing

CENTS = 100
SHARE_IN_UNITS = 1_000
MOST_RAISES = 5_000
"""The shares are raised at most so often; what is left then goes where the rule says, or stays."""


def profile_of(kind: BallotKind, positions: Sequence[int], votes: Iterable[Marks]) -> Profile:
    """The profile of votes given as marks."""
    place = {position: index for index, position in enumerate(positions)}
    offsets: list[int] = [0]
    choices: list[int] = []
    points: list[int] = []
    for marks in votes:
        choices.extend(place[position] for position in marks.choices)
        points.extend(marks.points or ())
        offsets.append(len(choices))
    return Profile(
        kind,
        tuple(str(position) for position in positions),
        np.array(offsets, dtype=np.int64),
        np.array(choices, dtype=np.int64),
        np.array(points, dtype=np.int64) if kind.has_points else None,
    )


def count(ballot: Ballot, votes: Iterable[Marks], *, lot: str | None = None) -> Result:
    """Count ``votes`` by the ballot's method.

    Ties are broken by the order that ``lot`` draws (:func:`~.methods.ties.by_lot`); without one by the order on the
    ballot. They are reported either way.
    """
    profile = profile_of(ballot.vote_type, [option.position for option in ballot.options], votes)
    order = by_lot(profile.options, lot) if lot is not None else profile.options
    return _COUNTS[ballot.method](ballot, profile, {"order": order, "tie_break": "lot" if lot else "order"})


_Count = Callable[[Ballot, Profile, dict[str, Any]], Result]


def _seats(ballot: Ballot) -> int:
    return ballot.winners_wanted or 1


def _approvals(ballot: Ballot, profile: Profile, ties: dict[str, Any]) -> Result:
    return count_approvals(profile, seats=ballot.winners_wanted, threshold=_threshold(ballot, 0), **ties)


def _threshold(ballot: Ballot, least: int) -> Threshold:
    return Threshold(score=ballot.least_support or least)


def _answers(profile: Profile, names: tuple[str, ...]) -> Profile:
    """The profile with its answers under the names that the counts of questions know."""
    return Profile(profile.kind, names, profile.offsets, profile.choices)


def _yes_no(ballot: Ballot, profile: Profile, _ties: dict[str, Any]) -> Result:
    return _renamed(count_yes_no(_answers(profile, YES_NO)), dict(zip(YES_NO, profile.options, strict=True)))


def _gradients(ballot: Ballot, profile: Profile, _ties: dict[str, Any]) -> Result:
    result = count_gradients(_answers(profile, GRADIENTS))
    return _renamed(result, dict(zip(GRADIENTS, profile.options, strict=True)))


def _consent(ballot: Ballot, profile: Profile, _ties: dict[str, Any]) -> Result:
    result = count_consent(_answers(profile, CONSENTING), standing_objections=ballot.standing_objections or 0)
    return _renamed(result, dict(zip(CONSENTING, profile.options, strict=True)))


def _renamed(result: Result, names: Mapping[str, str]) -> Result:
    return Result(
        method=result.method,
        winners=tuple(names[option] for option in result.winners),
        scores={names[option]: score for option, score in result.scores.items()},
        rounds=tuple(turn.named(names[turn.option]) for turn in result.rounds),
        voters=result.voters,
        details=result.details,
    )


def _budget(ballot: Ballot, profile: Profile, ties: dict[str, Any]) -> Result:
    costs = {str(option.position): option.cost or 0 for option in ballot.options}
    budget, rule = ballot.budget or 0, BudgetRule(ballot.rule)
    if rule is BudgetRule.PHRAGMEN:
        return count_budget_phragmen(profile, costs, budget, **ties)
    if rule in (BudgetRule.GREEDY, BudgetRule.GREEDY_NO_SKIP):
        ordinal = profile.kind is BallotKind.ORDINAL
        return count_greedy(
            borda_scores(profile) if ordinal else profile.scores(),
            costs,
            budget,
            threshold=_threshold(ballot, 1),  # what nobody chose is not paid for, even where money is left
            quotas=_one_per_category(ballot) if ballot.one_per_category else (),
            stop_at_first_misfit=rule is BudgetRule.GREEDY_NO_SKIP,
            voters=profile.voters,
            **ties,
        )
    by_number = rule is BudgetRule.EQUAL_SHARES_CARDINALITY
    unit = raised_by(budget, profile.voters)
    result = count_equal_shares(
        profile,
        costs,
        budget,
        usefulness=Usefulness.CARDINALITY if by_number else Usefulness.COST,
        add1=True,
        complete=rule is not BudgetRule.EQUAL_SHARES_ADD1,
        unit=unit,
        max_raises=MOST_RAISES,
        capped=True,
        **ties,
    )
    return replace(result, details={**result.details, "raised_by": unit})


def raised_by(budget: int, voters: int) -> int:
    """By how much the shares of equal shares are raised at a time, in hundredths: one whole unit of money, or ten, a
    hundred and so on, so that a share has fewer than a thousand of them. Else a budget in a currency of small units
    would be counted many thousand times.
    """
    unit = CENTS
    while budget // (max(voters, 1) * unit) >= SHARE_IN_UNITS:
        unit *= 10
    return unit


def _one_per_category(ballot: Ballot) -> list[Quota]:
    members: dict[str, set[str]] = {}
    for option in ballot.options:
        if option.group_label:
            members.setdefault(option.group_label, set()).add(str(option.position))
    return [Quota(name, frozenset(found), seats=1) for name, found in sorted(members.items())]


_COUNTS: dict[Method, _Count] = {
    Method.YES_NO: _yes_no,
    Method.CONSENT: _consent,
    Method.GRADIENTS: _gradients,
    Method.MULTIPLE_CHOICE: _approvals,
    Method.PLURALITY: lambda ballot, profile, ties: count_plurality(profile, **ties),
    Method.APPROVAL: _approvals,
    Method.SCORE: lambda ballot, profile, ties: count_points(profile, seats=_seats(ballot), **ties),
    Method.MAJORITY_JUDGMENT: lambda ballot, profile, ties: count_majority_judgment(
        profile, grades=(ballot.points_each or 1) + 1, **ties
    ),
    Method.IRV: lambda ballot, profile, ties: count_runoff(profile, **ties),
    Method.SCHULZE: lambda ballot, profile, ties: count_schulze(profile, **ties),
    Method.BORDA: lambda ballot, profile, ties: count_borda(profile, seats=_seats(ballot), **ties),
    Method.STV: lambda ballot, profile, ties: count_stv(profile, seats=_seats(ballot), **ties),
    Method.SPAV: lambda ballot, profile, ties: count_proportional_approval(
        profile, seats=_seats(ballot), **ties
    ),
    Method.PHRAGMEN: lambda ballot, profile, ties: count_phragmen(profile, seats=_seats(ballot), **ties),
    Method.BUDGET: _budget,
    Method.DOTS: lambda ballot, profile, ties: count_points(
        profile, method="dots", seats=_seats(ballot), **ties
    ),
    Method.QUADRATIC: lambda ballot, profile, ties: count_quadratic(
        profile, ballot.points_each or 0, seats=_seats(ballot), **ties
    ),
}


def winners_in(result: dict[str, Any] | None) -> list[int]:
    """The positions of the winning options, in the order in which they were chosen."""
    return [int(option) for option in (result or {}).get("winners", [])]


def chosen_positions(ballot: Ballot) -> list[int]:
    """The positions of what was really chosen; none where the result does not bind, or not yet."""
    if ballot.after_close in (Standing.PENDING, Standing.FAILED):
        return []
    return counted_positions(ballot)


def counted_positions(ballot: Ballot) -> list[int]:
    """The positions of what was chosen at the close, whatever bodies do after it: the official winners where a vote was
    held elsewhere and they are known, else the winners of the count; none where a condition did not hold.
    """
    if any(not check["met"] for check in ballot.checks or ()):
        return []
    if ballot.imported and any(option.official_winner is not None for option in ballot.options):
        scores = (ballot.result or {}).get("scores", {})
        won = [option.position for option in ballot.options if option.official_winner]
        return sorted(won, key=lambda position: (-scores.get(str(position), 0), position))
    return winners_in(ballot.result)


def chosen_proposals(ballot: Ballot) -> list[int]:
    """The proposals that were chosen, in the order of the count. Where one question was asked, its proposal if the
    answer adopts it.
    """
    at = {option.position: option.proposal_id for option in ballot.options}
    chosen = chosen_positions(ballot)
    if ballot.method.asks_one_question and chosen:
        chosen = list(at)
    return [proposal for position in chosen if (proposal := at.get(position)) is not None]
