"""Instant run-off: the option with the fewest votes leaves, until one has more than half of the votes in the count.

Robert's Rules of Order (preferential voting); known as the alternative vote. A ballot whose options have all
left is exhausted and no longer part of the count. Where two have the fewest votes, the one that had fewer at the
latest earlier stage at which they differed leaves; if they never differed, the later one in the stated order.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from stakeholder_hub.decisions.methods.ballots import Profile
from stakeholder_hub.decisions.methods.preferential import Piles, by_earlier_stages
from stakeholder_hub.decisions.methods.result import Result, Stage, Tie, tie_among
from stakeholder_hub.decisions.methods.ties import ranks


def count_runoff(profile: Profile, *, order: Sequence[str] | None = None, tie_break: str = "order") -> Result:
    """The winner by instant run-off; none where nobody ranked anything.

    ``scores`` are first preferences. Raises :class:`InvalidCount` for ballots without an order or an incomplete
    ``order``.
    """
    rank = ranks(profile.options, order)
    names = profile.options
    piles = Piles.of(profile)
    first = piles.tallies()
    inside = set(range(len(names)))
    history: list[list[int]] = []
    stages: list[Stage] = []
    ties: list[Tie] = []
    winners: tuple[str, ...] = ()
    source: str | None = None
    while inside and sum(first):
        tallies = piles.tallies()
        votes = sum(tallies)
        leader = min(inside, key=lambda option: (-tallies[option], rank[names[option]]))
        told = {names[option]: Fraction(tallies[option]) for option in sorted(inside)}
        exhausted = Fraction(profile.voters - votes)
        if 2 * tallies[leader] > votes or len(inside) == 1:
            winners = (names[leader],)
            stages.append(Stage(len(stages) + 1, told, elected=winners, source=source, exhausted=exhausted))
            break
        fewest = min(tallies[option] for option in inside)
        last = [option for option in sorted(inside) if tallies[option] == fewest]
        drawn = by_earlier_stages(last, history, lowest=True)
        loser = max(drawn, key=lambda option: rank[names[option]])
        above = [tallies[option] for option in inside if option not in last]
        # together they stay below the next one: they leave one after the other in any order
        harmless = bool(above) and fewest * len(last) < min(above)
        if len(drawn) < len(last) and not harmless:
            # an earlier stage decides, and who left first in a tie before may have shaped that stage
            ties = [replace(tie, decisive=tie.decisive or tie.score > 0) for tie in ties]
        if len(drawn) > 1:
            in_order = sorted(drawn, key=lambda option: rank[names[option]])
            ties.append(tie_among([names[option] for option in in_order], fewest, decisive=not harmless))
        stages.append(
            Stage(len(stages) + 1, told, excluded=(names[loser],), source=source, exhausted=exhausted)
        )
        history.append(tallies)
        inside.remove(loser)
        piles.pass_on(piles.pile(loser), inside)
        source = names[loser]
    return Result(
        method="irv",
        winners=winners,
        scores=dict(zip(names, first, strict=True)),
        rounds=(),
        ties=tuple(ties),
        voters=profile.voters,
        tie_break=tie_break,
        stages=tuple(stages),
    )
