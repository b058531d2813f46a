"""Reading the tree: every subtree is one range of an index."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement, Select

from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.territories.models import Level, Territory, TerritorySlug


def within(path: str, column: Any = Territory.path) -> ColumnElement[bool]:
    """Whether ``column`` lies in the subtree of ``path``, itself included. ``0`` follows ``/`` in byte order."""
    return sa.and_(column >= path, column < path[:-1] + "0")


def subtree(territory: Territory) -> Select[Territory]:
    """The territory and all below it."""
    return sa.select(Territory).where(within(territory.path))


def subtree_ids(territory: Territory) -> Select[int]:
    """Ids of the territory and all below it, for ``IN``."""
    return sa.select(Territory.id).where(within(territory.path))


def lineage(territory: Territory) -> Sequence[Territory]:
    """From the root down to the territory itself: for breadcrumbs. One statement."""
    return db.session.scalars(
        sa.select(Territory).where(Territory.id.in_(territory.lineage_ids)).order_by(Territory.path)
    ).all()


def by_slug(slug: str) -> Territory:
    """The territory at ``slug``.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(sa.select(Territory).where(Territory.slug == slug))
    if found is None:
        raise NotFound()
    return found


def moved_to(slug: str) -> str | None:
    """The present slug of the territory that used to have ``slug``."""
    return db.session.scalar(
        sa.select(Territory.slug)
        .join(TerritorySlug, TerritorySlug.territory_id == Territory.id)
        .where(TerritorySlug.slug == slug)
    )


def towns() -> Select[Territory]:
    """Every local territory, by code."""
    return sa.select(Territory).where(Territory.level == Level.LOCAL).order_by(Territory.code)
