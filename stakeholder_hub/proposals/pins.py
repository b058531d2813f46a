"""Proposals on a map: what the page draws."""

from collections.abc import Sequence
from dataclasses import dataclass

from stakeholder_hub.proposals.content import REACH, centre_of
from stakeholder_hub.proposals.maps import NARROWEST, Frame, Place, frame_for
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.territories.models import Level, Territory

REACHES: tuple[int, ...] = (500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000)
"""Metres from the centre to the edge: the steps of the map on which a place is chosen."""

_FIRST_REACH: dict[Level, int] = {Level.LOCAL: 5000, Level.REGIONAL: 50_000, Level.NATIONAL: 200_000}


@dataclass(frozen=True)
class Pin:
    """A proposal at its place on the map, with the number it has in the list beside it."""

    number: int
    x: float
    y: float
    proposal: Proposal


@dataclass(frozen=True)
class Map:
    """A map to be drawn: ``town`` is where the centre of the territory lies on it."""

    frame: Frame
    pins: Sequence[Pin]
    town: tuple[float, float] | None
    territory: Territory


def map_of(territory: Territory, proposals: Sequence[Proposal], *, size: float = 600.0) -> Map | None:
    """A map that shows all of ``proposals`` that have a place; ``None`` where there is nothing to show."""
    placed = [(p, place) for p in proposals if (place := place_of(p)) is not None]
    centre = centre_of(territory)
    frame = frame_for(centre, [place for _, place in placed], size=size)
    if frame is None or not placed:
        return None
    pins = [Pin(n, *frame.point(place), proposal) for n, (proposal, place) in enumerate(placed, start=1)]
    return Map(frame, pins, frame.point(centre) if centre else None, territory)


def place_of(proposal: Proposal) -> Place | None:
    """Where it lies, if it says so."""
    if proposal.latitude is None or proposal.longitude is None:
        return None
    return Place(proposal.latitude, proposal.longitude)


def picker_frame(territory: Territory, reach: int | None, chosen: Place | None = None) -> Frame | None:
    """The map on which a place is chosen: around the town's centre, or around ``chosen`` where that is unknown."""
    centre = centre_of(territory) or chosen
    return Frame(centre, float(known_reach(territory, reach))) if centre else None


def known_reach(territory: Territory, reach: int | None) -> int:
    """One of the steps, the usual one unless another was asked for."""
    return reach if reach in REACHES else _FIRST_REACH.get(territory.level, 200_000)


def reach_after(territory: Territory, reach: int | None, *, closer: bool) -> int:
    """The next step closer to or farther from the ground; never farther than proposals may lie."""
    widest = REACH.get(territory.level, REACHES[-1])
    steps = [step for step in REACHES if NARROWEST <= step <= widest]
    at = (
        steps.index(known_reach(territory, reach))
        if known_reach(territory, reach) in steps
        else len(steps) - 1
    )
    return steps[max(0, min(len(steps) - 1, at + (-1 if closer else 1)))]
