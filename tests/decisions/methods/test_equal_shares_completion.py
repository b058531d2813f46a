"""What equal shares leave of a budget goes to the most supported options that fit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stakeholder_hub.decisions.methods.ballots import BallotKind, Profile
from stakeholder_hub.decisions.methods.equal_shares import count_equal_shares
from stakeholder_hub.decisions.methods.result import Outcome

OPTIONS = ("p0", "p1", "p2", "p3")
BALLOTS = st.lists(st.lists(st.sampled_from(OPTIONS), unique=True), max_size=9)
COSTS = st.lists(st.integers(1, 40), min_size=4, max_size=4).map(
    lambda values: dict(zip(OPTIONS, values, strict=True))
)


def approvals(*ballots):
    return Profile.of(BallotKind.APPROVAL, OPTIONS, ballots)


def test_the_rest_goes_to_the_highest_scores_that_fit():
    """Each of ten voters has 10: six buy ``p0``; nobody else can, but 40 are left: ``p1`` is too dear, ``p2`` fits."""
    profile = approvals(*[["p0", "p1"]] * 6, *[["p2"]] * 2, ["p3"], [])
    costs = {"p0": 60, "p1": 50, "p2": 30, "p3": 20}
    bare = count_equal_shares(profile, costs, 100)
    assert (bare.winners, bare.method) == (("p0",), "equalshares")
    result = count_equal_shares(profile, costs, 100, complete=True)
    assert (result.winners, result.method) == (("p0", "p2"), "equalshares")
    assert (result.spent, result.exhausted) == (90, True)
    added = result.round_of("p2")
    assert (added.number, added.outcome, added.cost, added.left, added.rate) == (
        2,
        Outcome.ELECTED,
        30,
        40,
        None,
    )
    assert [result.round_of(option).outcome for option in ("p1", "p3")] == [Outcome.SUPPORTERS_SHORT] * 2


def test_after_raised_shares_the_method_tells_of_the_completion():
    profile = approvals(["p0"], ["p1"])
    costs = {"p0": 60, "p1": 70, "p2": 5, "p3": 5}
    result = count_equal_shares(profile, costs, 100, add1=True, complete=True)
    assert (result.winners, result.method) == (("p0",), "equalshares/add1u")
    assert count_equal_shares(profile, costs, 100, add1=True).method == "equalshares/add1"


def test_what_nobody_supports_is_not_added_though_it_fits():
    result = count_equal_shares(approvals(["p0"]), dict.fromkeys(OPTIONS, 1), 100, complete=True)
    assert result.winners == ("p0",)


def test_equal_scores_are_added_in_the_stated_order():
    profile = approvals(["p0"], ["p1"], [], [])
    costs = {"p0": 40, "p1": 40, "p2": 1, "p3": 1}
    assert count_equal_shares(profile, costs, 40, complete=True).winners == ("p0",)
    order = ("p1", "p0", "p2", "p3")
    assert count_equal_shares(profile, costs, 40, complete=True, order=order).winners == ("p1",)


def test_equal_scores_of_which_not_all_fit_are_told_as_a_tie():
    profile = approvals(["p0"], ["p1"], [], [])
    costs = {"p0": 40, "p1": 40, "p2": 1, "p3": 1}
    result = count_equal_shares(profile, costs, 40, complete=True)
    assert [(tie.options, tie.score, tie.decisive) for tie in result.ties] == [(("p0", "p1"), 1, True)]
    assert not count_equal_shares(profile, costs, 80, complete=True).decisive_ties


def test_without_voters_there_is_nothing_to_complete():
    assert count_equal_shares(approvals(), dict.fromkeys(OPTIONS, 1), 9, complete=True).winners == ()


@pytest.mark.parametrize("add1", [False, True])
@given(ballots=BALLOTS, costs=COSTS, budget=st.integers(0, 120))
@settings(max_examples=80, deadline=None)
def test_a_completed_budget_keeps_what_was_bought_and_leaves_nothing_that_fits(add1, ballots, costs, budget):
    bare = count_equal_shares(approvals(*ballots), costs, budget, add1=add1)
    result = count_equal_shares(approvals(*ballots), costs, budget, add1=add1, complete=True)
    assert result.winners[: len(bare.winners)] == bare.winners
    assert result.spent == sum(costs[option] for option in result.winners) <= budget
    for option, score in result.scores.items():
        assert option in result.winners or not score or costs[option] > budget - result.spent


@given(BALLOTS, COSTS, st.integers(0, 120), st.permutations(OPTIONS))
@settings(max_examples=200, deadline=None)
def test_without_a_tie_every_order_funds_the_same(ballots, costs, budget, order):
    result = count_equal_shares(approvals(*ballots), costs, budget, complete=True)
    if not result.ties:
        other = count_equal_shares(approvals(*ballots), costs, budget, complete=True, order=order)
        assert set(other.winners) == set(result.winners)
