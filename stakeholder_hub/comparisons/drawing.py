"""The map of a comparison: dots where the places lie, with a shape for what is said of each. Nothing from elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask import url_for

from stakeholder_hub.comparisons.queries import Town
from stakeholder_hub.comparisons.rollup import Compared, RollUp, Told
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.territories.overview import MOST_NAMES, Dot, Spot, overview
from stakeholder_hub.webkit.formats import in_language


class Mark(StrEnum):
    """The shape of a dot: told by form as well as by colour."""

    FULL = "full"
    SQUARE = "square"
    RING = "ring"


@dataclass(frozen=True)
class Map:
    """The drawing: ``dots`` with their marks, what each mark means, and whether there is room to name and link them."""

    width: float
    height: float
    dots: Sequence[tuple[Dot, Mark]]
    legend: Sequence[tuple[Mark, Reason]]
    named: bool


_STATES = (
    (Mark.FULL, _l("Closed")),
    (Mark.SQUARE, _l("Takes part, not closed yet")),
    (Mark.RING, _l("Invited, or does not take part")),
)
_QUESTION = (
    (Mark.FULL, _l("It is agreed")),
    (Mark.SQUARE, _l("It is not agreed")),
    (Mark.RING, _l("No result to tell")),
)
_CHOICE = (
    (Mark.FULL, _l("Chose what most places chose")),
    (Mark.SQUARE, _l("Chose something else")),
    (Mark.RING, _l("No result to tell")),
)


def map_of(rolled: RollUp, compared: Compared | None = None) -> Map | None:
    """Where the places lie, marked by how far they are, or by what they decided; ``None`` where it is no picture."""
    placed = [t for t in rolled.towns.values() if t.latitude is not None and t.longitude is not None]
    named = len(placed) <= MOST_NAMES
    drawing = overview([_spot(town, named=named) for town in placed])
    if drawing is None:
        return None
    marks = [_state(town) if compared is None else _decision(town, compared) for town in placed]
    legend = _STATES if compared is None else _QUESTION if compared.way.is_question else _CHOICE
    dots = list(zip(drawing.dots, marks, strict=True))
    return Map(drawing.width, drawing.height, dots, legend, named)


def _spot(town: Town, *, named: bool) -> Spot:
    name = in_language(town.name).text if named else ""
    url = url_for("portal.territory", slug=town.place) if named else ""
    return Spot(name, url, town.latitude or 0.0, town.longitude or 0.0)


def _state(town: Town) -> Mark:
    if not town.takes_part:
        return Mark.RING
    return Mark.FULL if town.is_final else Mark.SQUARE


def _decision(town: Town, compared: Compared) -> Mark:
    if compared.told.get(town.edition_id) is not Told.DECIDED:
        return Mark.RING
    decided = compared.comparison.decided[town.edition_id] or ()
    wanted = 0 if compared.way.is_question else compared.leader
    return Mark.FULL if wanted in decided else Mark.SQUARE
