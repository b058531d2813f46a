"""Everything that changes the tree and the roles held in it."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa

from stakeholder_hub.accounts.models import User
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, is_system, require, signed_in
from stakeholder_hub.kernel.database import db, insert_ignore
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotAllowed
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import CONTENT, INTERFACE, _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.kernel.text import normalise_line, slugify
from stakeholder_hub.territories.events import (
    HomeChosen,
    RoleGranted,
    RoleRevoked,
    TerritoryChanged,
    TerritoryCreated,
    TerritoryMoved,
)
from stakeholder_hub.territories.models import Level, Role, RoleGrant, Territory, TerritorySlug
from stakeholder_hub.territories.policy import manages_group, may_manage_territory, roles_in_territory
from stakeholder_hub.territories.queries import within

LONGEST_NAME = 120


@operation
def create_territory(
    *,
    parent: Territory | None,
    level: Level,
    name: Multilingual,
    slug: str | None = None,
    code: str,
    country: str | None,
    timezone: str,
    default_language: str,
    languages: Sequence[str] = (),
    latitude: float | None = None,
    longitude: float | None = None,
    population: int | None = None,
    currency: str = "EUR",
    description: Multilingual | None = None,
    is_demo: bool = False,
    actor: Actor,
) -> Territory:
    """Add a place below ``parent``, or the root of the tree.

    Raises:
        NotAllowed: the actor does not manage the parent; only the installation itself makes a root.
        Invalid: name, code, level, zone or coordinates are not in order.
    """
    if parent is None:
        if not is_system(actor):
            raise NotAllowed(_l("Only the set-up can make the root of the tree."))
    else:
        require(may_manage_territory(actor, parent))
        check_level(level, parent)
    place = Territory(
        parent_id=parent.id if parent is not None else None,
        level=level,
        is_demo=is_demo,
        code=free_code(code),
    )
    describe(
        place,
        name=name,
        country=country,
        timezone=timezone,
        default_language=default_language,
        languages=languages,
        latitude=latitude,
        longitude=longitude,
        population=population,
        currency=currency,
        description=description,
    )
    place.slug = free_slug(slug or place.name.original.text)
    db.session.add(place)
    db.session.flush()
    place.path = f"{parent.path if parent is not None else '/'}{place.id}/"
    db.session.flush()
    emit(TerritoryCreated(actor=actor, subject=place))
    return place


@operation
def edit_territory(
    place: Territory,
    *,
    name: Multilingual,
    slug: str | None = None,
    country: str | None,
    timezone: str,
    default_language: str,
    languages: Sequence[str] = (),
    latitude: float | None = None,
    longitude: float | None = None,
    population: int | None = None,
    currency: str = "EUR",
    description: Multilingual | None = None,
    parent: Territory | None = None,
    version: int,
    actor: Actor,
) -> Territory:
    """Describe a place anew; its old address goes on leading to it. ``parent`` hangs it elsewhere in the same step.

    Raises:
        Conflict: somebody else changed it since ``version``.
    """
    require(may_manage_territory(actor, place))
    if place.version != version:
        raise Conflict(
            _l("Somebody else changed this place in the meantime. Compare, and save again what should hold."),
            theirs={"name": place.name.original.text, "version": place.version},
            mine={"name": name.original.text},
        )
    describe(
        place,
        name=name,
        country=country,
        timezone=timezone,
        default_language=default_language,
        languages=languages,
        latitude=latitude,
        longitude=longitude,
        population=population,
        currency=currency,
        description=description,
    )
    if slug and slug != place.slug:
        _change_slug(place, slug)
    emit(TerritoryChanged(actor=actor, subject=place))
    if parent is not None and parent.id != place.parent_id:
        db.session.flush()
        move_territory(place, parent=parent, actor=actor)
    return place


def describe(
    place: Territory,
    *,
    name: Multilingual,
    country: str | None,
    timezone: str,
    default_language: str,
    languages: Sequence[str],
    latitude: float | None,
    longitude: float | None,
    population: int | None,
    currency: str,
    description: Multilingual | None,
) -> None:
    """Check and set what a place is.

    Raises:
        Invalid: at the field that is not in order.
    """
    original = normalise_line(name.original.text)
    if not original:
        raise Invalid(_l("Give the place a name."), "name")
    if any(len(text) > LONGEST_NAME for text in name.texts.values()):
        raise Invalid(_l("Use at most %(most)s characters for the name.", most=LONGEST_NAME), "name")
    if latitude is not None and not -90 <= latitude <= 90:
        raise Invalid(_l("The latitude lies between -90 and 90."), "latitude")
    if longitude is not None and not -180 <= longitude <= 180:
        raise Invalid(_l("The longitude lies between -180 and 180."), "longitude")
    if (latitude is None) != (longitude is None):
        raise Invalid(_l("Give both coordinates, or none."), "longitude" if longitude is None else "latitude")
    if population is not None and not 0 <= population <= 2_000_000_000:
        raise Invalid(_l("This number of inhabitants cannot be."), "population")
    if default_language not in INTERFACE:
        raise Invalid(_l("Choose one of the languages in the list."), "default_language")
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
        raise Invalid(_l("Write the currency as three letters, such as EUR."), "currency")
    place.name = name.with_source(original)
    place.country = (country or "").strip().upper()[:2] or None
    place.timezone = checked_zone(timezone)
    place.default_language = default_language
    place.languages = [code for code in dict.fromkeys(languages) if code in CONTENT]
    place.latitude, place.longitude, place.population = latitude, longitude, population
    place.currency, place.description = currency.upper(), description


def checked_zone(timezone: str) -> str:
    """An IANA time zone.

    Raises:
        Invalid: there is none of this name.
    """
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise Invalid(
            _l("Choose a time zone of the list, such as Europe/Ljubljana."), "timezone"
        ) from unknown
    return timezone


def check_level(level: Level, parent: Territory) -> None:
    """A place is of a narrower level than what it lies in; levels may be left out.

    Raises:
        Invalid: it is not.
    """
    if level.rank <= parent.level.rank:
        raise Invalid(_l("A place must be of a narrower level than the place it lies in."), "level")


def free_code(code: str) -> str:
    """The code that begins every reference of the place.

    Raises:
        Invalid: it is not two to eight letters and digits, or belongs to another place.
    """
    wanted = code.strip().upper()
    if not (2 <= len(wanted) <= 8 and wanted.isascii() and wanted.isalnum()):
        raise Invalid(_l("Use two to eight letters or digits without accents, such as VEL."), "code")
    if db.session.scalar(sa.select(Territory.id).where(Territory.code == wanted)) is not None:
        raise Invalid(_l("Another place has this code. Choose another."), "code")
    return wanted


def free_slug(wanted: str) -> str:
    """An address that no place has or had."""
    base, number = slugify(wanted), 1
    slug = base
    while _is_taken(slug):
        number += 1
        slug = f"{base}-{number}"
    return slug


def _is_taken(slug: str) -> bool:
    now = sa.select(Territory.slug).where(Territory.slug == slug)
    before = sa.select(TerritorySlug.slug).where(TerritorySlug.slug == slug)
    return db.session.scalar(now.union_all(before).limit(1)) is not None


def _change_slug(place: Territory, wanted: str) -> None:
    old, place.slug = place.slug, free_slug(wanted)
    db.session.add(TerritorySlug(slug=old, territory_id=place.id))


@operation
def move_territory(place: Territory, *, parent: Territory, actor: Actor) -> Territory:
    """Hang a place, with all below it, under another parent: one UPDATE rewrites the paths of the subtree.

    Raises:
        NotAllowed: the actor does not manage both places.
        Invalid: the new parent lies below it, or the levels do not fit.
    """
    require(may_manage_territory(actor, place))
    require(may_manage_territory(actor, parent))
    # The whole tree is locked in one order, so that two moves at once cannot make a cycle together.
    db.session.execute(
        sa.select(Territory.id)
        .where(Territory.id.in_((place.id, parent.id)))
        .order_by(Territory.id)
        .with_for_update()
    )
    db.session.refresh(place)
    db.session.refresh(parent)
    if parent.path.startswith(place.path):
        raise Invalid(_l("A place cannot lie below itself."), "parent")
    check_level(place.level, parent)
    old, new = place.path, f"{parent.path}{place.id}/"
    place.parent = parent
    db.session.flush()
    db.session.execute(
        sa.update(Territory)
        .where(within(old))
        .values(path=sa.literal(new) + sa.func.substr(Territory.path, len(old) + 1))
        .execution_options(synchronize_session=False)
    )
    db.session.expire_all()
    emit(TerritoryMoved(actor=actor, subject=place))
    return place


@operation
def grant_role(
    user: User,
    *,
    role: Role,
    territory: Territory | None = None,
    group: Any = None,
    sector: Sector | None = None,
    actor: Actor,
) -> RoleGrant:
    """Give a person a role in a territory or a group, in place of the one they hold there.

    Raises:
        NotAllowed: the actor does not manage it, or would give more than they hold.
        Invalid: neither or both of territory and group are named.
    """
    if (territory is None) == (group is None):
        raise Invalid(_l("Name a place or a group."), "territory")
    _require_may_give(actor, role, territory, group)
    scope = (
        RoleGrant.territory_id == territory.id if territory is not None else RoleGrant.group_id == group.id
    )
    held = db.session.scalar(sa.select(RoleGrant).where(RoleGrant.user_id == user.id, scope))
    if held is not None and held.role is not role and territory is not None:
        _require_may_give(actor, held.role, territory, None)
        _keep_an_administrator(held)
    if held is None:
        insert_ignore(
            RoleGrant.__table__,
            {
                "user_id": user.id,
                "role": role,
                "territory_id": territory.id if territory is not None else None,
                "group_id": group.id if group is not None else None,
                "sector": sector,
                "granted_by_id": actor.id,
                "created_at": clock.now(),
            },
            index_elements=["user_id", "territory_id" if territory is not None else "group_id"],
        )
        held = db.session.scalars(sa.select(RoleGrant).where(RoleGrant.user_id == user.id, scope)).one()
    held.role, held.granted_by_id = role, actor.id
    if group is not None:
        held.sector = sector if sector is not None else held.sector
    db.session.flush()
    db.session.expire(user, ["grants"])
    if group is not None:
        db.session.expire(group, ["memberships"])
    emit(RoleGranted(actor=actor, subject=held, role=role.value))
    return held


def _require_may_give(actor: Actor, role: Role, territory: Territory | None, group: Any) -> None:
    if is_system(actor):
        return
    require(signed_in(actor, _l("Sign in to give roles.")))
    if group is not None:
        if not manages_group(actor, group):
            raise NotAllowed(_l("Only the coordinators of this group can do this."))
        return
    if territory is None:
        raise Invalid(_l("Name a place or a group."), "territory")
    require(may_manage_territory(actor, territory))
    if role is Role.ADMIN and Role.ADMIN not in roles_in_territory(actor, territory):
        raise NotAllowed(_l("Only an administrator can make another one."))


@operation
def revoke_role(grant: RoleGrant, *, actor: Actor) -> None:
    """Take a role back; it ends at once.

    Raises:
        NotAllowed: the actor does not manage the place, or would leave the tree without an administrator.
    """
    own = actor.id is not None and actor.id == grant.user_id
    if grant.territory is not None and not own:
        _require_may_give(actor, grant.role, grant.territory, None)
    _keep_an_administrator(grant)
    user, role = grant.user, grant.role
    db.session.delete(grant)
    db.session.flush()
    db.session.expire(user, ["grants"])
    emit(RoleRevoked(actor=actor, subject=user, role=role.value))


def _keep_an_administrator(leaving: RoleGrant) -> None:
    """The whole tree has an administrator, whoever goes: the rows are locked, so that two cannot go at once.

    Raises:
        NotAllowed: ``leaving`` is the last one's.
    """
    place = leaving.territory
    if leaving.role is not Role.ADMIN or place is None or place.parent_id is not None:
        return
    held = db.session.scalars(
        sa.select(RoleGrant.id)
        .where(RoleGrant.territory_id == place.id, RoleGrant.role == Role.ADMIN)
        .order_by(RoleGrant.id)
        .with_for_update()
    ).all()
    if set(held) <= {leaving.id}:
        raise NotAllowed(_l("This is the last administrator. Name another one first."))


@operation
def choose_home(place: Territory, *, actor: Any) -> None:
    """Say that a place is one's own town: what happens there is shown first."""
    require(signed_in(actor, _l("Sign in to choose your town.")))
    if place.level is not Level.LOCAL:
        raise Invalid(_l("Choose a town."), "place")
    actor.home_territory_id = place.id
    emit(HomeChosen(actor=actor, subject=place))
