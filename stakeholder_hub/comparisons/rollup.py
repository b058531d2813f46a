"""All places of a consultation side by side: what page, map and files show is put together here, once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from stakeholder_hub.comparisons.aggregating import Comparison, Place, compare
from stakeholder_hub.comparisons.methods import Way, same_words, way_of
from stakeholder_hub.comparisons.queries import Count, Town, counts_of, towns_of
from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.editions.content import Content, CoreItem
from stakeholder_hub.editions.queries import cores_of
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.errors import NotFound, Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.kernel.suppression import Protected, Row, Shown, protect

SECTORS = tuple(sector.value for sector in Sector)
CONTRIBUTIONS = ("proposals", "comments", "supports")


class Told(StrEnum):
    """What can be said of a place about one item."""

    DECIDED = "decided"
    TOO_FEW = "too_few"
    NOBODY = "nobody"
    WAITING = "waiting"
    OLDER = "older"
    ABSENT = "absent"
    UNSHARED = "unshared"

    @property
    def label(self) -> Reason:
        """In a few words, in the reader's language."""
        return {
            Told.DECIDED: _l("Decided"),
            Told.TOO_FEW: _l("Too few voted to tell"),
            Told.NOBODY: _l("Nobody voted"),
            Told.WAITING: _l("Not closed yet"),
            Told.OLDER: _l("Asked in other words"),
            Told.ABSENT: _l("Not asked here"),
            Told.UNSHARED: _l("Does not share its results"),
        }[self]


@dataclass(frozen=True)
class Compared:
    """One item over all places. ``told`` says for each edition what can be said of it."""

    item: CoreItem
    way: Way
    told: Mapping[int, Told]
    comparison: Comparison

    def number(self, told: Told) -> int:
        """Of how many places this is said."""
        return sum(one is told for one in self.told.values())

    @property
    def leader(self) -> int | None:
        """The outcome that most places decided for, if there is one alone."""
        leaders = self.comparison.overall.by_places.leaders
        return leaders[0] if len(leaders) == 1 else None


@dataclass(frozen=True)
class RollUp:
    """A consultation in all its places, as far as this reader may see it."""

    parent: Consultation
    moment: datetime
    number: int
    towns: Mapping[int, Town]
    items: Sequence[Compared]
    people: Protected
    contributed: Mapping[str, Protected]

    @property
    def taking_part(self) -> list[Town]:
        """The places that carry it out."""
        return [town for town in self.towns.values() if town.takes_part]

    @property
    def finished(self) -> int:
        """How many of them have closed."""
        return sum(town.is_final for town in self.taking_part)

    @property
    def unshared(self) -> int:
        """How many of them do not share their results."""
        return sum(not town.shares for town in self.taking_part)

    def shown(self, town: Town) -> Shown | None:
        """Who takes part in a place; ``None`` where nothing is told."""
        return self.people.rows.get(town.edition_id)

    def contributions(self, town: Town, name: str) -> int | None:
        """How many proposals, comments or supports a place has; ``None`` where that is not told."""
        if not town.is_told:
            return None
        if town.is_public:
            return int(getattr(town, name))
        return self.contributed[name].rows[town.edition_id].total

    def total(self, name: str) -> int:
        """The same for all places of which it can be told."""
        public = sum(int(getattr(t, name)) for t in self.towns.values() if t.is_told and t.is_public)
        return public + (self.contributed[name].overall.total or 0)

    def per_thousand(self, town: Town) -> Fraction | None:
        """Participants for each thousand inhabitants."""
        shown = self.shown(town)
        return _per_thousand(shown.total if shown else None, town.population)

    def inhabitants(self, country: str | None = None) -> tuple[int, int] | None:
        """Participants and inhabitants of the places of which both are told, in a country or in all."""
        known = [
            (shown.total, town.population)
            for town in self.towns.values()
            if country in (None, town.country)
            and town.population
            and (shown := self.shown(town)) is not None
            and shown.total is not None
        ]
        if not known:
            return None
        return sum(people or 0 for people, _all in known), sum(of or 0 for _people, of in known)

    def per_thousand_in(self, country: str | None = None) -> Fraction | None:
        """Participants for each thousand inhabitants over the places of which both are told."""
        known = self.inhabitants(country)
        return _per_thousand(*known) if known else None

    @property
    def countries(self) -> list[str]:
        """The countries of the places that take part, by code."""
        return sorted({town.country for town in self.taking_part})

    def item(self, key: str) -> Compared:
        """The item with this key.

        Raises:
            NotFound: there is none.
        """
        found = next((one for one in self.items if one.item.key == key), None)
        if found is None:
            raise NotFound()
        return found


