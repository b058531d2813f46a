"""Towns drawn where they lie: no tiles, nothing from elsewhere. The list beside it says the same in words.

Longitudes are shortened by the cosine of the middle latitude, which is true enough for a region. Pure: no web, no
database.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 720.0
MARGIN = 46.0
LETTER = 11.2
"""Width of a letter, in units of the drawing."""
LINE = 24.0
RADIUS = 7.0
EDGE = 8.0
"""Names keep this far from the edge of the drawing."""
MOST_NAMES = 120
"""Where there are more places, none is named: there is no room, and looking for it takes long."""


@dataclass(frozen=True)
class Spot:
    """A place to be drawn."""

    name: str
    url: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Dot:
    """A place as drawn: its point, and where its name stands. Without an ``anchor`` the name is not written."""

    name: str
    url: str
    x: float
    y: float
    label_x: float = 0.0
    label_y: float = 0.0
    anchor: str = ""


@dataclass(frozen=True)
class Overview:
    """The drawing: its size and its dots."""

    width: float
    height: float
    dots: Sequence[Dot]


Box = tuple[float, float, float, float]


def overview(spots: Sequence[Spot]) -> Overview | None:
    """The drawing of ``spots``; ``None`` for fewer than two, or where they lie too far apart to be one picture."""
    if len(spots) < 2:
        return None
    south, north = min(s.latitude for s in spots), max(s.latitude for s in spots)
    west, east = min(s.longitude for s in spots), max(s.longitude for s in spots)
    narrow = max(0.05, math.cos(math.radians((south + north) / 2)))
    across, along = (east - west) * narrow, north - south
    if across > 120 or max(across, along) < 1e-6:
        return None
    scale = (WIDTH - 2 * MARGIN) / max(across, along * 0.8, 1e-6)
    height = along * scale + 2 * MARGIN
    left = (WIDTH - across * scale) / 2
    points = [
        ((s.longitude - west) * narrow * scale + left, (north - s.latitude) * scale + MARGIN) for s in spots
    ]
    if len(spots) > MOST_NAMES:
        dots = [Dot(s.name, s.url, round(x, 1), round(y, 1)) for s, (x, y) in zip(spots, points, strict=True)]
        return Overview(WIDTH, round(height, 1), dots)
    taken: list[Box] = [(x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS) for x, y in points]
    return Overview(
        WIDTH, round(height, 1), [_dot(s, *p, taken, height) for s, p in zip(spots, points, strict=True)]
    )


def _dot(spot: Spot, x: float, y: float, taken: list[Box], height: float) -> Dot:
    """A dot with its name at the first of its sides where nothing stands yet."""
    wide, gap = len(spot.name) * LETTER, RADIUS + 4
    sides = (
        (x + gap, y + 7, "start"),
        (x - gap, y + 7, "end"),
        (x + gap, y - 12, "start"),
        (x - gap, y + 26, "end"),
        (x, y - 16, "middle"),
        (x, y + 30, "middle"),
        (WIDTH - EDGE, y - 16, "end"),
    )
    for label_x, label_y, anchor in sides:
        from_x = label_x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        box = (from_x, label_y - LINE * 0.8, from_x + wide, label_y + LINE * 0.2)
        inside = box[0] >= EDGE and box[2] <= WIDTH - EDGE and box[1] >= 0 and box[3] <= height
        if inside and not any(_overlap(box, other) for other in taken):
            taken.append(box)
            return Dot(
                spot.name, spot.url, round(x, 1), round(y, 1), round(label_x, 1), round(label_y, 1), anchor
            )
    return Dot(spot.name, spot.url, round(x, 1), round(y, 1))


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
