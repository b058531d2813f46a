"""Figures that give nobody away: pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.representation.picture import Telling, answers_told, rounded, rows_of, told
from stakeholder_hub.representation.wording import people_missing

LABELS = {"a": "A", "b": "B", "c": "C"}
COUNTS = st.lists(st.integers(0, 40), min_size=2, max_size=5).map(lambda numbers: dict(zip("abcde", numbers)))


def test_large_groups_are_told_and_a_small_one_takes_the_next_along() -> None:
    assert told({"a": 40, "b": 25, "c": 3}) == {"a": 40, "b": None, "c": None}


def test_a_group_of_which_nobody_takes_part_is_told() -> None:
    assert told({"a": 40, "b": 12, "c": 0}) == {"a": 40, "b": 12, "c": 0}
    assert told({"a": 40, "b": 12, "c": 3, "d": 0}) == {"a": 40, "b": None, "c": None, "d": 0}


def test_zeros_are_held_back_where_they_would_give_away_the_only_small_group() -> None:
    assert told({"a": 7, "b": 0, "c": 0}) == {"a": None, "b": None, "c": None}


@given(COUNTS)
def test_what_is_held_back_cannot_be_computed_from_the_total(counts: dict[str, int]) -> None:
    shown = told(counts)
    hidden = [name for name, count in shown.items() if count is None]
    assert all(shown[name] in (None, 0) for name, count in counts.items() if count < 10)
    if hidden:
        assert len(hidden) > 1
        left = sum(counts.values()) - sum(count for count in shown.values() if count is not None)
        assert left >= 10 or left == sum(counts.values())


def test_a_sector_falls_short_only_where_its_share_is_known() -> None:
    counts = {Sector.BUSINESS: 12, Sector.CITIZEN: 88}
    rows = {row.sector: row for row in rows_of(counts, {Sector.BUSINESS: 20, Sector.CITIZEN: 50})}
    assert rows[Sector.BUSINESS].falls_short
    assert rows[Sector.BUSINESS].share == pytest.approx(0.12)
    assert not rows[Sector.CITIZEN].falls_short
    small = {
        row.sector: row for row in rows_of({Sector.BUSINESS: 4, Sector.CITIZEN: 88}, {Sector.BUSINESS: 20})
    }
    assert small[Sector.BUSINESS].count is None
    assert not small[Sector.BUSINESS].falls_short


def test_a_row_that_enters_sums_of_places_tells_no_zero() -> None:
    counts = {Sector.CITIZEN: 40, Sector.ACADEMIA: 12}
    rows = {row.sector: row.count for row in rows_of(counts, {}, Telling.SUMMED)}
    assert rows[Sector.BUSINESS] is None
    assert rows_of(counts, {}, Telling.ALONE)[2].count == 0


def test_names_that_are_open_anyway_are_counted_exactly() -> None:
    rows = rows_of({Sector.BUSINESS: 1}, {}, Telling.NAMES)
    assert [row.count for row in rows] == [0, 0, 1, 0, 0]


@given(st.integers(0, 500), st.integers(0, 500), st.integers(1, 99))
def test_so_many_people_more_and_no_fewer_reach_the_share(count: int, others: int, target: int) -> None:
    missing = people_missing(count, count + others, target)
    assert missing is not None

    def reaches(more: int) -> bool:
        return (count + more) * 100 >= target * (count + others + more)

    assert reaches(missing)
    assert missing == 0 or not reaches(missing - 1)


def test_a_whole_cannot_be_reached_by_adding() -> None:
    assert people_missing(5, 9, 100) is None
    assert people_missing(9, 9, 100) == 0


def test_nothing_is_shown_below_ten_answers() -> None:
    assert answers_told("Age", LABELS, {"a": 9}, 500).answers == ()


def test_answers_are_rounded_and_small_ones_held_back_with_another() -> None:
    shown = answers_told("Age", LABELS, {"a": 43, "b": 27, "c": 4}, 200)
    assert [(one.label, one.count) for one in shown.answers] == [("A", 45), ("B", None), ("C", None)]


@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 400), st.integers(0, 400))
def test_no_answer_of_fewer_than_ten_is_ever_shown(a: int, b: int, c: int, silent: int) -> None:
    counts = {"a": a, "b": b, "c": c}
    shown = answers_told("Age", LABELS, counts, a + b + c + silent)
    for name, one in zip(LABELS, shown.answers, strict=False):
        assert one.count is None or (counts[name] >= 10 and one.count == rounded(counts[name]))
