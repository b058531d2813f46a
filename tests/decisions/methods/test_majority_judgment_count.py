"""Majority judgment: worked by hand, ties, and against repeated removal of medians."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stakeholder_hub.decisions.methods.ballots import BallotKind, InvalidCount, InvalidProfile, Profile
from stakeholder_hub.decisions.methods.judgment import (
    MOST_GRADES,
    count_majority_judgment,
    grade_table,
    majority_grade,
    majority_value,
)
from stakeholder_hub.decisions.methods.result import Outcome

ABC = ("a", "b", "c")
COUNTS = st.lists(st.integers(0, 5), min_size=1, max_size=6)
BALLOTS = st.lists(st.dictionaries(st.sampled_from(ABC), st.integers(0, 3)), max_size=9)


def graded(*ballots):
    return Profile.of(BallotKind.SCORING, ABC, ballots)


def count(*ballots, grades=4, **asked):
    return count_majority_judgment(graded(*ballots), grades=grades, **asked)


def test_the_best_median_wins_over_more_top_grades():
    """``a`` splits voters (3, 3, 0, 0, 0), ``b`` is good for all but one (2, 2, 2, 2, 0)."""
    result = count({"a": 3, "b": 2}, {"a": 3, "b": 2}, {"b": 2}, {"b": 2, "c": 1}, {})
    assert result.winners == ("b",)
    assert result.scores == {"a": 0, "b": 2, "c": 0}
    assert result.details == {"grades": 4}
    assert result.tables == {"grades": {"a": [3, 0, 0, 2], "b": [1, 0, 4, 0], "c": [4, 1, 0, 0]}}
    assert result.round_of("a").outcome is Outcome.BELOW_THRESHOLD


def test_of_an_even_number_of_grades_the_lower_middle_one_counts():
    assert count({"a": 3, "b": 2}, {"a": 1, "b": 2}).scores == {"a": 1, "b": 2, "c": 0}


def test_equal_medians_are_taken_away_until_they_differ():
    """Both have 2 in the middle; without it ``a`` has (1, 2, 3, 3) and ``b`` (1, 1, 2, 3): next 2 stands against 1."""
    cast = [{"a": a, "b": b} for a, b in zip((1, 2, 2, 3, 3), (1, 1, 2, 2, 3), strict=True)]
    result = count(*cast)
    assert result.winners == ("a",)
    assert result.scores == {"a": 2, "b": 2, "c": 0}
    assert not result.ties


def test_options_with_all_grades_alike_are_a_tie():
    cast = [{"a": 3, "b": 1}, {"a": 1, "b": 3}]
    result = count(*cast)
    assert result.winners == ("a",)
    assert [(tie.options, tie.score, tie.decisive) for tie in result.ties] == [(("a", "b"), 1, True)]
    other = count(*cast, order=("c", "b", "a"), tie_break="lot")
    assert (other.winners, other.tie_break) == (("b",), "lot")
    both = count(*cast, seats=2)
    assert both.winners == ("a", "b")
    assert not both.decisive_ties
    assert both.ties


def test_several_seats_go_to_the_best_and_nothing_rejected_wins():
    result = count({"a": 1, "b": 3}, seats=3)
    assert result.winners == ("b", "a")
    assert [turn.outcome for turn in result.rounds] == [
        Outcome.ELECTED,
        Outcome.ELECTED,
        Outcome.BELOW_THRESHOLD,
    ]
    assert count({"a": 1, "b": 3}).round_of("a").outcome is Outcome.NO_SEAT


def test_nobody_wins_an_empty_vote():
    result = count()
    assert (result.winners, result.ties, result.scores) == ((), (), {"a": 0, "b": 0, "c": 0})


@pytest.mark.parametrize(
    ("error", "code", "profile", "grades"),
    [
        (InvalidCount, "kind_not_counted", Profile.of(BallotKind.CUMULATIVE, ABC, [{"a": 1}]), 4),
        (InvalidCount, "kind_not_counted", Profile.of(BallotKind.APPROVAL, ABC, ["a"]), 4),
        (InvalidCount, "kind_not_counted", graded({"a": "0.5"}), 4),
        (InvalidCount, "grades_out_of_range", graded({"a": 1}), 1),
        (InvalidCount, "grades_out_of_range", graded({"a": 1}), MOST_GRADES + 1),
        (InvalidProfile, "grade_out_of_range", graded({"a": 4}), 4),
        (InvalidProfile, "grade_out_of_range", graded({"a": -1}), 4),
    ],
)
def test_what_is_not_a_grade_is_refused(error, code, profile, grades):
    with pytest.raises(error, match=code):
        grade_table(profile, grades)


def test_an_incomplete_order_is_refused():
    with pytest.raises(InvalidCount, match="order_incomplete"):
        count({"a": 1}, order=("a",))


def test_the_best_of_most_grades_still_fits():
    assert majority_value([0] * (MOST_GRADES - 1) + [1]) == bytes([MOST_GRADES - 1])


@pytest.mark.parametrize("counts", [[], [0, 0]])
def test_without_grades_the_majority_grade_is_the_lowest(counts):
    assert (majority_value(counts), majority_grade(counts)) == (b"", 0)


def removals(counts):
    """The grades in the order in which the lower median is taken away again and again."""
    grades = [grade for grade, number in enumerate(counts) for _ in range(number)]
    found = []
    while grades:
        found.append(grades.pop((len(grades) - 1) // 2))
    return found


@given(COUNTS)
@settings(max_examples=200, deadline=None)
def test_the_value_is_that_of_repeated_removal_of_medians(counts):
    expected = removals(counts)
    assert list(majority_value(counts)) == expected
    assert majority_grade(counts) == (expected[0] if expected else 0)


@given(BALLOTS, st.permutations(ABC), st.integers(0, 3))
@settings(max_examples=150, deadline=None)
def test_the_winners_are_the_best_by_repeated_removal(ballots, order, seats):
    result = count(*ballots, order=order, seats=seats)
    column = {
        option: [sum(ballot.get(option, 0) == grade for ballot in ballots) for grade in range(4)]
        for option in ABC
    }
    standing = sorted(order, key=lambda option: removals(column[option]), reverse=True)
    assert list(result.winners) == [option for option in standing if majority_grade(column[option])][:seats]
    if not result.decisive_ties:
        assert set(count(*ballots, seats=seats).winners) == set(result.winners)
