"""What holds for every count: neither the order of ballots nor the names of options have a say."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stakeholder_hub.decisions.methods.approval import count_approvals
from stakeholder_hub.decisions.methods.ballots import BallotKind, Profile
from stakeholder_hub.decisions.methods.committees import (
    count_budget_phragmen,
    count_phragmen,
    count_proportional_approval,
)
from stakeholder_hub.decisions.methods.condorcet import count_schulze
from stakeholder_hub.decisions.methods.equal_shares import count_equal_shares
from stakeholder_hub.decisions.methods.highest import (
    count_borda,
    count_plurality,
    count_points,
    count_quadratic,
)
from stakeholder_hub.decisions.methods.judgment import count_majority_judgment
from stakeholder_hub.decisions.methods.runoff import count_runoff
from stakeholder_hub.decisions.methods.stv import count_stv

ABCD = ("a", "b", "c", "d")
COST = {"a": 7, "b": 5, "c": 11, "d": 3}
LISTS = st.lists(st.lists(st.sampled_from(ABCD), unique=True), max_size=9)
SINGLE = st.lists(st.lists(st.sampled_from(ABCD), max_size=1), max_size=9)
POINTS = st.lists(st.dictionaries(st.sampled_from(ABCD), st.integers(0, 4)), max_size=9)

COUNTS = {
    "approval": (BallotKind.APPROVAL, LISTS, lambda p, _c, **ties: count_approvals(p, seats=2, **ties)),
    "plurality": (BallotKind.CHOOSE_ONE, SINGLE, lambda p, _c, **ties: count_plurality(p, **ties)),
    "score": (BallotKind.SCORING, POINTS, lambda p, _c, **ties: count_points(p, **ties)),
    "quadratic": (BallotKind.CUMULATIVE, POINTS, lambda p, _c, **ties: count_quadratic(p, 99, **ties)),
    "borda": (BallotKind.ORDINAL, LISTS, lambda p, _c, **ties: count_borda(p, seats=2, **ties)),
    "judgment": (
        BallotKind.SCORING,
        POINTS,
        lambda p, _c, **ties: count_majority_judgment(p, grades=5, **ties),
    ),
    "runoff": (BallotKind.ORDINAL, LISTS, lambda p, _c, **ties: count_runoff(p, **ties)),
    "stv": (BallotKind.ORDINAL, LISTS, lambda p, _c, **ties: count_stv(p, seats=2, **ties)),
    "schulze": (BallotKind.ORDINAL, LISTS, lambda p, _c, **ties: count_schulze(p, **ties)),
    "spav": (
        BallotKind.APPROVAL,
        LISTS,
        lambda p, _c, **ties: count_proportional_approval(p, seats=2, **ties),
    ),
    "phragmen": (BallotKind.APPROVAL, LISTS, lambda p, _c, **ties: count_phragmen(p, seats=2, **ties)),
    "budget-phragmen": (
        BallotKind.APPROVAL,
        LISTS,
        lambda p, c, **ties: count_budget_phragmen(p, c, 15, **ties),
    ),
    "equalshares": (
        BallotKind.APPROVAL,
        LISTS,
        lambda p, c, **ties: count_equal_shares(p, c, 15, add1=True, complete=True, **ties),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("method", COUNTS)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_the_order_of_ballots_never_matters(method, data):
    kind, strategy, count = COUNTS[method]
    ballots = data.draw(strategy)
    shuffled = data.draw(st.permutations(ballots))
    results = [count(Profile.of(kind, ABCD, cast), COST) for cast in (ballots, shuffled)]
    assert results[0].to_json() == results[1].to_json()


@pytest.mark.slow
@pytest.mark.parametrize("method", COUNTS)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_the_names_and_the_listing_of_options_never_matter(method, data):
    """Options under other names and in another listing, the order of ties as before: the same ones win."""
    kind, strategy, count = COUNTS[method]
    ballots = data.draw(strategy)
    other = dict(zip(ABCD, data.draw(st.permutations(ABCD)), strict=True))
    renamed = [
        {other[option]: points for option, points in ballot.items()}
        if isinstance(ballot, dict)
        else [other[option] for option in ballot]
        for ballot in ballots
    ]
    costs = {other[option]: cost for option, cost in COST.items()}
    order = [other[option] for option in ABCD]
    result = count(Profile.of(kind, ABCD, ballots), COST)
    again = count(Profile.of(kind, ABCD, renamed), costs, order=order)
    assert list(again.winners) == [other[option] for option in result.winners]
    assert again.scores == {other[option]: score for option, score in result.scores.items()}
    assert [tie.options for tie in again.ties] == [tuple(map(other.get, tie.options)) for tie in result.ties]
