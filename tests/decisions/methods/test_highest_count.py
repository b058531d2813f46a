"""Winners by the highest figure: plurality, points, quadratic votes and Borda, worked by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stakeholder_hub.decisions.methods.ballots import BallotKind, InvalidCount, InvalidProfile, Profile
from stakeholder_hub.decisions.methods.highest import (
    borda_scores,
    count_borda,
    count_highest,
    count_plurality,
    count_points,
    count_quadratic,
    quadratic_cost,
)
from stakeholder_hub.decisions.methods.result import Outcome
from stakeholder_hub.decisions.methods.threshold import Threshold

ABC = ("a", "b", "c")
ABCD = ("a", "b", "c", "d")
FIGURES = st.lists(st.integers(-2, 4), min_size=1, max_size=6).map(
    lambda values: {f"p{number}": value for number, value in enumerate(values)}
)


def highest(scores, **asked):
    return count_highest(scores, method="approval", voters=10, **asked)


def points(*ballots, kind=BallotKind.CUMULATIVE):
    return Profile.of(kind, ABC, ballots)


def ranked(*ballots, options=ABCD):
    return Profile.of(BallotKind.ORDINAL, options, ballots)


# -- The common end ----------------------------------------------------------------------------------------------------


def test_seats_go_to_the_highest_figures():
    result = highest({"a": 2, "b": 5, "c": 3, "d": 0, "e": -1}, seats=2)
    assert result.winners == ("b", "c")
    assert result.round_of("a").outcome is Outcome.NO_SEAT
    assert result.round_of("d").outcome is Outcome.BELOW_THRESHOLD
    assert result.round_of("e").outcome is Outcome.BELOW_THRESHOLD
    assert [turn.number for turn in result.rounds] == [1, 2, 3, 4, 5]
    assert (result.details, result.ties) == ({}, ())


def test_no_seats_elect_nobody_and_seats_without_bound_elect_all_that_reach_the_threshold():
    figures = {"a": 2, "b": 5, "c": 3, "d": 0}
    assert highest(figures, seats=0).winners == ()
    assert highest(figures, seats=None).winners == ("b", "c", "a")
    assert highest(figures, seats=None, threshold=Threshold(score=3)).winners == ("b", "c")
    assert highest({}, seats=1).winners == ()


def test_a_tie_is_decisive_only_if_it_stands_at_the_last_seat():
    figures = {"a": 5, "b": 5, "c": 3, "d": 3}
    result = highest(figures, seats=3)
    assert [(tie.options, tie.decisive) for tie in result.ties] == [(("a", "b"), False), (("c", "d"), True)]
    other = highest(figures, seats=3, order=("d", "c", "b", "a"))
    assert other.winners == ("b", "a", "d")
    assert other.decisive_ties[0].options == ("d", "c")
    assert not highest(figures, seats=None).decisive_ties
    assert not highest({"a": 0, "b": 0}).ties


def test_fewer_seats_than_none_and_an_incomplete_order_are_refused():
    with pytest.raises(InvalidCount, match="negative_seats"):
        highest({"a": 1}, seats=-1)
    with pytest.raises(InvalidCount, match="order_incomplete"):
        highest({"a": 1}, order=())


@given(FIGURES, st.integers(0, 6), st.permutations(range(6)))
@settings(max_examples=150, deadline=None)
def test_without_a_decisive_tie_every_order_elects_the_same(figures, seats, permutation):
    order = [f"p{number}" for number in permutation if f"p{number}" in figures]
    result, other = highest(figures, seats=seats), highest(figures, seats=seats, order=order)
    assert len(result.winners) == min(seats, sum(figure > 0 for figure in figures.values()))
    assert bool(result.decisive_ties) == bool(other.decisive_ties)
    if not result.decisive_ties:
        assert set(result.winners) == set(other.winners)


# -- Plurality ---------------------------------------------------------------------------------------------------------


def test_the_most_chosen_option_wins():
    profile = Profile.of(BallotKind.CHOOSE_ONE, ABC, ["a", "b", "b", ""])
    result = count_plurality(profile)
    assert (result.method, result.winners, result.voters) == ("plurality", ("b",), 4)
    assert count_plurality(profile, seats=3).winners == ("b", "a")


def test_plurality_takes_one_choice_a_ballot_only():
    with pytest.raises(InvalidCount, match="kind_not_counted"):
        count_plurality(Profile.of(BallotKind.APPROVAL, ABC, ["a"]))


# -- Points ------------------------------------------------------------------------------------------------------------


def test_points_are_added_up():
    result = count_points(points({"a": 3, "b": 1}, {"b": 3, "c": 4}))
    assert (result.method, result.winners) == ("score", ("b",))
    assert result.scores == {"a": 3, "b": 4, "c": 4}
    assert result.decisive_ties[0].options == ("b", "c")
    assert count_points(points({"a": 1}), method="dots", seats=2).method == "dots"


def test_parts_of_points_are_told_with_their_scale():
    result = count_points(points({"a": "0.5"}, {"a": "0.25"}))
    assert (result.scores["a"], result.details) == (3, {"scale": 4})


def test_points_below_zero_win_nothing():
    assert count_points(points({"a": -1}, kind=BallotKind.SCORING)).winners == ()


@pytest.mark.parametrize("kind", [BallotKind.APPROVAL, BallotKind.CHOOSE_ONE, BallotKind.ORDINAL])
def test_ballots_without_points_are_refused(kind):
    with pytest.raises(InvalidCount, match="kind_not_counted"):
        count_points(Profile.of(kind, ABC, ["a"]))


# -- Quadratic votes ---------------------------------------------------------------------------------------------------


def test_votes_cost_their_squares():
    assert quadratic_cost([3, 2, 0, 1]) == 14
    assert quadratic_cost([]) == 0


def test_many_small_wishes_outweigh_one_strong_wish():
    """Nine votes for one option cost 81 credits; five voters with four votes each pay 16."""
    result = count_quadratic(points({"a": 9}, *[{"b": 4}] * 5), 81)
    assert (result.method, result.winners) == ("quadratic", ("b",))
    assert result.scores == {"a": 9, "b": 20, "c": 0}


def test_a_ballot_that_costs_more_than_the_credits_is_refused_with_its_position():
    assert count_quadratic(points({"a": 4, "b": 3}), 25).winners == ("a",)
    with pytest.raises(InvalidProfile, match="over_credits") as refusal:
        count_quadratic(points({"a": 4, "b": 3}, {"a": 5, "b": 1}), 25)
    assert refusal.value.data == {"ballot": 1, "credits": 25}


@pytest.mark.parametrize(
    "profile",
    [
        Profile.of(BallotKind.SCORING, ABC, [{"a": 1}]),
        Profile.of(BallotKind.APPROVAL, ABC, ["a"]),
        points({"a": "0.5"}),
    ],
)
def test_quadratic_votes_are_whole_numbers_not_below_zero(profile):
    with pytest.raises(InvalidCount, match="kind_not_counted"):
        count_quadratic(profile, 100)


# -- Borda -------------------------------------------------------------------------------------------------------------


def test_nashville_wins_tennessees_capital_by_borda():
    """The well-known example of textbooks: a hundred voters live in four cities and want the capital near."""
    result = count_borda(ranked(*["abcd"] * 42, *["bcda"] * 26, *["cdba"] * 15, *["dcba"] * 17))
    assert result.winners == ("b",)
    assert result.scores == {"a": 2 * 126, "b": 2 * 194, "c": 2 * 173, "d": 2 * 107}
    assert result.details == {"scale": 2}


def test_what_a_ballot_leaves_out_shares_the_last_places():
    """``a`` is above three; the others are level with two each: a point, doubled two."""
    assert borda_scores(ranked("a")) == {"a": 6, "b": 2, "c": 2, "d": 2}
    assert borda_scores(ranked("ab")) == {"a": 6, "b": 4, "c": 1, "d": 1}
    assert borda_scores(ranked("abc")) == borda_scores(ranked("abcd"))


def test_leaving_an_option_out_does_it_no_more_harm_than_the_last_place():
    assert borda_scores(ranked("abc"))["d"] == 0
    assert borda_scores(ranked("a"))["d"] > borda_scores(ranked("abcd"))["d"]


def test_a_ballot_that_ranks_nothing_gives_no_points():
    assert borda_scores(ranked("", "ab")) == borda_scores(ranked("ab"))
    assert count_borda(ranked("", "")).winners == ()
    assert not count_borda(ranked()).winners


def test_borda_needs_an_order():
    with pytest.raises(InvalidCount, match="kind_not_counted"):
        count_borda(Profile.of(BallotKind.APPROVAL, ABC, ["a"]))


@given(st.lists(st.lists(st.sampled_from(ABCD), unique=True), max_size=10))
@settings(max_examples=100, deadline=None)
def test_bordas_points_are_duels_won_and_half_the_duels_drawn(ballots):
    expected = dict.fromkeys(ABCD, 0)
    for ballot in ballots:
        place = {option: ballot.index(option) if option in ballot else len(ABCD) for option in ABCD}
        for option in ABCD:
            for other in ABCD:
                if ballot and option != other:
                    expected[option] += 2 * (place[option] < place[other]) + (place[option] == place[other])
    assert borda_scores(ranked(*ballots)) == expected
