"""Reading the tree: every subtree is one range of an index."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import ColumnElement, Select

from stakeholder_hub.accounts.models import User
from stakeholder_hub.accounts.queries import user_by_email
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid, NotFound
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.territories.models import Level, RoleGrant, Territory, TerritoryChange, TerritorySlug
from stakeholder_hub.territories.policy import manages_territory


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


def place_at(slug: str) -> Territory:
    """The territory that has ``slug`` or used to have it: its present address may be another. One statement.

    Raises:
        NotFound: there is none.
    """
    before = sa.select(TerritorySlug.territory_id).where(TerritorySlug.slug == slug)
    found = db.session.scalar(
        sa.select(Territory)
        .where(sa.or_(Territory.slug == slug, Territory.id.in_(before)))
        .order_by(sa.case((Territory.slug == slug, 0), else_=1))
        .limit(1)
    )
    if found is None:
        raise NotFound()
    return found


def lineage_and_children(
    territory: Territory, most: int = 200
) -> tuple[Sequence[Territory], Sequence[Territory]]:
    """What it lies in, down to itself, and what exists right below it, by code. One statement."""
    found = db.session.scalars(
        sa.select(Territory)
        .where(
            sa.or_(
                Territory.id.in_(territory.lineage_ids),
                sa.and_(Territory.parent_id == territory.id, Territory.dissolved_on.is_(None)),
            )
        )
        .order_by(sa.case((Territory.id.in_(territory.lineage_ids), 0), else_=1), Territory.code)
        .limit(len(territory.lineage_ids) + most)
    ).all()
    above = sorted((p for p in found if p.id in territory.lineage_ids), key=lambda p: len(p.path))
    return above, [p for p in found if p.id not in territory.lineage_ids]


def moved_to(slug: str) -> str | None:
    """The present slug of the territory that used to have ``slug``."""
    return db.session.scalar(
        sa.select(Territory.slug)
        .join(TerritorySlug, TerritorySlug.territory_id == Territory.id)
        .where(TerritorySlug.slug == slug)
    )


def towns() -> Select[Territory]:
    """Every local territory, by code."""
    return (
        sa.select(Territory)
        .where(Territory.level == Level.LOCAL, Territory.dissolved_on.is_(None))
        .order_by(Territory.code)
    )


def possible_parents(actor: Actor, place: Territory) -> list[Territory]:
    """Where ``actor`` may hang ``place``: wider places they manage that do not lie below it. None for the root."""
    if place.parent_id is None:
        return []
    wider = [level for level in Level if level.rank < place.level.rank]
    found = db.session.scalars(
        sa.select(Territory)
        .where(Territory.level.in_(wider), Territory.dissolved_on.is_(None), sa.not_(within(place.path)))
        .order_by(Territory.path)
    )
    return [p for p in found if p.id == place.parent_id or manages_territory(actor, p)]


def possible_successors(actor: Actor, place: Territory) -> list[Territory]:
    """What ``actor`` may merge ``place`` into: places they manage that are no narrower and do not lie in it."""
    levels = [level for level in Level if level.rank <= place.level.rank]
    found = db.session.scalars(
        sa.select(Territory)
        .where(
            Territory.level.in_(levels),
            Territory.dissolved_on.is_(None),
            Territory.parent_id.is_not(None),
            sa.not_(within(place.path)),
        )
        .order_by(Territory.path)
    )
    return [p for p in found if manages_territory(actor, p)]


def changes_of(place: Territory) -> Sequence[TerritoryChange]:
    """What became of a place, and what others became in it, the latest first; plans too. One statement."""
    return (
        db.session.scalars(
            sa.select(TerritoryChange)
            .where(
                sa.or_(TerritoryChange.territory_id == place.id, TerritoryChange.into_id == place.id),
                TerritoryChange.called_off_at.is_(None),
            )
            .options(
                joinedload(TerritoryChange.territory),
                joinedload(TerritoryChange.into),
                joinedload(TerritoryChange.from_parent),
                selectinload(TerritoryChange.successors),
            )
            .order_by(TerritoryChange.day.desc(), TerritoryChange.id.desc())
            .limit(50)
        )
        .unique()
        .all()
    )


def change_of(place: Territory, change_id: int) -> TerritoryChange:
    """The change of this very place with this id.

    Raises:
        NotFound: there is none: the id belongs elsewhere.
    """
    found = db.session.scalar(
        sa.select(TerritoryChange).where(
            TerritoryChange.id == change_id, TerritoryChange.territory_id == place.id
        )
    )
    if found is None:
        raise NotFound()
    return found


def role_in_force() -> ColumnElement[bool]:
    """Whether a role grant still counts: in a group, or in a place that exists."""
    gone = sa.select(Territory.id).where(Territory.dissolved_on.is_not(None))
    return sa.or_(RoleGrant.territory_id.is_(None), RoleGrant.territory_id.not_in(gone))


def grants_in(place: Territory) -> Sequence[RoleGrant]:
    """Every role held in this very place or above it, with the people. One statement."""
    return db.session.scalars(
        sa.select(RoleGrant)
        .where(RoleGrant.territory_id.in_(place.lineage_ids))
        .join(RoleGrant.territory)
        .options(joinedload(RoleGrant.user))
        .order_by(Territory.path.desc(), RoleGrant.id)
    ).all()


def grant_in(place: Territory, grant_id: int) -> RoleGrant:
    """The role with this id, held in this very place.

    Raises:
        NotFound: there is none: the id belongs elsewhere.
    """
    found = db.session.scalar(
        sa.select(RoleGrant).where(RoleGrant.id == grant_id, RoleGrant.territory_id == place.id)
    )
    if found is None:
        raise NotFound()
    return found


def person_at(email: str) -> User:
    """The person with an account at this address.

    Raises:
        Invalid: there is none, at ``email``.
    """
    found = user_by_email(email[:320])
    if found is None:
        raise Invalid(
            _l("Nobody has an account with this address. Ask the person to register first."), "email"
        )
    return found
