"""Ballots with an order, piled up by the option each counts for, and ties that earlier stages break."""

import pytest

from stakeholder_hub.decisions.methods.ballots import BallotKind, InvalidCount, Profile
from stakeholder_hub.decisions.methods.preferential import NOBODY, Piles, by_earlier_stages, checked_ranking

ABC = ("a", "b", "c")


def ranked(*ballots):
    return Profile.of(BallotKind.ORDINAL, ABC, ballots)


def test_ballots_lie_with_their_first_preference_and_empty_ones_with_nobody():
    piles = Piles.of(ranked("ab", "ba", "", "a"), 5)
    assert piles.tallies() == [10, 5, 0]
    assert piles.pile(0).tolist() == [0, 3]
    assert piles.holder[2] == NOBODY


def test_a_pile_moves_on_to_those_still_in_the_count_and_no_further():
    piles = Piles.of(ranked("abc", "ab", "a", "ba"))
    piles.pass_on(piles.pile(0), {2})
    assert piles.tallies() == [0, 1, 1]
    assert piles.holder.tolist() == [2, NOBODY, NOBODY, 1]
    piles.pass_on(piles.pile(1), {0, 2})
    assert piles.tallies() == [1, 0, 1]


def test_what_has_no_value_left_still_moves():
    piles = Piles.of(ranked("ab"), 7)
    piles.value[:] = 3
    piles.pass_on(piles.pile(0), {1, 2})
    assert piles.tallies() == [0, 3, 0]


def test_only_rankings_are_piled():
    profile = ranked("ab")
    assert checked_ranking(profile) is profile
    with pytest.raises(InvalidCount, match="kind_not_counted") as refusal:
        Piles.of(Profile.of(BallotKind.APPROVAL, ABC, ["a"]))
    assert refusal.value.data == {"kind": "approval"}


@pytest.mark.parametrize(
    ("history", "lowest", "highest"),
    [
        ([], (0, 1, 2), (0, 1, 2)),
        ([[4, 4, 4]], (0, 1, 2), (0, 1, 2)),
        ([[1, 2, 3]], (0,), (2,)),
        ([[1, 2, 3], [5, 4, 6]], (1,), (2,)),
        # the latest stage leaves two; the stage before it tells them apart
        ([[3, 2, 1], [1, 1, 2]], (1,), (2,)),
        ([[1, 2, 3], [7, 8, 8]], (0,), (2,)),
        ([[5, 5, 1], [1, 1, 2]], (0, 1), (2,)),
    ],
)
def test_the_latest_stage_at_which_equals_differed_tells_them_apart(history, lowest, highest):
    assert by_earlier_stages([0, 1, 2], history, lowest=True) == lowest
    assert by_earlier_stages([0, 1, 2], history, lowest=False) == highest
