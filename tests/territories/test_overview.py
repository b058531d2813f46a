"""The drawing of places."""

from hypothesis import given
from hypothesis import strategies as st

from stakeholder_hub.territories.overview import WIDTH, Spot, overview

spots = st.lists(
    st.builds(Spot, st.text(max_size=30), st.just("/"), st.floats(-80, 80), st.floats(-50, 50)), max_size=25
)


def test_north_is_up_and_east_is_right() -> None:
    drawn = overview([Spot("S", "/", 45, 10), Spot("N", "/", 48, 20)])
    assert drawn is not None
    south, north = drawn.dots
    assert south.y > north.y
    assert south.x < north.x


def test_one_place_is_no_picture() -> None:
    assert overview([]) is None
    assert overview([Spot("A", "/", 45, 10)]) is None
    assert overview([Spot("A", "/", 45, 10), Spot("B", "/", 45, 10)]) is None


@given(spots)
def test_every_dot_lies_on_the_drawing_and_no_two_names_overlap(places: list[Spot]) -> None:
    drawn = overview(places)
    if drawn is None:
        return
    assert len(drawn.dots) == len(places)
    assert all(0 <= dot.x <= WIDTH and 0 <= dot.y <= drawn.height for dot in drawn.dots)
