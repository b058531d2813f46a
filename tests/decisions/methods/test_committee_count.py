"""Committees and budgets in proportion: Thiele's and Phragmén's rules worked by hand, ties, what is refused."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stakeholder_hub.decisions.methods.ballots import BallotKind, InvalidCount, Profile
from stakeholder_hub.decisions.methods.committees import (
    _Loads,
    count_budget_phragmen,
    count_phragmen,
    count_proportional_approval,
)
from stakeholder_hub.decisions.methods.result import Outcome

ABCD = ("a", "b", "c", "d")
BALLOTS = st.lists(st.lists(st.sampled_from(ABCD), unique=True), max_size=10)
COSTS = st.lists(st.integers(1, 20), min_size=4, max_size=4).map(
    lambda values: dict(zip(ABCD, values, strict=True))
)


def approvals(*ballots):
    return Profile.of(BallotKind.APPROVAL, ABCD, ballots)


SPLIT = approvals(*["abc"] * 6, *["d"] * 3)
"""Two thirds approve of three options, one third of another one."""


# -- Sequential proportional approval ----------------------------------------------------------------------------------


def test_a_third_of_the_voters_gets_a_third_of_the_seats():
    """Six ballots weigh 6, then 3, then 2: ``d`` with three is level with the second of them, ahead of the third."""
    result = count_proportional_approval(SPLIT, seats=3)
    assert result.method == "spav"
    assert set(result.winners) == {"a", "b", "d"}
    assert [turn.rate for turn in result.rounds[:3]] == [6, 3, 3]
    assert result.round_of("c").outcome is Outcome.NO_SEAT
    assert result.details == {"seats": 3}


def test_the_weight_of_a_ballot_falls_with_its_winners():
    """With ``a`` in, ``b`` has three halves and ``c`` two halves and a whole; then ``b`` two thirds and a half."""
    result = count_proportional_approval(approvals("abc", "abc", "ab", "cd"), seats=3)
    assert result.winners == ("a", "c", "b")
    assert [turn.rate for turn in result.rounds[:3]] == [3, 2, Fraction(7, 6)]
    assert [(tie.options, tie.score) for tie in result.ties] == [(("a", "b", "c"), 3)]


def test_a_tie_in_a_round_is_decisive_if_not_all_of_it_win():
    profile = approvals("a", "b")
    one, two = count_proportional_approval(profile, seats=1), count_proportional_approval(profile, seats=2)
    assert (one.winners, one.decisive_ties[0].options) == (("a",), ("a", "b"))
    assert (two.winners, len(two.ties), two.decisive_ties) == (("a", "b"), 1, ())
    other = count_proportional_approval(profile, seats=1, order=("d", "c", "b", "a"), tie_break="lot")
    assert (other.winners, other.tie_break) == (("b",), "lot")


def test_who_nobody_approves_of_gets_no_seat():
    result = count_proportional_approval(approvals("ab"), seats=4)
    assert result.winners == ("a", "b")
    assert result.round_of("c").outcome is Outcome.BELOW_THRESHOLD
    assert count_proportional_approval(approvals("abcd"), seats=9).winners == tuple("abcd")
    assert count_proportional_approval(approvals("a"), seats=0).winners == ()
    assert count_proportional_approval(approvals(), seats=2).winners == ()


# -- Sequential Phragmén -----------------------------------------------------------------------------------------------


def test_loads_are_shared_by_supporters():
    """``a`` loads six voters with 1/6; ``d`` three with 1/3, as ``b`` would with 1/6 + 1/6; ``c`` would with 1/2."""
    result = count_phragmen(SPLIT, seats=3)
    assert result.method == "phragmen"
    assert set(result.winners) == {"a", "b", "d"}
    assert [turn.rate for turn in result.rounds[:3]] == [Fraction(1, 6), Fraction(1, 3), Fraction(1, 3)]
    assert result.ties[0].options == ("a", "b", "c")
    assert result.decisive_ties


def test_a_new_load_evens_out_what_supporters_carried():
    """``a`` loads two with 1/2; then ``b``: (1/2 + 1) / 2 = 3/4 for one of them and a newcomer; ``c``: 1 alone."""
    result = count_phragmen(approvals("ab", "a", "b", "c"), seats=3)
    assert result.winners == ("a", "b", "c")
    assert [turn.rate for turn in result.rounds[:3]] == [Fraction(1, 2), Fraction(3, 4), 1]
    assert result.round_of("d").outcome is Outcome.BELOW_THRESHOLD


def test_phragmen_elects_only_who_is_approved_of():
    assert count_phragmen(approvals("ab"), seats=4).winners == ("a", "b")
    assert count_phragmen(approvals("", ""), seats=4).winners == ()
    assert count_phragmen(approvals("a"), seats=0).winners == ()


def test_there_is_no_load_without_supporters():
    loads = _Loads(approvals("a", "ab"))
    loads.carry(0, Fraction(1, 2))
    assert [loads.with_more(option, 2) for option in range(3)] == [Fraction(3, 2), Fraction(5, 2), None]


@pytest.mark.parametrize("count", [count_proportional_approval, count_phragmen])
def test_a_senseless_committee_is_refused(count):
    with pytest.raises(InvalidCount, match="negative_seats"):
        count(approvals("a"), seats=-1)
    with pytest.raises(InvalidCount, match="order_incomplete"):
        count(approvals("a"), seats=1, order=("a",))
    for kind, ballot in ((BallotKind.ORDINAL, "a"), (BallotKind.SCORING, {"a": 1})):
        with pytest.raises(InvalidCount, match="kind_not_counted"):
            count(Profile.of(kind, ABCD, [ballot]), seats=1)


def test_one_choice_a_ballot_is_a_kind_of_approval():
    profile = Profile.of(BallotKind.CHOOSE_ONE, ABCD, ["a", "b", "b"])
    assert count_proportional_approval(profile, seats=1).winners == ("b",)
    assert count_phragmen(profile, seats=2).winners == ("b", "a")


@pytest.mark.parametrize("count", [count_proportional_approval, count_phragmen])
@given(ballots=BALLOTS, seats=st.integers(0, 5), order=st.permutations(ABCD))
@settings(max_examples=100, deadline=None)
def test_every_supported_option_has_a_chance_and_without_ties_the_order_has_no_say(
    count, ballots, seats, order
):
    profile = approvals(*ballots)
    result = count(profile, seats=seats)
    assert len(result.winners) == min(seats, sum(score > 0 for score in profile.scores().values()))
    if not result.ties:
        assert count(profile, seats=seats, order=order).winners == result.winners


# -- Budgets -----------------------------------------------------------------------------------------------------------


def test_an_option_loads_its_supporters_with_its_cost():
    """``a`` for 30 / 3 = 10 each; then ``c`` for 24 alone, before ``b`` for (45 + 30) / 3 = 25: it no longer fits."""
    costs = {"a": 30, "b": 45, "c": 24, "d": 1}
    profile = approvals("ab", "ab", "ab", "c")
    result = count_budget_phragmen(profile, costs, 60)
    assert result.winners == ("a", "c")
    assert [(turn.option, turn.outcome, turn.left, turn.rate) for turn in result.rounds] == [
        ("a", Outcome.ELECTED, 60, 10),
        ("c", Outcome.ELECTED, 30, 24),
        ("b", Outcome.OVER_BUDGET, 6, 25),
        ("d", Outcome.BELOW_THRESHOLD, 6, None),
    ]


def test_the_first_option_that_does_not_fit_ends_the_count():
    """``b`` for 10 / 3, ``c`` for 12; then ``a`` for (30 + 10) / 3 is next and too dear: ``d`` would have fitted."""
    profile = approvals("ab", "ab", "ab", "c", "d")
    result = count_budget_phragmen(profile, {"a": 30, "b": 10, "c": 12, "d": 14}, 40)
    assert result.winners == ("b", "c")
    assert [(turn.option, turn.outcome, turn.left) for turn in result.rounds] == [
        ("b", Outcome.ELECTED, 40),
        ("c", Outcome.ELECTED, 30),
        ("a", Outcome.OVER_BUDGET, 18),
        ("d", Outcome.AFTER_STOP, 18),
    ]
    assert not result.exhausted


def test_a_budget_that_suffices_pays_for_everything_supported():
    result = count_budget_phragmen(approvals("ab", "c"), {"a": 5, "b": 6, "c": 7, "d": 1}, 18)
    assert (set(result.winners), result.spent, result.exhausted) == ({"a", "b", "c"}, 18, True)
    assert result.method == "budget-phragmen"
    assert not count_budget_phragmen(approvals("ab", "c"), {"a": 5, "b": 6, "c": 7, "d": 1}, 19).exhausted


def test_a_tie_in_the_budget_is_broken_by_the_order_and_told():
    costs = dict.fromkeys(ABCD, 10)
    result = count_budget_phragmen(approvals("a", "b"), costs, 10)
    assert (result.winners, result.decisive_ties[0].options) == (("a",), ("a", "b"))
    other = count_budget_phragmen(approvals("a", "b"), costs, 10, order=("d", "c", "b", "a"), tie_break="lot")
    assert (other.winners, other.tie_break) == (("b",), "lot")
    assert not count_budget_phragmen(approvals("a", "b"), costs, 20).decisive_ties


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("kind_not_counted", {"profile": Profile.of(BallotKind.ORDINAL, ABCD, ["a"])}),
        ("costs_and_options_differ", {"costs": {"a": 1}}),
        ("negative_budget", {"budget": -1}),
        ("cost_not_positive", {"costs": {**dict.fromkeys(ABCD, 1), "b": 0}}),
        ("order_incomplete", {"order": ("a",)}),
    ],
)
def test_a_senseless_budget_is_refused(code, asked):
    asked = {"profile": approvals("a"), "costs": dict.fromkeys(ABCD, 1), "budget": 1, **asked}
    with pytest.raises(InvalidCount, match=code):
        count_budget_phragmen(**asked)


def test_nothing_is_bought_where_there_is_nothing_to_buy_or_nobody_votes():
    assert count_budget_phragmen(Profile.of(BallotKind.APPROVAL, (), []), {}, 5).winners == ()
    assert count_budget_phragmen(approvals(), dict.fromkeys(ABCD, 1), 5).winners == ()


@given(BALLOTS, COSTS, st.integers(0, 60), st.permutations(ABCD))
@settings(max_examples=150, deadline=None)
def test_a_budget_is_never_overspent_and_without_ties_the_order_has_no_say(ballots, costs, budget, order):
    result = count_budget_phragmen(approvals(*ballots), costs, budget)
    assert result.spent == sum(costs[option] for option in result.winners) <= budget
    assert sorted(turn.option for turn in result.rounds) == list(ABCD)
    if not result.ties:
        assert (
            count_budget_phragmen(approvals(*ballots), costs, budget, order=order).winners == result.winners
        )


def test_more_seats_than_options_are_counted_in_a_moment():
    profile = Profile.of(BallotKind.APPROVAL, ("a", "b", "c"), [("a", "b"), ("a",), ("c",)])
    result = count_proportional_approval(profile, seats=10**12)
    assert result.winners == ("a", "c", "b")
    assert [turn.rate for turn in result.rounds] == [2, 1, Fraction(1, 2)]
    assert result.details["seats"] == 10**12
