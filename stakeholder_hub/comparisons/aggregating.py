"""Adding up what many places decided, three ways. Pure and exact: counts in, fractions out.

*One person, one vote*: the votes of all places are added up. *One place, one vote*: every place counts once for what it
decided. *Weighted by inhabitants*: every place counts for what it decided with its inhabitants, as states do in the
Council of the European Union. The last two rest on decisions alone, which are told anyway: shares of the vote weighted
by inhabitants would be one more equation about figures that are held back.

Outcomes are numbered. Of a question there are two, agreed and not agreed; of a choice one for each option.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from stakeholder_hub.kernel.suppression import Protected, Row, Shown, Sum, protect


@dataclass(frozen=True)
class Place:
    """What a place decided. ``figures`` are votes or points by outcome, empty where they cannot be added up; ``chosen``
    the outcomes it decided for, several where several can win; ``people`` how many voted.
    """

    key: Hashable
    part: str
    population: int | None
    people: int
    figures: tuple[int, ...]
    chosen: tuple[int, ...]


@dataclass(frozen=True)
class Standing:
    """One way to add up: how much each outcome has of ``whole``, and which lead. ``None`` is held back."""

    figures: tuple[int | None, ...]
    whole: int
    leaders: tuple[int, ...]

    def share(self, outcome: int) -> Fraction | None:
        """The share of an outcome in the whole."""
        figure = self.figures[outcome]
        return Fraction(figure, self.whole) if figure is not None and self.whole else None


@dataclass(frozen=True)
class Level:
    """A country, or all. ``places`` are those whose decision can be told, ``too_small`` how many others there are.

    ``not_in_sums``: places whose figures are in part held back and not in the sums by people. ``unknown``: places whose
    inhabitants are not known; they have no weight.
    """

    places: tuple[Hashable, ...]
    too_small: int
    not_in_sums: int
    unknown: int
    votes: int | None
    by_people: Standing | None
    by_places: Standing
    by_population: Standing | None

    @property
    def ways(self) -> tuple[Standing, ...]:
        """The ways of adding up that name a leader."""
        known = (self.by_people, self.by_places, self.by_population)
        return tuple(way for way in known if way is not None and way.leaders)

    @property
    def agree(self) -> bool:
        """Whether every way of adding up comes to the same."""
        return len({way.leaders for way in self.ways}) < 2


@dataclass(frozen=True)
class Comparison:
    """Everything about one item. ``decided`` is what each place decided, ``None`` where too few voted to tell."""

    rows: Mapping[Hashable, Shown]
    decided: Mapping[Hashable, tuple[int, ...] | None]
    parts: Mapping[str, Level]
    overall: Level

    def places_for(self, outcome: int) -> list[Hashable]:
        """Who decided for an outcome."""
        return [key for key, decided in self.decided.items() if decided is not None and outcome in decided]

    def dissenters(self, outcome: int) -> list[Hashable]:
        """Who decided otherwise: places, never people."""
        return [
            key for key, decided in self.decided.items() if decided is not None and outcome not in decided
        ]


def compare(
    places: Iterable[Place], outcomes: int, *, one_each: bool = True, tied: int | None = None
) -> Comparison:
    """Compare ``places``, which stand in the order in which their votes were closed.

    ``one_each``: every vote counts for one outcome, so that figures sum up to the people; else one vote may give to
    several. ``tied``: the outcome that equal numbers mean, where the rule says so (a question is then not agreed to).
    """
    listed = list(places)
    summed = any(place.figures for place in listed)
    columns = [str(number) for number in range(outcomes)] if summed else []
    table = protect([_row(place, columns, one_each=one_each) for place in listed], columns)
    decided = {p.key: None if table.rows[p.key].total is None else p.chosen for p in listed}

    def level(members: Sequence[Place], sums: Sum) -> Level:
        told = [place for place in members if decided[place.key] is not None]
        weighed = [place for place in told if place.population]
        return Level(
            places=tuple(place.key for place in told),
            too_small=len(members) - len(told),
            not_in_sums=sums.places_left_out,
            unknown=len(told) - len(weighed),
            votes=sums.total,
            by_people=_by_people(members, table, sums, columns, one_each=one_each, tied=tied)
            if summed
            else None,
            by_places=_weighed([(place.chosen, 1) for place in told], outcomes, tied),
            by_population=_weighed([(p.chosen, p.population or 0) for p in weighed], outcomes, tied)
            if weighed
            else None,
        )

    parts = {
        part: level([place for place in listed if place.part == part], sums)
        for part, sums in sorted(table.parts.items())
    }
    return Comparison(table.rows, decided, parts, level(listed, table.overall))


def _row(place: Place, columns: Sequence[str], *, one_each: bool) -> Row:
    counts = dict(zip(columns, place.figures, strict=True)) if columns else {}
    return Row(place.key, place.part, counts, None if one_each and columns else place.people)


def _weighed(decisions: Sequence[tuple[Sequence[int], int]], outcomes: int, tied: int | None) -> Standing:
    figures = [0] * outcomes
    for chosen, weight in decisions:
        for outcome in chosen:
            figures[outcome] += weight
    return Standing(tuple(figures), sum(weight for _chosen, weight in decisions), _leaders(figures, tied))


def _leaders(figures: Sequence[int], tied: int | None) -> tuple[int, ...]:
    most = max(figures, default=0)
    leading = tuple(number for number, figure in enumerate(figures) if figure == most and most > 0)
    return (tied,) if tied is not None and len(leading) > 1 else leading


def _by_people(
    members: Sequence[Place],
    table: Protected,
    sums: Sum,
    columns: Sequence[str],
    *,
    one_each: bool,
    tied: int | None,
) -> Standing | None:
    """The sums by people. Who leads is said only where it follows from what is told: because what is held back could
    not change it, else from the places that are in every one of the sums.
    """
    told = [sums.cells[column] or 0 for column in columns]
    whole = (sums.total or 0) if one_each else sum(told)
    if sums.complete:
        return Standing(tuple(told), whole, _leaders(told, tied)) if any(told) else None
    even = _even(members, table, sums, columns)
    leaders = _beyond_reach(told, whole) if one_each else ()
    if even is not None:
        return Standing(tuple(even), sum(even), leaders or _leaders(even, tied))
    figures = [None if sums.left_out[column] else sums.cells[column] for column in columns]
    return Standing(tuple(figures), whole, leaders) if whole else None


def _beyond_reach(told: Sequence[int], whole: int) -> tuple[int, ...]:
    """The outcome that leads whoever has what is not told."""
    first = max(range(len(told)), key=lambda number: told[number])
    others = [figure for number, figure in enumerate(told) if number != first]
    return (first,) if told[first] > max(others, default=0) + whole - sum(told) else ()


def _even(members: Sequence[Place], table: Protected, sums: Sum, columns: Sequence[str]) -> list[int] | None:
    """The sums without the places that are missing in one of them: what is told of those is taken off again. Nothing
    where they are half of the places or more.
    """
    missing = sums.total_left_out.union(*sums.left_out.values())
    if 2 * len(missing) >= len(members):
        return None
    found = []
    for column in columns:
        taken_off = sum(table.rows[key].cells[column] or 0 for key in missing)
        found.append((sums.cells[column] or 0) - taken_off - sums.of_batches(column, missing))
    return found
