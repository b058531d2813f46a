"""A map without tiles: positions around a town, in metres, projected onto a small plane.

Equirectangular around the town's centre: x grows eastwards, y northwards. Within the 200 km this is used for,
a distance is wrong by less than two percent up to 60 degrees of latitude, far below a pin's width. Pure: no web, no
database.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

EARTH_RADIUS = 6_371_008.8
"""Mean radius in metres (IUGG, arithmetic mean of the axes)."""

NARROWEST = 500.0
"""Metres from the centre to the edge of the closest view."""
MARGIN = 1.12
"""How far the edge lies beyond the farthest pin."""
_RINGS = (
    50,
    100,
    200,
    250,
    500,
    1000,
    2000,
    2500,
    5000,
    10_000,
    20_000,
    25_000,
    50_000,
    100_000,
    200_000,
    500_000,
)
"""Distances in metres that a ring may have."""


@dataclass(frozen=True)
class Place:
    """A position in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Ring:
    """A circle around the centre: its distance in metres, its radius on the map."""

    metres: int
    radius: float


@dataclass(frozen=True)
class Frame:
    """What a square map shows: ``reach`` metres from ``centre`` to its edges, ``size`` units wide."""

    centre: Place
    reach: float
    size: float = 600.0

    @property
    def metres_per_unit(self) -> float:
        """The scale."""
        return 2 * self.reach / self.size

    def point(self, place: Place) -> tuple[float, float]:
        """Where a position lies on the map; the origin is the upper left corner."""
        east, north = offset(self.centre, place)
        return (
            round(self.size / 2 + east / self.metres_per_unit, 1),
            round(self.size / 2 - north / self.metres_per_unit, 1),
        )

    def place(self, x: float, y: float) -> Place:
        """The position at a point of the map."""
        east, north = (x - self.size / 2) * self.metres_per_unit, (self.size / 2 - y) * self.metres_per_unit
        return moved(self.centre, east, north)

    def rings(self) -> list[Ring]:
        """Two to four circles at round distances that fit."""
        step = next((r for r in _RINGS if self.reach / r < 4), _RINGS[-1])
        fitting = [step * n for n in range(1, 5) if step * n <= self.reach]
        return [Ring(metres, round(metres / self.metres_per_unit, 1)) for metres in fitting]

    def shows(self, place: Place) -> bool:
        """Whether a position lies on the map."""
        x, y = self.point(place)
        return 0 <= x <= self.size and 0 <= y <= self.size


def offset(centre: Place, place: Place) -> tuple[float, float]:
    """Metres east and north of ``centre``."""
    east = math.radians(_turned(place.longitude - centre.longitude)) * math.cos(math.radians(centre.latitude))
    return east * EARTH_RADIUS, math.radians(place.latitude - centre.latitude) * EARTH_RADIUS


def moved(centre: Place, east: float, north: float) -> Place:
    """The position so many metres east and north of ``centre``, to about ten centimetres."""
    latitude = centre.latitude + math.degrees(north / EARTH_RADIUS)
    around = math.cos(math.radians(centre.latitude)) or 1e-9
    longitude = centre.longitude + math.degrees(east / EARTH_RADIUS / around)
    return Place(round(max(-90.0, min(90.0, latitude)), 6), round(_turned(longitude), 6))


def distance(one: Place, other: Place) -> float:
    """Metres between two positions along the great circle (haversine formula)."""
    first, second = math.radians(one.latitude), math.radians(other.latitude)
    between = math.radians(other.longitude - one.longitude)
    half = (
        math.sin((second - first) / 2) ** 2 + math.cos(first) * math.cos(second) * math.sin(between / 2) ** 2
    )
    return 2 * EARTH_RADIUS * math.asin(math.sqrt(min(1.0, half)))


def frame_for(centre: Place | None, places: Iterable[Place], *, size: float = 600.0) -> Frame | None:
    """A map around ``centre`` (else around the middle of ``places``) on which every place is; ``None`` without any."""
    shown = list(places)
    middle = centre or _middle(shown)
    if middle is None:
        return None
    farthest = max((max(abs(v) for v in offset(middle, place)) for place in shown), default=2000.0)
    return Frame(middle, max(NARROWEST, farthest * MARGIN), size)


def _middle(places: Sequence[Place]) -> Place | None:
    if not places:
        return None
    first = places[0]
    spread = [offset(first, place) for place in places]
    east = (min(e for e, _ in spread) + max(e for e, _ in spread)) / 2
    north = (min(n for _, n in spread) + max(n for _, n in spread)) / 2
    return moved(first, east, north)


def _turned(degrees: float) -> float:
    """The same angle between -180 and 180 degrees: the far side of the date line is near."""
    return (degrees + 180.0) % 360.0 - 180.0
