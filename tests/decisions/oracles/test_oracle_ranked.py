"""Rankings, grades and points, compared with pyrankvote (Tingvold) and votelib (Šimbera)."""

import pyrankvote
import pytest
import votelib.component.rankscore
import votelib.convert
import votelib.evaluate.cardinal
import votelib.evaluate.condorcet
import votelib.evaluate.core
import votelib.evaluate.sequential
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stakeholder_hub.decisions.methods.ballots import BallotKind, Profile
from stakeholder_hub.decisions.methods.condorcet import count_schulze, duels
from stakeholder_hub.decisions.methods.highest import borda_scores, count_borda, count_plurality, count_points
from stakeholder_hub.decisions.methods.judgment import count_majority_judgment
from stakeholder_hub.decisions.methods.runoff import count_runoff
from stakeholder_hub.decisions.methods.stv import count_stv

pytestmark = pytest.mark.slow

OPTIONS = ("a", "b", "c", "d", "e")
GRADES = 6
RANKINGS = st.lists(st.lists(st.sampled_from(OPTIONS), unique=True, min_size=1), min_size=1, max_size=12)
COMPLETE = st.lists(st.permutations(OPTIONS), min_size=1, max_size=12)
POINTS = st.lists(
    st.fixed_dictionaries({option: st.integers(0, GRADES - 1) for option in OPTIONS}), min_size=1, max_size=12
)
COMPARED = settings(max_examples=100, deadline=None, derandomize=True)


def ranked(ballots):
    return Profile.of(BallotKind.ORDINAL, OPTIONS, ballots)


def counted(ballots):
    """Ballots as votelib takes them: how often each was cast."""
    votes = {}
    for ballot in ballots:
        votes[tuple(ballot)] = votes.get(tuple(ballot), 0) + 1
    return votes


def is_clear(result):
    """Whether at no stage two options had the fewest votes: every convention then lets the same one leave."""
    out = [(stage, stage.excluded[0]) for stage in result.stages if stage.excluded]
    return all(
        stage.tallies[gone] < votes
        for stage, gone in out
        for option, votes in stage.tallies.items()
        if option != gone
    )


def has_weight_in_balance(result):
    """Whether at some stage an option had exactly as many votes as all with fewer of them together."""
    for stage in result.stages:
        votes = sorted(stage.tallies.values(), reverse=True)
        if any(most and most == sum(votes[place:]) for place, most in enumerate(votes, start=1)):
            return True
    return False


def pyrankvotes(ballots):
    candidates = {option: pyrankvote.Candidate(option) for option in OPTIONS}
    return list(candidates.values()), [
        pyrankvote.Ballot(ranked_candidates=[candidates[option] for option in ballot]) for ballot in ballots
    ]


# -- One winner from rankings ------------------------------------------------------------------------------------------


@given(RANKINGS)
@COMPARED
def test_instant_runoff_elects_whom_pyrankvote_elects(ballots):
    """Where two have the fewest votes, ours looks back at earlier stages and then at the stated order, pyrankvote at
    later preferences and then draws: so without such a stage. pyrankvote lets several leave at once that together
    have no more votes than the next one: where they have as many, one that could still have drawn level is gone
    too early, so such stages are left out as well.
    """
    ours = count_runoff(ranked(ballots))
    assume(is_clear(ours))
    assume(not has_weight_in_balance(ours))
    theirs = pyrankvote.instant_runoff_voting(*pyrankvotes(ballots))
    assert list(ours.winners) == [candidate.name for candidate in theirs.get_winners()]


@given(RANKINGS)
@COMPARED
def test_one_seat_by_transferable_vote_goes_to_whom_pyrankvote_elects(ballots):
    """For several seats pyrankvote counts another variant: a quota that is not rounded, and a surplus that is spread
    over ballots evenly, whatever they are worth. For one seat there is no surplus to spread.
    """
    ours = count_stv(ranked(ballots), seats=1)
    assume(is_clear(ours))
    assume(not has_weight_in_balance(ours))
    theirs = pyrankvote.single_transferable_vote(*pyrankvotes(ballots), number_of_seats=1)
    assert list(ours.winners) == [candidate.name for candidate in theirs.get_winners()]
    assert ours.winners == count_runoff(ranked(ballots)).winners


@given(RANKINGS)
@COMPARED
def test_duels_and_schulzes_winner_are_those_of_votelib(ballots):
    """votelib knows only the options that stand on a ballot, and does not choose among several unbeaten ones: winners
    are compared where ours reports no tie.
    """
    known = sorted({option for ballot in ballots for option in ballot})
    profile = Profile.of(BallotKind.ORDINAL, known, ballots)
    ours = count_schulze(profile)
    pairs = votelib.convert.RankedToCondorcetVotes(unranked_at_bottom=True).convert(counted(ballots))
    wins = duels(profile)
    for row, option in enumerate(known):
        for column, other in enumerate(known):
            assert wins[row, column] == pairs.get((option, other), 0)
    assume(len(known) > 1)
    condorcet = votelib.evaluate.condorcet.CondorcetWinner().evaluate(pairs)
    assert condorcet == (list(ours.winners) if ours.details["condorcet"] else [])
    assume(not ours.ties)
    assert list(ours.winners) == votelib.evaluate.condorcet.Schulze().evaluate(pairs, 1)


