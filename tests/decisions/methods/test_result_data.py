"""A result as plain data, fit for publishing."""

import json
from fractions import Fraction

import pytest

from stakeholder_hub.decisions.methods.ballots import BallotKind, Profile
from stakeholder_hub.decisions.methods.condorcet import count_schulze
from stakeholder_hub.decisions.methods.judgment import count_majority_judgment
from stakeholder_hub.decisions.methods.result import Outcome, Result, Round, Stage, plain, tie_among
from stakeholder_hub.decisions.methods.stv import count_stv

ABC = ("a", "b", "c")


@pytest.mark.parametrize(
    ("figure", "told"),
    [(3, 3), (Fraction(4, 2), 2), (Fraction(0), 0), (Fraction(2, 6), "1/3"), (Fraction(-1, 2), "-1/2")],
)
def test_an_exact_figure_is_a_whole_number_or_a_fraction_in_lowest_terms(figure, told):
    assert plain(figure) == told
    assert Fraction(plain(figure)) == figure


def test_a_round_tells_only_what_it_has():
    turn = Round(1, "a", Outcome.QUOTA_FULL, 5, cost=10, left=30)
    assert turn.to_json() == {
        "number": 1,
        "option": "a",
        "outcome": "quota_full",
        "score": 5,
        "cost": 10,
        "left": 30,
    }
    full = Round(1, "a", Outcome.QUOTA_FULL, 5, rate=Fraction(1, 3), quota="north").to_json()
    assert (full["rate"], full["quota"]) == ("1/3", "north")
    assert turn.named("b") == Round(1, "b", Outcome.QUOTA_FULL, 5, cost=10, left=30)


def test_a_tie_tells_its_options_in_the_order_in_which_it_was_broken():
    tie = tie_among(["b", "a"], Fraction(5, 2), decisive=True)
    assert tie.to_json() == {"options": ["b", "a"], "score": "5/2", "decisive": True}


def test_a_stage_tells_votes_exactly():
    stage = Stage(2, {"a": Fraction(5), "b": Fraction("0.28571")}, ("a",), ("c",), "d", Fraction(1, 2))
    assert stage.to_json() == {
        "number": 2,
        "tallies": {"a": 5, "b": "28571/100000"},
        "elected": ["a"],
        "excluded": ["c"],
        "source": "d",
        "exhausted": "1/2",
    }
    assert Stage(1, {}).to_json()["source"] is None


def test_a_result_tells_stages_and_tables_only_where_the_method_has_them():
    told = Result("approval", ("a",), {"a": 1}, (), voters=1).to_json()
    assert told == {
        "method": "approval",
        "winners": ["a"],
        "scores": {"a": 1},
        "rounds": [],
        "ties": [],
        "tie_break": "order",
        "voters": 1,
        "budget": None,
        "spent": 0,
        "exhausted": False,
        "details": {},
    }


def test_what_was_counted_can_be_written_and_read_again():
    ranked = Profile.of(BallotKind.ORDINAL, ABC, ["abc", "ab", "ab", "c", "b"])
    graded = Profile.of(BallotKind.SCORING, ABC, [{"a": 2, "b": 1}])
    for result in (
        count_stv(ranked, seats=2),
        count_schulze(ranked),
        count_majority_judgment(graded, grades=3),
    ):
        told = result.to_json()
        assert json.loads(json.dumps(told)) == told
    assert count_stv(ranked, seats=2).to_json()["stages"][0]["tallies"] == {"a": 3, "b": 1, "c": 1}
    assert count_schulze(ranked).to_json()["tables"]["duels"]["a"] == [0, 3, 3]
    assert count_majority_judgment(graded, grades=3).to_json()["tables"] == {
        "grades": {"a": [0, 0, 1], "b": [0, 1, 0], "c": [1, 0, 0]}
    }


def test_a_round_is_found_by_its_option_and_decisive_ties_stand_apart():
    ties = (tie_among(["a", "b"], 1, decisive=False), tie_among(["c", "d"], 0, decisive=True))
    result = Result("approval", (), {}, (Round(1, "a", Outcome.NO_SEAT, 0),), ties=ties)
    assert result.round_of("a").number == 1
    assert result.round_of("b") is None
    assert result.decisive_ties == ties[1:]
