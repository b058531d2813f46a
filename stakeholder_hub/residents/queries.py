"""Reading residences: officers those of their place and below, people their own."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload
from sqlalchemy.sql import ColumnElement, Select

from stakeholder_hub.accounts.models import User
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.residents.models import Residence, ResidenceState
from stakeholder_hub.residents.policy import may_verify_residents
from stakeholder_hub.territories.models import Level, RoleGrant, Territory
from stakeholder_hub.territories.policy import MODERATORS, grants_of
from stakeholder_hub.territories.queries import by_slug, within


def holds(day: date) -> ColumnElement[bool]:
    """Whether a residence is confirmed and not over on ``day``."""
    return sa.and_(
        Residence.state == ResidenceState.CONFIRMED,
        sa.or_(Residence.valid_until.is_(None), Residence.valid_until >= day),
    )


def residents_of(place: Territory, day: date, *, since: datetime | None = None) -> Select[int]:
    """The ids of the verified residents of ``place`` and all below it on ``day``, verified not later than ``since``."""
    found = (
        sa.select(Residence.user_id)
        .join(Territory, Territory.id == Residence.territory_id)
        .where(within(place.path), holds(day))
    )
    return found if since is None else found.where(Residence.answered_at <= since)


def residence_of(actor: Actor) -> Residence | None:
    """Where the actor is verified today."""
    if not actor.is_authenticated or actor.id is None:
        return None
    found = db.session.scalar(
        sa.select(Residence).where(Residence.user_id == actor.id, Residence.state == ResidenceState.CONFIRMED)
    )
    return found if found is not None and found.holds_on(clock.today(found.territory.timezone)) else None


def request_of(actor: Actor) -> Residence | None:
    """What the actor has asked for and nobody has answered."""
    return db.session.scalar(
        sa.select(Residence).where(Residence.user_id == actor.id, Residence.state == ResidenceState.ASKED)
    )


def residences_of(actor: Actor) -> Sequence[Residence]:
    """Everything the actor asked for, the latest first."""
    return db.session.scalars(
        sa.select(Residence).where(Residence.user_id == actor.id).order_by(Residence.id.desc()).limit(20)
    ).all()


def own_residence(number: int, actor: Actor) -> Residence:
    """One residence of the actor's own.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    found = db.session.get(Residence, number)
    if found is None or found.user_id != actor.id:
        raise NotFound()
    return found


def place_of_officer(slug: str, actor: Actor) -> Territory:
    """The place at ``slug``, for those who verify its residents.

    Raises:
        NotFound: there is none, or the actor does not verify there.
    """
    place = by_slug(slug)
    require(may_verify_residents(actor, place))
    return place


def residence_in(place: Territory, number: int) -> Residence:
    """One residence in ``place`` or below it, with the person.

    Raises:
        NotFound: there is none: the number belongs elsewhere.
    """
    found = db.session.scalar(
        sa.select(Residence)
        .join(Territory, Territory.id == Residence.territory_id)
        .where(Residence.id == number, within(place.path))
        .options(joinedload(Residence.user))
    )
    if found is None:
        raise NotFound()
    return found


def listed_in(place: Territory, state: ResidenceState) -> Select[Residence]:
    """Residences of one state in ``place`` and below it, with the people."""
    return (
        sa.select(Residence)
        .join(Territory, Territory.id == Residence.territory_id)
        .join(User, User.id == Residence.user_id)
        .where(within(place.path), Residence.state == state)
        .options(joinedload(Residence.user))
    )


def verified_in(place: Territory, words: str = "") -> Select[Residence]:
    """Those verified in ``place`` and below it, with a part of the name or of the address."""
    found = listed_in(place, ResidenceState.CONFIRMED)
    if wanted := words.strip()[:80]:
        pattern = User.name.icontains(wanted, autoescape=True) | User.email.icontains(wanted, autoescape=True)
        found = found.where(pattern)
    return found


def count_verified(place: Territory) -> int:
    """How many hold today in ``place`` and below it."""
    people = residents_of(place, clock.today(place.timezone)).subquery()
    return int(db.session.scalar(sa.select(sa.func.count()).select_from(people)) or 0)


def officer_ids(place: Territory) -> Sequence[int]:
    """Who is told of a request: those who verify in the place itself; where nobody does, those next above it."""
    rows = db.session.execute(
        sa.select(RoleGrant.user_id, RoleGrant.territory_id).where(
            RoleGrant.territory_id.in_(place.lineage_ids), RoleGrant.role.in_(MODERATORS)
        )
    ).all()
    for territory_id in reversed(place.lineage_ids):
        if nearest := [user_id for user_id, where in rows if where == territory_id]:
            return nearest
    return []


def waiting_by_place(actor: Any) -> list[tuple[Territory, int]]:
    """The towns in which requests wait for the actor as an officer, with their number: one statement, or none."""
    paths = [g.territory.path for g in grants_of(actor) if g.territory is not None and g.role in MODERATORS]
    if not paths:
        return []
    rows = db.session.execute(
        sa.select(Territory, sa.func.count(Residence.id))
        .join(Residence, Residence.territory_id == Territory.id)
        .where(
            sa.or_(*[within(path) for path in paths]),
            Residence.state == ResidenceState.ASKED,
            Residence.user_id != actor.id,
        )
        .group_by(Territory.id)
        .order_by(Territory.path)
    )
    return [(row[0], row[1]) for row in rows]


def towns_to_choose() -> Sequence[Territory]:
    """Every town, for whoever says where they live."""
    return db.session.scalars(
        sa.select(Territory).where(Territory.level == Level.LOCAL).order_by(Territory.code)
    ).all()
