"""Instant run-off: well-known examples, ties, and against a naive count."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stakeholder_hub.decisions.methods.ballots import BallotKind, InvalidCount, Profile
from stakeholder_hub.decisions.methods.runoff import count_runoff

ABCD = ("a", "b", "c", "d")
BALLOTS = st.lists(st.lists(st.sampled_from(ABCD), unique=True), max_size=12)


def ranked(*ballots, options=ABCD):
    return Profile.of(BallotKind.ORDINAL, options, ballots)


def test_knoxville_wins_tennessees_capital_by_runoff():
    """The well-known example of textbooks: Chattanooga leaves, then Nashville, whose votes make Knoxville's 58."""
    cities = ("Memphis", "Nashville", "Chattanooga", "Knoxville")
    m, n, c, k = cities
    result = count_runoff(
        ranked(
            *[[m, n, c, k]] * 42,
            *[[n, c, k, m]] * 26,
            *[[c, k, n, m]] * 15,
            *[[k, c, n, m]] * 17,
            options=cities,
        )
    )
    assert result.winners == (k,)
    assert result.scores == {m: 42, n: 26, c: 15, k: 17}
    assert [stage.excluded for stage in result.stages] == [(c,), (n,), ()]
    assert [stage.source for stage in result.stages] == [None, c, n]
    assert result.stages[2].tallies == {m: 42, k: 58}
    assert result.stages[2].elected == (k,)
    assert not result.ties


def test_more_than_half_of_the_first_preferences_win_at_once():
    result = count_runoff(ranked("a", "ab", "b"))
    assert (result.winners, len(result.stages)) == (("a",), 1)


def test_half_is_not_enough_but_half_of_the_ballots_left_may_become_more():
    result = count_runoff(ranked("a", "a", "b", "c", options=("a", "b", "c")))
    assert [stage.exhausted for stage in result.stages] == [0, 1]
    assert result.winners == ("a",)


def test_a_ballot_that_ranks_nothing_is_exhausted_from_the_start():
    result = count_runoff(ranked("a", "", ""))
    assert (result.winners, result.voters, result.stages[0].exhausted) == (("a",), 3, 2)


def test_nobody_wins_where_nobody_ranked_anything():
    for profile in (ranked(), ranked("", ""), ranked(options=())):
        result = count_runoff(profile)
        assert (result.winners, result.stages, result.ties) == ((), (), ())


def test_a_single_option_wins_with_a_single_vote():
    assert count_runoff(ranked("a", options=("a",))).winners == ("a",)


def test_of_two_with_the_fewest_votes_the_one_leaves_that_had_fewer_before():
    """``d`` leaves and makes ``b`` and ``c`` equal; ``c`` had fewer before: no tie to tell."""
    result = count_runoff(ranked(*["ab"] * 4, *["bc"] * 3, *["cb"] * 2, "dc"))
    assert [stage.excluded for stage in result.stages] == [("d",), ("c",), ()]
    assert result.stages[1].tallies == {"a": 4, "b": 3, "c": 3}
    assert result.winners == ("b",)
    assert not result.ties


def test_who_never_differed_is_told_apart_by_the_stated_order():
    profile = ranked("a", "a", "a", "ba", "ba", "cb", "cb", options=("a", "b", "c"))
    result = count_runoff(profile)
    assert result.stages[0].excluded == ("c",)
    assert result.winners == ("b",)
    assert [(tie.options, tie.score, tie.decisive) for tie in result.ties] == [
        (("b", "c"), Fraction(2), True)
    ]
    other = count_runoff(profile, order=("c", "b", "a"), tie_break="lot")
    assert (other.winners, other.tie_break) == (("a",), "lot")
    assert other.ties[0].options == ("c", "b")


def test_the_last_two_with_equal_votes_are_told_apart_by_the_stated_order():
    result = count_runoff(ranked("a", "b", options=("a", "b")), order=("b", "a"))
    assert result.winners == ("b",)
    assert result.decisive_ties[0].options == ("b", "a")


def test_a_tie_of_options_that_stay_behind_together_decides_nothing():
    """``c`` and ``d`` have two votes together, ``b`` has three: both leave, whoever goes first."""
    result = count_runoff(ranked(*"aaaa", *["b"] * 3, "cb", "db"))
    assert [(tie.options, tie.decisive) for tie in result.ties] == [(("c", "d"), False)]
    assert result.winners == ("b",)
    nobodys = count_runoff(ranked("ab", "ab", "ba", "ba"))
    assert [(tie.options, tie.score, tie.decisive) for tie in nobodys.ties] == [
        (("c", "d"), Fraction(0), False),
        (("a", "b"), Fraction(2), True),
    ]


