"""Breadcrumbs follow the tree."""

from collections.abc import Sequence

from flask import url_for

from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.territories.queries import lineage
from stakeholder_hub.webkit.formats import in_language

Crumb = tuple[str, str | None]


def crumbs_for(territory: Territory, *more: Crumb) -> list[Crumb]:
    """From the places' list down to ``territory``, then ``more``. One statement."""
    return [*crumbs_along(lineage(territory)), *more]


def crumbs_along(places: Sequence[Territory]) -> list[Crumb]:
    """The same for a line of places that has been read already."""
    return [(_named(place), url_for("portal.territory", slug=place.slug)) for place in places]


def _named(place: Territory) -> str:
    """Its name; a place that exists no more is marked, so that old records tell where they were made."""
    name = in_language(place.name).text
    return _("%(place)s (formerly)", place=name) if place.is_dissolved else name
