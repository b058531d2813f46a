"""Places as a table to take away."""

from collections.abc import Iterator
from typing import Any

from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.territories.tree import Tree
from stakeholder_hub.webkit.formats import in_language

PLACE_COLUMNS: tuple[Reason, ...] = (
    _l("Code"),
    _l("Name"),
    _l("Original name"),
    _l("Level"),
    _l("Country"),
    _l("Inhabitants"),
    _l("Time zone"),
    _l("Latitude"),
    _l("Longitude"),
    _l("Word in the address"),
)


def place_rows(tree: Tree) -> Iterator[tuple[Any, ...]]:
    """Every place that was found, in the tree's order."""
    for node in tree.found:
        p = node.place
        yield (
            p.code,
            in_language(p.name).text,
            p.name.original.text,
            str(p.level.label),
            p.country or "",
            p.population,
            p.timezone,
            p.latitude,
            p.longitude,
            p.slug,
        )
