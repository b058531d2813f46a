"""How long counting takes, beside the libraries of the field: the same ballots for both, in the same run.

Before times are compared the winners are. What is quick is timed several times, and the best is told; what is slow
once. Counts of real ballots need ``pabulib/Hungary_Budapest_2024.pb`` in ``HUB_TEST_DATA`` or ``HUB_DEMO_DATA`` (the
directory ``shared/data`` beside this checkout otherwise), and are left out without it.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from stakeholder_hub.decisions.methods.approval import count_approvals
from stakeholder_hub.decisions.methods.ballots import BallotKind, Profile
from stakeholder_hub.decisions.methods.equal_shares import count_equal_shares
from stakeholder_hub.decisions.methods.greedy import count_greedy
from stakeholder_hub.decisions.methods.stv import count_stv
from stakeholder_hub.decisions.methods.threshold import Threshold
from stakeholder_hub.decisions.pabulib.file import PabulibFile
from stakeholder_hub.decisions.pabulib.parser import parse

ROOT = Path(__file__).resolve().parent.parent
FILE = "Hungary_Budapest_2024.pb"
RAISE = 1_000
"""Forints by which a voter's share is raised at a time: by one, more than twenty thousand counts would be needed."""

SEED = 2024
MOST_SECONDS = 20.0
MOST_MEGABYTES = 2_000

T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """One count: seconds of ours and of the peer, how many times as fast ours is, and what that is to be."""

    what: str
    ours: float
    peer: str
    theirs: float
    ratio: float
    goal: float
    winners: str
    note: str = ""

    @property
    def is_reached(self) -> bool:
        """Whether ours is as much faster as it is to be, with the same winners."""
        return self.ratio >= self.goal and self.winners.startswith("same")


def timed(count: Callable[[], T], rounds: int = 1) -> tuple[float, T]:
    """The best time of some rounds, and what the last one gave."""
    best, answer = float("inf"), None
    for _round in range(rounds):
        begun = time.perf_counter()
        answer = count()
        best = min(best, time.perf_counter() - begun)
    return best, answer  # type: ignore[return-value]


def compared(ours: Sequence[str], theirs: Sequence[str]) -> str:
    """Whether the winners are the same, or which ones only one of the two has."""
    if set(ours) == set(theirs):
        return f"same {len(ours)}"
    only_ours, only_theirs = sorted(set(ours) - set(theirs)), sorted(set(theirs) - set(ours))
    return f"differ: only ours {', '.join(only_ours)}; only theirs {', '.join(only_theirs)}"


# -- A real budget -----------------------------------------------------------------------------------------------------


def real_file() -> Path | None:
    """The file with the ballots of Budapest, where there is one."""
    named = [os.environ.get(name) for name in ("HUB_TEST_DATA", "HUB_DEMO_DATA")]
    for folder in [*(Path(name) for name in named if name), ROOT.parent / "shared" / "data"]:
        if (folder / "pabulib" / FILE).is_file():
            return folder / "pabulib" / FILE
    return None


def count_real(path: Path) -> Iterator[Row]:
    """Equal shares and greedy spending, beside pabutools with exact fractions."""
    file = parse(path, lenient=True)
    profile, costs, budget = file.profile, file.costs, file.smallest_budget
    instance, ballots = _for_pabutools(file, budget)
    from pabutools.election import Cost_Sat
    from pabutools.rules import greedy_utilitarian_welfare, method_of_equal_shares

    ours, result = timed(
        lambda: count_greedy(profile.scores(), costs, budget, threshold=Threshold(score=1)), rounds=9
    )
    theirs, chosen = timed(lambda: greedy_utilitarian_welfare(instance, ballots, sat_class=Cost_Sat))
    yield _row("Budapest: greedy", ours, "pabutools", theirs, 50, compared(result.winners, _names(chosen)))

    order = _pabutools_order(profile)
    ours, result = timed(lambda: count_equal_shares(profile, costs, budget, order=order), rounds=5)
    theirs, chosen = timed(lambda: method_of_equal_shares(instance, ballots, sat_class=Cost_Sat))
    same = compared(result.winners, _names(chosen))
    yield _row("Budapest: equal shares", ours, "pabutools", theirs, 100, same)

    step = RAISE * file.unit
    whole = budget // (profile.voters * step) * profile.voters * step
    instance, ballots = _for_pabutools(file, whole)
    ours, result = timed(
        lambda: count_equal_shares(profile, costs, whole, add1=True, unit=step, order=order), rounds=3
    )
    theirs, chosen = timed(
        lambda: method_of_equal_shares(instance, ballots, sat_class=Cost_Sat, voter_budget_increment=step)
    )
    note = (
        f"shares raised by {RAISE:,} forints at a time ({result.details['raised_shares']} raises kept), from a budget "
        f"of {whole // file.unit:,}: both begin with the same whole share"
    )
    same = compared(result.winners, _names(chosen))
    yield _row("Budapest: equal shares, raised", ours, "pabutools", theirs, 100, same, note)


