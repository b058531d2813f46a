"""From stored votes to a result: reads a ballot, calls the pure methods, writes plain data.

In a result options are named by their position on the ballot.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from stakeholder_hub.decisions.methods.approval import Threshold, count_approvals
from stakeholder_hub.decisions.methods.ballots import BallotKind, Profile
from stakeholder_hub.decisions.methods.greedy import count_greedy
from stakeholder_hub.decisions.methods.result import Result
from stakeholder_hub.decisions.models import Ballot, Method


def profile_of(positions: Sequence[int], votes: Iterable[Sequence[int]]) -> Profile:
    """The approval profile of votes given as lists of option positions."""
    place = {position: index for index, position in enumerate(positions)}
    offsets: list[int] = [0]
    choices: list[int] = []
    for vote in votes:
        choices.extend(place[position] for position in vote)
        offsets.append(len(choices))
    return Profile(
        BallotKind.APPROVAL,
        tuple(str(position) for position in positions),
        np.array(offsets, dtype=np.int64),
        np.array(choices, dtype=np.int64),
    )


def count(ballot: Ballot, votes: Iterable[Sequence[int]]) -> Result:
    """Count ``votes`` by the ballot's method. Ties are broken by the order on the ballot, and reported."""
    positions = [option.position for option in ballot.options]
    profile = profile_of(positions, votes)
    if ballot.method is Method.BUDGET:
        costs = {str(option.position): option.cost or 0 for option in ballot.options}
        return count_greedy(
            profile.scores(),
            costs,
            ballot.budget or 0,
            threshold=Threshold(score=1),  # what nobody chose is not paid for, even where money is left
            stop_at_first_misfit=ballot.rule == "greedy-no-skip",
            voters=profile.voters,
        )
    return count_approvals(profile, seats=ballot.winners_wanted)


def winners_in(result: dict[str, Any] | None) -> list[int]:
    """The positions of the winning options, in the order in which they were chosen."""
    return [int(option) for option in (result or {}).get("winners", [])]


def chosen_positions(ballot: Ballot) -> list[int]:
    """The positions of what was really chosen: the official winners where a vote was held elsewhere and they are
    known, else the winners of the count.
    """
    if ballot.imported and any(option.official_winner is not None for option in ballot.options):
        scores = (ballot.result or {}).get("scores", {})
        won = [option.position for option in ballot.options if option.official_winner]
        return sorted(won, key=lambda position: (-scores.get(str(position), 0), position))
    return winners_in(ballot.result)
