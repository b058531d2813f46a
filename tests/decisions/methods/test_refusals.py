"""Counts that make no sense are refused with a code and the figures that say why."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from stakeholder_hub.decisions.methods.ballots import BallotKind, InvalidCount, InvalidProfile, Profile
from stakeholder_hub.decisions.methods.committees import (
    count_budget_phragmen,
    count_phragmen,
    count_proportional_approval,
)
from stakeholder_hub.decisions.methods.conditions import (
    Base,
    Cell,
    Conditions,
    Figures,
    TerritoryKey,
    check,
)
from stakeholder_hub.decisions.methods.equal_shares import count_equal_shares
from stakeholder_hub.decisions.methods.greedy import count_greedy
from stakeholder_hub.decisions.methods.highest import (
    borda_scores,
    count_highest,
    count_plurality,
    count_points,
    count_quadratic,
)
from stakeholder_hub.decisions.methods.judgment import MOST_GRADES, grade_table
from stakeholder_hub.decisions.methods.preferential import checked_ranking
from stakeholder_hub.decisions.methods.questions import CONSENTING, count_consent, count_yes_no
from stakeholder_hub.decisions.methods.stv import count_stv
from stakeholder_hub.decisions.methods.ties import ranks

AB = ("a", "b")
COSTS = {"a": 2, "b": 3}
APPROVALS = Profile.of(BallotKind.APPROVAL, AB, [["a"]])
RANKED = Profile.of(BallotKind.ORDINAL, AB, [["a"]])
GRADED = Profile.of(BallotKind.SCORING, AB, [{"a": 1}, {"a": 0, "b": 7}])
SPREAD = Profile.of(BallotKind.CUMULATIVE, AB, [{"a": 1}, {"a": 2, "b": 3}])
HUGE = Profile.of(BallotKind.CUMULATIVE, AB, [{"a": 10}, {"a": 2**32}])
"""The square of the last number is 0 in 64 bits."""
CHOICES = Profile.of(BallotKind.CHOOSE_ONE, CONSENTING, [["objection"]])
UNKNOWN = Figures(all=Cell(cast=5), territories={"x": Cell(1, 1, people=5), "y": Cell(1, 1)})

REFUSED: list[tuple[str, Any, dict[str, Any]]] = [
    ("kind_not_counted", lambda: count_plurality(APPROVALS), {"kind": "approval"}),
    ("kind_not_counted", lambda: count_points(APPROVALS), {"kind": "approval"}),
    ("kind_not_counted", lambda: count_quadratic(GRADED, 9), {"kind": "scoring"}),
    ("kind_not_counted", lambda: borda_scores(APPROVALS), {"kind": "approval"}),
    ("kind_not_counted", lambda: grade_table(SPREAD, 5), {"kind": "cumulative"}),
    ("kind_not_counted", lambda: checked_ranking(APPROVALS), {"kind": "approval"}),
    ("kind_not_counted", lambda: count_phragmen(RANKED, seats=1), {"kind": "ordinal"}),
    ("kind_not_counted", lambda: count_proportional_approval(RANKED, seats=1), {"kind": "ordinal"}),
    ("kind_not_counted", lambda: count_budget_phragmen(RANKED, COSTS, 9), {"kind": "ordinal"}),
    ("kind_not_counted", lambda: count_equal_shares(RANKED, COSTS, 9), {"kind": "ordinal"}),
    ("kind_not_counted", lambda: count_yes_no(APPROVALS), {"kind": "approval"}),
    ("answers_differ", lambda: count_yes_no(CHOICES), {"options": CONSENTING}),
    ("objections_out_of_range", lambda: count_consent(CHOICES, standing_objections=2), {"objections": 2}),
    ("objections_out_of_range", lambda: count_consent(CHOICES, standing_objections=-1), {"objections": -1}),
    ("negative_seats", lambda: count_highest({"a": 1}, method="x", voters=1, seats=-1), {"seats": -1}),
    ("negative_seats", lambda: count_phragmen(APPROVALS, seats=-2), {"seats": -2}),
    ("negative_seats", lambda: count_stv(RANKED, seats=0), {"seats": 0}),
    ("grades_out_of_range", lambda: grade_table(GRADED, 1), {"grades": 1}),
    ("grades_out_of_range", lambda: grade_table(GRADED, MOST_GRADES + 1), {"grades": 101}),
    ("grade_out_of_range", lambda: grade_table(GRADED, 7), {"grade": 7}),
    ("over_credits", lambda: count_quadratic(SPREAD, 12), {"ballot": 1, "credits": 12}),
    ("over_credits", lambda: count_quadratic(HUGE, 100), {"ballot": 1, "credits": 100}),
    (
        "costs_and_options_differ",
        lambda: count_budget_phragmen(APPROVALS, {"a": 1}, 9),
        {"costs": 1, "options": 2},
    ),
    (
        "costs_and_options_differ",
        lambda: count_equal_shares(APPROVALS, {"a": 1}, 9),
        {"costs": 1, "options": 2},
    ),
    (
        "costs_and_scores_differ",
        lambda: count_greedy({"a": 1, "b": 2}, {"a": 1}, 9),
        {"scores": 2, "costs": 1},
    ),
    ("negative_budget", lambda: count_budget_phragmen(APPROVALS, COSTS, -1), {"budget": -1}),
    ("negative_budget", lambda: count_equal_shares(APPROVALS, COSTS, -1), {"budget": -1}),
    ("negative_budget", lambda: count_greedy(COSTS, COSTS, -1), {"budget": -1}),
    ("negative_cost", lambda: count_greedy(COSTS, {"a": 1, "b": -3}, 9), {"option": "b", "cost": -3}),
    ("cost_not_positive", lambda: count_budget_phragmen(APPROVALS, {"a": 1, "b": 0}, 9), {"option": "b"}),
    (
        "cost_not_positive",
        lambda: count_equal_shares(APPROVALS, {"a": 1, "b": 0}, 9),
        {"option": "b", "cost": 0},
    ),
    ("unit_not_positive", lambda: count_equal_shares(APPROVALS, COSTS, 9, unit=0), {"unit": 0}),
    (
        "too_many_raises",
        lambda: count_equal_shares(
            APPROVALS, {"a": 9, "b": 9}, 0, add1=True, until_exhausted=False, max_raises=3
        ),
        {"raises": 3},
    ),
    ("order_incomplete", lambda: ranks(AB, ["a"]), {"options": 2, "order": 1}),
    ("order_incomplete", lambda: ranks(AB, ["a", "b", "a"]), {"options": 2, "order": 3}),
    ("entitled_unknown", lambda: check(Conditions(quorum_share=Fraction(1, 2)), UNKNOWN), {}),
    (
        "entitled_unknown",
        lambda: check(Conditions(threshold=Fraction(1, 2), threshold_base=Base.ELIGIBLE), UNKNOWN),
        {},
    ),
    (
        "present_unknown",
        lambda: check(Conditions(threshold=Fraction(1, 2), threshold_base=Base.PRESENT), UNKNOWN),
        {},
    ),
    ("population_unknown", lambda: check(Conditions(territories=TerritoryKey.PEOPLE), UNKNOWN), {}),
    ("population_unknown", lambda: check(Conditions(territories=TerritoryKey.EU), UNKNOWN), {}),
]


@pytest.mark.parametrize(
    ("code", "counted", "figures"), REFUSED, ids=[f"{n}-{one[0]}" for n, one in enumerate(REFUSED)]
)
def test_a_count_that_makes_no_sense_is_refused_with_the_figures(code, counted, figures):
    with pytest.raises(InvalidCount) as refusal:
        counted()
    assert (refusal.value.code, refusal.value.data) == (code, figures)
    assert refusal.value.args == (code, figures)


def test_what_stands_at_the_edge_of_what_makes_sense_is_counted():
    assert grade_table(GRADED, 8) == {"a": [1, 1, *[0] * 6], "b": [1, *[0] * 6, 1]}
    assert len(grade_table(GRADED, MOST_GRADES)["a"]) == MOST_GRADES
    pass_or_fail = Profile.of(BallotKind.SCORING, AB, [{"a": 1}])
    assert grade_table(pass_or_fail, 2) == {"a": [0, 1], "b": [1, 0]}
    assert count_quadratic(SPREAD, 13).winners == ("a",)
    assert count_budget_phragmen(APPROVALS, COSTS, 0).winners == ()
    assert count_budget_phragmen(APPROVALS, {"a": 1, "b": 1}, 1).winners == ("a",)
    assert count_equal_shares(APPROVALS, {"a": 1, "b": 1}, 1, unit=1).winners == ("a",)
    assert count_equal_shares(APPROVALS, COSTS, 0).winners == ()
    assert count_greedy({"a": 1}, {"a": 0}, 0).winners == ("a",)
    assert count_consent(CHOICES, standing_objections=1).winners == ()
    assert count_proportional_approval(APPROVALS, seats=0).winners == ()


def test_a_profile_that_cannot_be_names_the_first_bad_ballot():
    def refusal_of(kind, ballots, **more):
        with pytest.raises(InvalidProfile) as refusal:
            Profile.of(kind, AB, ballots, **more)
        return refusal.value.code, refusal.value.data

    assert refusal_of(BallotKind.APPROVAL, [["a"], ["x"]]) == ("unknown_option", {"ballot": 1, "option": "x"})
    assert refusal_of(BallotKind.APPROVAL, [["a"], ["b", "b"]]) == ("option_twice", {"ballot": 1})
    assert refusal_of(BallotKind.CHOOSE_ONE, [["a"], [], ["a", "b"]]) == (
        "more_than_one_choice",
        {"ballot": 2},
    )
    too_large = [{"a": 2**61, "b": Fraction(1, 4)}]
    assert refusal_of(BallotKind.CUMULATIVE, too_large) == ("points_too_large", {})
    assert refusal_of(BallotKind.CUMULATIVE, [{"a": 0}, {"a": 1, "b": -1}]) == (
        "negative_points",
        {"ballot": 1},
    )


def test_a_profile_made_of_arrays_names_the_ballot_of_an_unknown_option():
    for choice in (2, -1):
        with pytest.raises(InvalidProfile) as refusal:
            Profile(BallotKind.APPROVAL, AB, np.array([0, 1, 3]), np.array([0, 1, choice]))
        assert (refusal.value.code, refusal.value.data) == ("unknown_option", {"ballot": 1})


def test_points_on_ballots_that_have_none_leave_no_trace():
    profile = Profile.of(BallotKind.APPROVAL, AB, [{"a": Fraction(1, 2)}])
    assert (profile.points, profile.scale) == (None, 1)


def test_without_ballots_no_place_gives_points():
    assert Profile.of(BallotKind.ORDINAL, AB, []).scores() == {"a": 0, "b": 0}
