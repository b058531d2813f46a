"""Reading the installation's one row."""

import time
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask import current_app

from stakeholder_hub.installation.models import Installation
from stakeholder_hub.kernel.database import db

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
    """The installation as it was a few seconds ago: kept per process, so that pages do not ask each time."""
    kept: tuple[float, Site] | None = current_app.extensions.get("hub_site")
    if kept is not None and kept[0] > time.monotonic() and not current_app.testing:
        return kept[1]
    found = installation()
    current_app.extensions["hub_site"] = (time.monotonic() + KEPT_SECONDS, found)
    return found


def forget_site() -> None:
    """Ask the database at the next page."""
    current_app.extensions.pop("hub_site", None)
