"""Winners by the highest figure: the common end of plurality, score, Borda, dot and quadratic voting.

Plurality: one choice on each ballot. Score voting (range voting): the sum of the points. Dot voting: every voter
spreads a number of dots. Quadratic voting (Posner and Weyl, "Radical Markets", 2018): ``n`` votes for one option
cost ``n`` squared of a voter's credits. Borda (1781): an option gets a point for every option ranked below it and half
a point for every one ranked alike; what a ballot leaves out is ranked alike in the last place (Dummett's
averaging), so that leaving options out gains nothing. Points are doubled, so that halves stay whole numbers.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import isqrt

import numpy as np

from stakeholder_hub.decisions.methods.ballots import BallotKind, InvalidCount, InvalidProfile, Profile
from stakeholder_hub.decisions.methods.result import Outcome, Result, Round, Tie, tie_among
from stakeholder_hub.decisions.methods.threshold import NO_THRESHOLD, Threshold
from stakeholder_hub.decisions.methods.ties import ranks


def count_highest(
    scores: Mapping[str, int],
    *,
    method: str,
    voters: int,
    seats: int | None = 1,
    threshold: Threshold = NO_THRESHOLD,
    order: Sequence[str] | None = None,
    tie_break: str = "order",
    scale: int = 1,
) -> Result:
    """The ``seats`` options with the highest score; ``seats=None`` takes all that reach the threshold.

    ``order`` breaks ties, earlier first. An option with a score of zero or less never wins. ``scale``: one vote or
    point is worth so much in ``scores``. Raises :class:`InvalidCount` for a negative number of seats or an
    incomplete order.
    """
    if seats is not None and seats < 0:
        raise InvalidCount("negative_seats", seats=seats)
    rank = ranks(tuple(scores), order)
    standing = sorted(scores, key=lambda option: (-scores[option], rank[option]))
    winners: list[str] = []
    rounds: list[Round] = []
    for number, option in enumerate(standing, start=1):
        if scores[option] <= 0 or not threshold.met(scores[option], voters):
            outcome = Outcome.BELOW_THRESHOLD
        elif seats is not None and len(winners) >= seats:
            outcome = Outcome.NO_SEAT
        else:
            outcome = Outcome.ELECTED
            winners.append(option)
        rounds.append(Round(number, option, outcome, scores[option]))
    return Result(
        method=method,
        winners=tuple(winners),
        scores=dict(scores),
        rounds=tuple(rounds),
        ties=_ties(rounds),
        voters=voters,
        tie_break=tie_break,
        details={} if scale == 1 else {"scale": scale},
    )


def _ties(rounds: Sequence[Round]) -> tuple[Tie, ...]:
    equal: dict[int, list[Round]] = {}
    for turn in rounds:
        if turn.outcome is not Outcome.BELOW_THRESHOLD:
            equal.setdefault(turn.score, []).append(turn)
    return tuple(
        tie_among(
            [turn.option for turn in turns],
            score,
            decisive=len({turn.outcome for turn in turns}) > 1,
        )
        for score, turns in equal.items()
        if len(turns) > 1
    )


def count_plurality(
    profile: Profile, *, seats: int = 1, order: Sequence[str] | None = None, tie_break: str = "order"
) -> Result:
    """First past the post: one choice on each ballot. Raises :class:`InvalidCount` for other ballots."""
    if profile.kind is not BallotKind.CHOOSE_ONE:
        raise InvalidCount("kind_not_counted", kind=profile.kind.value)
    return count_highest(
        profile.scores(),
        method="plurality",
        voters=profile.voters,
        seats=seats,
        order=order,
        tie_break=tie_break,
    )


def count_points(
    profile: Profile,
    *,
    method: str = "score",
    seats: int | None = 1,
    order: Sequence[str] | None = None,
    tie_break: str = "order",
) -> Result:
    """Score and dot voting: the sum of the points. What a ballot does not name gets no points from it.

    Raises :class:`InvalidCount` for ballots without points.
    """
    if not profile.kind.has_points:
        raise InvalidCount("kind_not_counted", kind=profile.kind.value)
    return count_highest(
        profile.scores(),
        method=method,
        voters=profile.voters,
        seats=seats,
        order=order,
        tie_break=tie_break,
        scale=profile.scale,
    )


def quadratic_cost(votes: Iterable[int]) -> int:
    """What the votes on one ballot cost in credits: the sum of their squares."""
    return sum(number * number for number in votes)


def count_quadratic(
    profile: Profile,
    credits: int,
    *,
    seats: int | None = 1,
    order: Sequence[str] | None = None,
    tie_break: str = "order",
) -> Result:
    """Quadratic voting: the sum of the votes, each ballot having paid their squares out of ``credits``.

    Raises :class:`InvalidProfile` for a ballot that costs more, :class:`InvalidCount` for ballots without points.
    """
    if profile.kind is not BallotKind.CUMULATIVE or profile.points is None or profile.scale != 1:
        raise InvalidCount("kind_not_counted", kind=profile.kind.value)
    cost = np.zeros(profile.voters, dtype=np.int64)
    # more than the root of the credits is too much for one option already, and its square need not fit into 64 bits
    counted = np.minimum(profile.points, isqrt(credits) + 1)
    np.add.at(cost, profile.voter_of_choice(), counted**2)
    if (cost > credits).any():
        raise InvalidProfile("over_credits", ballot=int(np.argmax(cost > credits)), credits=credits)
    return count_points(profile, method="quadratic", seats=seats, order=order, tie_break=tie_break)


def borda_scores(profile: Profile) -> dict[str, int]:
    """Twice the Borda points of every option; a ballot that ranks nothing gives none, so that it elects nobody.

    Raises :class:`InvalidCount` for ballots without an order.
    """
    if profile.kind is not BallotKind.ORDINAL:
        raise InvalidCount("kind_not_counted", kind=profile.kind.value)
    lengths = profile.lengths()
    place = np.arange(len(profile.choices), dtype=np.int64) - np.repeat(profile.offsets[:-1], lengths)
    listed = np.zeros(len(profile.options), dtype=np.int64)
    np.add.at(listed, profile.choices, 2 * (len(profile.options) - 1 - place))
    # an option that is left out shares the last places: half a point for each other one that is
    for_left_out = np.where(lengths > 0, len(profile.options) - 1 - lengths, 0)
    left_out = np.full(len(profile.options), int(for_left_out.sum()), dtype=np.int64)
    np.subtract.at(left_out, profile.choices, np.repeat(for_left_out, lengths))
    return dict(zip(profile.options, (listed + left_out).tolist(), strict=True))


def count_borda(
    profile: Profile, *, seats: int = 1, order: Sequence[str] | None = None, tie_break: str = "order"
) -> Result:
    """Borda's count. Scores are doubled points (``details["scale"]`` is 2)."""
    return count_highest(
        borda_scores(profile),
        method="borda",
        voters=profile.voters,
        seats=seats,
        order=order,
        tie_break=tie_break,
        scale=2,
    )
