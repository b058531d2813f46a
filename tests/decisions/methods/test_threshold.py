"""What an option must reach to win at all."""

from fractions import Fraction

import pytest

from stakeholder_hub.decisions.methods.threshold import NO_THRESHOLD, Threshold


@pytest.mark.parametrize(
    ("threshold", "score", "voters", "met"),
    [
        (NO_THRESHOLD, 0, 0, True),
        (NO_THRESHOLD, -1, 0, False),
        (Threshold(score=3), 3, 100, True),
        (Threshold(score=3), 2, 2, False),
        (Threshold(share=Fraction(1, 3)), 1, 3, True),
        (Threshold(share=Fraction(1, 3)), 33, 100, False),
        (Threshold(share=Fraction(1, 3)), 34, 100, True),
        (Threshold(score=40, share=Fraction(1, 3)), 34, 100, False),
        (Threshold(score=2, share=Fraction(1, 2)), 3, 7, False),
    ],
)
def test_reaching_the_score_and_the_share_exactly_is_enough_and_both_are_needed(
    threshold, score, voters, met
):
    assert threshold.met(score, voters) is met


def test_a_share_is_compared_without_rounding():
    third = Threshold(share=Fraction(1, 3))
    assert third.met(10**17, 3 * 10**17)
    assert not third.met(10**17, 3 * 10**17 + 1)
