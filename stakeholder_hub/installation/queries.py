"""Reading the installation's one row."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import sqlalchemy as sa
from flask import current_app, g

from stakeholder_hub.installation.models import Installation
from stakeholder_hub.kernel.database import db
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.territories.queries import towns

KEPT_SECONDS = 5.0


@dataclass(frozen=True)
class Site:
    """What pages need to know of the installation."""

    name: str
    contact: str | None
    setup_at: datetime | None
    demo_loaded_at: datetime | None


_UNKNOWN = Site("Stakeholder Hub", None, None, None)


def installation() -> Site:
    """The installation as it is now."""
    row = db.session.execute(
        sa.select(
            Installation.name, Installation.contact, Installation.setup_at, Installation.demo_loaded_at
        ).where(Installation.id == 1)
    ).one_or_none()
    return Site(*row) if row is not None else _UNKNOWN


def site() -> Site:
    """The installation as it was a few seconds ago: kept per process, so that pages do not ask each time.

    Tests, which empty the database under the process, ask once per request.
    """
    if current_app.testing:
        if "hub_site" not in g:
            g.hub_site = installation()
        return cast(Site, g.hub_site)
    kept: tuple[float, Site] | None = current_app.extensions.get("hub_site")
    if kept is not None and kept[0] > time.monotonic():
        return kept[1]
    found = installation()
    current_app.extensions["hub_site"] = (time.monotonic() + KEPT_SECONDS, found)
    return found


def forget_site() -> None:
    """Ask the database at the next page."""
    current_app.extensions.pop("hub_site", None)
    g.pop("hub_site", None)


def places_to_begin_with() -> list[Territory]:
    """The towns that a site can begin with: those there are already."""
    return list(db.session.scalars(towns()))
