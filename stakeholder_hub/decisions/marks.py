"""What somebody put on a ballot, checked against it. Pure but for the ballot it looks at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.methods.ballots import BallotKind
from stakeholder_hub.decisions.methods.highest import quadratic_cost
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.i18n import _l


@dataclass(frozen=True)
class Marks:
    """Positions of options, in order of preference where the ballot ranks them, and points for each where it has
    them.
    """

    choices: list[int]
    points: list[int] | None = None

    @property
    def by_option(self) -> dict[int, int]:
        """Points, or else the place, of every marked option."""
        if self.points is not None:
            return dict(zip(self.choices, self.points, strict=True))
        return {position: place for place, position in enumerate(self.choices, start=1)}


def marks_from(kind: BallotKind, numbers: Mapping[int, int]) -> Marks:
    """The marks that stand beside the options: places for a ranking, points otherwise.

    Raises:
        Invalid: two options share a place.
    """
    if kind is BallotKind.ORDINAL:
        if len(set(numbers.values())) != len(numbers):
            raise Invalid(_l("Two proposals have the same place. Give every place once."), "choices")
        return Marks(sorted(numbers, key=numbers.__getitem__))
    marked = sorted(position for position, points in numbers.items() if points or kind is BallotKind.SCORING)
    return Marks(marked, [numbers[position] for position in marked])


def checked(ballot: Ballot, marks: Marks) -> Marks:
    """The marks as they are stored: in ascending order of position unless the ballot ranks.

    Raises:
        Invalid: with the reason at ``choices``.
    """
    kind, choices = ballot.vote_type, marks.choices
    known = {option.position for option in ballot.options}
    if len(set(choices)) != len(choices):
        raise Invalid(_l("Each proposal can be chosen once."), "choices")
    if any(position not in known for position in choices):
        raise Invalid(_l("One of your choices is not on this ballot."), "choices")
    if len(choices) < ballot.min_choices:
        raise Invalid(_l("Choose at least %(least)s.", least=ballot.min_choices), "choices")
    most = 1 if kind is BallotKind.CHOOSE_ONE else ballot.max_choices
    if most is not None and len(choices) > most:
        raise Invalid(_l("Choose at most %(most)s.", most=most), "choices")
    if kind.has_points != (marks.points is not None) or len(marks.points or choices) != len(choices):
        raise Invalid(_l("Each proposal needs its points."), "choices")
    if marks.points is not None:
        _check_points(ballot, marks.points)
    if ballot.method is Method.BUDGET and kind is BallotKind.APPROVAL:
        if spent_on(ballot, choices) > (ballot.budget or 0):
            raise Invalid(_l("Your choices cost more than the budget. Take something out."), "choices")
    if kind is BallotKind.ORDINAL:
        return Marks(list(choices))
    in_order = sorted(choices)
    if marks.points is None:
        return Marks(in_order)
    by_option = marks.by_option
    return Marks(in_order, [by_option[position] for position in in_order])


def _check_points(ballot: Ballot, points: Sequence[int]) -> None:
    most = ballot.points_each or 0
    if any(number < 0 for number in points):
        raise Invalid(_l("Points must not be below zero."), "choices")
    if ballot.vote_type is BallotKind.SCORING and any(number > most for number in points):
        raise Invalid(_l("Give at most %(most)s points to each.", most=most), "choices")
    if ballot.vote_type is BallotKind.CUMULATIVE:
        used = used_of(ballot, points)
        if used > most:
            raise Invalid(
                _l("You used %(used)s of %(most)s. Take something back.", used=used, most=most), "choices"
            )


def used_of(ballot: Ballot, points: Sequence[int]) -> int:
    """How many dots or credits these points cost."""
    return quadratic_cost(points) if ballot.method is Method.QUADRATIC else sum(points)


def spent_on(ballot: Ballot, choices: Sequence[int]) -> int:
    """What the chosen options cost together, in hundredths."""
    return sum(option.cost or 0 for option in ballot.options if option.position in set(choices))
