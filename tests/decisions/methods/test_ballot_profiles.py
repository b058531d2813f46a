"""What ballots can be, and what they add up to."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest

from stakeholder_hub.decisions.methods.ballots import BallotKind, InvalidCount, InvalidProfile, Profile
from stakeholder_hub.decisions.methods.ties import by_lot, ranks

ABC = ("a", "b", "c")


def ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def test_approvals_are_counted_and_empty_ballots_still_count_as_voters():
    profile = Profile.of(BallotKind.APPROVAL, ABC, [["a", "b"], ["b"], []])
    assert profile.approvals() == {"a": 1, "b": 2, "c": 0}
    assert profile.scores() == profile.approvals()
    assert profile.voters == 3
    assert list(profile.ballots()) == [("a", "b"), ("b",), ()]


def test_a_ranking_gives_the_first_place_as_many_points_as_the_longest_ballot_has_places():
    profile = Profile.of(BallotKind.ORDINAL, ABC, [["a", "b", "c"], ["b"]])
    assert profile.scores() == {"a": 3, "b": 5, "c": 1}
    assert profile.scores(top=2) == {"a": 2, "b": 3, "c": 0}


def test_points_are_added_up_exactly_even_with_decimals():
    profile = Profile.of(BallotKind.CUMULATIVE, ABC, [{"a": "0.1", "b": 2}, {"a": "0.2"}])
    assert profile.scale == 10
    assert Fraction(profile.scores()["a"], profile.scale) == Fraction(3, 10)


def test_an_unlisted_option_gets_the_default_points_from_each_ballot():
    profile = Profile(BallotKind.SCORING, ABC, ints(0, 1, 1), ints(0), ints(5), default_points=-1)
    assert profile.scores() == {"a": 4, "b": -2, "c": -2}


def test_supporters_are_the_ballots_an_option_stands_on():
    profile = Profile.of(BallotKind.APPROVAL, ABC, [["a", "b"], ["b"], ["a"]])
    assert [part.tolist() for part in profile.supporters()] == [[0, 2], [0, 1], []]
    assert Profile.of(BallotKind.APPROVAL, (), []).supporters() == []


@pytest.mark.parametrize(
    ("code", "kind", "ballots"),
    [
        ("unknown_option", BallotKind.APPROVAL, [["a"], ["x"]]),
        ("option_twice", BallotKind.APPROVAL, [["a"], ["b", "c", "b"]]),
        ("more_than_one_choice", BallotKind.CHOOSE_ONE, [["a"], ["a", "b"]]),
        ("negative_points", BallotKind.CUMULATIVE, [{"a": 1}, {"a": -1}]),
    ],
)
def test_an_impossible_ballot_is_refused_with_its_position(code, kind, ballots):
    with pytest.raises(InvalidProfile) as refusal:
        Profile.of(kind, ABC, ballots)
    assert refusal.value.code == code
    assert refusal.value.data["ballot"] == 1


@pytest.mark.parametrize(
    ("code", "make"),
    [
        ("duplicate_option", lambda: Profile(BallotKind.APPROVAL, ("a", "a"), ints(0), ints())),
        ("offsets_broken", lambda: Profile(BallotKind.APPROVAL, ABC, ints(0, 2), ints(0))),
        ("offsets_broken", lambda: Profile(BallotKind.APPROVAL, ABC, ints(), ints())),
        ("offsets_broken", lambda: Profile(BallotKind.APPROVAL, ABC, ints(0, 2, 1, 2), ints(0, 1))),
        ("unknown_option", lambda: Profile(BallotKind.APPROVAL, ABC, ints(0, 1), ints(3))),
        ("points_not_asked", lambda: Profile(BallotKind.APPROVAL, ABC, ints(0, 1), ints(0), ints(1))),
        ("points_missing", lambda: Profile(BallotKind.SCORING, ABC, ints(0, 1), ints(0))),
        ("scale_not_positive", lambda: Profile(BallotKind.SCORING, ABC, ints(0, 1), ints(0), ints(1), 0)),
        (
            "points_too_large",
            lambda: Profile(BallotKind.SCORING, ABC, ints(0, 1, 2), ints(0, 0), ints(2**61, 1)),
        ),
        ("points_too_large", lambda: Profile.of(BallotKind.SCORING, ABC, [{"a": 2**80}])),
    ],
)
def test_a_broken_table_of_ballots_is_refused(code, make):
    with pytest.raises(InvalidProfile) as refusal:
        make()
    assert refusal.value.code == code


def test_a_lot_can_be_drawn_again_from_its_seed():
    drawn = by_lot(ABC, "12 May 2026, Velenje")
    assert drawn == by_lot(tuple(reversed(ABC)), "12 May 2026, Velenje")
    assert {by_lot(ABC, str(seed))[0] for seed in range(40)} == set(ABC)


@pytest.mark.parametrize("order", [("a", "b"), ("a", "b", "b"), ("a", "b", "x"), ("a", "b", "c", "c")])
def test_an_order_must_hold_every_option_once(order):
    with pytest.raises(InvalidCount, match="order_incomplete"):
        ranks(ABC, order)


def test_supporters_stand_in_the_order_of_their_ballots():
    drawn = Random(7)
    ballots = [[option for option in "abc" if drawn.random() < 0.5] for _ in range(2000)]
    profile = Profile.of(BallotKind.APPROVAL, ("a", "b", "c"), ballots)
    for option, people in zip("abc", profile.supporters(), strict=True):
        assert people.tolist() == [number for number, ballot in enumerate(ballots) if option in ballot]
