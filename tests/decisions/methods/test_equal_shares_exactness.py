"""Equal shares is exact: with prices, with any weights, and with sums that leave hardly a bit to spare."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stakeholder_hub.decisions.methods.ballots import BallotKind, Profile
from stakeholder_hub.decisions.methods.equal_shares import Usefulness, count_equal_shares, preferred_of_two
from stakeholder_hub.decisions.methods.result import Outcome

OPTIONS = ("p0", "p1", "p2", "p3")

GROUPS = st.lists(
    st.tuples(st.sets(st.sampled_from(OPTIONS), min_size=1), st.integers(1, 300)), min_size=1, max_size=5
)
"""Voters who approve of the same options, and how many they are."""


def profile_of(groups):
    return Profile.of(
        BallotKind.APPROVAL, OPTIONS, [sorted(one) for one, number in groups for _ in range(number)]
    )


def by_definition(groups, costs, share, by_cost):
    """What is bought, at which rate: ``groups`` are (points by option, number of voters), who act alike throughout."""
    left = [Fraction(share)] * len(groups)
    bought = []
    while True:
        offers = []
        for place, option in enumerate(OPTIONS):
            fans = [at for at, (points, _) in enumerate(groups) if points.get(option, 0) > 0]
            money = sum((left[at] * groups[at][1] for at in fans), Fraction(0))
            if option in [name for name, _ in bought] or not fans or money < costs[option]:
                continue
            use = {at: groups[at][0][option] * (costs[option] if by_cost else 1) for at in fans}
            due, weight = Fraction(costs[option]), sum(use[at] * groups[at][1] for at in fans)
            for at in sorted(fans, key=lambda at: left[at] / use[at]):
                if due / weight * use[at] <= left[at]:
                    break
                due, weight = due - left[at] * groups[at][1], weight - use[at] * groups[at][1]
            offers.append((due / weight, place, option, use))
        if not offers:
            return bought
        rate, _, option, use = min(offers)
        for at, worth in use.items():
            left[at] -= min(left[at], rate * worth)
        bought.append((option, rate))


def agree(groups, profile, costs, budget, by_cost):
    use = Usefulness.COST if by_cost else Usefulness.CARDINALITY
    result = count_equal_shares(profile, costs, budget, usefulness=use)
    share = Fraction(budget, profile.voters)
    assert [(turn.option, turn.rate) for turn in result.rounds if turn.rate is not None] == by_definition(
        groups, costs, share, by_cost
    )
    left = budget
    for turn in result.rounds:
        assert turn.left == left
        left -= turn.cost if turn.outcome is Outcome.ELECTED else 0


@given(GROUPS, st.lists(st.integers(1, 60), min_size=4, max_size=4), st.integers(0, 160), st.booleans())
@settings(max_examples=150, deadline=None)
def test_approvals_buy_at_the_rates_of_the_definition(groups, costs, budget, by_cost):
    weighted = [(dict.fromkeys(one, 1), number) for one, number in groups]
    agree(weighted, profile_of(groups), dict(zip(OPTIONS, costs, strict=True)), budget, by_cost)


@given(
    GROUPS,
    st.lists(st.tuples(st.integers(1, 12), st.integers(-3, 3)), min_size=4, max_size=4),
    st.tuples(st.integers(1, 30), st.integers(-3, 3)),
    st.integers(36, 52),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_sums_near_the_largest_that_fit_differ_by_single_units_and_are_told_apart(
    groups, costs, budget, size, by_cost
):
    unit = 2**size
    priced = {option: times * unit + more for option, (times, more) in zip(OPTIONS, costs, strict=True)}
    weighted = [(dict.fromkeys(one, 1), number) for one, number in groups]
    agree(weighted, profile_of(groups), priced, budget[0] * unit + budget[1], by_cost)


@given(GROUPS, st.lists(st.integers(-2, 2), min_size=4, max_size=4), st.integers(2**44, 2**51), st.booleans())
@settings(max_examples=150, deadline=None)
def test_who_has_a_unit_too_little_cannot_pay(groups, more, budget, by_cost):
    """Every option costs what its supporters have, to the last unit or two."""
    voters = sum(number for _, number in groups)
    costs = {}
    for option, offset in zip(OPTIONS, more, strict=True):
        fans = sum(number for one, number in groups if option in one)
        costs[option] = max(1, fans * budget // voters + offset)
    weighted = [(dict.fromkeys(one, 1), number) for one, number in groups]
    agree(weighted, profile_of(groups), costs, budget, by_cost)


@given(
    st.lists(st.dictionaries(st.sampled_from(OPTIONS), st.sampled_from([1, 3])), min_size=1, max_size=9),
    st.lists(st.integers(1, 40), min_size=4, max_size=4),
    st.integers(0, 120),
    st.sampled_from([1, 2**30, 2**58]),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_points_buy_at_the_rates_of_the_definition(ballots, costs, budget, unit, by_cost):
    profile = Profile.of(BallotKind.CUMULATIVE, OPTIONS, ballots)
    priced = {option: cost * unit + 1 for option, cost in zip(OPTIONS, costs, strict=True)}
    agree([(points, 1) for points in ballots], profile, priced, budget * unit, by_cost)


def test_a_thousand_voters_who_lack_a_fraction_of_a_unit_buy_nothing():
    """The share is 2,251,799,813,685.247; that of 999 of them is a quarter of a unit less than a whole number, which
    their bounds do not tell.
    """
    budget = 2_251_799_813_685_247
    profile = Profile.of(BallotKind.APPROVAL, ("a", "b"), [["a"]] * 999 + [["b"]])
    enough = 999 * budget // 1000
    for cost, winners in ((enough, ("a",)), (enough + 1, ())):
        assert count_equal_shares(profile, {"a": cost, "b": budget}, budget).winners == winners


def bought(groups, costs, budget, use):
    profile = Profile.of(
        BallotKind.APPROVAL, sorted(costs), [one for one, number in groups for _ in range(number)]
    )
    result = count_equal_shares(profile, costs, budget, usefulness=use)
    return [(turn.option, str(turn.rate)) for turn in result.rounds if turn.rate is not None]


def test_who_pays_the_last_of_it_exactly_leaves_the_others_what_they_have():
    """Eleven each. Six pay 17/3 for a; then four of them pay their last 16/3 for b, as do two who keep 17/3 and pay
    one each for c.
    """
    groups = [(["b", "c"], 2), (["a", "b", "c"], 4), (["a"], 2)]
    costs = {"a": 34, "b": 32, "c": 2}
    assert bought(groups, costs, 88, Usefulness.COST) == [("a", "1/6"), ("b", "1/6"), ("c", "1/2")]


def test_who_has_nothing_left_pays_nothing_where_the_others_pay_all_they_have():
    """37/3 each. Three pay 3 for c, six 4 for d; for a those three pay their last 16/3, the others 7. For e three give
    all of their 37/3, and one who has nothing stands by.
    """
    groups = [(["d", "a"], 3), (["e"], 3), (["e", "c", "d", "a"], 1), (["c", "d", "a"], 2)]
    costs = {"a": 37, "c": 9, "d": 24, "e": 37}
    told = [("c", "3"), ("d", "4"), ("a", "7"), ("e", "37/3")]
    assert bought(groups, costs, 111, Usefulness.CARDINALITY) == told


def test_who_has_nothing_left_pays_nothing_however_often_it_is_asked_for():
    """37/3 each. Three pay 3 for c, six 4 for d; for a those three pay their last 16/3, and three pay 6. For e those
    give their last 7/3, four others 11, and one who has nothing stands by; for f two pay 12 beside two without.
    """
    groups = [("ade", 3), ("e", 4), ("acdef", 1), ("acdf", 1), ("acd", 1), ("f", 2)]
    costs = {"a": 34, "c": 9, "d": 24, "e": 51, "f": 24}
    told = [("c", "3"), ("d", "4"), ("a", "6"), ("e", "11"), ("f", "12")]
    assert bought(groups, costs, 148, Usefulness.CARDINALITY) == told


def test_what_is_left_goes_to_the_most_votes_that_fit_and_the_money_is_told_before_each():
    profile = Profile.of(BallotKind.APPROVAL, OPTIONS, [["p0"]] * 3 + [["p1"]] * 2 + [["p2"]] * 2 + [["p3"]])
    costs = {"p0": 45, "p1": 25, "p2": 30, "p3": 10}
    result = count_equal_shares(profile, costs, 80, complete=True)
    told = [(turn.number, turn.option, turn.outcome, turn.left) for turn in result.rounds]
    assert told == [
        (1, "p3", Outcome.ELECTED, 80),  # 10 of its one supporter's 10
        (2, "p0", Outcome.ELECTED, 70),
        (3, "p1", Outcome.ELECTED, 25),
        (4, "p2", Outcome.SUPPORTERS_SHORT, 0),
    ]
    assert (result.spent, result.exhausted) == (80, True)
    assert [(tie.options, tie.decisive) for tie in result.ties] == [(("p1", "p2"), True)]


def test_equals_that_are_funded_from_the_rest_are_told_as_a_tie_only_if_they_are_several():
    profile = Profile.of(BallotKind.APPROVAL, OPTIONS, [["p0"], ["p1"], [], [], []])
    costs = {"p0": 30, "p1": 30, "p2": 20, "p3": 20}
    one = count_equal_shares(profile, costs, 50, complete=True)
    assert one.winners == ("p0",)
    assert [(tie.options, tie.decisive) for tie in one.ties] == [(("p0", "p1"), True)]
    both = count_equal_shares(profile, costs, 60, complete=True)
    assert [(tie.options, tie.decisive) for tie in both.ties] == [(("p0", "p1"), False)]
    none = count_equal_shares(profile, costs, 20, complete=True)
    assert (none.winners, none.ties) == ((), ())
    assert not none.exhausted  # nobody wants what would just fit


def test_raising_ends_where_nothing_that_is_wanted_fits_any_more():
    profile = Profile.of(BallotKind.APPROVAL, OPTIONS, [["p0"], ["p1"]])
    costs = {"p0": 50, "p1": 60, "p2": 1, "p3": 1}
    full = count_equal_shares(profile, costs, 100, add1=True)
    assert (full.winners, full.details["raised_shares"]) == (("p0",), 0)
    further = count_equal_shares(profile, costs, 100, add1=True, until_exhausted=False)
    assert (further.winners, further.details["raised_shares"]) == (("p0",), 9)
    fits = count_equal_shares(profile, {**costs, "p1": 50}, 100, add1=True)
    assert (fits.winners, fits.details["raised_shares"]) == (("p0", "p1"), 0)
    just = count_equal_shares(profile, {**costs, "p0": 51, "p1": 49}, 100, add1=True)
    assert (just.winners, just.details) == (("p0", "p1"), {"raised_shares": 1, "virtual_budget": 102})


def test_the_comparison_looks_at_what_is_in_one_outcome_and_not_in_the_other():
    profile = Profile.of(BallotKind.APPROVAL, OPTIONS, [["p0", "p1"], ["p1", "p2"], ["p2"], ["p3"]])
    assert preferred_of_two(profile, ["p0", "p1"], ["p1", "p2"]) == (1, 2)
    assert preferred_of_two(profile, ["p1"], ["p1"]) == (0, 0)


@pytest.mark.parametrize("unit", [1, 100])
def test_the_shares_are_rounded_down_to_whole_units_before_they_are_raised(unit):
    profile = Profile.of(BallotKind.APPROVAL, OPTIONS, [["p0"], ["p1"], ["p1"]])
    costs = {"p0": 35 * unit, "p1": 60 * unit, "p2": unit, "p3": unit}
    result = count_equal_shares(profile, costs, 100 * unit + unit // 2, add1=True, unit=unit)
    assert result.winners == ("p1", "p0")
    assert result.details == {"raised_shares": 2, "virtual_budget": 105 * unit}
