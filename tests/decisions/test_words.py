"""What a ballot and its result say in words: what to do, how it is counted, why this one won, what became of others."""

from fractions import Fraction
from typing import Any

import pytest

from stakeholder_hub.decisions import explaining
from stakeholder_hub.decisions.conditions_told import checks_in_words, conditions_in_words
from stakeholder_hub.decisions.explaining import how_it_is_counted, how_to_vote, spending_rule, who_votes, why
from stakeholder_hub.decisions.kinds import BudgetRule, Method
from stakeholder_hub.decisions.methods.ballots import BallotKind
from stakeholder_hub.decisions.methods.conditions import Base, Check, Conditions, Kind, TerritoryKey
from stakeholder_hub.decisions.models import Ballot, BallotState, Electorate
from stakeholder_hub.decisions.narrating import fate_of, stage_lines, story_of
from stakeholder_hub.decisions.operations.roll import RollRead
from stakeholder_hub.ratifications.rules import Standing

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

TITLES = {"1": "Park", "2": "Well", "3": "Bench"}


def ballot_of(method: Method, **values: Any) -> Ballot:
    kind = values.pop("vote_type", BallotKind.APPROVAL)
    terms = {"min_choices": 1, "state": BallotState.OPEN, "seed_commitment": "ab" * 32, "rule": "greedy"}
    return Ballot(**{**terms, "method": method, "vote_type": kind, **values})


def test_a_ballot_says_how_many_to_choose(app):
    told = {
        (2, 2): "Choose exactly 2 proposals.",
        (1, 1): "Choose exactly 1 proposal.",
        (2, 4): "Choose from 2 to 4 proposals.",
        (1, 4): "Choose at most 4 proposals.",
        (0, 1): "Choose at most 1 proposal.",
        (3, None): "Choose at least 3 proposals.",
        (1, None): "",
    }
    for (least, most), words in told.items():
        ballot = ballot_of(Method.APPROVAL, min_choices=least, max_choices=most)
        assert how_to_vote(ballot) == f"Tick everything you agree with. {words}".strip()
    one = ballot_of(Method.PLURALITY, vote_type=BallotKind.CHOOSE_ONE, min_choices=1, max_choices=1)
    assert how_to_vote(one) == "Choose one."


def test_a_ballot_says_how_its_winners_are_found(app):
    every = "Every proposal that gets a vote is chosen. The number of votes says in which order."
    lot = "Where votes are equal, a lot decides that nobody can know or choose beforehand."
    order = "Where votes are equal, what stands first on the ballot goes first."
    assert how_it_is_counted(ballot_of(Method.APPROVAL)) == f"{every} {lot}"
    assert how_it_is_counted(ballot_of(Method.APPROVAL, seed_commitment=None)) == f"{every} {order}"
    prepared = ballot_of(Method.APPROVAL, seed_commitment=None, state=BallotState.PREPARED, winners_wanted=1)
    assert how_it_is_counted(prepared) == f"The one with the most votes wins. {lot}"
    strict = ballot_of(Method.MULTIPLE_CHOICE, winners_wanted=3, least_support=40, one_per_category=True)
    assert how_it_is_counted(strict) == (
        "The 3 with the most votes win. A proposal needs at least 40 votes to win. "
        f"Of each category at most one wins. {lot}"
    )
    assert "2 can win." in how_it_is_counted(ballot_of(Method.STV, winners_wanted=2))
    assert "can win" not in how_it_is_counted(ballot_of(Method.STV, winners_wanted=1))
    assert lot not in how_it_is_counted(ballot_of(Method.YES_NO))
    assert "held elsewhere" in how_it_is_counted(ballot_of(Method.IMPORTED))


def test_every_rule_of_a_budget_is_told_in_its_own_words(app):
    told = {rule: spending_rule(rule) for rule in BudgetRule}
    assert told[BudgetRule.EQUAL_SHARES] == told[BudgetRule.EQUAL_SHARES_CARDINALITY]
    assert len(set(told.values())) == len(BudgetRule) - 1
    assert "until something does not fit" in told[BudgetRule.GREEDY_NO_SKIP]
    assert "is passed over" in told[BudgetRule.GREEDY]
    assert "What burdens them least" in told[BudgetRule.PHRAGMEN]
    assert "equal part of the money" in told[BudgetRule.EQUAL_SHARES_ADD1]
    assert told[BudgetRule.EQUAL_SHARES].startswith(told[BudgetRule.EQUAL_SHARES_ADD1])
    assert told[BudgetRule.EQUAL_SHARES].endswith(
        "What is left goes to the proposals with the most votes that fit."
    )


