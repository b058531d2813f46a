"""Adding a place and describing it."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa

from stakeholder_hub.kernel.authorization import Actor, is_system, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotAllowed
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import CONTENT, INTERFACE, _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.text import normalise_line, slugify
from stakeholder_hub.territories.events import TerritoryChanged, TerritoryCreated
from stakeholder_hub.territories.models import Level, Territory, TerritorySlug
from stakeholder_hub.territories.operations.tree import check_level, lock_tree, move_territory
from stakeholder_hub.territories.policy import may_add_below, may_manage_territory

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
        # Its path is made from the parent's: nothing may move until it is written.
        lock_tree()
        db.session.refresh(parent)
        require(may_add_below(actor, parent))
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
