"""Breaking ties by a rule that was stated before the count."""

import hashlib
from collections.abc import Collection, Sequence
from fractions import Fraction

from stakeholder_hub.decisions.methods.ballots import InvalidCount


def ranks(options: Sequence[str], order: Sequence[str] | None) -> dict[str, int]:
    """Rank of each option in ``order`` (earlier wins a tie); without an order, as the options are given.

    Raises :class:`InvalidCount` if ``order`` does not hold every option exactly once.
    """
    chosen = options if order is None else order
    rank = {option: place for place, option in enumerate(chosen)}
    if len(rank) != len(chosen) or rank.keys() != set(options):
        raise InvalidCount("order_incomplete", options=len(options), order=len(chosen))
    return rank


def by_lot(options: Sequence[str], seed: str) -> tuple[str, ...]:
    """An order drawn by lot from a published ``seed``: anyone can draw it again.

    Each option gets the SHA-256 digest of ``seed``, a line feed and its name; the smallest digest goes first.
    """

    def lot(option: str) -> tuple[str, str]:
        return hashlib.sha256(f"{seed}\n{option}".encode()).hexdigest(), option

    return tuple(sorted(options, key=lot))


def may_have_decided(tied: Collection[str], chosen: Sequence[tuple[str, Fraction]], turn: int) -> bool:
    """Whether another order among options that were equal might have changed who wins, where options are chosen one
    after the other and each takes from the next (votes, load, money).

    ``chosen``: all that won, in their order, each at its figure; the tie was broken at ``turn``. It decided nothing if
    the tied options were chosen next to each other at the same figure: then none of them took anything from another,
    so that in any order all of them are chosen, and leave the same behind.
    """
    following = chosen[turn : turn + len(tied)]
    return {option for option, _ in following} != set(tied) or len({figure for _, figure in following}) > 1