def test_whom_a_vote_is_for_is_told(app):
    words = {
        Electorate.EVERYONE: "Everyone votes",
        Electorate.MEMBERS: "Members of the group vote",
        Electorate.DELEGATES: "Delegates of the organisations here vote",
        Electorate.LIST: "People on a list vote",
    }
    for electorate, told in words.items():
        assert who_votes(ballot_of(Method.YES_NO, electorate=electorate)).startswith(told)


def test_what_became_of_an_option_is_told_for_every_outcome(app):
    turn = {"cost": 60_000, "left": 40_000, "score": 3, "outcome": "elected"}
    told = {
        "elected": "It costs €600; €400 were left.",
        "over_budget": "It costs €600, but only €400 were left when its turn came.",
        "over_quota_budget": "The part of the budget for “Parks” was used up.",
        "quota_full": "Another one of “Parks” had won already.",
        "below_threshold": "It got too few votes.",
        "after_stop": "The count ended before it, at a proposal that did not fit.",
        "no_seat": "Others stood before it.",
        "withdrawn": "It was withdrawn.",
        "supporters_short": "Its supporters could not pay for it together from their shares.",
    }
    for outcome, words in told.items():
        assert why({**turn, "outcome": outcome, "quota": "Parks"}, "EUR") == words
    assert why({**turn, "outcome": "quota_full"}, "EUR") == "Another one of “–” had won already."
    assert why({**turn, "rate": "2/3"}, "EUR") == "It costs €600, carried together by those who chose it."
    assert why({**turn, "cost": 0}, "EUR") == "It is among those that won."
    assert why({**turn, "score": 0, "outcome": "below_threshold"}, "EUR") == "Nobody chose it."


def test_a_long_row_of_names_ends_with_how_many_more_there_are(app):
    assert explaining.named_in_a_row(["A"] * 6) == ", ".join(["“A”"] * 6)
    assert explaining.named_in_a_row(["A"] * 8) == ", ".join(["“A”"] * 6) + " and 2 more"


def test_a_tie_is_told_with_what_decided_it(app):
    told = [
        explaining.tie_in_words({"decisive": decisive}, ["Park", "Well"], "3 votes", by_lot=by_lot)
        for decisive, by_lot in ((False, True), (True, True), (True, False))
    ]
    start = "Equal with 3 votes: “Park”, “Well”."
    assert told == [
        f"{start} This changed nothing.",
        f"{start} The lot decided between them.",
        f"{start} The order on the ballot decided between them.",
    ]
    won = [
        explaining.tie_in_words({"decisive": True}, ["Park", "Well"], "3 votes", by_lot=by_lot, all_won=True)
        for by_lot in (True, False)
    ]
    assert won == [
        f"{start} The lot decided which of them came first, and so what came after.",
        f"{start} The order on the ballot decided which of them came first, and so what came after.",
    ]


def test_a_list_that_names_people_again_is_told_with_how_often(app):
    assert explaining.roll_told(RollRead(people=1, again=0)) == "1 person is on the list now."
    assert explaining.roll_told(RollRead(people=4, again=1)) == (
        "4 people are on the list now. 1 line named somebody again."
    )


