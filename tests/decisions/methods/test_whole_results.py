"""One small vote counted by every method, and all that is told of it: each figure here was worked out by hand."""

import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest

from stakeholder_hub.decisions.methods.approval import count_approvals
from stakeholder_hub.decisions.methods.ballots import BallotKind, Profile
from stakeholder_hub.decisions.methods.committees import (
    count_budget_phragmen,
    count_phragmen,
    count_proportional_approval,
)
from stakeholder_hub.decisions.methods.condorcet import count_schulze
from stakeholder_hub.decisions.methods.equal_shares import Usefulness, count_equal_shares
from stakeholder_hub.decisions.methods.greedy import count_greedy
from stakeholder_hub.decisions.methods.highest import (
    count_borda,
    count_highest,
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
from stakeholder_hub.decisions.methods.runoff import count_runoff
from stakeholder_hub.decisions.methods.stv import count_stv

ABC = ("a", "b", "c")
COSTS = {"a": 20, "b": 60, "c": 30}
SCORES = {"a": 1, "b": 2, "c": 3}

APPROVALS = Profile.of(BallotKind.APPROVAL, ABC, [["b", "c"], ["c"], ["c", "a"], ["b"]])
CHOICES = Profile.of(BallotKind.CHOOSE_ONE, ABC, [["b"], ["c"], ["c"], []])
POINTS = [{"b": 2, "c": 3}, {"c": 1}, {"a": 1}]
GRADED = Profile.of(BallotKind.SCORING, ABC, POINTS)
SPREAD = Profile.of(BallotKind.CUMULATIVE, ABC, POINTS)
RANKED = Profile.of(BallotKind.ORDINAL, ABC, [["a", "b"], ["a", "c"], ["b", "c"], ["c", "b"], ["c", "b"], []])


def turns(*told: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Rounds as (option, outcome, score), with cost, left and rate where there are any."""
    names = ("option", "outcome", "score", "cost", "left", "rate")
    return [
        {"number": number, "cost": 0, "left": 0, **dict(zip(names, turn, strict=False))}
        for number, turn in enumerate(told, start=1)
    ]


def whole(
    method: str, winners: Sequence[str], *rounds: tuple[Any, ...], scores: dict[str, int], **told: Any
) -> dict[str, Any]:
    """A result without a budget, without ties, unless told otherwise."""
    empty = {"ties": [], "tie_break": "order", "budget": None, "spent": 0, "exhausted": False, "details": {}}
    return {
        **empty,
        "method": method,
        "winners": list(winners),
        "rounds": turns(*rounds),
        "scores": scores,
        **told,
    }


BY_VOTES = (("c", "elected", 3), ("b", "no_seat", 2), ("a", "no_seat", 1))
BY_POINTS = (("c", "elected", 4), ("b", "no_seat", 2), ("a", "no_seat", 1))
POINT_SCORES = {"a": 1, "b": 2, "c": 4}

RESULTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "highest": (
        lambda: count_highest(SCORES, method="by hand", voters=9),
        whole("by hand", "c", *BY_VOTES, scores=SCORES, voters=9),
    ),
    "approval": (
        lambda: count_approvals(APPROVALS),
        whole("approval", "c", *BY_VOTES, scores=SCORES, voters=4),
    ),
    "plurality": (
        lambda: count_plurality(CHOICES),
        whole(
            "plurality",
            "c",
            ("c", "elected", 2),
            ("b", "no_seat", 1),
            ("a", "below_threshold", 0),
            scores={"a": 0, "b": 1, "c": 2},
            voters=4,
        ),
    ),
    "score": (lambda: count_points(GRADED), whole("score", "c", *BY_POINTS, scores=POINT_SCORES, voters=3)),
    "quadratic": (
        lambda: count_quadratic(SPREAD, 13),  # the first ballot costs 4 + 9
        whole("quadratic", "c", *BY_POINTS, scores=POINT_SCORES, voters=3),
    ),
    "borda": (
        lambda: count_borda(RANKED),
        whole(
            "borda",
            "c",
            ("c", "elected", 12),  # 2 + 2 + 4 + 4 doubled points
            ("b", "no_seat", 10),  # 2 + 4 + 2 + 2
            ("a", "no_seat", 8),  # 4 + 4
            scores={"a": 8, "b": 10, "c": 12},
            voters=6,
            details={"scale": 2},
        ),
    ),
    "majority judgment": (
        lambda: count_majority_judgment(GRADED, grades=4),
        whole(
            "majority_judgment",
            "c",
            ("c", "elected", 1),  # 0, 1, 3
            ("b", "below_threshold", 0),  # 0, 0, 2
            ("a", "below_threshold", 0),
            scores={"a": 0, "b": 0, "c": 1},
            voters=3,
            details={"grades": 4},
            tables={"grades": {"a": [2, 1, 0, 0], "b": [2, 0, 1, 0], "c": [1, 1, 0, 1]}},
        ),
    ),
    "instant run-off": (
        lambda: count_runoff(RANKED),
        whole(
            "irv",
            "c",
            scores={"a": 2, "b": 1, "c": 2},
            voters=6,
            stages=[
                {
                    "number": 1,
                    "tallies": {"a": 2, "b": 1, "c": 2},
                    "elected": [],
                    "excluded": ["b"],
                    "source": None,
                    "exhausted": 1,
                },
                {
                    "number": 2,
                    "tallies": {"a": 2, "c": 3},
                    "elected": ["c"],
                    "excluded": [],
                    "source": "b",
                    "exhausted": 1,
                },
            ],
        ),
    ),
    "schulze": (
        lambda: count_schulze(RANKED),
        whole(
            "schulze",
            "c",
            scores={"a": 0, "b": 1, "c": 2},
            voters=6,
            details={"condorcet": 1},
            tables={
                "duels": {"a": [0, 2, 2], "b": [3, 0, 2], "c": [3, 3, 0]},
                "ways": {"a": [0, 0, 0], "b": [3, 0, 0], "c": [3, 3, 0]},
            },
        ),
    ),
    "proportional approval": (
        lambda: count_proportional_approval(APPROVALS, seats=2),
        whole(
            "spav",
            "cb",
            ("c", "elected", 3, 0, 0, "3"),
            ("b", "elected", 2, 0, 0, "3/2"),  # one of its two ballots has a winner
            ("a", "no_seat", 1),
            scores=SCORES,
            voters=4,
            details={"seats": 2},
        ),
    ),
    "phragmén": (
        lambda: count_phragmen(APPROVALS, seats=1),
        whole(
            "phragmen",
            "c",
            ("c", "elected", 3, 0, 0, "1/3"),
            ("b", "no_seat", 2),
            ("a", "no_seat", 1),
            scores=SCORES,
            voters=4,
            details={"seats": 1},
        ),
    ),
    "budget by phragmén": (
        lambda: count_budget_phragmen(APPROVALS, COSTS, 100),
        whole(
            "budget-phragmen",
            "ca",
            ("c", "elected", 3, 30, 100, "10"),
            ("a", "elected", 1, 20, 70, "30"),  # 20 + 10
            ("b", "over_budget", 2, 60, 50, "35"),  # (60 + 10) / 2
            scores=SCORES,
            voters=4,
            budget=100,
            spent=50,
            exhausted=True,
        ),
    ),
    "budget by phragmén, ended early": (
        lambda: count_budget_phragmen(APPROVALS, {"a": 90, "b": 90, "c": 101}, 100),
        whole(
            "budget-phragmen",
            "",
            ("c", "over_budget", 3, 101, 100, "101/3"),
            ("b", "after_stop", 2, 90, 100),
            ("a", "after_stop", 1, 90, 100),
            scores=SCORES,
            voters=4,
            budget=100,
        ),
    ),
    "greedy": (
        lambda: count_greedy(SCORES, COSTS, 100),
        whole(
            "greedy",
            "cb",
            ("c", "elected", 3, 30, 100),
            ("b", "elected", 2, 60, 70),
            ("a", "over_budget", 1, 20, 10),
            scores=SCORES,
            voters=0,
            budget=100,
            spent=90,
            exhausted=True,
        ),
    ),
    "greedy without skipping": (
        lambda: count_greedy(SCORES, {**COSTS, "b": 80}, 100, stop_at_first_misfit=True, voters=4),
        whole(
            "greedy-no-skip",
            "c",
            ("c", "elected", 3, 30, 100),
            ("b", "over_budget", 2, 80, 70),
            ("a", "after_stop", 1, 20, 70),
            scores=SCORES,
            voters=4,
            budget=100,
            spent=30,
        ),
    ),
    "equal shares": (
        lambda: count_equal_shares(APPROVALS, COSTS, 100),
        whole(
            "equalshares",
            "c",
            ("c", "elected", 3, 30, 100, "1/3"),  # 10 from each of three, for something of 30
            ("b", "supporters_short", 2, 60, 70),  # 15 + 25
            ("a", "supporters_short", 1, 20, 70),  # 15
            scores=SCORES,
            voters=4,
            budget=100,
            spent=30,
            details={"raised_shares": 0, "virtual_budget": 100},
        ),
    ),
    "equal shares, raised": (
        lambda: count_equal_shares(APPROVALS, COSTS, 100, add1=True),
        whole(
            "equalshares/add1",
            "ca",
            ("c", "elected", 3, 30, 120, "1/3"),  # from 25 each to 30
            ("a", "elected", 1, 20, 90, "1"),
            ("b", "supporters_short", 2, 60, 70),
            scores=SCORES,
            voters=4,
            budget=100,
            spent=50,
            exhausted=True,
            details={"raised_shares": 5, "virtual_budget": 120},
        ),
    ),
    "equal shares, completed": (
        lambda: count_equal_shares(APPROVALS, COSTS, 100, complete=True, usefulness=Usefulness.CARDINALITY),
        whole(
            "equalshares",
            "cb",
            ("c", "elected", 3, 30, 100, "10"),
            ("b", "elected", 2, 60, 70),  # from what is left of the budget
            ("a", "supporters_short", 1, 20, 10),
            scores=SCORES,
            voters=4,
            budget=100,
            spent=90,
            exhausted=True,
            details={"raised_shares": 0, "virtual_budget": 100},
        ),
    ),
    "equal shares of nobody": (
        lambda: count_equal_shares(
            Profile.of(BallotKind.APPROVAL, ABC, []), COSTS, 100, add1=True, complete=True
        ),
        whole(
            "equalshares",
            "",
            ("a", "supporters_short", 0, 20, 100),
            ("b", "supporters_short", 0, 60, 100),
            ("c", "supporters_short", 0, 30, 100),
            scores={"a": 0, "b": 0, "c": 0},
            voters=0,
            budget=100,
            details={"raised_shares": 0, "virtual_budget": 100},
        ),
    ),
    "yes and no": (
        lambda: count_yes_no(
            Profile.of(BallotKind.CHOOSE_ONE, YES_NO, [["yes"], ["yes"], ["no"], ["abstain"]])
        ),
        whole(
            "yes_no",
            ["yes"],
            ("yes", "elected", 2),
            ("no", "no_seat", 1),
            ("abstain", "no_seat", 1),
            scores={"yes": 2, "no": 1, "abstain": 1},
            voters=4,
            details={"valid": 3, "share": "1/2"},
        ),
    ),
    "consent": (
        lambda: count_consent(
            Profile.of(BallotKind.CHOOSE_ONE, CONSENTING, [["consent"], ["reservations"], ["objection"]]),
            standing_objections=0,
        ),
        whole(
            "consent",
            ["consent"],
            ("consent", "elected", 1),
            ("reservations", "no_seat", 1),
            ("objection", "no_seat", 1),
            scores={"consent": 1, "reservations": 1, "objection": 1},
            voters=3,
            details={"standing": 0},
        ),
    ),
    "gradients": (
        lambda: count_gradients(
            Profile.of(
                BallotKind.CHOOSE_ONE, GRADIENTS, [["whole_hearted"], ["with_reservations"], ["block"]]
            )
        ),
        whole(
            "gradients",
            ["with_reservations"],
            *(
                (answer, "elected" if answer == "with_reservations" else "no_seat", votes)
                for answer, votes in zip(GRADIENTS, (1, 0, 1, 0, 0, 0, 0, 1), strict=True)
            ),
            scores=dict(zip(GRADIENTS, (1, 0, 1, 0, 0, 0, 0, 1), strict=True)),
            voters=3,
            details={"median": 2, "supporting": 2, "valid": 3},
        ),
    ),
}


@pytest.mark.parametrize("name", RESULTS)
def test_all_that_is_told_of_a_count_is_as_worked_out_by_hand(name):
    counted, expected = RESULTS[name]
    assert json.dumps(counted().to_json(), sort_keys=True) == json.dumps(expected, sort_keys=True)


EQUAL = Profile.of(BallotKind.APPROVAL, ABC, [["a"], ["b"], ["c"]])
EQUAL_CHOICES = Profile.of(BallotKind.CHOOSE_ONE, ABC, [["a"], ["b"], ["c"]])
EQUAL_POINTS = Profile.of(BallotKind.CUMULATIVE, ABC, [{"a": 2}, {"b": 2}, {"c": 2}])
EQUAL_GRADES = Profile.of(BallotKind.SCORING, ABC, [{"a": 2, "b": 2, "c": 2}])
EQUAL_RANKS = Profile.of(BallotKind.ORDINAL, ABC, [["a"], ["b"], ["c"]])
TEN = dict.fromkeys(ABC, 10)
BROKEN: dict[str, Any] = {"order": ("c", "a", "b"), "tie_break": "lot"}

TIED: dict[str, tuple[Any, list[Any]]] = {
    "highest": (lambda: count_highest(dict.fromkeys(ABC, 1), method="by hand", voters=3, **BROKEN), ["1"]),
    "approval": (lambda: count_approvals(EQUAL, **BROKEN), ["1"]),
    "plurality": (lambda: count_plurality(EQUAL_CHOICES, **BROKEN), ["1"]),
    "score": (lambda: count_points(EQUAL_POINTS, **BROKEN), ["2"]),
    "quadratic": (lambda: count_quadratic(EQUAL_POINTS, 4, **BROKEN), ["2"]),
    "borda": (lambda: count_borda(EQUAL_RANKS, **BROKEN), ["6"]),
    "majority judgment": (lambda: count_majority_judgment(EQUAL_GRADES, grades=3, **BROKEN), ["2"]),
    "schulze": (lambda: count_schulze(EQUAL_RANKS, **BROKEN), ["0"]),
    "proportional approval": (lambda: count_proportional_approval(EQUAL, seats=1, **BROKEN), ["1"]),
    "phragmén": (lambda: count_phragmen(EQUAL, seats=1, **BROKEN), ["1"]),
    "budget by phragmén": (lambda: count_budget_phragmen(EQUAL, TEN, 15, **BROKEN), ["10", "10"]),
    "greedy": (lambda: count_greedy(dict.fromkeys(ABC, 1), TEN, 10, **BROKEN), ["1"]),
    "equal shares": (
        lambda: count_equal_shares(Profile.of(BallotKind.APPROVAL, ABC, [ABC]), TEN, 10, **BROKEN),
        ["1"],
    ),
}


@pytest.mark.parametrize("name", TIED)
def test_equals_are_told_in_the_order_that_was_asked_for_with_what_they_had_and_what_broke_the_tie(name):
    counted, figures = TIED[name]
    result = counted()
    assert result.winners == ("c",)
    assert result.tie_break == "lot"
    assert result.ties[0].to_json() == {"options": ["c", "a", "b"], "score": figures[0], "decisive": True}
    assert [str(tie.score) for tie in result.ties] == figures


@pytest.mark.parametrize(
    "count", [count_points, lambda profile, **more: count_quadratic(profile, 13, **more)]
)
def test_as_many_win_by_points_as_were_asked_for(count):
    assert count(SPREAD, seats=2).winners == ("c", "b")
    assert count(SPREAD, seats=None).winners == ("c", "b", "a")


def test_as_many_win_by_places_as_were_asked_for():
    assert count_borda(RANKED, seats=2).winners == ("c", "b")
    assert count_plurality(CHOICES, seats=2).winners == ("c", "b")
    assert count_highest(SCORES, method="by hand", voters=9, seats=0).winners == ()


def test_a_stage_of_transfers_is_told_with_every_vote():
    """Nine votes, two seats: the quota is four. The surplus of a, two of six, moves at a third of each ballot."""
    ballots = [["a", "b"]] * 3 + [["a", "c"]] * 3 + [["b"]] * 2 + [["c"]] * 1
    result = count_stv(Profile.of(BallotKind.ORDINAL, ABC, ballots), seats=2)
    third = Fraction(33_333, 100_000)
    b, c = 2 + 3 * third, 1 + 3 * third
    expected = whole(
        "stv",
        "ab",
        scores={"a": 6, "b": 2, "c": 1},
        voters=9,
        details={"quota": 4, "seats": 2, "valid": 9},
        stages=[
            {
                "number": 1,
                "tallies": {"a": 6, "b": 2, "c": 1},
                "elected": ["a"],
                "excluded": [],
                "source": None,
                "exhausted": 0,
            },
            {
                "number": 2,
                "tallies": {"a": 4, "b": str(b), "c": str(c)},
                "elected": [],
                "excluded": ["c"],
                "source": "a",
                "exhausted": str(9 - 4 - b - c),
            },
            {
                "number": 3,
                "tallies": {"a": 4, "b": str(b)},
                "elected": ["b"],
                "excluded": [],
                "source": "c",
                "exhausted": str(9 - 4 - b),
            },
        ],
    )
    assert json.dumps(result.to_json(), sort_keys=True) == json.dumps(expected, sort_keys=True)
