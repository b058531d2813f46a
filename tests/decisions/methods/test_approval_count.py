"""Winners by number of approvals."""

import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stakeholder_hub.decisions.methods.approval import count_approvals
from stakeholder_hub.decisions.methods.ballots import BallotKind, InvalidCount, Profile
from stakeholder_hub.decisions.methods.result import Outcome
from stakeholder_hub.decisions.methods.threshold import Threshold

ABCD = ("a", "b", "c", "d")
BALLOTS = st.lists(st.lists(st.sampled_from(ABCD), unique=True), max_size=12)


def approvals(*ballots):
    return Profile.of(BallotKind.APPROVAL, ABCD, ballots)


def test_the_most_approved_option_wins_one_seat():
    result = count_approvals(approvals("ab", "b", "bc"))
    assert result.winners == ("b",)
    assert result.round_of("a").outcome is Outcome.NO_SEAT
    assert result.round_of("d").outcome is Outcome.BELOW_THRESHOLD
    assert result.round_of("x") is None


def test_a_tie_for_the_last_seat_is_reported_as_decisive_and_broken_by_the_order():
    profile = approvals("a", "b", "c", "c")
    assert count_approvals(profile, seats=2).winners == ("c", "a")
    result = count_approvals(profile, seats=2, order=("d", "c", "b", "a"))
    assert result.winners == ("c", "b")
    assert [tie.options for tie in result.decisive_ties] == [("b", "a")]


def test_a_tie_between_winners_is_reported_but_decides_nothing():
    result = count_approvals(approvals("a", "b"), seats=2)
    assert len(result.ties) == 1
    assert not result.decisive_ties


def test_without_seats_everything_that_reaches_the_threshold_wins():
    profile = approvals("ab", "a", "ac", "d")
    assert count_approvals(profile, seats=None, threshold=Threshold(score=2)).winners == ("a",)
    assert count_approvals(profile, seats=None, threshold=Threshold(share=Fraction(1, 4))).winners == tuple(
        "abcd"
    )
    assert count_approvals(profile, seats=None, threshold=Threshold(share=Fraction(3, 4))).winners == ("a",)
    assert not count_approvals(profile, threshold=Threshold(share=Fraction(4, 5))).winners


def test_nobody_wins_an_empty_vote():
    assert count_approvals(approvals()).winners == ()


def test_negative_seats_are_refused():
    with pytest.raises(InvalidCount, match="negative_seats"):
        count_approvals(approvals("a"), seats=-1)


def test_the_result_is_plain_data_for_publishing():
    plain = json.loads(json.dumps(count_approvals(approvals("a", "b")).to_json()))
    assert plain["winners"] == ["a"]
    assert plain["ties"][0]["decisive"] is True


@given(BALLOTS, st.integers(0, 4), st.randoms())
@settings(max_examples=60)
def test_the_order_of_voters_never_matters(ballots, seats, random):
    shuffled = list(ballots)
    random.shuffle(shuffled)
    assert count_approvals(approvals(*ballots), seats=seats).winners == (
        count_approvals(approvals(*shuffled), seats=seats).winners
    )