ASKING = {"winners": [], "voters": 3, "scores": {"1": 0, "2": 0, "3": 3}, "details": {}}
STORIES: list[tuple[Method, dict[str, Any], str]] = [
    (Method.YES_NO, ASKING, "Nobody said yes or no, so nothing is adopted."),
    (
        Method.YES_NO,
        {**ASKING, "scores": {"1": 1, "2": 3, "3": 1}},
        "1 said yes and 3 said no: 25% of those who decided agreed. "
        "It is not adopted: more would have to say yes than no. 1 person abstained.",
    ),
    (
        Method.CONSENT,
        {**ASKING, "scores": {"1": 4, "2": 1, "3": 2}, "details": {"standing": 2}},
        "5 people consented. It is not adopted: 2 objections stand.",
    ),
    (Method.CONSENT, {**ASKING, "voters": 0, "details": {"standing": 0}}, "Nobody voted."),
    (Method.GRADIENTS, {**ASKING, "voters": 0, "details": {"median": 0, "valid": 0}}, "Nobody voted."),
    (
        Method.GRADIENTS,
        {**ASKING, "details": {"median": 5, "valid": 4, "supporting": 1}},
        "25% support it, with or without reservations. The answer in the middle is “",
    ),
    (
        Method.APPROVAL,
        {**ASKING, "winners": ["1"], "scores": {"1": 3}},
        "“Park” won with 3 (Votes).",
    ),
    (
        Method.MAJORITY_JUDGMENT,
        {**ASKING, "winners": ["1"], "scores": {"1": 4, "2": 4, "3": 1}, "ties": []},
        "“Park” won: at least half of the voters give it the grade “",
    ),
    (
        Method.IRV,
        {**ASKING, "winners": ["1"], "stages": [{"tallies": {"1": "2", "2": 1}}]},
        "“Park” won with 2 of the 3 votes that still counted. More than half had it as their first choice.",
    ),
    (
        Method.SCHULZE,
        {
            **ASKING,
            "winners": ["1"],
            "details": {"condorcet": 0},
            "tables": {"duels": {"1": [0, 3, 1], "2": [1, 0, 3], "3": [2, 1, 0]}},
        },
        "“Park” won. No proposal wins all its duels: some beat each other in a circle.",
    ),
    (
        Method.SCHULZE,
        {
            **ASKING,
            "winners": ["1"],
            "details": {"condorcet": 0},
            "tables": {"duels": {"1": [0, 2, 3], "2": [2, 0, 3], "3": [1, 1, 0]}},
        },
        "“Park” won: held against each of the others, it loses to none of them.",
    ),
]


@pytest.mark.parametrize(("method", "result", "told"), STORIES, ids=[f"{one[0]}" for one in STORIES])
def test_the_outcome_is_told_in_one_paragraph(app, method, result, told):
    assert story_of(ballot_of(method, result=result), TITLES).startswith(told)


@pytest.mark.parametrize(
    ("method", "details"),
    [
        (Method.YES_NO, {}),
        (Method.CONSENT, {"standing": 0}),
        (Method.GRADIENTS, {"median": 1, "valid": 4, "supporting": 3}),
    ],
)
def test_the_paragraph_adopts_nothing_that_does_not_bind(app, method, details):
    """Fails where the story looks at the count alone: the page said adopted and not adopted at once."""
    result = {"winners": ["1"], "voters": 4, "scores": {"1": 3, "2": 1, "3": 0}, "details": details}
    short = "That would be enough, but not everything held that has to hold besides: it is not adopted."
    for values, end in (
        ({}, "It is adopted."),
        ({"checks": [{"met": True}], "after_close": Standing.PENDING}, "It is adopted."),
        ({"checks": [{"met": True}, {"met": False}]}, short),
        ({"after_close": Standing.FAILED}, short),
    ):
        assert story_of(ballot_of(method, result=result, **values), TITLES).endswith(end), values


def test_where_nobody_won_the_paragraph_says_whether_anybody_voted(app):
    counted = {"winners": [], "scores": {}, "details": {}, "stages": []}
    for method in Method:
        if not method.asks_one_question and method is not Method.IMPORTED:
            told = [story_of(ballot_of(method, result={**counted, "voters": n}), TITLES) for n in (0, 2)]
            assert told == ["Nobody voted.", "Nothing reached what it needed."], method


def test_equal_grades_are_told_apart_by_which_was_kept_longer(app):
    result = {"winners": ["2"], "voters": 3, "scores": {"1": 4, "2": 4, "3": 1}, "ties": []}
    told = story_of(ballot_of(Method.MAJORITY_JUDGMENT, result=result), TITLES)
    assert "“Park” have the same middle grade" in told
    assert "“Bench”" not in told


