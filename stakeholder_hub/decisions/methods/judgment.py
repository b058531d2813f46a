"""Majority judgment: the option with the best median grade.

M. Balinski and R. Laraki, "Majority Judgment" (MIT Press, 2011). Every voter grades every option; an option without
a grade gets the lowest. The majority grade is the (lower) median. Where two options share it, one such grade is
taken away from both and the medians are compared again, until they differ.
"""

from collections.abc import Sequence

import numpy as np

from stakeholder_hub.decisions.methods.ballots import BallotKind, InvalidCount, InvalidProfile, Profile
from stakeholder_hub.decisions.methods.result import Outcome, Result, Round, Tie, tie_among
from stakeholder_hub.decisions.methods.ties import ranks

MOST_GRADES = 100


def grade_table(profile: Profile, grades: int) -> dict[str, list[int]]:
    """How often each grade (lowest first) was given to each option, missing grades counting as the lowest.

    Raises :class:`InvalidCount` for ballots without grades, :class:`InvalidProfile` for a grade out of range.
    """
    if profile.kind is not BallotKind.SCORING or profile.points is None or profile.scale != 1:
        raise InvalidCount("kind_not_counted", kind=profile.kind.value)
    if not 2 <= grades <= MOST_GRADES:
        raise InvalidCount("grades_out_of_range", grades=grades)
    outside = (profile.points < 0) | (profile.points >= grades)
    if outside.any():
        raise InvalidProfile("grade_out_of_range", grade=int(profile.points[int(np.argmax(outside))]))
    cells = np.bincount(profile.choices * grades + profile.points, minlength=len(profile.options) * grades)
    table = cells.reshape(len(profile.options), grades)
    table[:, 0] += profile.voters - table.sum(axis=1)
    return {option: row.tolist() for option, row in zip(profile.options, table, strict=True)}


def majority_value(counts: Sequence[int]) -> bytes:
    """The majority grades in the order in which they are taken away: comparing two such values compares the options.

    Of ``n`` grades in ascending order the lower median stands first; what follows alternates around it.
    """
    ascending = np.repeat(np.arange(len(counts), dtype=np.uint8), counts)
    size = len(ascending)
    middle = (size - 1) // 2
    below, above = ascending[:middle][::-1], ascending[middle + 1 :]
    value = np.empty(size, dtype=np.uint8)
    if size:
        value[0] = ascending[middle]
        near, far = (below, above) if size % 2 else (above, below)
        value[1::2], value[2::2] = near, far
    return value.tobytes()


def majority_grade(counts: Sequence[int]) -> int:
    """The lower median of the grades; 0 where there is none."""
    total, seen = sum(counts), 0
    for grade, number in enumerate(counts):
        seen += number
        if 2 * seen >= total:
            return grade
    return 0


def count_majority_judgment(
    profile: Profile,
    *,
    grades: int,
    seats: int = 1,
    order: Sequence[str] | None = None,
    tie_break: str = "order",
) -> Result:
    """The ``seats`` best options by majority judgment; an option whose majority grade is the lowest never wins.

    ``scores`` are majority grades, ``tables["grades"]`` counts every grade. Raises :class:`InvalidCount` or
    :class:`InvalidProfile` as :func:`grade_table`.
    """
    table = grade_table(profile, grades)
    rank = ranks(profile.options, order)
    value = {option: majority_value(table[option]) for option in profile.options}
    score = {option: majority_grade(table[option]) for option in profile.options}
    standing = sorted(profile.options, key=lambda option: rank[option])
    standing.sort(key=value.__getitem__, reverse=True)
    winners: list[str] = []
    rounds: list[Round] = []
    for number, option in enumerate(standing, start=1):
        if score[option] == 0:
            outcome = Outcome.BELOW_THRESHOLD
        elif len(winners) >= seats:
            outcome = Outcome.NO_SEAT
        else:
            outcome = Outcome.ELECTED
            winners.append(option)
        rounds.append(Round(number, option, outcome, score[option]))
    equal: dict[bytes, list[Round]] = {}
    for turn in rounds:
        if turn.outcome is not Outcome.BELOW_THRESHOLD:
            equal.setdefault(value[turn.option], []).append(turn)
    ties: tuple[Tie, ...] = tuple(
        tie_among(
            [turn.option for turn in turns],
            turns[0].score,
            decisive=len({turn.outcome for turn in turns}) > 1,
        )
        for turns in equal.values()
        if len(turns) > 1
    )
    return Result(
        method="majority_judgment",
        winners=tuple(winners),
        scores=score,
        rounds=tuple(rounds),
        ties=ties,
        voters=profile.voters,
        tie_break=tie_break,
        details={"grades": grades},
        tables={"grades": table},
    )