def _for_pabutools(file: PabulibFile, budget: int) -> tuple[Any, Any]:
    from pabutools import fractions
    from pabutools.election import ApprovalBallot, ApprovalProfile, Instance, Project

    fractions.FRACTION = fractions.GMPY_FRAC  # exact
    projects = {name: Project(name, cost) for name, cost in file.costs.items()}
    instance = Instance(projects.values(), budget_limit=budget)
    ballots = [ApprovalBallot(projects[name] for name in ballot) for ballot in file.profile.ballots()]
    return instance, ApprovalProfile(ballots, instance=instance)


def _pabutools_order(profile: Profile) -> list[str]:
    """pabutools lets the first name in the alphabet win a tie."""
    return sorted(profile.options)


def _names(chosen: Sequence[Any]) -> list[str]:
    return [project.name for project in chosen]


# -- Transferable votes ------------------------------------------------------------------------------------------------


def make_rankings(voters: int, options: int) -> Profile:
    """Rankings that are partly the voter's own and partly those of one of four camps; three in ten are cut short."""
    draw = np.random.default_rng(SEED)
    camps = draw.normal(0, 0.6, (4, options))
    liking = camps[draw.integers(0, 4, voters)] + draw.normal(0, 1, (voters, options))
    order = np.argsort(-liking, axis=1)
    lengths = np.where(draw.random(voters) < 0.3, draw.integers(1, options, voters), options)
    inside = np.arange(options)[None, :] < lengths[:, None]
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    names = tuple(f"c{number:02}" for number in range(options))
    return Profile(BallotKind.ORDINAL, names, offsets, order[inside].astype(np.int64))


def count_transferable(voters: int = 100_000, options: int = 20, seats: int = 5) -> Iterator[Row]:
    """Five seats by transferable vote, beside the faster of pyrankvote and votelib."""
    import pyrankvote
    import votelib.evaluate.sequential

    profile = make_rankings(voters, options)
    ours, result = timed(lambda: count_stv(profile, seats=seats), rounds=5)
    candidates = {name: pyrankvote.Candidate(name) for name in profile.options}
    sheets = [
        pyrankvote.Ballot(ranked_candidates=[candidates[name] for name in b]) for b in profile.ballots()
    ]
    first, elected = timed(
        lambda: pyrankvote.single_transferable_vote(
            list(candidates.values()), sheets, number_of_seats=seats
        ).get_winners()
    )
    votes = dict(Counter(profile.ballots()))
    selector = votelib.evaluate.sequential.TransferableVoteSelector(
        transferer="Gregory", quota_function="droop"
    )
    second, selected = timed(lambda: selector.evaluate(votes, seats))
    same = {
        "pyrankvote": compared(result.winners, [candidate.name for candidate in elected]),
        "votelib": compared(result.winners, [str(name) for name in selected]),
    }
    seconds = {"pyrankvote": first, "votelib": second}
    faster = min(seconds, key=seconds.__getitem__)
    other = max(seconds, key=seconds.__getitem__)
    note = f"{other}: {seconds[other]:.1f} s, winners {same[other]}"
    if "differ" in same["pyrankvote"]:
        note += "; pyrankvote rounds no quota and spreads a surplus over ballots whatever they are worth"
    what = f"STV: {voters:,} ballots, {options} options, {seats} seats"
    yield _row(what, ours, faster, seconds[faster], 5, same[faster], note)


# -- A million ballots -------------------------------------------------------------------------------------------------