def test_the_very_same_grades_are_not_told_apart(app):
    result = {"winners": ["2"], "voters": 3, "scores": {"1": 4, "2": 4, "3": 4}}
    all_alike = {**result, "ties": [{"options": ["2", "1", "3"]}]}
    told = story_of(ballot_of(Method.MAJORITY_JUDGMENT, result=all_alike), TITLES)
    assert told.endswith("“Park”, “Bench” got the very same grades.")
    one_alike = {**result, "ties": [{"options": ["2", "1"]}]}
    told = story_of(ballot_of(Method.MAJORITY_JUDGMENT, result=one_alike), TITLES)
    assert "“Park” got the very same grades. “Bench” have the same middle grade" in told


def test_the_paragraph_says_where_what_won_is_not_chosen(app):
    result = {"winners": ["1"], "voters": 12, "scores": {"1": 3}, "details": {}}
    short = "But not everything held that must hold for the result to bind: nothing is chosen."
    for values, ends in (
        ({"checks": [{"met": True}]}, False),
        ({"after_close": Standing.PENDING}, False),
        ({"checks": [{"met": True}, {"met": False}]}, True),
        ({"after_close": Standing.FAILED}, True),
    ):
        told = story_of(ballot_of(Method.APPROVAL, result=result, **values), TITLES)
        assert told.endswith(short) is ends, values


def test_a_vote_held_elsewhere_has_no_paragraph_and_neither_has_one_without_a_result(app):
    assert story_of(ballot_of(Method.IMPORTED, result={"winners": ["1"]}), TITLES) == ""
    assert story_of(ballot_of(Method.APPROVAL), TITLES) == ""


def test_stages_are_told_with_what_moved_who_was_elected_and_who_left(app):
    result = {
        "stages": [
            {
                "number": 1,
                "tallies": {"1": 5, "2": "3/2"},
                "elected": ["1"],
                "excluded": [],
                "source": None,
                "exhausted": 0,
            },
            {
                "number": 2,
                "tallies": {"2": 3},
                "elected": [],
                "excluded": ["2"],
                "source": "1",
                "exhausted": "1/2",
            },
        ]
    }
    first, second = stage_lines(result, TITLES)
    assert (first.told, first.votes) == ("Elected: “Park”.", [5.0, 1.5, None])
    assert (second.told, second.exhausted) == ("The votes of “Park” moved on. Leaves the count: “Well”.", 0.5)
    assert fate_of("1", result, TITLES) == "Elected at stage 1 with 5 votes."
    assert fate_of("2", result, TITLES) == "Left the count at stage 2 with 3 votes."
    assert fate_of("3", result, TITLES) == ""


def test_who_is_beaten_is_told_by_whom(app):
    result = {"tables": {"ways": {"1": [0, 5, 5], "2": [3, 0, 4], "3": [3, 4, 0]}}}
    assert fate_of("1", result, TITLES) == "Nothing beats it."
    assert fate_of("2", result, TITLES) == "Beaten by “Park”."


# -- What must hold for a result to bind -------------------------------------------------------------------------------


def test_every_condition_is_told_in_a_sentence_before_the_vote(app):
    asked = Conditions(
        quorum_votes=1,
        quorum_share=Fraction(1, 3),
        quorum_sector=2,
        quorum_territory=1,
        threshold=Fraction(2, 3),
        winner_share=Fraction(1, 2),
        sectors=3,
        organisations=Fraction(3, 4),
        territories=TerritoryKey.EU,
        overrule=Fraction(9, 10),
    )
    assert conditions_in_words(ballot_of(Method.YES_NO, conditions=asked.to_json())) == [
        "At least 1 person votes.",
        "At least 33.3% of those entitled vote.",
        "At least 2 people vote from each of the four sectors.",
        "At least 1 person votes from each town.",
        "At least two thirds of those who say yes or no say yes.",
        "Each winner has the votes of more than half of those who voted.",
        "In at least 3 of the four sectors more say yes than no.",
        "At least three quarters of the organisations agree, each with one vote by its delegates.",
        "At least 55% of the towns agree, in which at least 65% of the people live.",
        "Objections are overruled if at least 90% of those who vote consent.",
    ]
    assert conditions_in_words(ballot_of(Method.YES_NO)) == []


