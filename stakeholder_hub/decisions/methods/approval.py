"""Winners by number of approvals (approval voting, Brams and Fishburn 1978; multiwinner: "AV")."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from stakeholder_hub.decisions.methods.ballots import InvalidCount, Profile
from stakeholder_hub.decisions.methods.result import Outcome, Result, Round, Tie
from stakeholder_hub.decisions.methods.ties import ranks


@dataclass(frozen=True, slots=True)
class Threshold:
    """What an option must reach to win at all: a score, and a share of the voters (empty ballots count).

    The score is Pabulib's ``min_project_score_threshold``; reaching it exactly is enough.
    """

    score: int = 0
    share: Fraction = Fraction(0)

    def met(self, score: int, voters: int) -> bool:
        """Whether ``score`` from ``voters`` ballots is enough."""
        return score >= self.score and score * self.share.denominator >= self.share.numerator * voters


NO_THRESHOLD = Threshold()


def count_approvals(
    profile: Profile,
    *,
    seats: int | None = 1,
    threshold: Threshold = NO_THRESHOLD,
    order: Sequence[str] | None = None,
    tie_break: str = "order",
) -> Result:
    """The ``seats`` options with the highest score among those that reach the threshold.

    ``seats=None`` elects every option that reaches the threshold. For ballots with ranks or points the
    profile's score is used. ``order`` breaks ties, earlier first. An option nobody supports never wins.
    Raises :class:`InvalidCount` for a negative number of seats or an incomplete order.
    """
    if seats is not None and seats < 0:
        raise InvalidCount("negative_seats", seats=seats)
    scores = profile.scores()
    rank = ranks(profile.options, order)
    standing = sorted(profile.options, key=lambda option: (-scores[option], rank[option]))
    winners: list[str] = []
    rounds: list[Round] = []
    for number, option in enumerate(standing, start=1):
        if scores[option] <= 0 or not threshold.met(scores[option], profile.voters):
            outcome = Outcome.BELOW_THRESHOLD
        elif seats is not None and len(winners) >= seats:
            outcome = Outcome.NO_SEAT
        else:
            outcome = Outcome.ELECTED
            winners.append(option)
        rounds.append(Round(number, option, outcome, scores[option]))
    return Result(
        method="approval",
        winners=tuple(winners),
        scores=scores,
        rounds=tuple(rounds),
        ties=_ties(rounds),
        voters=profile.voters,
        tie_break=tie_break,
    )


def _ties(rounds: Sequence[Round]) -> tuple[Tie, ...]:
    """Equal scores above zero; decisive where one got the last seat and another did not."""
    equal: dict[int, list[Round]] = {}
    for turn in rounds:
        if turn.outcome is not Outcome.BELOW_THRESHOLD:
            equal.setdefault(turn.score, []).append(turn)
    return tuple(
        Tie(tuple(turn.option for turn in turns), Fraction(score), len({turn.outcome for turn in turns}) > 1)
        for score, turns in equal.items()
        if len(turns) > 1
    )
