"""Quorums, thresholds and majorities of more than one kind, worked by hand."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stakeholder_hub.decisions.methods.ballots import InvalidCount
from stakeholder_hub.decisions.methods.conditions import (
    AfterCheck,
    AfterFigures,
    AfterKind,
    Base,
    Cell,
    Conditions,
    Figures,
    Kind,
    TerritoryKey,
    check,
    check_after,
    one_by_one,
    standing_after,
)
from stakeholder_hub.ratifications.rules import Rule, Standing, Tally

HALF, TWO_THIRDS = Fraction(1, 2), Fraction(2, 3)


def only(conditions, figures):
    (found,) = check(conditions, figures)
    return found


@pytest.mark.parametrize(
    ("conditions", "cell", "met", "missing"),
    [
        (Conditions(quorum_votes=10), Cell(cast=10), True, 0),
        (Conditions(quorum_votes=10), Cell(cast=7), False, 3),
        (Conditions(quorum_share=HALF), Cell(cast=5, eligible=10), True, 0),
        (Conditions(quorum_share=HALF), Cell(cast=5, eligible=11), False, 1),
        (Conditions(quorum_share=HALF), Cell(cast=0, eligible=0), False, 1),
        (Conditions(threshold=HALF), Cell(cast=9, yes=5, no=4), True, 0),
        (Conditions(threshold=HALF), Cell(cast=8, yes=4, no=4), False, 1),
        (Conditions(threshold=TWO_THIRDS), Cell(cast=9, yes=6, no=3), True, 0),
        (Conditions(threshold=TWO_THIRDS), Cell(cast=9, yes=5, no=4), False, 1),
        (Conditions(threshold=HALF, threshold_base=Base.CAST), Cell(cast=10, yes=5, no=1), False, 1),
        (Conditions(threshold=HALF, threshold_base=Base.ELIGIBLE), Cell(yes=6, no=1, eligible=11), True, 0),
        (Conditions(threshold=HALF, threshold_base=Base.PRESENT), Cell(9, 6, 1, present=11), True, 0),
        (Conditions(threshold=HALF, threshold_base=Base.PRESENT), Cell(9, 6, 1, 6, present=12), False, 1),
    ],
)
def test_each_condition_has_its_own_hundred_per_cent(conditions, cell, met, missing):
    found = only(conditions, Figures(all=cell))
    assert (found.met, found.missing) == (met, missing)


def test_a_figure_that_is_not_known_is_told_instead_of_guessed():
    with pytest.raises(InvalidCount, match="entitled_unknown"):
        check(Conditions(quorum_share=HALF), Figures(all=Cell(cast=5)))
    cells = {"a": Cell(1, 1, 0, people=5), "b": Cell(1, 0, 1)}
    with pytest.raises(InvalidCount, match="population_unknown"):
        check(Conditions(territories=TerritoryKey.EU), Figures(all=Cell(), territories=cells))


def test_conditions_one_by_one_are_all_that_is_checked_in_the_same_order():
    everything = Conditions(
        quorum_votes=1,
        quorum_share=HALF,
        quorum_sector=1,
        quorum_territory=1,
        threshold=HALF,
        threshold_base=Base.CAST,
        winner_share=HALF,
        sectors=1,
        organisations=HALF,
        territories=TerritoryKey.EACH,
        overrule=HALF,
        veto_bodies=("senate",),
        ratify_bodies=("council",),
    )
    figures = Figures(all=Cell(cast=5, yes=3, no=1, eligible=9))
    alone = one_by_one(everything)
    assert [kind for kind, _ in alone] == list(Kind)[:-1]
    assert tuple(found for _, one in alone for found in check(one, figures)) == check(everything, figures)
    assert one_by_one(Conditions()) == []


def test_every_sector_and_every_town_needs_its_quorum():
    cells = {"academia": Cell(cast=3), "business": Cell(cast=1)}
    sectors = only(Conditions(quorum_sector=2), Figures(all=Cell(), sectors=cells))
    assert (sectors.met, sectors.reached, sectors.base, sectors.missing) == (False, 1, 2, 1)
    assert only(Conditions(quorum_territory=1), Figures(all=Cell(), territories=cells)).met
    assert not only(Conditions(quorum_territory=1), Figures(all=Cell())).met


def test_sectors_agree_within_themselves_whatever_their_size():
    cells = {
        "academia": Cell(100, 51, 49),
        "administration": Cell(3, 2, 1),
        "business": Cell(2, 1, 1),
        "civil_society": Cell(50, 0, 50),
    }
    figures = Figures(all=Cell(), sectors=cells)
    assert only(Conditions(sectors=2), figures).met
    three = only(Conditions(sectors=3), figures)
    assert (three.met, three.missing) == (False, 1)


def test_an_organisation_has_one_vote_and_none_where_its_delegates_are_split():
    cells = {"a": Cell(3, 2, 1), "b": Cell(1, 0, 1), "c": Cell(2, 1, 1), "d": Cell(1, 1, 0)}
    found = only(Conditions(organisations=HALF), Figures(all=Cell(), organisations=cells))
    assert (found.met, found.reached, found.base) == (True, 2, 3)
    assert not only(Conditions(organisations=HALF), Figures(all=Cell())).met


def test_the_european_majority_needs_towns_and_people():
    """Eleven small towns of twenty agree (55 %), with too few people; then the largest joins them."""
    cells = {str(n): Cell(1, 1, 0, people=10) for n in range(11)}
    cells |= {str(n): Cell(1, 0, 1, people=10) for n in range(11, 19)} | {"19": Cell(1, 0, 1, people=1000)}
    towns, people = check(Conditions(territories=TerritoryKey.EU), Figures(all=Cell(), territories=cells))
    assert (towns.met, people.met) == (True, False)
    assert (people.kind, people.reached, people.base) == (Kind.PEOPLE, 110, 1190)
    assert people.missing == 664  # 65 % of 1190 are 773.5
    cells["19"] = Cell(1, 1, 0, people=1000)
    assert all(
        c.met for c in check(Conditions(territories=TerritoryKey.EU), Figures(all=Cell(), territories=cells))
    )


def test_one_town_one_vote_and_towns_by_their_people_can_disagree():
    cells = {"a": Cell(1, 1, 0, people=1), "b": Cell(1, 1, 0, people=1), "c": Cell(1, 0, 1, people=9)}
    figures = Figures(all=Cell(), territories=cells)
    assert only(Conditions(territories=TerritoryKey.EACH), figures).met
    assert not only(Conditions(territories=TerritoryKey.PEOPLE), figures).met


def test_each_winner_needs_its_share_of_the_voters():
    figures = Figures(all=Cell(cast=10), winners=(6, 5))
    assert not only(Conditions(winner_share=HALF), figures).met
    assert only(Conditions(winner_share=Fraction(2, 5)), figures).met
    assert not only(Conditions(winner_share=HALF), Figures(all=Cell(cast=10))).met


def test_conditions_come_back_from_plain_data_as_they_were():
    asked = Conditions(
        quorum_votes=3,
        quorum_share=HALF,
        threshold=TWO_THIRDS,
        threshold_base=Base.ELIGIBLE,
        sectors=3,
        organisations=HALF,
        territories=TerritoryKey.EU,
    )
    assert Conditions.from_json(asked.to_json()) == asked
    assert Conditions().to_json() == {}
    assert Conditions.from_json(None) == Conditions()
    told = only(Conditions(quorum_votes=2), Figures(all=Cell(cast=1))).to_json()
    assert told["needed"] == 2
    assert told["missing"] == 1


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.fractions(Fraction(1, 2), 1))
@settings(derandomize=True, deadline=None, max_examples=200)
def test_what_is_missing_is_exactly_what_would_have_been_enough(yes, no, abstained, share):
    cell = Cell(yes + no + abstained, yes, no)
    found = only(Conditions(threshold=share, threshold_base=Base.CAST), Figures(all=cell))
    if not found.met and cell.cast:
        enough = Cell(cell.cast, yes + found.missing, no)
        assert only(Conditions(threshold=share, threshold_base=Base.CAST), Figures(all=enough)).met
        short = Cell(cell.cast, yes + found.missing - 1, no)
        assert not only(Conditions(threshold=share, threshold_base=Base.CAST), Figures(all=short)).met


def test_a_condition_of_every_kind_comes_back_from_json_as_it_was():
    asked = Conditions(
        quorum_votes=1,
        quorum_share=Fraction(1, 3),
        quorum_sector=2,
        quorum_territory=3,
        threshold=TWO_THIRDS,
        threshold_base=Base.CAST,
        winner_share=Fraction(1, 4),
        sectors=4,
        organisations=Fraction(3, 5),
        territories=TerritoryKey.PEOPLE,
        overrule=Fraction(9, 10),
    )
    told = asked.to_json()
    assert told["overrule"] == "9/10"
    read = Conditions.from_json(json.loads(json.dumps(told)))
    assert read == asked
    assert read.threshold_base is Base.CAST
    assert read.territories is TerritoryKey.PEOPLE
    assert isinstance(read.winner_share, Fraction)
    assert isinstance(read.overrule, Fraction)


EVERYTHING = Conditions(
    quorum_votes=12,
    quorum_share=HALF,
    quorum_sector=2,
    quorum_territory=1,
    threshold=TWO_THIRDS,
    winner_share=HALF,
    sectors=2,
    organisations=HALF,
)
PARTS = {"a": Cell(3, 2, 1, people=10), "b": Cell(1, 1, 0, people=0), "c": Cell(2, 1, 1, people=20)}


def told(kind, met, reached, needed, base, strictly, missing):
    return {
        "kind": kind,
        "met": met,
        "reached": reached,
        "needed": needed,
        "base": base,
        "strictly": strictly,
        "missing": missing,
    }


def test_every_check_tells_all_its_figures():
    figures = Figures(
        all=Cell(cast=10, yes=5, no=4, eligible=21),
        sectors=PARTS,
        organisations=PARTS,
        territories=PARTS,
        winners=(7, 5),
    )
    assert [one.to_json() for one in check(EVERYTHING, figures)] == [
        told("quorum_votes", False, 10, 12, None, False, 2),
        told("quorum_share", False, 10, "1/2", 21, False, 1),
        told("quorum_sector", False, 2, 1, 3, False, 1),
        told("quorum_territory", True, 3, 1, 3, False, 0),
        told("threshold", False, 5, "2/3", 9, False, 1),
        told("winner_share", False, 5, "1/2", 10, True, 1),
        told("sectors", True, 2, 2, None, False, 0),
        told("organisations", True, 2, "1/2", 2, True, 0),
    ]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (TerritoryKey.EACH, [told("territories", True, 2, "1/2", 2, True, 0)]),  # the split town is left out
        (TerritoryKey.PEOPLE, [told("people", False, 10, "1/2", 30, True, 6)]),  # its people are not
        (
            TerritoryKey.EU,
            [
                told("territories", True, 2, "11/20", 3, False, 0),
                told("people", False, 10, "13/20", 30, False, 10),
            ],
        ),
    ],
)
def test_a_split_town_counts_only_where_its_people_do(key, expected):
    found = check(Conditions(territories=key), Figures(all=Cell(), territories=PARTS))
    assert [one.to_json() for one in found] == expected


def test_an_empty_town_that_agrees_adds_nobody():
    cells = {"a": Cell(1, 1, 0, people=0), "b": Cell(1, 0, 1, people=0)}
    found = only(Conditions(territories=TerritoryKey.PEOPLE), Figures(all=Cell(), territories=cells))
    assert (found.met, found.reached, found.base) == (False, 0, 0)


def test_without_winners_no_share_is_reached():
    assert not only(Conditions(winner_share=HALF), Figures(all=Cell(cast=1))).met


# -- What bodies say after the close -----------------------------------------------------------------------------------

VETO = Conditions(veto_bodies=("council",), veto_days=14)
RATIFY = Conditions(ratify_bodies=("council", "state"), ratify_rule=Rule.SOME, ratify_needed=2)


def after(conditions, **figures):
    return [(one.kind, one.standing, one.missing) for one in check_after(conditions, AfterFigures(**figures))]


@pytest.mark.parametrize(
    ("figures", "standing", "missing"),
    [
        ({}, Standing.PENDING, 0),
        ({"veto_time_is_over": True}, Standing.HELD, 0),
        ({"vetoes": 2}, Standing.FAILED, 2),
        ({"vetoes": 1, "veto_time_is_over": True}, Standing.FAILED, 1),
        ({"vetoes": 1, "overridden": True}, Standing.HELD, 0),
    ],
)
def test_a_veto_stands_in_the_way_until_it_is_overridden(figures, standing, missing):
    assert after(VETO, **figures) == [(AfterKind.VETO, standing, missing)]


def test_ratification_is_as_far_as_the_bodies_are():
    assert after(RATIFY) == [(AfterKind.RATIFICATION, Standing.PENDING, 0)]
    tally = Tally(Standing.FAILED, ratified=0, needed=2, bodies=2, waiting=1)
    assert after(RATIFY, ratification=tally) == [(AfterKind.RATIFICATION, Standing.FAILED, 2)]


def test_nothing_comes_after_where_nothing_was_asked():
    assert after(Conditions()) == []
    assert not Conditions().come_after
    assert VETO.come_after
    assert RATIFY.come_after


def test_one_that_failed_is_enough_and_all_have_to_hold():
    def together(*standings):
        return standing_after([AfterCheck(AfterKind.VETO, one, 0) for one in standings])

    assert together() is Standing.HELD
    assert together(Standing.HELD, Standing.HELD) is Standing.HELD
    assert together(Standing.HELD, Standing.PENDING) is Standing.PENDING
    assert together(Standing.PENDING, Standing.FAILED) is Standing.FAILED


def test_what_bodies_may_say_comes_back_from_json_as_it_was():
    asked = replace(
        RATIFY, veto_bodies=("a", "b"), veto_days=3, veto_override=TWO_THIRDS, ratify_until="2031-05-01"
    )
    told = asked.to_json()
    assert told == {
        "veto_bodies": ["a", "b"],
        "veto_days": 3,
        "veto_override": "2/3",
        "ratify_bodies": ["council", "state"],
        "ratify_rule": "some",
        "ratify_needed": 2,
        "ratify_until": "2031-05-01",
    }
    read = Conditions.from_json(json.loads(json.dumps(told)))
    assert read == asked
    assert read.ratify_rule is Rule.SOME
    assert isinstance(read.veto_override, Fraction)