def test_a_tie_that_leaves_its_mark_on_a_later_one_is_decisive():
    """``c`` and ``d`` both leave before the others whoever goes first, but whose ballot moves first tells which of
    ``a`` and ``b``, equal at the end, had fewer votes at an earlier stage.
    """
    profile = ranked(*["a"] * 3, *["b"] * 3, "ca", "db")
    result, other = count_runoff(profile), count_runoff(profile, order=("a", "b", "d", "c"))
    assert (result.winners, other.winners) == (("b",), ("a",))
    assert result.decisive_ties
    assert other.decisive_ties


def test_a_count_without_an_order_is_refused():
    with pytest.raises(InvalidCount, match="kind_not_counted"):
        count_runoff(Profile.of(BallotKind.APPROVAL, ABCD, ["a"]))
    with pytest.raises(InvalidCount, match="order_incomplete"):
        count_runoff(ranked("a"), order=("a",))


def naive(ballots, order):
    """Instant run-off as its definition reads, on lists."""
    left, before = list(order), []
    while any(option in left for ballot in ballots for option in ballot):
        tops = [next((option for option in ballot if option in left), None) for ballot in ballots]
        votes = Counter(top for top in tops if top)
        best = max(left, key=lambda option: votes[option])
        if 2 * votes[best] > sum(votes.values()) or len(left) == 1:
            return (best,)
        last = [option for option in left if votes[option] == min(votes[other] for other in left)]
        for stage in reversed(before):
            last = [option for option in last if stage[option] == min(stage[other] for other in last)]
        left.remove(last[-1])
        before.append(votes)
    return ()


@given(BALLOTS, st.permutations(ABCD))
@settings(max_examples=200, deadline=None)
def test_the_count_equals_a_naive_one(ballots, order):
    assert count_runoff(ranked(*ballots), order=order).winners == naive(ballots, order)


@given(BALLOTS, st.sampled_from(ABCD))
@settings(max_examples=100, deadline=None)
def test_who_is_first_on_more_than_half_of_the_ballots_wins(ballots, option):
    ballots = [*ballots, *[[option]] * (len(ballots) + 1)]
    assert count_runoff(ranked(*ballots)).winners == (option,)


@given(BALLOTS)
@settings(max_examples=100, deadline=None)
def test_at_every_stage_votes_and_exhausted_ballots_are_all_ballots(ballots):
    result = count_runoff(ranked(*ballots))
    assert bool(result.winners) == any(ballots)
    for stage in result.stages:
        assert sum(stage.tallies.values()) + stage.exhausted == len(ballots)


@given(BALLOTS, st.permutations(ABCD))
@settings(max_examples=400, deadline=None)
def test_without_a_decisive_tie_every_order_elects_the_same(ballots, order):
    result = count_runoff(ranked(*ballots))
    if not result.decisive_ties:
        assert count_runoff(ranked(*ballots), order=order).winners == result.winners


# -- Which ties decided something --------------------------------------------------------------------------------------


def ties_of(result):
    return [(set(tie.options), tie.score, tie.decisive) for tie in result.ties]


def test_the_last_who_together_reach_the_next_one_may_decide():
    """Together they have as much as the third: whoever leaves first could lift the other to a tie with it."""
    result = count_runoff(ranked("a", "b", "c", "c", *["d"] * 4))
    assert ties_of(result)[0] == ({"a", "b"}, 1, True)


def test_a_later_tie_without_a_look_back_leaves_earlier_ones_as_they_were():
    names = ("p", "q", "w", "x", "y")
    result = count_runoff(ranked("x", "y", *"ppp", *"qqq", *"wwwww", options=names))
    assert ties_of(result) == [({"x", "y"}, 1, False), ({"p", "q"}, 3, True)]


def test_a_look_back_doubts_earlier_ties_except_those_of_options_nobody_ranked_first():
    names = ("p", "q", "r", "w", "x", "y")
    result = count_runoff(ranked("rq", *"qq", *"ppp", *"wwww", options=names))
    assert [stage.excluded for stage in result.stages][2:4] == [("r",), ("q",)]
    assert ties_of(result) == [({"x", "y"}, 0, False)]
