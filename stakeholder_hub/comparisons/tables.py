"""A comparison as tables: the same figures as on the page, for every kind of file."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from stakeholder_hub.comparisons import telling
from stakeholder_hub.comparisons.aggregating import Level
from stakeholder_hub.comparisons.methods import Figures
from stakeholder_hub.comparisons.queries import Town
from stakeholder_hub.comparisons.rollup import SECTORS, Compared, RollUp
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.kernel.suppression import Sum
from stakeholder_hub.webkit.formats import in_language


@dataclass(frozen=True)
class Part:
    """One table. The first ``named`` columns say what a row is about, the others hold its figures."""

    title: str
    columns: list[str]
    rows: list[list[Any]]
    named: int
    notes: list[str]


def parts_of(rolled: RollUp) -> Iterator[Part]:
    """Every table: places, who takes part, and for each item its sums and its places."""
    towns = sorted(rolled.towns.values(), key=lambda town: (town.country, town.code))
    yield _places(rolled, towns)
    yield _people(rolled, towns)
    for compared in rolled.items:
        yield _sums(compared)
        yield _decisions(compared, towns)


def _told(value: int | None, *, shown: bool = True) -> Any:
    """A figure, that it is held back, or nothing where there is none."""
    if not shown:
        return None
    return value if value is not None else _("not shown")


def _place(town: Town) -> list[Any]:
    return [in_language(town.name).text, town.code, town.country]


def _places(rolled: RollUp, towns: list[Town]) -> Part:
    rows = []
    for town in towns:
        shown, rate = rolled.shown(town), rolled.per_thousand(town)
        rows.append(
            [
                *_place(town),
                str(telling.state_of(town)),
                town.core,
                _told(shown.total if shown else None, shown=shown is not None),
                town.population,
                round(float(rate), 2) if rate is not None else None,
                *[
                    _told(rolled.contributions(town, name), shown=town.is_told)
                    for name in ("proposals", "comments", "supports")
                ],
            ]
        )
    columns = [
        _("Place"),
        _("Code"),
        _("Country"),
        _("State"),
        _("Version of the core"),
        _("Participants"),
        _("Inhabitants"),
        _("Per 1,000 inhabitants"),
        _("Proposals"),
        _("Comments"),
        _("Supports"),
    ]
    return Part(_("Places"), columns, rows, 3, telling.general_notes(rolled))


def _people(rolled: RollUp, towns: list[Town]) -> Part:
    def sums(name: str, country: str, one: Sum) -> list[Any]:
        return [
            name,
            "",
            country,
            *[_told(one.cells[s]) for s in SECTORS],
            _told(one.total),
            one.places_left_out,
        ]

    rows: list[list[Any]] = [sums(_("All places"), "", rolled.people.overall)]
    rows += [sums(_("Whole country"), country, one) for country, one in sorted(rolled.people.parts.items())]
    for town in towns:
        shown = rolled.shown(town)
        if shown is not None:
            rows.append([*_place(town), *[_told(shown.cells[s]) for s in SECTORS], _told(shown.total), None])
    columns = [_("Place"), _("Code"), _("Country"), *[str(Sector(s).label) for s in SECTORS]]
    columns += [_("All"), _("Places in part not in the sum")]
    return Part(_("Who takes part"), columns, rows, 3, [])


def _sums(compared: Compared) -> Part:
    rows = _level(compared, compared.comparison.overall, _("All places"), "")
    for country, level in compared.comparison.parts.items():
        rows += _level(compared, level, _("Whole country"), country)
    columns = [
        _("Level"),
        _("Decision"),
        _("Country"),
        _("By people"),
        _("Share"),
        _("By places"),
        _("Of places"),
        _("By inhabitants (share)"),
    ]
    title = in_language(compared.item.title).text
    missing = [*telling.missing_in_words(compared), *telling.notes_on(compared)]
    words = [telling.verdict(compared, compared.comparison.overall)]
    words += filter(None, [telling.in_places(compared, compared.comparison.overall)])
    return Part(title, columns, rows, 3, [*words, *missing])


def _level(compared: Compared, level: Level, name: str, country: str) -> list[list[Any]]:
    rows = []
    for outcome in range(len(compared.way.outcomes)):
        people, shares = level.by_people, []
        for standing in (people, level.by_population):
            share = standing.share(outcome) if standing is not None else None
            shares.append(round(float(share), 4) if share is not None else None)
        rows.append(
            [
                name,
                telling.name_of(compared.way, outcome),
                country,
                _told(people.figures[outcome] if people else None, shown=people is not None),
                shares[0],
                level.by_places.figures[outcome],
                level.by_places.whole,
                shares[1],
            ]
        )
    return rows


def _decisions(compared: Compared, towns: list[Town]) -> Part:
    outcomes = range(len(compared.way.outcomes)) if compared.way.figures is not Figures.NONE else range(0)
    rows = []
    for town in towns:
        if not town.takes_part:
            continue
        shown = compared.comparison.rows.get(town.edition_id)
        decided = telling.decided_in_words(compared, town.edition_id)
        cells = [_told(shown.cells[str(n)] if shown else None, shown=shown is not None) for n in outcomes]
        rows.append(
            [*_place(town), decided, *cells, _told(shown.total if shown else None, shown=shown is not None)]
        )
    columns = [
        _("Place"),
        _("Code"),
        _("Country"),
        _("Decision"),
        *[telling.name_of(compared.way, n) for n in outcomes],
        _("Votes counted"),
    ]
    return Part(_("%(item)s: places", item=in_language(compared.item.title).text[:20]), columns, rows, 3, [])
