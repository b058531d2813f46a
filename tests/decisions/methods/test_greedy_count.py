"""Spending a budget from the most supported option down: by hand, and against a naive count."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stakeholder_hub.decisions.methods.ballots import InvalidCount
from stakeholder_hub.decisions.methods.greedy import Quota, count_greedy
from stakeholder_hub.decisions.methods.result import Outcome
from stakeholder_hub.decisions.methods.threshold import Threshold

SCORES = {"park": 90, "pool": 80, "path": 70, "bench": 60, "lamp": 50}
COSTS = {"park": 50, "pool": 60, "path": 30, "bench": 25, "lamp": 10}

CASES = st.integers(1, 6).flatmap(
    lambda n: st.tuples(
        st.lists(st.integers(0, 5), min_size=n, max_size=n),
        st.lists(st.integers(0, 30), min_size=n, max_size=n),
        st.integers(0, 60),
    )
)


def named(values):
    return {f"p{number}": value for number, value in enumerate(values)}


def test_an_option_that_does_not_fit_is_skipped_and_smaller_ones_follow():
    result = count_greedy(SCORES, COSTS, 100)
    assert result.winners == ("park", "path", "lamp")
    assert result.round_of("pool").outcome is Outcome.OVER_BUDGET
    assert result.round_of("bench").left == 20
    assert (result.spent, result.exhausted) == (90, True)


def test_the_strict_variant_stops_at_the_first_option_that_does_not_fit():
    result = count_greedy(SCORES, COSTS, 100, stop_at_first_misfit=True)
    assert result.winners == ("park",)
    assert result.round_of("lamp").outcome is Outcome.AFTER_STOP
    assert not result.exhausted
    assert result.method == "greedy-no-skip"


def test_an_option_below_the_threshold_is_not_funded():
    result = count_greedy(SCORES, COSTS, 1000, threshold=Threshold(score=60))
    assert result.winners == ("park", "pool", "path", "bench")
    assert result.round_of("lamp").outcome is Outcome.BELOW_THRESHOLD
    share = count_greedy(SCORES, COSTS, 1000, threshold=Threshold(share=Fraction(3, 4)), voters=100)
    assert share.winners == ("park", "pool")


def test_of_options_that_exclude_each_other_only_the_best_supported_is_funded():
    either = Quota("riverside", frozenset({"park", "path"}), seats=1)
    result = count_greedy(SCORES, COSTS, 100, quotas=[either])
    assert result.winners == ("park", "bench", "lamp")
    assert result.round_of("path").outcome is Outcome.QUOTA_FULL
    assert result.round_of("path").to_json()["quota"] == "riverside"


def test_a_part_of_the_budget_can_be_kept_for_a_group():
    small = Quota("small", frozenset({"bench", "lamp"}), budget=30)
    result = count_greedy(SCORES, COSTS, 1000, quotas=[small])
    assert result.round_of("lamp").outcome is Outcome.OVER_QUOTA_BUDGET


def test_stopping_at_a_group_budget_closes_that_group_only():
    big = Quota("big", frozenset({"park", "pool", "path"}), budget=70)
    result = count_greedy(SCORES, COSTS, 1000, quotas=[big], stop_at_first_misfit=True)
    assert result.winners == ("park", "bench", "lamp")
    assert result.round_of("path").outcome is Outcome.AFTER_STOP
    assert result.round_of("path").quota == "big"


def test_the_first_misfit_may_be_funded_if_most_of_its_cost_is_left():
    result = count_greedy(SCORES, COSTS, 98, stop_at_first_misfit=True, last_share=Fraction(4, 5))
    assert result.winners == ("park", "pool")
    assert result.spent == 110
    less = count_greedy(SCORES, COSTS, 97, stop_at_first_misfit=True, last_share=Fraction(4, 5))
    assert less.winners == ("park",)


def test_a_withdrawn_option_is_passed_over_and_stops_nothing():
    costs = {**COSTS, "park": 999}
    result = count_greedy(SCORES, costs, 100, withdrawn={"park"}, stop_at_first_misfit=True)
    assert result.winners == ("pool", "path")
    assert result.round_of("park").outcome is Outcome.WITHDRAWN


def test_a_tie_decides_only_if_some_equals_are_funded_and_some_not():
    result = count_greedy({"a": 1, "b": 1}, {"a": 5, "b": 5}, 5)
    assert result.winners == ("a",)
    assert result.decisive_ties[0].options == ("a", "b")
    assert count_greedy({"a": 1, "b": 1}, {"a": 5, "b": 5}, 5, order=("b", "a")).winners == ("b",)
    assert not count_greedy({"a": 1, "b": 1}, {"a": 5, "b": 5}, 10).decisive_ties
    assert not count_greedy({"a": 1, "b": 1}, {"a": 5, "b": 5}, 4).decisive_ties


def test_where_the_count_stops_a_tie_at_the_stop_decides():
    result = count_greedy({"a": 1, "b": 1}, {"a": 9, "b": 3}, 5, stop_at_first_misfit=True)
    assert result.winners == ()
    assert result.decisive_ties


@pytest.mark.parametrize(
    ("code", "scores", "costs", "budget"),
    [
        ("negative_budget", {"a": 1}, {"a": 1}, -1),
        ("negative_cost", {"a": 1}, {"a": -1}, 1),
        ("costs_and_scores_differ", {"a": 1}, {"b": 1}, 1),
    ],
)
def test_a_senseless_budget_is_refused(code, scores, costs, budget):
    with pytest.raises(InvalidCount, match=code):
        count_greedy(scores, costs, budget)


def naive(scores, costs, budget, stop):
    left, winners = Fraction(budget), []
    for option in sorted(scores, key=lambda o: -scores[o]):
        if costs[option] <= left:
            left -= costs[option]
            winners.append(option)
        elif stop:
            break
    return tuple(winners)


@given(CASES, st.booleans())
@settings(max_examples=150)
def test_the_count_equals_a_naive_one_and_never_overspends(case, stop):
    scores, costs, budget = named(case[0]), named(case[1]), case[2]
    result = count_greedy(scores, costs, budget, stop_at_first_misfit=stop)
    assert result.winners == naive(scores, costs, budget, stop)
    assert result.spent == sum(costs[option] for option in result.winners) <= budget


@given(CASES, st.booleans(), st.data())
@settings(max_examples=150)
def test_more_support_never_costs_a_winner_its_place(case, stop, data):
    scores, costs, budget = named(case[0]), named(case[1]), case[2]
    winners = count_greedy(scores, costs, budget, stop_at_first_misfit=stop).winners
    if winners:
        lucky = data.draw(st.sampled_from(winners))
        raised = count_greedy({**scores, lucky: scores[lucky] + 1}, costs, budget, stop_at_first_misfit=stop)
        assert lucky in raised.winners


@given(CASES, st.booleans(), st.permutations(range(6)))
@settings(max_examples=200)
def test_without_a_decisive_tie_every_tie_order_gives_the_same_winners(case, stop, permutation):
    scores, costs, budget = named(case[0]), named(case[1]), case[2]
    result = count_greedy(scores, costs, budget, stop_at_first_misfit=stop)
    order = [f"p{number}" for number in permutation if f"p{number}" in scores]
    other = count_greedy(scores, costs, budget, stop_at_first_misfit=stop, order=order)
    if not result.decisive_ties:
        assert set(result.winners) == set(other.winners)


# -- Bounds on some of the options, to the last unit -------------------------------------------------------------------


def in_order(*costs):
    """Options from the most supported down, with these costs."""
    names = [f"p{number}" for number in range(len(costs))]
    return dict(zip(names, range(len(costs), 0, -1), strict=True)), dict(zip(names, costs, strict=True))


def outcomes(result):
    return [turn.outcome for turn in result.rounds]


def test_a_quota_of_money_is_spent_to_the_last_unit_and_counts_each_of_its_options_once():
    scores, costs = in_order(5, 5, 1, 90)
    north = Quota("north", frozenset({"p0", "p1", "p2"}), budget=10)
    result = count_greedy(scores, costs, 100, quotas=[north])
    assert result.winners == ("p0", "p1", "p3")
    assert outcomes(result)[2] is Outcome.OVER_QUOTA_BUDGET
    alone = count_greedy({"p0": 1}, {"p0": 10}, 10, quotas=[Quota("north", frozenset({"p0"}), budget=10)])
    assert alone.winners == ("p0",)


def test_a_quota_of_seats_takes_as_many_as_it_has():
    scores, costs = in_order(1, 1, 1)
    pair = Quota("pair", frozenset(scores), seats=2)
    assert count_greedy(scores, costs, 9, quotas=[pair]).winners == ("p0", "p1")


def test_an_option_is_held_against_every_quota_it_belongs_to():
    scores, costs = in_order(4, 4)
    quotas = [Quota("elsewhere", frozenset({"p9"}), seats=0), Quota("here", frozenset(scores), seats=1)]
    result = count_greedy(scores, costs, 9, quotas=quotas)
    assert result.winners == ("p0",)
    assert result.round_of("p1").quota == "here"


def test_without_a_stop_a_misfit_of_a_quota_closes_nothing():
    scores, costs = in_order(20, 8, 2)
    north = Quota("north", frozenset(scores), budget=10)
    result = count_greedy(scores, costs, 99, quotas=[north])
    assert outcomes(result) == [Outcome.OVER_QUOTA_BUDGET, Outcome.ELECTED, Outcome.ELECTED]
    stopped = count_greedy(scores, costs, 99, quotas=[north], stop_at_first_misfit=True)
    assert outcomes(stopped) == [Outcome.OVER_QUOTA_BUDGET, Outcome.AFTER_STOP, Outcome.AFTER_STOP]


def test_a_quota_whose_seats_are_taken_stops_nothing():
    scores, costs = in_order(1, 1, 1, 1)
    two = Quota("two", frozenset({"p0", "p1", "p2"}), seats=1)
    result = count_greedy(scores, costs, 9, quotas=[two], stop_at_first_misfit=True)
    assert outcomes(result) == [Outcome.ELECTED, Outcome.QUOTA_FULL, Outcome.QUOTA_FULL, Outcome.ELECTED]


def test_a_budget_is_not_used_up_while_something_just_fits_into_the_rest():
    scores, costs = {"p0": 3, "p1": 0}, {"p0": 6, "p1": 4}
    assert not count_greedy(scores, costs, 10, threshold=Threshold(score=1)).exhausted
    assert count_greedy(scores, costs, 9, threshold=Threshold(score=1)).exhausted


def test_without_options_nothing_is_spent():
    result = count_greedy({}, {}, 5)
    assert (result.winners, result.spent, result.exhausted) == ((), 0, True)


def test_equals_behind_the_stop_decide_nothing():
    scores, costs = {"c": 3, "a": 1, "b": 1}, {"c": 99, "a": 1, "b": 1}
    result = count_greedy(scores, costs, 10, stop_at_first_misfit=True)
    assert [(tie.options, tie.decisive) for tie in result.ties] == [(("a", "b"), False)]
