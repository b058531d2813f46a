"""One question: yes or no, consent, gradients of agreement, multiple choice.

The answers are the options of the vote, and each ballot holds one of them (multiple choice: several). Yes and no:
adopted if more say yes than no (or the stated share of both); abstentions count for turnout only. Consent (sociocracy,
Endenburg 1974): adopted unless a reasoned objection stands. Gradients of agreement: S. Kaner and others, "Facilitator's
Guide to Participatory Decision-Making" (1996), eight steps from full support to refusal.
"""

from collections.abc import Mapping
from fractions import Fraction

from stakeholder_hub.decisions.methods.ballots import BallotKind, InvalidCount, Profile
from stakeholder_hub.decisions.methods.judgment import majority_grade
from stakeholder_hub.decisions.methods.result import Outcome, Result, Round

YES_NO = YES, NO, ABSTAIN = ("yes", "no", "abstain")
CONSENTING = CONSENT, RESERVATIONS, OBJECTION = ("consent", "reservations", "objection")
GRADIENTS = (
    "whole_hearted",
    "with_minor_concerns",
    "with_reservations",
    "abstain",
    "stand_aside",
    "disagree_but_support_majority",
    "disagree_and_stay_out",
    "block",
)
"""Kaner's scale, from most to least agreement; the first three support the question."""
SUPPORTING = 3

HALF = Fraction(1, 2)


def _answers(profile: Profile, wanted: tuple[str, ...]) -> dict[str, int]:
    if profile.kind is not BallotKind.CHOOSE_ONE:
        raise InvalidCount("kind_not_counted", kind=profile.kind.value)
    if profile.options != wanted:
        raise InvalidCount("answers_differ", options=profile.options)
    return profile.scores()


def _told(
    method: str,
    profile: Profile,
    answers: Mapping[str, int],
    adopted: str | None,
    details: Mapping[str, int | str],
) -> Result:
    return Result(
        method=method,
        winners=(adopted,) if adopted else (),
        scores=answers,
        rounds=tuple(
            Round(number, option, Outcome.ELECTED if option == adopted else Outcome.NO_SEAT, votes)
            for number, (option, votes) in enumerate(answers.items(), start=1)
        ),
        voters=profile.voters,
        details=details,
    )


def count_yes_no(profile: Profile, *, share: Fraction = HALF) -> Result:
    """Yes wins with more than ``share`` of yes and no together (with at least that where it is more than half).

    Equal numbers adopt nothing. Raises :class:`InvalidCount` for other ballots or answers.
    """
    answers = _answers(profile, (YES, NO, ABSTAIN))
    valid = answers[YES] + answers[NO]
    needed = share * valid
    adopted = bool(valid) and (answers[YES] > needed if share <= HALF else answers[YES] >= needed)
    return _told("yes_no", profile, answers, YES if adopted else None, {"valid": valid, "share": str(share)})


def count_consent(profile: Profile, *, standing_objections: int) -> Result:
    """Adopted if somebody voted and no objection stands (any more).

    ``standing_objections``: those that are neither resolved, withdrawn nor overruled. Raises :class:`InvalidCount`
    for other ballots or answers, or more standing objections than ballots with one.
    """
    answers = _answers(profile, (CONSENT, RESERVATIONS, OBJECTION))
    if not 0 <= standing_objections <= answers[OBJECTION]:
        raise InvalidCount("objections_out_of_range", objections=standing_objections)
    adopted = profile.choices.size > 0 and not standing_objections
    details: dict[str, int | str] = {"standing": standing_objections}
    return _told("consent", profile, answers, CONSENT if adopted else None, details)


def count_gradients(profile: Profile) -> Result:
    """Adopted if the median answer supports the question; ``details["median"]`` is its place on the scale.

    The median is the one further from agreement where two stand in the middle. Raises :class:`InvalidCount` for
    other ballots or answers.
    """
    answers = _answers(profile, GRADIENTS)
    worst_first = [answers[answer] for answer in reversed(GRADIENTS)]
    voted = sum(worst_first)
    median = len(GRADIENTS) - 1 - majority_grade(worst_first) if voted else -1
    adopted = 0 <= median < SUPPORTING
    supporting = sum(answers[answer] for answer in GRADIENTS[:SUPPORTING])
    return _told(
        "gradients",
        profile,
        answers,
        GRADIENTS[median] if adopted else None,
        {"median": median, "supporting": supporting, "valid": voted},
    )
