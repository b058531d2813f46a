"""Schulze's method: who would win every duel, or is beaten only on a weaker way than the one that leads back.

M. Schulze, "A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner election
method", Social Choice and Welfare 36 (2011). The strength of a duel is the number of voters who prefer its winner
("winning votes"); options a ballot leaves out are ranked alike below all it names. An option beats another if its
strongest way to it (whose strength is that of its weakest duel) is stronger than the strongest way back.
"""

from collections.abc import Sequence

import numpy as np

from stakeholder_hub.decisions.methods.ballots import IntArray, Profile
from stakeholder_hub.decisions.methods.preferential import checked_ranking
from stakeholder_hub.decisions.methods.result import Result, Tie, tie_among
from stakeholder_hub.decisions.methods.ties import ranks

_BLOCK = 20_000
"""Ballots compared at a time: keeps the memory bounded."""


def duels(profile: Profile) -> IntArray:
    """How many voters prefer each option (row) to each other (column); shape (options, options)."""
    size = len(profile.options)
    places = np.arange(len(profile.choices), dtype=np.int64) - np.repeat(
        profile.offsets[:-1], profile.lengths()
    )
    voter = profile.voter_of_choice()
    wins = np.zeros((size, size), dtype=np.int64)
    for start in range(0, profile.voters, _BLOCK):
        end = min(start + _BLOCK, profile.voters)
        part = slice(int(profile.offsets[start]), int(profile.offsets[end]))
        place = np.full((size, end - start), size, dtype=np.int32)
        place[profile.choices[part], voter[part] - start] = places[part]
        for option in range(size):
            wins[option] += (place[option] < place).sum(axis=1)
    return wins


def strongest_ways(wins: IntArray) -> IntArray:
    """Strength of the strongest way from each option to each other (Floyd and Warshall's scheme)."""
    strength = np.where(wins > wins.T, wins, 0)
    for middle in range(len(strength)):
        through = np.minimum(strength[:, middle, None], strength[None, middle, :])
        strength = np.maximum(strength, through)
    np.fill_diagonal(strength, 0)
    return strength


def count_schulze(
    profile: Profile, *, order: Sequence[str] | None = None, tie_break: str = "order"
) -> Result:
    """The winner by Schulze's method; none where nobody ranked anything.

    ``scores``: how many others each option beats. ``tables["duels"]`` and ``tables["ways"]`` hold both pairwise tables,
    ``details["condorcet"]`` is 1 if the winner wins every duel. Raises :class:`InvalidCount` for ballots without an
    order or an incomplete ``order``.
    """
    checked_ranking(profile)
    rank = ranks(profile.options, order)
    names = profile.options
    wins = duels(profile)
    ways = strongest_ways(wins)
    beaten = (ways > ways.T).sum(axis=1)
    unbeaten = [place for place in range(len(names)) if not (ways[:, place] > ways[place, :]).any()]
    unbeaten.sort(key=lambda place: rank[names[place]])
    ties: tuple[Tie, ...] = ()
    winners: tuple[str, ...] = ()
    condorcet = 0
    if len(profile.choices):
        first = unbeaten[0]
        winners = (names[first],)
        others = [place for place in range(len(names)) if place != first]
        condorcet = int(all(wins[first, other] > wins[other, first] for other in others))
        if len(unbeaten) > 1:
            ties = (tie_among([names[place] for place in unbeaten], int(beaten[first]), decisive=True),)
    return Result(
        method="schulze",
        winners=winners,
        scores=dict(zip(names, beaten.tolist(), strict=True)),
        rounds=(),
        ties=ties,
        voters=profile.voters,
        tie_break=tie_break,
        details={"condorcet": condorcet},
        tables={
            "duels": {name: wins[place].tolist() for place, name in enumerate(names)},
            "ways": {name: ways[place].tolist() for place, name in enumerate(names)},
        },
    )
