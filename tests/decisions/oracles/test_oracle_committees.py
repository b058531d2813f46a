"""Committees from approvals, compared with abcvoting (Lackner, Regner and Krenn).

abcvoting follows every way in which ties can be broken and returns all the committees that may win. Ours breaks ties
by a stated order: its committee must be one of them, and the only one where ours reports no tie. Seats are as many as
supported options at most, because ours never elects an option that nobody supports.
"""

import pytest
from abcvoting.abcrules import compute_av, compute_seqpav, compute_seqphragmen
from abcvoting.preferences import Profile as Approvals
from hypothesis import given, settings
from hypothesis import strategies as st

from stakeholder_hub.decisions.methods.approval import count_approvals
from stakeholder_hub.decisions.methods.ballots import BallotKind, Profile
from stakeholder_hub.decisions.methods.committees import count_phragmen, count_proportional_approval

pytestmark = pytest.mark.slow

OPTIONS = ("a", "b", "c", "d", "e", "f")
BALLOTS = st.lists(
    st.lists(st.integers(0, len(OPTIONS) - 1), unique=True, min_size=1), min_size=1, max_size=12
)
COMPARED = settings(max_examples=100, deadline=None, derandomize=True)

RULES = {
    "approvals": (count_approvals, compute_av, "standard"),
    "proportional": (count_proportional_approval, compute_seqpav, "standard"),
    "phragmen": (count_phragmen, compute_seqphragmen, "standard-fractions"),
}


@pytest.mark.parametrize("rule", RULES)
@given(BALLOTS, st.data())
@COMPARED
def test_a_committee_is_one_that_abcvoting_lets_win(rule, ballots, data):
    count, compute, algorithm = RULES[rule]
    supported = {option for ballot in ballots for option in ballot}
    seats = data.draw(st.integers(1, len(supported)))
    profile = Profile.of(
        BallotKind.APPROVAL, OPTIONS, [[OPTIONS[option] for option in ballot] for ballot in ballots]
    )
    theirs = Approvals(len(OPTIONS))
    theirs.add_voters([set(ballot) for ballot in ballots])
    committees = compute(theirs, seats, algorithm=algorithm, resolute=False)
    possible = [{OPTIONS[option] for option in committee} for committee in committees]
    ours = count(profile, seats=seats)
    assert set(ours.winners) in possible
    if not ours.ties:
        assert possible == [set(ours.winners)]
    if rule == "approvals":
        # in the sequential rules a tie may also change later rounds, and then nothing tells without counting anew
        assert bool(ours.decisive_ties) == (len(possible) > 1)


@pytest.mark.parametrize("rule", RULES)
@given(BALLOTS, st.permutations(OPTIONS))
@COMPARED
def test_every_order_of_ties_gives_a_committee_that_abcvoting_lets_win(rule, ballots, order):
    count, compute, algorithm = RULES[rule]
    seats = min(3, len({option for ballot in ballots for option in ballot}))
    profile = Profile.of(
        BallotKind.APPROVAL, OPTIONS, [[OPTIONS[option] for option in ballot] for ballot in ballots]
    )
    theirs = Approvals(len(OPTIONS))
    theirs.add_voters([set(ballot) for ballot in ballots])
    committees = compute(theirs, seats, algorithm=algorithm, resolute=False)
    won = {OPTIONS.index(option) for option in count(profile, seats=seats, order=order).winners}
    assert won in [set(committee) for committee in committees]