def test_a_threshold_tells_of_what_it_is_a_part_and_whether_it_has_to_be_passed(app):
    told = {
        (Fraction(1, 2), Base.VALID): "More than half of those who say yes or no say yes.",
        (Fraction(1, 2), Base.CAST): "More than half of all who vote, abstentions included say yes.",
        (
            Fraction(1, 2),
            Base.PRESENT,
        ): "More than half of all who are present, whether they vote or not, say yes.",
        (Fraction(3, 5), Base.ELIGIBLE): "At least 60% of all who are entitled to vote say yes.",
    }
    for (share, base), words in told.items():
        asked = Conditions(threshold=share, threshold_base=base)
        assert conditions_in_words(ballot_of(Method.YES_NO, conditions=asked.to_json())) == [words]


def test_a_share_above_one_half_is_enough_when_reached_and_told_so(app):
    told = {
        Conditions(organisations=Fraction(1, 2)): "More than half of the organisations agree",
        Conditions(organisations=Fraction(2, 3)): "At least two thirds of the organisations agree",
        Conditions(winner_share=Fraction(1, 2)): "Each winner has the votes of more than half",
        Conditions(winner_share=Fraction(3, 5)): "Each winner has the votes of at least 60%",
    }
    for asked, words in told.items():
        (sentence,) = conditions_in_words(ballot_of(Method.YES_NO, conditions=asked.to_json()))
        assert sentence.startswith(words)


def test_towns_agree_by_number_or_by_people(app):
    told = {
        TerritoryKey.EACH: "More than half of the towns agree, each with one vote.",
        TerritoryKey.PEOPLE: "Towns in which more than half of the people live agree.",
    }
    for key, words in told.items():
        asked = Conditions(territories=key)
        assert conditions_in_words(ballot_of(Method.YES_NO, conditions=asked.to_json())) == [words]


def checked_ballot(asked: Conditions, *checks: Check, **more: Any) -> Ballot:
    told = [{**one.to_json(), **more} for one in checks]
    return ballot_of(Method.YES_NO, conditions=asked.to_json(), checks=told)


def test_what_is_missing_is_told_with_its_unit(app):
    told = {
        Kind.QUORUM_VOTES: "1 vote is missing.",
        Kind.QUORUM_SHARE: "1 vote is missing.",
        Kind.QUORUM_SECTOR: "1 sector is missing.",
        Kind.SECTORS: "1 sector is missing.",
        Kind.QUORUM_TERRITORY: "1 town is missing.",
        Kind.TERRITORIES: "1 town is missing.",
        Kind.ORGANISATIONS: "1 organisation is missing.",
        Kind.PEOPLE: "Towns with 1 more person are missing.",
    }
    for kind, words in told.items():
        ballot = checked_ballot(Conditions(quorum_votes=3), Check(kind, False, 2, Fraction(3)))
        assert [one.reached for one in checks_in_words(ballot)] == [f"Reached: 2. {words}"], kind


def test_what_was_reached_is_told_of_what_or_that_there_is_nothing_to_count_or_not_known(app):
    asked = Conditions(quorum_share=Fraction(1, 2))
    share = Check(Kind.QUORUM_SHARE, True, 5, Fraction(1, 2), 8)
    nothing = Check(Kind.QUORUM_SHARE, False, 0, Fraction(1, 2), 0)
    (first,), (second,), (third,) = (
        checks_in_words(checked_ballot(asked, share)),
        checks_in_words(checked_ballot(asked, nothing)),
        checks_in_words(checked_ballot(asked, nothing, unknown="entitled_unknown")),
    )
    assert (first.met, first.reached) == (True, "Reached: 5 of 8 (62.5%).")
    assert (second.met, second.reached) == (False, "There is nothing to count here. 1 vote is missing.")
    assert third.reached == "This cannot be checked: a figure it needs is not known."


def test_the_two_halves_of_the_european_majority_stand_on_lines_of_their_own(app):
    towns = Check(Kind.TERRITORIES, True, 2, Fraction(11, 20), 3)
    people = Check(Kind.PEOPLE, False, 10, Fraction(13, 20), 30)
    told = checks_in_words(checked_ballot(Conditions(territories=TerritoryKey.EU), towns, people))
    assert [(one.met, one.asked) for one in told] == [
        (True, "At least 55% of the towns agree, in which at least 65% of the people live."),
        (False, "At least 55% of the towns agree, in which at least 65% of the people live."),
    ]
    assert told[1].reached == "Reached: 10 of 30 (33.3%). Towns with 10 more people are missing."