def _per_thousand(people: int | None, inhabitants: int | None) -> Fraction | None:
    return Fraction(1000 * people, inhabitants) if people is not None and inhabitants else None


def roll_up(parent: Consultation, actor: Actor, *, only: str | None = None) -> RollUp:
    """Put all places of ``parent`` side by side: four statements, however many there are. ``only``: one of its items.

    Raises:
        NotFound: it runs in no places, or has no such item.
    """
    cores = cores_of(parent.id)
    if not cores:
        raise NotFound()
    contents = {core.id: Content.from_json(core.content) for core in cores}
    latest = contents[cores[0].id]
    items = [item for item in latest.items if only in (None, item.key)]
    if only is not None and not items:
        raise NotFound()
    moment = clock.now()
    towns = {town.edition_id: town for town in towns_of(parent.id, actor, moment)}
    counts = counts_of(parent.id, [item.key for item in items]) if items else {}
    return RollUp(
        parent=parent,
        moment=moment,
        number=cores[0].number,
        towns=towns,
        items=[_compared(item, counts[item.key], towns, contents) for item in items],
        people=_people(towns.values()),
        contributed={name: _contributed(towns.values(), name) for name in CONTRIBUTIONS},
    )


def people_in_places(parent: Consultation, actor: Actor) -> Protected:
    """Who takes part in the places of ``parent``, by sector. Two statements."""
    return _people(towns_of(parent.id, actor, clock.now()))


def _compared(
    item: CoreItem, counts: Mapping[int, Count], towns: Mapping[int, Town], contents: Mapping[int, Content]
) -> Compared:
    way = way_of(item)
    same = {core_id: same_words(item, content.item(item.key)) for core_id, content in contents.items()}
    told = {
        town.edition_id: _told(town, counts.get(town.edition_id), same)
        for town in towns.values()
        if town.takes_part
    }
    closed = [counts[key] for key, one in told.items() if one is Told.DECIDED]
    places = []
    for count in sorted(closed, key=lambda count: (_time(count.closed_at), count.edition_id)):
        town = towns[count.edition_id]
        figures, chosen = way.read(count.figures, count.chosen)
        if figures and way.one_each and not any(figures):
            told[town.edition_id] = Told.TOO_FEW
            continue
        places.append(Place(town.edition_id, town.country, town.population, count.voters, figures, chosen))
    comparison = compare(places, len(way.outcomes), one_each=way.one_each, tied=way.tied)
    told |= {int(str(key)): Told.TOO_FEW for key, decided in comparison.decided.items() if decided is None}
    return Compared(item, way, told, comparison)


def _time(moment: datetime | None) -> float:
    return moment.timestamp() if moment is not None else 0.0


def _told(town: Town, count: Count | None, same: Mapping[int, bool]) -> Told:
    if not town.shares:
        return Told.UNSHARED
    if count is None:
        return Told.ABSENT
    if not same.get(count.core_id, False):
        return Told.OLDER
    if count.closed_at is None or not town.is_told:
        return Told.WAITING
    return Told.DECIDED if count.voters else Told.NOBODY


def _people(towns: Iterable[Town]) -> Protected:
    """Who takes part, by sector. Places that have closed come first, in the order in which they did."""
    told = [town for town in towns if town.is_told]

    def order(town: Town) -> tuple[bool, float, int]:
        return (not town.is_final, _time(town.closed_at), town.edition_id)

    rows = [
        Row(
            town.edition_id,
            town.country,
            {sector: town.sectors.get(sector, 0) for sector in SECTORS},
            final=town.is_final,
        )
        for town in sorted(told, key=order)
    ]
    return protect(rows, SECTORS)


def _contributed(towns: Iterable[Town], name: str) -> Protected:
    """How much was contributed where not everybody can read it: as numbers of people are told."""
    rows = [
        Row(town.edition_id, town.country, {}, int(getattr(town, name)), final=town.is_final)
        for town in towns
        if town.is_told and not town.is_public
    ]
    return protect(rows, ())
