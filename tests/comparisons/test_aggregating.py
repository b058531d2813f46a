"""Three ways to add up what places decided: worked by hand."""

from fractions import Fraction

from stakeholder_hub.comparisons.aggregating import Place, compare

AGREED, NOT = 0, 1


def question(key: str, part: str, population: int | None, yes: int, no: int) -> Place:
    return Place(key, part, population, yes + no, (yes, no), (AGREED if yes > no else NOT,))


def test_people_places_and_inhabitants_can_disagree() -> None:
    """By people 340 of 600 say yes; two of three towns say no; the towns that say no have 60 of 100 thousand people."""
    found = compare(
        [
            question("Big", "SI", 40_000, 300, 100),
            question("Left", "SI", 30_000, 20, 80),
            question("Right", "HU", 30_000, 20, 80),
        ],
        2,
        tied=NOT,
    ).overall
    assert found.by_people is not None
    assert found.by_population is not None
    assert (found.by_people.figures, found.by_people.leaders) == ((340, 260), (AGREED,))
    assert (found.by_places.figures, found.by_places.leaders) == ((1, 2), (NOT,))
    assert (found.by_population.figures, found.by_population.leaders) == ((40_000, 60_000), (NOT,))
    assert found.by_population.share(NOT) == Fraction(3, 5)
    assert not found.agree


def test_where_all_ways_come_to_the_same_that_is_said() -> None:
    found = compare([question("A", "SI", 10, 60, 20), question("B", "SI", 10, 50, 30)], 2, tied=NOT)
    assert found.overall.agree
    assert found.overall.by_places.figures == (2, 0)
    assert found.dissenters(AGREED) == []


def test_who_decided_otherwise_is_named() -> None:
    found = compare([question("A", "SI", 10, 60, 20), question("B", "SI", 10, 20, 30)], 2, tied=NOT)
    assert found.places_for(AGREED) == ["A"]
    assert found.dissenters(AGREED) == ["B"]


def test_equal_numbers_do_not_agree_to_a_question() -> None:
    found = compare([question("A", "SI", 5, 60, 20), question("B", "SI", 5, 20, 60)], 2, tied=NOT).overall
    assert found.by_people is not None
    assert found.by_population is not None
    assert found.by_people.leaders == found.by_places.leaders == found.by_population.leaders == (NOT,)


def test_a_tie_of_options_is_told_and_not_broken() -> None:
    places = [
        Place("A", "SI", 100, 60, (40, 20, 0), (0,)),
        Place("B", "SI", 300, 60, (20, 40, 0), (1,)),
    ]
    found = compare(places, 3).overall
    assert found.by_places.leaders == (0, 1)
    assert found.by_population is not None
    assert found.by_population.leaders == (1,)
    assert not found.agree


def test_a_place_in_which_fewer_than_ten_voted_is_in_no_count_of_places() -> None:
    places = [question("A", "SI", 10, 60, 20), question("Tiny", "SI", 10, 2, 5)]
    found = compare(places, 2, tied=NOT)
    assert found.decided == {"A": (AGREED,), "Tiny": None}
    assert (found.overall.by_places.whole, found.overall.too_small) == (1, 1)
    assert found.overall.votes == 80
    assert found.dissenters(AGREED) == []


def test_inhabitants_that_are_not_known_have_no_weight_and_are_told_of() -> None:
    places = [question("A", "SI", None, 60, 20), question("B", "SI", 500, 20, 60)]
    found = compare(places, 2, tied=NOT).overall
    assert found.by_population is not None
    assert (found.by_population.figures, found.by_population.whole, found.unknown) == ((0, 500), 500, 1)
    assert compare(places[:1], 2, tied=NOT).overall.by_population is None


def test_methods_whose_figures_cannot_be_added_are_compared_by_decisions_alone() -> None:
    places = [Place("A", "SI", 100, 40, (), (2,)), Place("B", "HU", 50, 40, (), (2,))]
    found = compare(places, 3).overall
    assert found.by_people is None
    assert found.by_places.figures == (0, 0, 2)
    assert found.votes == 80


def test_of_several_winners_each_place_counts_for_each() -> None:
    places = [Place("A", "SI", 1, 30, (20, 25, 12), (1, 0)), Place("B", "SI", 1, 30, (11, 25, 20), (1, 2))]
    found = compare(places, 3, one_each=False).overall
    assert (found.by_places.figures, found.by_places.whole) == ((1, 2, 1), 2)
    assert found.by_people is not None
    assert found.by_people.figures == (31, 50, 32)


def test_who_leads_is_said_although_some_figures_are_held_back_if_they_cannot_change_it() -> None:
    """Of 288 votes 200 are for the first: what the second and third share cannot reach that."""
    places = [Place("A", "SI", 1, 288, (200, 85, 3), (0,))]
    found = compare(places, 3)
    assert found.rows["A"].cells == {"0": 200, "1": None, "2": None}
    assert found.overall.by_people is not None
    assert (found.overall.by_people.figures, found.overall.by_people.leaders) == ((200, None, None), (0,))
    assert found.overall.not_in_sums == 1


def test_who_leads_is_not_said_where_what_is_held_back_could_change_it() -> None:
    found = compare([Place("A", "SI", 1, 150, (60, 87, 3), (1,))], 3).overall
    assert found.by_people is not None
    assert (found.by_people.figures, found.by_people.leaders) == ((None, 87, None), (1,))
    close = compare([Place("A", "SI", 1, 95, (3, 45, 47), (2,))], 3).overall
    assert close.by_people is not None
    assert (close.by_people.figures, close.by_people.leaders) == ((None, None, 47), ())


def test_sums_are_even_where_one_place_is_missing_in_one_of_them() -> None:
    """The odd place shows one figure of three: it is taken off again, so that the three are of the same places."""
    places = [
        Place("A", "SI", 1, 150, (50, 50, 50), (0, 1, 2)),
        Place("B", "SI", 1, 160, (50, 60, 50), (1,)),
        Place("Odd", "SI", 1, 105, (2, 43, 60), (2,)),
    ]
    found = compare(places, 3).overall
    assert found.by_people is not None
    assert (found.by_people.figures, found.by_people.whole) == ((100, 110, 100), 310)
    assert found.by_people.leaders == (2,), "with 60 of the odd place, which are told, the third leads by far"
    assert found.not_in_sums == 1


def test_nothing_comes_of_nothing() -> None:
    found = compare([], 2, tied=NOT).overall
    assert (found.by_people, found.by_population, found.by_places.whole) == (None, None, 0)
    assert found.by_places.leaders == ()


def test_countries_are_added_up_like_the_whole() -> None:
    places = [
        question("A", "SI", 10, 60, 20),
        question("B", "HU", 10, 20, 60),
        question("C", "HU", 10, 70, 20),
    ]
    found = compare(places, 2, tied=NOT)
    assert list(found.parts) == ["HU", "SI"]
    assert found.parts["HU"].by_people is not None
    assert found.parts["HU"].by_people.figures == (90, 80)
    assert found.parts["HU"].by_places.figures == (1, 1)
    assert found.parts["HU"].by_places.leaders == (NOT,)