@given(COMPLETE)
@COMPARED
def test_bordas_points_are_those_of_votelib(ballots):
    """votelib gives nothing to what a ballot leaves out, ours the average of the last places: so for complete
    rankings. Ours doubles the points.
    """
    ours = count_borda(ranked(ballots))
    convert = votelib.convert.RankedToPositionalVotes(votelib.component.rankscore.Borda(base=0))
    theirs = convert.convert(counted(ballots))
    assert ours.scores == {option: 2 * theirs[option] for option in OPTIONS}
    assume(not ours.decisive_ties)
    assert list(ours.winners) == votelib.evaluate.core.Plurality().evaluate(theirs, 1)


@given(RANKINGS)
@COMPARED
def test_bordas_points_of_what_is_left_out_are_the_average_over_all_ways_to_complete_a_ballot(ballots):
    """Dummett's averaging: votelib's points for a ballot completed in one way and in the opposite way, added up, are
    twice those of the average.
    """
    convert = votelib.convert.RankedToPositionalVotes(votelib.component.rankscore.Borda(base=0))
    both_ways = []
    for ballot in ballots:
        rest = [option for option in OPTIONS if option not in ballot]
        both_ways += [(*ballot, *rest), (*ballot, *reversed(rest))]
    assert borda_scores(ranked(ballots)) == convert.convert(counted(both_ways))


# -- Several winners from rankings -------------------------------------------------------------------------------------


def is_comparable(result):
    """Whether votes moved one at a time and no decision was closer than what cutting off decimals can change."""
    if not is_clear(result):
        return False
    quota = result.details["quota"]
    for stage in result.stages:
        left = [votes for option, votes in stage.tallies.items() if option not in result.winners]
        gone = [stage.tallies[option] for option in stage.excluded]
        by_quota = [option for option in stage.elected if stage.tallies[option] >= quota]
        if len(by_quota) > 1 or any(abs(votes - quota) < 0.001 and votes != quota for votes in left):
            return False
        inside = [votes for option, votes in stage.tallies.items() if option not in stage.excluded]
        if gone and any(votes - gone[0] < 0.001 for votes in inside):
            return False
    return True


@given(COMPLETE, st.integers(1, 4))
@COMPARED
def test_the_transferable_vote_elects_whom_votelib_elects_by_the_same_transfers(ballots, seats):
    """votelib knows the weighted inclusive Gregory method without Scotland's five decimals, and transfers all
    surpluses of a stage at once where Scotland takes the largest alone: so where at most one option is elected at a
    stage, and where no decision is closer than a thousandth of a vote. Rankings are complete, because votelib takes
    exhausted ballots for a candidate when it looks for the one to leave.
    """
    ours = count_stv(ranked(ballots), seats=seats)
    assume(is_comparable(ours))
    evaluator = votelib.evaluate.sequential.TransferableVoteSelector(
        transferer="Gregory", quota_function="droop"
    )
    assert set(ours.winners) == set(evaluator.evaluate(counted(ballots), seats))


# -- Grades and points -------------------------------------------------------------------------------------------------


def graded(ballots):
    return [tuple(sorted(ballot.items())) for ballot in ballots]


@given(POINTS)
@COMPARED
def test_majority_grades_are_those_of_votelib_and_the_best_one_wins(ballots):
    """votelib can elect an option whose majority grade is the lowest, ours never does: so where somebody wins. Where
    two options share the best majority grade, votelib takes several grades away at a time, where Balinski and Laraki
    take one and look again (it then elects another option, or none): so where one option alone has the best.
    """
    ours = count_majority_judgment(Profile.of(BallotKind.SCORING, OPTIONS, ballots), grades=GRADES)
    votes = counted(graded(ballots))
    assert ours.scores == votelib.convert.ScoreToSimpleVotes("median_low", unscored_value=0).convert(votes)
    best = max(ours.scores.values())
    assume(best > 0)
    assume(list(ours.scores.values()).count(best) == 1)
    evaluator = votelib.evaluate.cardinal.MajorityJudgment(unscored_value=0)
    assert list(ours.winners) == evaluator.evaluate(votes, 1)


@given(POINTS, st.integers(1, 4))
@COMPARED
def test_score_voting_elects_whom_votelib_elects(ballots, seats):
    """Ours never elects an option without points: so where every option has some."""
    ours = count_points(Profile.of(BallotKind.SCORING, OPTIONS, ballots), seats=seats)
    assume(all(ours.scores.values()))
    assume(not ours.decisive_ties)
    evaluator = votelib.evaluate.cardinal.ScoreVoting("sum", unscored_value=0)
    assert set(ours.winners) == set(evaluator.evaluate(counted(graded(ballots)), seats))


@given(st.lists(st.sampled_from(OPTIONS), min_size=1, max_size=12), st.integers(1, 4))
@COMPARED
def test_plurality_elects_whom_votelib_elects(choices, seats):
    """Both elect fewer than there are seats where fewer were chosen at all; votelib reports a tie as such."""
    ours = count_plurality(Profile.of(BallotKind.CHOOSE_ONE, OPTIONS, choices), seats=seats)
    assume(not ours.decisive_ties)
    votes = {option: choices.count(option) for option in choices}
    assert set(ours.winners) == set(votelib.evaluate.core.Plurality().evaluate(votes, seats))
