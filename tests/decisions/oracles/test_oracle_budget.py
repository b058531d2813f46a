"""Budgets, compared with pabutools (Rey, Maly and others).

Both count with exact fractions and break ties by one order (pabutools by names, which here are in the order of the
options), so winners are compared even where there are ties, unless a test says otherwise. pabutools funds options
that nobody supports where money is left; ours never does where a rule asks for support: such options are left out of
the comparison.
"""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pabutools.election import (
    Additive_Cardinal_Sat,
    ApprovalBallot,
    ApprovalProfile,
    Cardinality_Sat,
    Cost_Sat,
    CumulativeBallot,
    CumulativeProfile,
    Instance,
    Project,
)
from pabutools.rules import (
    completion_by_rule_combination,
    greedy_utilitarian_welfare,
    method_of_equal_shares,
    sequential_phragmen,
)

from stakeholder_hub.decisions.methods.ballots import BallotKind, Profile
from stakeholder_hub.decisions.methods.committees import count_budget_phragmen
from stakeholder_hub.decisions.methods.equal_shares import Usefulness, count_equal_shares
from stakeholder_hub.decisions.methods.greedy import count_greedy
from stakeholder_hub.decisions.methods.threshold import Threshold

pytestmark = pytest.mark.slow

OPTIONS = tuple(f"p{number}" for number in range(7))
BALLOTS = st.lists(st.lists(st.sampled_from(OPTIONS), unique=True), min_size=1, max_size=10)
COSTS = st.lists(st.integers(1, 40), min_size=7, max_size=7).map(
    lambda values: dict(zip(OPTIONS, values, strict=True))
)
USEFULNESS = st.sampled_from([(Usefulness.COST, Cost_Sat), (Usefulness.CARDINALITY, Cardinality_Sat)])
COMPARED = settings(max_examples=100, deadline=None, derandomize=True)


def both(ballots, costs, budget):
    """The same approvals for us, and as an instance and a profile for pabutools."""
    projects = {name: Project(name, costs[name]) for name in OPTIONS}
    instance = Instance(projects.values(), budget_limit=budget)
    theirs = ApprovalProfile(
        [ApprovalBallot(projects[name] for name in ballot) for ballot in ballots], instance=instance
    )
    return Profile.of(BallotKind.APPROVAL, OPTIONS, ballots), instance, theirs


def names(allocation, ballots):
    """The supported options that pabutools funds, in the order in which it lists them."""
    return [project.name for project in allocation if any(project.name in ballot for ballot in ballots)]


@given(BALLOTS, COSTS, st.integers(0, 150))
@COMPARED
def test_greedy_spending_funds_what_pabutools_funds(ballots, costs, budget):
    """pabutools divides satisfaction by cost; with the cost as satisfaction that is the number of approvals."""
    profile, instance, theirs = both(ballots, costs, budget)
    ours = count_greedy(profile.scores(), costs, budget, threshold=Threshold(score=1))
    assert list(ours.winners) == names(
        greedy_utilitarian_welfare(instance, theirs, sat_class=Cost_Sat), ballots
    )


@given(BALLOTS, COSTS, st.integers(0, 150), USEFULNESS)
@COMPARED
def test_equal_shares_fund_what_pabutools_funds_in_the_same_order(ballots, costs, budget, usefulness):
    profile, instance, theirs = both(ballots, costs, budget)
    use, satisfaction = usefulness
    ours = count_equal_shares(profile, costs, budget, usefulness=use)
    allocation = method_of_equal_shares(instance, theirs, sat_class=satisfaction)
    assert list(ours.winners) == names(allocation, ballots)


@given(
    st.lists(st.dictionaries(st.sampled_from(OPTIONS), st.integers(0, 5)), min_size=1, max_size=8),
    COSTS,
    st.integers(0, 150),
)
@COMPARED
def test_equal_shares_of_points_fund_what_pabutools_funds(ballots, costs, budget):
    """Points weigh what one funded option is worth: pabutools' additive cardinal satisfaction."""
    projects = {name: Project(name, costs[name]) for name in OPTIONS}
    instance = Instance(projects.values(), budget_limit=budget)
    theirs = CumulativeProfile(
        [CumulativeBallot({projects[name]: points for name, points in ballot.items()}) for ballot in ballots],
        instance=instance,
    )
    profile = Profile.of(BallotKind.CUMULATIVE, OPTIONS, ballots)
    ours = count_equal_shares(profile, costs, budget, usefulness=Usefulness.CARDINALITY)
    allocation = method_of_equal_shares(instance, theirs, sat_class=Additive_Cardinal_Sat)
    assert list(ours.winners) == [project.name for project in allocation]


@given(BALLOTS, COSTS, st.integers(0, 15), USEFULNESS)
@COMPARED
def test_raised_shares_fund_what_pabutools_funds(ballots, costs, share, usefulness):
    """Ours rounds shares down to whole units before it raises them, as Pabulib's rule does, pabutools raises the
    fraction: so the budget is a whole number of units for each voter.
    """
    budget = share * len(ballots)
    profile, instance, theirs = both(ballots, costs, budget)
    use, satisfaction = usefulness
    ours = count_equal_shares(profile, costs, budget, usefulness=use, add1=True)
    allocation = method_of_equal_shares(instance, theirs, sat_class=satisfaction, voter_budget_increment=1)
    assert list(ours.winners) == names(allocation, ballots)


@given(BALLOTS, COSTS, st.integers(0, 15), USEFULNESS)
@COMPARED
def test_raised_shares_with_utilitarian_completion_fund_what_pabutools_funds(
    ballots, costs, share, usefulness
):
    """What is left is completed by score in ours, by cost as satisfaction in pabutools: the same order. Budgets are
    whole numbers of units for each voter, as above.
    """
    budget = share * len(ballots)
    profile, instance, theirs = both(ballots, costs, budget)
    use, satisfaction = usefulness
    ours = count_equal_shares(profile, costs, budget, usefulness=use, add1=True, complete=True)
    allocation = completion_by_rule_combination(
        instance,
        theirs,
        [method_of_equal_shares, greedy_utilitarian_welfare],
        [{"sat_class": satisfaction, "voter_budget_increment": 1}, {"sat_class": Cost_Sat}],
    )
    assert list(ours.winners) == names(allocation, ballots)


@given(BALLOTS, COSTS, st.integers(40, 150))
@COMPARED
def test_phragmens_rule_spends_a_budget_as_pabutools_does(ballots, costs, budget):
    """pabutools leaves out at once what costs more than the whole budget, where ours ends as soon as such an option
    is next: so every option can be paid for here. Where several options are next, pabutools ends if one of them does
    not fit, ours if the first in the order of ties does not: so without ties.
    """
    profile, instance, theirs = both(ballots, costs, budget)
    ours = count_budget_phragmen(profile, costs, budget)
    assume(not ours.ties)
    # an option without supporters never comes to its turn in ours; in theirs it does, after all others
    assert set(ours.winners) == set(names(sequential_phragmen(instance, theirs), ballots))
