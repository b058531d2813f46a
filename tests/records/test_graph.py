"""The drawing of a journey: causes above, few crossings, nothing upon anything else, always the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stakeholder_hub.records.graph import GAP_X, HEIGHT, MOST_IN_LAYER, WIDTH, Drawing, draw

Edges = list[tuple[int, int]]


def rows(drawing: Drawing) -> list[list[object]]:
    """The boxes from above to below, from left to right."""
    tops = sorted({box.y for box in drawing.boxes})
    return [[box.key for box in sorted(drawing.boxes, key=lambda b: b.x) if box.y == top] for top in tops]


def test_a_chain_goes_straight_down() -> None:
    drawing = draw([1, 2, 3], [(1, 2), (2, 3)])
    assert rows(drawing) == [[1], [2], [3]]
    assert len({box.x for box in drawing.boxes}) == 1
    assert drawing.crossings == 0


def test_what_branches_and_merges_stands_between_its_causes_and_what_came_of_it() -> None:
    drawing = draw([1, 2, 3, 4], [(1, 2), (1, 3), (2, 4), (3, 4)])
    assert rows(drawing) == [[1], [2, 3], [4]]
    left = {box.key: box.x for box in drawing.boxes}
    assert left[2] < left[1] == left[4] < left[3]


def test_lines_that_need_not_cross_do_not() -> None:
    """As they were given they would: 1 leads to 5, 2 to 4, 3 to 6."""
    drawing = draw([0, 1, 2, 3, 4, 5, 6], [(0, 1), (0, 2), (0, 3), (1, 5), (2, 4), (3, 6)])
    assert drawing.crossings == 0


def test_a_link_that_passes_a_layer_goes_around_its_boxes() -> None:
    drawing = draw([1, 2, 3], [(1, 2), (2, 3), (1, 3)])
    long = next(line for line in drawing.lines if (line.source, line.target) == (1, 3))
    middle = next(box for box in drawing.boxes if box.key == 2)
    passing = [point for point in long.points if middle.y <= point.y <= middle.y + HEIGHT]
    assert passing
    assert all(not middle.x <= point.x <= middle.x + WIDTH for point in passing)


def test_a_layer_that_is_too_wide_keeps_what_matters_and_one_box_for_the_rest() -> None:
    edges = [(0, i) for i in range(1, 200)] + [(150, 200)]
    drawing = draw(range(201), edges, keep=[77])
    second = rows(drawing)[1]
    assert len(second) == MOST_IN_LAYER
    assert {77, 150} <= set(second)
    (many,) = [box for box in drawing.boxes if box.is_many]
    assert len(many.members) == 199 - (MOST_IN_LAYER - 1)


def test_a_ring_is_drawn_and_ends() -> None:
    drawing = draw([1, 2, 3], [(1, 2), (2, 3), (3, 1)])
    assert len(drawing.lines) == 3
    assert len(rows(drawing)) == 3


def test_nothing_makes_an_empty_drawing() -> None:
    assert draw([], []).boxes == ()


@st.composite
def graphs(draw_one: st.DrawFn) -> tuple[int, Edges]:
    size = draw_one(st.integers(1, 24))
    pairs = st.tuples(st.integers(0, size - 1), st.integers(0, size - 1))
    return size, draw_one(st.lists(pairs, max_size=50))


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_every_drawing_is_sound(graph: tuple[int, Edges]) -> None:
    """No two boxes touch, all lie inside, everything is there once, and the same comes out again."""
    size, edges = graph
    drawing = draw(range(size), edges)
    assert sorted(key for box in drawing.boxes for key in box.members) == list(range(size))
    for box in drawing.boxes:
        assert 0 <= box.x <= drawing.width - WIDTH
        assert 0 <= box.y <= drawing.height - HEIGHT
        for other in drawing.boxes:
            assert box is other or box.y != other.y or abs(box.x - other.x) >= WIDTH
    assert all("." not in line.path for line in drawing.lines)
    assert draw(range(size), edges) == drawing


@settings(max_examples=100, deadline=None)
@given(graphs())
def test_what_came_of_something_never_stands_above_it(graph: tuple[int, Edges]) -> None:
    size, edges = graph
    forward = [(min(pair), max(pair)) for pair in edges if pair[0] != pair[1]]
    drawing = draw(
        range(size),
        forward,
    )
    top = {key: box.y for box in drawing.boxes for key in box.members}
    assert all(top[a] < top[b] for a, b in forward)


@pytest.mark.parametrize("size", [200])
def test_a_large_drawing_is_quick_and_no_wider_than_its_layers(size: int) -> None:
    edges = [(i // 2, i) for i in range(1, size)]
    drawing = draw(range(size), edges)
    assert drawing.width < (MOST_IN_LAYER + 2) * (WIDTH + GAP_X)
