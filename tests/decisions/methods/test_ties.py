"""Ties: the order that breaks them, the lot that anybody can draw again, and whether they decided anything."""

from fractions import Fraction
from hashlib import sha256
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stakeholder_hub.decisions.methods.ballots import BallotKind, InvalidCount, Profile
from stakeholder_hub.decisions.methods.committees import (
    count_budget_phragmen,
    count_phragmen,
    count_proportional_approval,
)
from stakeholder_hub.decisions.methods.equal_shares import count_equal_shares
from stakeholder_hub.decisions.methods.result import Result
from stakeholder_hub.decisions.methods.ties import by_lot, may_have_decided, ranks

ABC = ("a", "b", "c")


def test_without_an_order_options_rank_as_they_are_given():
    assert ranks(ABC, None) == {"a": 0, "b": 1, "c": 2}
    assert ranks(ABC, ("c", "a", "b")) == {"c": 0, "a": 1, "b": 2}


@pytest.mark.parametrize(
    "order", [("a", "b"), ("a", "b", "c", "a"), ("a", "b", "x"), ("a", "b", "c", "x"), ("a", "b", "b")]
)
def test_an_order_names_every_option_once(order):
    with pytest.raises(InvalidCount) as refusal:
        ranks(ABC, order)
    assert refusal.value.code == "order_incomplete"
    assert refusal.value.data == {"options": 3, "order": len(order)}


def test_the_lot_is_the_hash_of_seed_line_feed_and_name_and_the_smallest_goes_first():
    names = ("1", "2", "10", "ž")
    digests = {name: sha256(b"5eed\n" + name.encode("utf-8")).hexdigest() for name in names}
    assert by_lot(names, "5eed") == tuple(sorted(names, key=digests.__getitem__))
    assert by_lot(tuple(reversed(names)), "5eed") == by_lot(names, "5eed")


def test_a_lot_drawn_once_stands_for_ever():
    assert by_lot(("1", "2", "3", "4"), "a seed") == ("1", "4", "2", "3")
    assert by_lot((), "5eed") == ()


def test_a_name_that_stands_there_twice_is_drawn_twice():
    assert by_lot(("a", "a"), "5eed") == ("a", "a")


def at(**figures: int) -> list[tuple[str, Fraction]]:
    return [(name, Fraction(figure)) for name, figure in figures.items()]


@pytest.mark.parametrize(
    ("tied", "chosen", "turn", "decided"),
    [
        ("ab", at(a=3, b=3), 0, False),
        ("ab", at(a=3, b=3, c=3), 0, False),
        ("bc", at(a=4, b=3, c=3), 1, False),
        ("ab", at(a=3, b=2), 0, True),  # a took something from b
        ("ab", at(a=3, c=3, b=3), 0, True),  # something else came between
        ("ab", at(a=3), 0, True),  # b was not chosen
        ("abc", at(a=3, b=3), 0, True),
        ("ab", [], 0, True),
        ("ab", at(c=5, a=3, b=3), 0, True),
    ],
)
def test_equals_that_come_one_after_the_other_at_one_figure_decided_nothing(tied, chosen, turn, decided):
    assert may_have_decided(tied, chosen, turn) is decided


COSTS = {"a": 3, "b": 2, "c": 4, "d": 2}
LISTS = st.lists(st.lists(st.sampled_from("abcd"), unique=True), max_size=7)
COUNTS: dict[str, Any] = {
    "spav": lambda p, **o: count_proportional_approval(p, seats=2, **o),
    "phragmen": lambda p, **o: count_phragmen(p, seats=2, **o),
    "phragmen of three": lambda p, **o: count_phragmen(p, seats=3, **o),
    "budget by phragmen": lambda p, **o: count_budget_phragmen(p, COSTS, 6, **o),
    "equal shares": lambda p, **o: count_equal_shares(p, COSTS, 7, **o),
    "raised": lambda p, **o: count_equal_shares(p, COSTS, 6, add1=True, **o),
    "completed": lambda p, **o: count_equal_shares(p, COSTS, 7, add1=True, complete=True, **o),
}


def in_every_order(profile: Profile, count: Any) -> list[Result]:
    return [count(profile, order=order) for order in permutations("abcd")]


@pytest.mark.parametrize("name", COUNTS)
def test_where_no_tie_is_decisive_no_other_order_gives_other_winners(name):
    @settings(derandomize=True, deadline=None, max_examples=150, database=None)
    @given(LISTS)
    def holds(lists: list[list[str]]) -> None:
        results = in_every_order(Profile.of(BallotKind.APPROVAL, tuple("abcd"), lists), COUNTS[name])
        if len({frozenset(result.winners) for result in results}) > 1:
            assert all(result.decisive_ties for result in results)

    holds()


@pytest.mark.parametrize(
    ("name", "lists"),
    [
        ("spav", "abc ad bc cd b"),
        ("phragmen", "a bcd abc cd d"),
        ("phragmen of three", "b ac bcd"),
        ("budget by phragmen", "ab abc a cd"),
        ("equal shares", "abcd c d"),
        ("raised", "acd bd ab ac d"),
        ("completed", "abc abc a c"),
    ],
)
def test_a_tie_among_options_that_all_win_can_decide_what_comes_after(name, lists):
    profile = Profile.of(BallotKind.APPROVAL, tuple("abcd"), [tuple(one) for one in lists.split()])
    results = in_every_order(profile, COUNTS[name])
    assert len({frozenset(result.winners) for result in results}) > 1
    assert all(result.decisive_ties for result in results)
    assert any(all(set(tie.options) <= set(result.winners) for tie in result.ties) for result in results)


def test_a_tie_with_shares_that_did_not_stand_can_decide_how_far_they_are_raised():
    """With b first the shares of the voters reach for c alone; with a first they go further."""
    costs = {"a": 150, "b": 200, "c": 150}
    profile = Profile.of(BallotKind.APPROVAL, ABC, [(), ("a", "b", "c"), ("c",)])
    first, second = (
        count_equal_shares(profile, costs, 300, add1=True, unit=100, order=order)
        for order in (("b", "a", "c"), ("a", "b", "c"))
    )
    assert (set(first.winners), set(second.winners)) == ({"c"}, {"a", "c"})
    assert [tie.options for tie in first.decisive_ties] == [("b", "a")]
    assert [tie.options for tie in second.decisive_ties] == [("a", "b")]


def test_a_tie_that_came_up_with_many_shares_is_told_once():
    costs = {"a": 700, "b": 700, "c": 1300}
    profile = Profile.of(BallotKind.APPROVAL, ABC, [("a", "b"), ("c",)])
    result = count_equal_shares(profile, costs, 1400, add1=True)
    told = [tie.options for tie in result.ties]
    assert len(told) == len(set(told))
