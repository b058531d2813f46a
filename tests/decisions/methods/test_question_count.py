"""One question: yes and no, consent, gradients of agreement."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stakeholder_hub.decisions.methods.ballots import BallotKind, InvalidCount, Profile
from stakeholder_hub.decisions.methods.questions import (
    CONSENT,
    GRADIENTS,
    OBJECTION,
    RESERVATIONS,
    SUPPORTING,
    YES_NO,
    count_consent,
    count_gradients,
    count_yes_no,
)
from stakeholder_hub.decisions.methods.result import Outcome

CONSENTS = (CONSENT, RESERVATIONS, OBJECTION)
TWO_THIRDS = Fraction(2, 3)


def answered(options, *numbers):
    """As many ballots with each answer as the numbers say."""
    ballots = [[option] for option, number in zip(options, numbers, strict=True) for _ in range(number)]
    return Profile.of(BallotKind.CHOOSE_ONE, options, ballots)


@pytest.mark.parametrize(
    ("yes", "no", "abstain", "share", "adopted"),
    [
        (3, 2, 0, Fraction(1, 2), True),
        (2, 2, 0, Fraction(1, 2), False),
        (1, 0, 9, Fraction(1, 2), True),
        (0, 0, 9, Fraction(1, 2), False),
        (2, 1, 5, TWO_THIRDS, True),
        (66, 34, 0, TWO_THIRDS, False),
        (67, 33, 0, TWO_THIRDS, True),
        (4, 6, 0, Fraction(2, 5), False),
        (5, 6, 0, Fraction(2, 5), True),
        (5, 0, 0, Fraction(1), True),
        (5, 1, 0, Fraction(1), False),
    ],
)
def test_yes_needs_its_share_of_yes_and_no(yes, no, abstain, share, adopted):
    result = count_yes_no(answered(YES_NO, yes, no, abstain), share=share)
    assert result.winners == (("yes",) if adopted else ())
    assert result.scores == {"yes": yes, "no": no, "abstain": abstain}
    assert result.details == {"valid": yes + no, "share": str(share)}
    assert result.voters == yes + no + abstain
    assert result.round_of("yes").outcome is (Outcome.ELECTED if adopted else Outcome.NO_SEAT)
    assert result.round_of("no").outcome is Outcome.NO_SEAT


@pytest.mark.parametrize(
    ("numbers", "standing", "adopted"),
    [
        ((3, 1, 0), 0, True),
        ((0, 1, 0), 0, True),
        ((9, 0, 1), 1, False),
        ((9, 0, 2), 0, True),
        ((0, 0, 0), 0, False),
    ],
)
def test_consent_is_given_where_no_objection_stands(numbers, standing, adopted):
    result = count_consent(answered(CONSENTS, *numbers), standing_objections=standing)
    assert result.winners == ((CONSENT,) if adopted else ())
    assert (result.method, result.details) == ("consent", {"standing": standing})


@pytest.mark.parametrize("standing", [-1, 2])
def test_more_objections_than_were_made_cannot_stand(standing):
    with pytest.raises(InvalidCount, match="objections_out_of_range"):
        count_consent(answered(CONSENTS, 3, 0, 1), standing_objections=standing)


@pytest.mark.parametrize(
    ("answers", "median", "adopted"),
    [
        ([0], 0, GRADIENTS[0]),
        ([0, 1, 2, 4, 7], 2, GRADIENTS[2]),
        ([2, 3], 3, None),
        ([0, 0, 7, 7], 7, None),
        ([0, 0, 0, 7, 7], 0, GRADIENTS[0]),
        ([], -1, None),
    ],
)
def test_the_median_answer_decides_and_of_two_the_one_further_from_agreement(answers, median, adopted):
    result = count_gradients(answered(GRADIENTS, *(answers.count(place) for place in range(len(GRADIENTS)))))
    assert result.details["median"] == median
    assert result.winners == ((adopted,) if adopted else ())
    assert result.details["valid"] == len(answers)
    assert result.details["supporting"] == sum(answer < SUPPORTING for answer in answers)


@given(st.lists(st.integers(0, 7), max_size=12))
@settings(max_examples=100, deadline=None)
def test_the_median_is_that_of_the_sorted_answers(answers):
    result = count_gradients(answered(GRADIENTS, *(answers.count(place) for place in range(len(GRADIENTS)))))
    assert result.details["median"] == (sorted(answers)[len(answers) // 2] if answers else -1)


@pytest.mark.parametrize(
    ("count", "answers"),
    [
        (count_yes_no, YES_NO),
        (lambda profile: count_consent(profile, standing_objections=0), CONSENTS),
        (count_gradients, GRADIENTS),
    ],
)
def test_other_ballots_and_other_answers_are_refused(count, answers):
    with pytest.raises(InvalidCount, match="kind_not_counted"):
        count(Profile.of(BallotKind.APPROVAL, answers, []))
    for other in (("perhaps",), tuple(reversed(answers))):
        with pytest.raises(InvalidCount, match="answers_differ"):
            count(Profile.of(BallotKind.CHOOSE_ONE, other, []))