def make_approvals(voters: int, options: int) -> Profile:
    """Approvals of five options on average, some options more liked than others."""
    draw = np.random.default_rng(SEED)
    liked = np.cumsum(1 / np.sqrt(np.arange(1, options + 1)))
    voter = np.repeat(np.arange(voters, dtype=np.int64), draw.integers(1, 10, voters))
    option = np.searchsorted(liked, draw.random(len(voter)) * liked[-1])
    keys = np.unique(voter * options + option)
    offsets = np.concatenate(([0], np.cumsum(np.bincount(keys // options, minlength=voters))))
    names = tuple(f"p{number:03}" for number in range(options))
    return Profile(BallotKind.APPROVAL, names, offsets, keys % options)


def count_many(voters: int = 1_000_000, options: int = 200) -> dict[str, Any]:
    """Seconds of each count of a million ballots, the peak of memory in megabytes, and how many options win."""
    profile = make_approvals(voters, options)
    before = _megabytes()
    draw = np.random.default_rng(SEED)
    costs = {name: int(cost) * 1_000 for name, cost in zip(profile.options, draw.integers(20, 500, options))}
    budget = 10 * voters
    counts: dict[str, Callable[[], Any]] = {
        "approval": lambda: count_approvals(profile, seats=10),
        "greedy": lambda: count_greedy(profile.scores(), costs, budget),
        "equal shares": lambda: count_equal_shares(profile, costs, budget),
        "equal shares, raised": lambda: count_equal_shares(profile, costs, budget, add1=True),
    }
    told: dict[str, Any] = {"voters": voters, "options": options, "made_mb": before, "counts": {}}
    for name, count in counts.items():
        seconds, result = timed(count)
        told["counts"][name] = {
            "seconds": seconds,
            "winners": len(result.winners),
            "raises": result.details.get("raised_shares", 0),
            "mb": _megabytes(),
        }
    return told


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000


def count_many_apart() -> dict[str, Any]:
    """:func:`count_many` in a process of its own, whose memory is then that of the counts alone."""
    command = [sys.executable, "-m", "benchmarks.decisions", "--only-many"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


# -- Telling -----------------------------------------------------------------------------------------------------------


def _row(what: str, ours: float, peer: str, theirs: float, goal: float, winners: str, note: str = "") -> Row:
    return Row(what, ours, peer, theirs, theirs / ours, goal, winners, note)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(prog="hub bench decisions", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", choices=("budget", "stv", "many"), help="one section")
    parser.add_argument("--only-many", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args(argv)
    if chosen.only_many:
        print(json.dumps(count_many()))
        return 0
    # first: a child's peak of memory is never told as less than what its parent took when it was made
    many = count_many_apart() if chosen.only in (None, "many") else None
    rows: list[Row] = []
    path = real_file()
    left_out = chosen.only in (None, "budget") and path is None
    if chosen.only in (None, "budget") and path is not None:
        rows += count_real(path)
    if chosen.only in (None, "stv"):
        rows += count_transferable()
    if chosen.json:
        told = [{**asdict(row), "reached": row.is_reached} for row in rows]
        print(json.dumps({"compared": told, "many": many, "left_out": [FILE] if left_out else []}, indent=2))
        return 0
    if left_out:
        print(
            f"The real budget is left out: no pabulib/{FILE}; set HUB_TEST_DATA to the directory that holds it."
        )
    _table(rows)
    if many:
        _table_of_many(many)
    return 0


def _table(rows: Sequence[Row]) -> None:
    if not rows:
        return
    print(f"{'count':<46}{'ours':>10}{'peer':>10}{'times':>8}{'goal':>6}  peer, winners")
    for row in rows:
        mark = "" if row.is_reached else "  (not reached)"
        print(
            f"{row.what:<46}{row.ours * 1000:>7.1f} ms{row.theirs:>8.2f} s{row.ratio:>7,.0f}x{row.goal:>5.0f}x  "
            f"{row.peer}, {row.winners}{mark}"
        )
        if row.note:
            print(f"    {row.note}")


def _table_of_many(many: dict[str, Any]) -> None:
    print(
        f"\n{many['voters']:,} ballots, {many['options']} options (goal: {MOST_SECONDS:.0f} s, {MOST_MEGABYTES} MB)"
    )
    print(f"{'count':<24}{'seconds':>9}{'peak MB':>9}{'winners':>9}{'raises':>8}")
    for name, told in many["counts"].items():
        is_reached = told["seconds"] < MOST_SECONDS and told["mb"] < MOST_MEGABYTES
        mark = "" if is_reached else "  (not reached)"
        print(
            f"{name:<24}{told['seconds']:>9.2f}{told['mb']:>9.0f}{told['winners']:>9}{told['raises']:>8}{mark}"
        )


if __name__ == "__main__":
    sys.exit(main())
