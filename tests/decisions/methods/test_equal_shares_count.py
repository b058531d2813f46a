"""The Method of Equal Shares: worked by hand, and against a naive count with fractions."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stakeholder_hub.decisions.methods.ballots import BallotKind, InvalidCount, Profile
from stakeholder_hub.decisions.methods.equal_shares import Usefulness, count_equal_shares, preferred_of_two
from stakeholder_hub.decisions.methods.result import Outcome

OPTIONS = ("p0", "p1", "p2", "p3")


def approvals(*ballots):
    return Profile.of(BallotKind.APPROVAL, OPTIONS, ballots)


def naive(ballots, costs, share, by_cost):
    """Equal shares as its definition reads, voter by voter; ``ballots`` map options to weights."""
    left = [Fraction(share)] * len(ballots)
    winners = []
    while True:
        best = None
        for place, option in enumerate(OPTIONS):
            fans = [i for i, ballot in enumerate(ballots) if ballot.get(option, 0) > 0]
            if option in winners or sum((left[i] for i in fans), Fraction(0)) < costs[option] or not fans:
                continue
            use = {i: Fraction(ballots[i][option]) * (costs[option] if by_cost else 1) for i in fans}
            rates = sorted({left[i] / use[i] for i in fans})
            for rate in rates:  # the payment grows with the rate; find the piece it is reached in
                if sum(min(left[i], rate * use[i]) for i in fans) >= costs[option]:
                    poor = [i for i in fans if left[i] / use[i] < rate]
                    rich = [i for i in fans if i not in poor]
                    exact = (costs[option] - sum(left[i] for i in poor)) / sum(use[i] for i in rich)
                    break
            if best is None or exact < best[0]:
                best = exact, place, option, use
        if best is None:
            return winners
        rate, _, option, use = best
        for i, worth in use.items():
            left[i] -= min(left[i], rate * worth)
        winners.append(option)


def test_a_minority_gets_its_part_of_the_budget():
    profile = approvals(*[["p0", "p1"]] * 6, *[["p2"]] * 4)
    costs = {"p0": 50, "p1": 50, "p2": 40, "p3": 10}
    result = count_equal_shares(profile, costs, 100)
    assert result.winners == ("p0", "p2")
    assert result.rounds[0].rate == Fraction(1, 6)
    assert result.to_json()["rounds"][0]["rate"] == "1/6"
    assert result.round_of("p1").outcome is Outcome.SUPPORTERS_SHORT
    assert result.spent == 90


def test_a_poor_supporter_pays_what_is_left_and_the_others_more():
    profile = approvals(["p0", "p1"], ["p0"], ["p1"], ["p1"])
    costs = {"p0": 30, "p1": 50, "p2": 1, "p3": 1}
    result = count_equal_shares(profile, costs, 100)
    assert result.winners == ("p1", "p0")
    assert result.rounds[1].rate == Fraction(Fraction(30) - (25 - Fraction(50, 3)), 30)


def test_points_weigh_what_an_option_is_worth_to_a_voter():
    profile = Profile.of(BallotKind.CUMULATIVE, OPTIONS, [{"p0": 1, "p1": 3}, {"p0": 1, "p1": 0}])
    costs = {"p0": 6, "p1": 5, "p2": 1, "p3": 1}
    result = count_equal_shares(profile, costs, 10, usefulness=Usefulness.CARDINALITY)
    assert result.winners == ("p1",)
    assert result.rounds[0].rate == Fraction(5, 3)


def test_raising_the_shares_spends_what_equal_shares_leave():
    profile = approvals(["p0"], ["p1"], ["p1"], [])
    costs = {"p0": 30, "p1": 50, "p2": 1, "p3": 1}
    assert count_equal_shares(profile, costs, 100).winners == ("p1",)
    raised = count_equal_shares(profile, costs, 100, add1=True)
    assert set(raised.winners) == {"p0", "p1"}
    assert raised.details == {"raised_shares": 5, "virtual_budget": 120}
    assert raised.method == "equalshares/add1"


def test_raising_stops_when_the_true_budget_would_be_exceeded():
    profile = approvals(["p0"], ["p1"])
    costs = {"p0": 60, "p1": 70, "p2": 1, "p3": 1}
    result = count_equal_shares(profile, costs, 100, add1=True, until_exhausted=False)
    assert result.winners == ("p0",)
    assert result.details["raised_shares"] == 19


def test_in_cents_the_shares_are_still_raised_by_whole_units():
    profile = approvals(["p0"], ["p1"], ["p1"], [])
    costs = {"p0": 3000, "p1": 5000, "p2": 1, "p3": 1}
    assert count_equal_shares(profile, costs, 10000, add1=True, unit=100).details["raised_shares"] == 5


def test_a_hopeless_raise_ends_with_an_error_and_not_never():
    profile = approvals(["p0"])
    with pytest.raises(InvalidCount, match="too_many_raises"):
        count_equal_shares(
            profile, dict.fromkeys(OPTIONS, 10**9), 0, add1=True, until_exhausted=False, max_raises=9
        )


def test_a_capped_raise_ends_with_what_was_bought_until_then():
    profile = approvals(["p0"])
    costs = dict.fromkeys(OPTIONS, 10**9)
    result = count_equal_shares(
        profile, costs, 0, add1=True, until_exhausted=False, max_raises=9, capped=True
    )
    assert (result.winners, result.details["raised_shares"]) == ((), 9)


def test_equal_rates_are_reported_as_a_tie_and_broken_by_the_order():
    profile = approvals(["p0"], ["p1"])
    costs = {"p0": 5, "p1": 5, "p2": 1, "p3": 1}
    result = count_equal_shares(profile, costs, 10, order=("p1", "p0", "p2", "p3"))
    assert result.winners == ("p1", "p0")
    assert result.ties[0].options == ("p1", "p0")
    assert not result.decisive_ties
    shared = count_equal_shares(approvals(["p0", "p1"]), costs, 5)
    assert shared.decisive_ties[0].options == ("p0", "p1")


def test_without_voters_nothing_is_bought():
    assert count_equal_shares(approvals(), dict.fromkeys(OPTIONS, 1), 10, add1=True).winners == ()


def test_the_comparison_counts_voters_with_more_of_their_choices():
    profile = approvals(["p0"], ["p0"], ["p1"], ["p0", "p1"])
    assert preferred_of_two(profile, ["p0"], ["p1"]) == (2, 1)


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("negative_budget", {"budget": -1}),
        ("unit_not_positive", {"unit": 0}),
        ("cost_not_positive", {"costs": dict.fromkeys(OPTIONS, 0)}),
        ("costs_and_options_differ", {"costs": {"p0": 1}}),
    ],
)
def test_a_senseless_count_is_refused(code, arguments):
    asked = {"profile": approvals(["p0"]), "costs": dict.fromkeys(OPTIONS, 1), "budget": 1, **arguments}
    with pytest.raises(InvalidCount, match=code):
        count_equal_shares(**asked)


def test_rankings_are_not_counted_by_equal_shares():
    with pytest.raises(InvalidCount, match="kind_not_counted"):
        count_equal_shares(Profile.of(BallotKind.ORDINAL, OPTIONS, [["p0"]]), dict.fromkeys(OPTIONS, 1), 1)


WEIGHTED = st.lists(st.dictionaries(st.sampled_from(OPTIONS), st.integers(0, 4)), min_size=1, max_size=9)
COSTS = st.lists(st.integers(1, 40), min_size=4, max_size=4).map(
    lambda values: dict(zip(OPTIONS, values, strict=True))
)


@given(WEIGHTED, COSTS, st.integers(0, 120), st.booleans())
@settings(max_examples=200, deadline=None)
def test_the_count_equals_a_naive_one_with_fractions(ballots, costs, budget, by_cost):
    profile = Profile.of(BallotKind.CUMULATIVE, OPTIONS, ballots)
    use = Usefulness.COST if by_cost else Usefulness.CARDINALITY
    result = count_equal_shares(profile, costs, budget, usefulness=use)
    assert list(result.winners) == naive(ballots, costs, Fraction(budget, len(ballots)), by_cost)
    assert result.spent <= budget


@given(WEIGHTED, COSTS, st.integers(0, 120), st.randoms())
@settings(max_examples=60, deadline=None)
def test_raised_shares_never_overspend_and_the_order_of_voters_never_matters(ballots, costs, budget, random):
    lists = [[option for option, points in ballot.items() if points] for ballot in ballots]
    result = count_equal_shares(approvals(*lists), costs, budget, add1=True)
    random.shuffle(lists)
    assert count_equal_shares(approvals(*lists), costs, budget, add1=True).winners == result.winners
    assert result.spent <= budget
