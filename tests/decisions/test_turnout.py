"""Turnout by sector tells nothing about few people, also not by subtraction."""

from itertools import product

import pytest

from stakeholder_hub.decisions.turnout import cells
from stakeholder_hub.kernel.suppression import SMALLEST_GROUP, held_back

SECTORS = ("academia", "administration", "business", "civil_society", "citizen")


def test_groups_of_ten_are_shown_and_smaller_ones_are_not():
    shown = {
        cell.name: cell.voted
        for cell in cells({"citizen": 80, "business": 10, "academia": 9, "administration": 9})
    }
    assert shown == {"citizen": 80, "business": 10, "academia": None, "administration": None}


def test_a_single_small_group_takes_the_next_smallest_with_it():
    assert held_back({"citizen": 80, "business": 20, "academia": 3}) == {"academia", "business"}


def test_two_groups_that_are_tiny_together_take_a_third_with_them():
    """The total less what is shown would otherwise tell that only two people of both sectors voted."""
    assert held_back({"citizen": 80, "business": 20, "academia": 2, "administration": 0}) == {
        "academia",
        "administration",
        "business",
    }


def test_nothing_is_held_back_where_every_group_is_large():
    assert held_back({"citizen": 80, "business": 20}) == frozenset()


@pytest.mark.parametrize("counts", list(product((0, 3, 9, 10, 40), repeat=3)), ids=str)
def test_no_subtraction_tells_a_small_number(counts):
    """Whoever knows the total and every shown cell learns only the sum of at least two cells, ten or more together,
    unless nothing is shown at all.
    """
    voted = dict(zip(SECTORS, counts, strict=False))
    hidden = held_back(voted)
    assert {name for name, count in voted.items() if count < SMALLEST_GROUP} <= hidden
    if hidden and hidden != set(voted):
        assert len(hidden) >= 2
        assert sum(voted[name] for name in hidden) >= SMALLEST_GROUP


def test_shares_are_told_only_where_the_figure_is():
    known = cells(
        {"citizen": 30, "business": 3, "academia": 12}, {"citizen": 60, "business": 4, "academia": None}
    )
    shares = {cell.name: cell.share for cell in known}
    assert shares == {"citizen": 0.5, "business": None, "academia": None}
