"""Schulze's method: his own example, the well-known capital, ties and Condorcet winners."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stakeholder_hub.decisions.methods import condorcet
from stakeholder_hub.decisions.methods.ballots import BallotKind, InvalidCount, Profile
from stakeholder_hub.decisions.methods.condorcet import count_schulze, duels, strongest_ways

ABCD = ("a", "b", "c", "d")
BALLOTS = st.lists(st.lists(st.sampled_from(ABCD), unique=True), max_size=10)


def ranked(*ballots, options=ABCD):
    return Profile.of(BallotKind.ORDINAL, options, ballots)


def test_schulzes_own_example_elects_e():
    """M. Schulze, Social Choice and Welfare 36 (2011), example 1: 45 voters, five candidates."""
    cast = {
        "acbed": 5,
        "adecb": 5,
        "bedac": 8,
        "cabed": 3,
        "caebd": 7,
        "cbade": 2,
        "dceba": 7,
        "ebadc": 8,
    }
    result = count_schulze(
        ranked(*(ballot for ballot, n in cast.items() for _ in range(n)), options=tuple("abcde"))
    )
    assert result.tables["duels"] == {
        "a": [0, 20, 26, 30, 22],
        "b": [25, 0, 16, 33, 18],
        "c": [19, 29, 0, 17, 24],
        "d": [15, 12, 28, 0, 14],
        "e": [23, 27, 21, 31, 0],
    }
    assert result.tables["ways"] == {
        "a": [0, 28, 28, 30, 24],
        "b": [25, 0, 28, 33, 24],
        "c": [25, 29, 0, 29, 24],
        "d": [25, 28, 28, 0, 24],
        "e": [25, 28, 28, 31, 0],
    }
    assert result.winners == ("e",)
    assert result.scores == {"a": 3, "b": 1, "c": 2, "d": 0, "e": 4}
    assert (result.details, result.ties) == ({"condorcet": 0}, ())


def test_nashville_wins_every_duel_for_tennessees_capital():
    result = count_schulze(ranked(*["abcd"] * 42, *["bcda"] * 26, *["cdba"] * 15, *["dcba"] * 17))
    assert (result.winners, result.details["condorcet"]) == (("b",), 1)
    assert result.scores == {"a": 0, "b": 3, "c": 2, "d": 1}


def test_what_a_ballot_leaves_out_is_ranked_alike_below_all_it_names():
    assert duels(ranked("ba", "", "c")).tolist() == [[0, 0, 1, 1], [1, 0, 1, 1], [1, 1, 0, 1], [0, 0, 0, 0]]


def test_several_unbeaten_options_are_a_tie_that_the_stated_order_breaks():
    profile = ranked("a", "b")
    result = count_schulze(profile)
    assert result.winners == ("a",)
    assert [(tie.options, tie.decisive) for tie in result.ties] == [(("a", "b"), True)]
    assert result.details["condorcet"] == 0
    other = count_schulze(profile, order=("d", "c", "b", "a"), tie_break="lot")
    assert (other.winners, other.tie_break) == (("b",), "lot")


def test_nobody_wins_where_nobody_ranked_anything():
    for profile in (ranked(), ranked("", ""), ranked(options=())):
        result = count_schulze(profile)
        assert (result.winners, result.ties, result.details) == ((), (), {"condorcet": 0})


def test_a_single_option_wins():
    result = count_schulze(ranked("a", options=("a",)))
    assert (result.winners, result.details["condorcet"]) == (("a",), 1)


def test_a_count_without_an_order_is_refused():
    with pytest.raises(InvalidCount, match="kind_not_counted"):
        count_schulze(Profile.of(BallotKind.APPROVAL, ABCD, ["a"]))
    with pytest.raises(InvalidCount, match="order_incomplete"):
        count_schulze(ranked("a"), order=("a",))


def test_many_ballots_are_compared_in_parts(monkeypatch):
    profile = ranked(*["abcd", "b", "", "dca", "cb"] * 5)
    whole = duels(profile)
    monkeypatch.setattr(condorcet, "_BLOCK", 3)
    assert (duels(profile) == whole).all()


def strongest_by_search(wins, start, end):
    """The strongest way found by trying every way that visits no option twice."""

    def best(here, seen):
        if here == end:
            return max(map(max, wins)) + 1
        steps = [
            there for there in range(len(wins)) if there not in seen and wins[here][there] > wins[there][here]
        ]
        return max((min(wins[here][there], best(there, {*seen, there})) for there in steps), default=0)

    return best(start, {start})


@given(BALLOTS)
@settings(max_examples=100, deadline=None)
def test_the_strongest_ways_are_those_found_by_trying_all(ballots):
    wins = duels(ranked(*ballots))
    ways = strongest_ways(wins)
    for start in range(len(ABCD)):
        for end in range(len(ABCD)):
            if start != end:
                assert ways[start, end] == strongest_by_search(wins.tolist(), start, end)
    assert not np.diagonal(ways).any()


@given(BALLOTS)
@settings(max_examples=200, deadline=None)
def test_who_wins_every_duel_wins(ballots):
    result = count_schulze(ranked(*ballots))
    wins = result.tables["duels"]
    winners = [
        option
        for row, option in enumerate(ABCD)
        if all(
            wins[option][column] > wins[other][row] for column, other in enumerate(ABCD) if other != option
        )
    ]
    assert bool(result.details["condorcet"]) == bool(winners)
    if winners:
        assert list(result.winners) == winners
        assert not result.ties


@given(BALLOTS, st.permutations(ABCD))
@settings(max_examples=100, deadline=None)
def test_without_a_tie_every_order_elects_the_same(ballots, order):
    result, other = count_schulze(ranked(*ballots)), count_schulze(ranked(*ballots), order=order)
    assert set(result.ties[0].options if result.ties else ()) == set(
        other.ties[0].options if other.ties else ()
    )
    if not result.ties:
        assert result.winners == other.winners
