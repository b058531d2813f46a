"""What an option must reach before it can win at all."""

from dataclasses import dataclass
from fractions import Fraction


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
