"""Pabulib's rules, each as a count of a file.

``greedy``, ``greedy-threshold``, ``greedy-no-skip``, ``greedy-exclusive`` (its exclusive groups are not in
the files, so none is applied), ``greedy-custom`` (Poznań's rule of four fifths where the unit is Poznań, else
plain greedy), ``equalshares``, ``equalshares/add1`` and both with ``-comparison``.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from stakeholder_hub.decisions.methods.ballots import BallotKind, Profile
from stakeholder_hub.decisions.methods.equal_shares import MAX_RAISES, count_equal_shares, preferred_of_two
from stakeholder_hub.decisions.methods.greedy import Quota, count_greedy
from stakeholder_hub.decisions.methods.result import Result
from stakeholder_hub.decisions.methods.threshold import Threshold
from stakeholder_hub.decisions.pabulib.amounts import read_amount
from stakeholder_hub.decisions.pabulib.file import PabulibFile

WITHDRAWN_COST = 999_999_999
"""Pabulib gives this cost to projects that were withdrawn after the vote."""

_POT = re.compile(r"['\"]?([^:;,{}'\"]{1,200})['\"]?\s*[:=]\s*(\d[\d .]{0,20}(?:,\d{1,2}(?!\d))?)")


@dataclass(frozen=True, eq=False)
class Case:
    """A file made ready for counting: scores and costs as integers, the order that breaks ties."""

    file: PabulibFile
    profile: Profile
    scores: Mapping[str, int]
    costs: Mapping[str, int]
    budget: int
    threshold: Threshold
    withdrawn: frozenset[str]
    pots: tuple[Quota, ...] = ()


def prepare(file: PabulibFile) -> Case:
    """The case of ``file``, with the scores its kind of ballot gives."""
    profile, scores = _scores(file)
    floor = read_amount(file.meta.get("min_project_score_threshold") or "0") * profile.scale
    return Case(
        file=file,
        profile=profile,
        scores=scores,
        costs=file.costs,
        budget=file.smallest_budget,
        threshold=Threshold(score=-(-floor.numerator // floor.denominator)),
        withdrawn=frozenset(
            project.id
            for project in file.projects
            if project.cost == WITHDRAWN_COST and project.cost > file.budget
        ),
        pots=_pots(file),
    )


def claimed_scores(case: Case) -> dict[str, int] | None:
    """The scores the PROJECTS table claims, if it claims one for each project; else ``None``."""
    claims: dict[str, int] = {}
    for project in case.file.projects:
        claim = project.score
        if claim is None and project.votes is not None and case.profile.kind in _COUNTED_BY_VOTES:
            claim = Fraction(project.votes)
        if claim is None or (claim * case.profile.scale).denominator != 1:
            return None
        claims[project.id] = int(claim * case.profile.scale)
    return claims


_COUNTED_BY_VOTES = (BallotKind.APPROVAL, BallotKind.CHOOSE_ONE)


def _scores(file: PabulibFile) -> tuple[Profile, dict[str, int]]:
    """The profile to count and its scores.

    Ordinal ballots are turned into Borda points. Towns differ in what the first place is worth, so of the
    usual readings the one is taken that gives the ``score`` column of the file, and the first without one:
    points as given, the greatest allowed length, the longest ballot, the number of projects.
    """
    if file.profile.kind is not BallotKind.ORDINAL:
        return file.profile, file.profile.scores()
    readings: list[tuple[Profile, dict[str, int]]] = []
    if file.point_profile is not None:
        readings.append((file.point_profile, file.point_profile.scores()))
    stated = file.meta.get("max_length", "")
    tops = [int(read_amount(stated)) if stated else None, None, len(file.projects), len(file.projects) - 1]
    readings += [(file.profile, file.profile.scores(top)) for top in tops]
    claimed = {project.id: project.score for project in file.projects}
    for profile, scores in readings:
        if all(claimed[option] == Fraction(score, profile.scale) for option, score in scores.items()):
            return profile, scores
    return readings[0]


def _pots(file: PabulibFile) -> tuple[Quota, ...]:
    """Separate budgets for categories or neighbourhoods, where META states them as ``name: amount``."""
    pots: list[Quota] = []
    for key, groups_of in (
        ("budget_per_category", lambda project: project.categories),
        ("budget_per_neighborhood", lambda project: (project.extra.get("neighborhood", ""),)),
    ):
        for name, amount in _POT.findall(file.meta.get(key, "")[:10_000]):
            members = frozenset(p.id for p in file.projects if name.strip() in groups_of(p))
            try:
                budget = int(read_amount(amount.strip()) * file.unit)
            except ValueError:
                continue
            if members:
                pots.append(Quota(name.strip(), members, budget=budget))
    return tuple(pots)


def _greedy(case: Case, *, stop: bool = False, last_share: Fraction | None = None) -> Result:
    return count_greedy(
        case.scores,
        case.costs,
        case.budget,
        stop_at_first_misfit=stop,
        threshold=case.threshold,
        quotas=case.pots,
        withdrawn=case.withdrawn,
        last_share=last_share,
        voters=case.profile.voters,
    )


def _custom(case: Case) -> Result:
    """Poznań stops at the first misfit, but funds it if four fifths of its cost are left."""
    if case.file.meta.get("unit") == "Poznań":
        return _greedy(case, stop=True, last_share=Fraction(4, 5))
    return _greedy(case)


def _equal_shares(
    case: Case,
    *,
    add1: bool,
    comparison: bool = False,
    until_exhausted: bool = True,
    max_raises: int = MAX_RAISES,
) -> Result:
    """Equal shares with cost utilities; the cheaper project wins a tie, then the one with more votes.

    A project that costs nothing is counted with the smallest amount there is, as Pabulib does.
    """
    costs = {option: cost or 1 for option, cost in case.costs.items()}
    place = {option: number for number, option in enumerate(case.scores)}
    order = sorted(case.scores, key=lambda option: (costs[option], -case.scores[option], place[option]))
    shares = count_equal_shares(
        case.profile,
        costs,
        case.budget,
        add1=add1,
        unit=case.file.unit,
        until_exhausted=until_exhausted,
        max_raises=max_raises,
        order=order,
    )
    if comparison:
        greedy = _greedy(case)
        for_shares, for_greedy = preferred_of_two(case.profile, shares.winners, greedy.winners)
        return greedy if for_greedy > for_shares else shares
    return shares


COUNTS: Mapping[str, Callable[[Case], Result]] = {
    "greedy": _greedy,
    "greedy-no-skip": lambda case: _greedy(case, stop=True),
    "greedy-threshold": _greedy,
    "greedy-exclusive": _greedy,
    "greedy-custom": _custom,
    "equalshares": lambda case: _equal_shares(case, add1=False),
    "equalshares/add1": lambda case: _equal_shares(case, add1=True),
    "equalshares-comparison": lambda case: _equal_shares(case, add1=False, comparison=True),
    "equalshares/add1-comparison": lambda case: _equal_shares(case, add1=True, comparison=True),
}
"""How each rule counts; may raise :class:`~stakeholder_hub.decisions.methods.ballots.InvalidCount`."""

VARIANTS: Mapping[str, Callable[[Case], Result]] = {
    "equalshares/add1": lambda case: _equal_shares(case, add1=True, until_exhausted=False),
    "equalshares/add1-comparison": lambda case: _equal_shares(
        case, add1=True, comparison=True, until_exhausted=False
    ),
}
"""A second reading of some rules, tried where the first does not give the official winners."""

NOT_FULLY_DESCRIBED = frozenset({"greedy-exclusive", "greedy-custom"})


def normal_name(rule: str) -> str:
    """A rule's name as Pabulib writes it, whatever the case and the dashes."""
    name = re.sub(r"[\s_]+", "-", rule.strip().lower())
    return name.replace("equal-shares", "equalshares")


GUESSES: Mapping[str, Callable[[Case], Result]] = {
    "greedy": COUNTS["greedy"],
    "greedy-no-skip": COUNTS["greedy-no-skip"],
    "equalshares": COUNTS["equalshares"],
    "equalshares/add1": lambda case: _equal_shares(case, add1=True, max_raises=_raises_worth(case)),
}
"""Rules worth trying where a file does not say by which it was counted, the most usual first."""


def _raises_worth(case: Case) -> int:
    """How many raises a mere guess may take: a second or so of counting."""
    return min(2_000, 10_000_000 // (1 + len(case.profile.choices) + 200 * len(case.costs)))
