"""What voters said, as a compact table that has been checked once and can then be trusted.

The ballots of a profile lie end to end in ``choices`` (positions of options); ballot ``i`` is
``choices[offsets[i]:offsets[i + 1]]``. Thirty thousand ballots take about two megabytes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import lcm
from typing import Any, Self

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]

LIMIT = 2**62
"""Sums of points must stay below this, so that 64-bit integers hold them exactly."""


class InvalidCount(ValueError):
    """A count was asked for that makes no sense: ``code`` says why, ``data`` holds the figures."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code, data)
        self.code = code
        self.data = data


class InvalidProfile(InvalidCount):
    """Ballots that cannot be: ``data["ballot"]`` is the position of the first bad one, where there is one."""


class BallotKind(StrEnum):
    """Kinds of ballots, named as in Pabulib's ``vote_type``."""

    APPROVAL = "approval"
    CHOOSE_ONE = "choose-1"
    ORDINAL = "ordinal"
    CUMULATIVE = "cumulative"
    SCORING = "scoring"

    @property
    def has_points(self) -> bool:
        """Whether voters give points to options."""
        return self in (BallotKind.CUMULATIVE, BallotKind.SCORING)


@dataclass(frozen=True, eq=False)
class Profile:
    """The ballots of one vote.

    ``options``: distinct names. ``offsets``: shape (voters + 1). ``choices``: positions of options, in the
    voter's order. ``points``: for cumulative and scoring ballots, one integer for each choice, in units
    of 1 / ``scale``; ``default_points`` is what an option gets from a ballot that does not list it.

    Raises :class:`InvalidProfile` for unknown options, an option twice on one ballot, a choose-1 ballot
    with several choices, missing, negative (cumulative) or unpayable points.
    """

    kind: BallotKind
    options: tuple[str, ...]
    offsets: IntArray
    choices: IntArray
    points: IntArray | None = None
    scale: int = 1
    default_points: int = 0

    def __post_init__(self) -> None:
        self._check_shape()
        self._check_choices()
        self._check_points()

    @classmethod
    def of(
        cls, kind: BallotKind, options: Sequence[str], ballots: Iterable[Sequence[str] | Mapping[str, Any]]
    ) -> Self:
        """A profile from ballots as people write them: names in order, or ``{name: points}``.

        Points may be integers, fractions, decimals or their text; they are kept exactly.
        """
        position = {option: place for place, option in enumerate(options)}
        offsets: list[int] = [0]
        choices: list[int] = []
        given: list[Fraction] = []
        for number, ballot in enumerate(ballots):
            for option in ballot:
                if option not in position:
                    raise InvalidProfile("unknown_option", ballot=number, option=option)
                choices.append(position[option])
            if isinstance(ballot, Mapping):
                given.extend(Fraction(points) for points in ballot.values())
            offsets.append(len(choices))
        scale = lcm(*(points.denominator for points in given))
        if any(abs(points) * scale >= LIMIT for points in given):
            raise InvalidProfile("points_too_large")
        whole = np.array([int(points * scale) for points in given], dtype=np.int64)
        return cls(
            kind,
            tuple(options),
            np.array(offsets, dtype=np.int64),
            np.array(choices, dtype=np.int64),
            whole if kind.has_points else None,
            scale if kind.has_points else 1,
        )

    @property
    def voters(self) -> int:
        """How many ballots there are, empty ones included."""
        return len(self.offsets) - 1

    def ballot(self, number: int) -> tuple[str, ...]:
        """The options on ballot ``number``, in the voter's order."""
        part = self.choices[self.offsets[number] : self.offsets[number + 1]]
        return tuple(self.options[place] for place in part.tolist())

    def ballots(self) -> Iterator[tuple[str, ...]]:
        """All ballots in turn."""
        return (self.ballot(number) for number in range(self.voters))

    def lengths(self) -> IntArray:
        """Number of options on each ballot; shape (voters)."""
        return np.diff(self.offsets)

    def voter_of_choice(self) -> IntArray:
        """For each choice, the position of its ballot; shape (choices)."""
        return np.repeat(np.arange(self.voters, dtype=np.int64), self.lengths())

    def approvals(self) -> dict[str, int]:
        """On how many ballots each option stands (Pabulib's ``votes``)."""
        counts = np.bincount(self.choices, minlength=len(self.options))
        return dict(zip(self.options, counts.tolist(), strict=True))

    def scores(self, top: int | None = None) -> dict[str, int]:
        """The figure the ballots give to each option (Pabulib's ``score``), in units of 1 / ``scale``.

        Approval and choose-1: number of ballots. Cumulative and scoring: sum of points. Ordinal: Borda
        points, the first choice getting ``top`` points, the second one less and so on, never below zero;
        ``top`` is the length of the longest ballot unless given.
        """
        if self.kind is BallotKind.ORDINAL:
            return self._sums(self._borda(top))
        if self.points is None:
            return self.approvals()
        sums = self._sums(self.points)
        if self.default_points:
            listed = self.approvals()
            sums = {o: s + self.default_points * (self.voters - listed[o]) for o, s in sums.items()}
        return sums

    def supporters(self) -> list[IntArray]:
        """For each option, the positions of the ballots it stands on, ascending."""
        order = np.argsort(self.choices, kind="stable")
        ends = np.cumsum(np.bincount(self.choices, minlength=len(self.options)))
        return np.split(self.voter_of_choice()[order], ends[:-1]) if self.options else []

    def _borda(self, top: int | None) -> IntArray:
        lengths = self.lengths()
        longest = int(lengths.max(initial=0)) if top is None else top
        place = np.arange(len(self.choices), dtype=np.int64) - np.repeat(self.offsets[:-1], lengths)
        return np.maximum(longest - place, 0)

    def _sums(self, worth: IntArray) -> dict[str, int]:
        sums = np.zeros(len(self.options), dtype=np.int64)
        np.add.at(sums, self.choices, worth)
        return dict(zip(self.options, sums.tolist(), strict=True))

    def _check_shape(self) -> None:
        if len(set(self.options)) != len(self.options):
            raise InvalidProfile("duplicate_option")
        if not len(self.offsets) or self.offsets[0] != 0 or self.offsets[-1] != len(self.choices):
            raise InvalidProfile("offsets_broken")
        if (np.diff(self.offsets) < 0).any():
            raise InvalidProfile("offsets_broken")

    def _check_choices(self) -> None:
        outside = (self.choices < 0) | (self.choices >= len(self.options))
        if outside.any():
            raise InvalidProfile("unknown_option", ballot=self._ballot_of(int(np.argmax(outside))))
        keys = np.sort(self.voter_of_choice() * len(self.options) + self.choices)
        twice = np.flatnonzero(keys[1:] == keys[:-1])
        if len(twice):
            raise InvalidProfile("option_twice", ballot=int(keys[twice[0]] // len(self.options)))
        if self.kind is BallotKind.CHOOSE_ONE and (self.lengths() > 1).any():
            raise InvalidProfile("more_than_one_choice", ballot=int(np.argmax(self.lengths() > 1)))

    def _check_points(self) -> None:
        if not self.kind.has_points:
            if self.points is not None:
                raise InvalidProfile("points_not_asked")
            return
        if self.points is None or len(self.points) != len(self.choices):
            raise InvalidProfile("points_missing")
        if self.scale < 1:
            raise InvalidProfile("scale_not_positive")
        if self.kind is BallotKind.CUMULATIVE and (self.points < 0).any():
            raise InvalidProfile("negative_points", ballot=self._ballot_of(int(np.argmax(self.points < 0))))
        largest = max(abs(int(edge)) for edge in (self.points.min(initial=0), self.points.max(initial=0)))
        if max(largest, abs(self.default_points)) * max(len(self.choices), self.voters) >= LIMIT:
            raise InvalidProfile("points_too_large")

    def _ballot_of(self, choice: int) -> int:
        return int(np.searchsorted(self.offsets, choice, side="right")) - 1
