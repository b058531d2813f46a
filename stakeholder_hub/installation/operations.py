"""The first hour and what becomes of the demonstration."""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from stakeholder_hub.accounts.models import User
from stakeholder_hub.accounts.operations import register_person
from stakeholder_hub.installation.events import (
    DemonstrationLoaded,
    DemonstrationRemoved,
    SetUp,
    SiteChanged,
)
from stakeholder_hub.installation.models import Installation
from stakeholder_hub.installation.policy import may_change_site, may_remove_demonstration
from stakeholder_hub.installation.queries import forget_site
from stakeholder_hub.installation.removing import delete_content, demonstration_content
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM, Actor, is_system, require
from stakeholder_hub.kernel.database import db, insert_ignore
from stakeholder_hub.kernel.errors import Invalid, NotAllowed, NotFound
from stakeholder_hub.kernel.events import after_commit, emit
from stakeholder_hub.kernel.i18n import DEFAULT, _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.text import normalise_line
from stakeholder_hub.territories.models import Level, Role, RoleGrant, Territory
from stakeholder_hub.territories.operations import create_territory, grant_role, revoke_role
from stakeholder_hub.territories.policy import is_administrator


@operation
def ensure_installation() -> Installation:
    """The installation's row, made where it is not there yet."""
    insert_ignore(
        Installation.__table__,
        {"id": 1, "name": "Stakeholder Hub", "created_at": clock.now()},
        index_elements=["id"],
    )
    return db.session.scalars(sa.select(Installation).where(Installation.id == 1)).one()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@operation
def issue_setup_token() -> str | None:
    """A new token for the set-up page, in place of an older one; ``None`` once set-up is done."""
    here = ensure_installation()
    if here.setup_at is not None:
        return None
    token = secrets.token_urlsafe(24)
    here.setup_token_hash = _hash(token)
    return token


def is_setup_token(token: str) -> bool:
    """Whether ``token`` opens the set-up page now."""
    here = db.session.scalar(sa.select(Installation).where(Installation.id == 1))
    if here is None or here.setup_at is not None or not here.setup_token_hash or not token:
        return False
    return hmac.compare_digest(here.setup_token_hash, _hash(token))


@operation
def complete_setup(
    token: str,
    *,
    site_name: str,
    admin_name: str,
    admin_email: str,
    admin_password: str,
    language: str,
    town: Territory | None = None,
    new_town: dict[str, Any] | None = None,
    keep_demonstration: bool = True,
) -> User:
    """Give the site its name, its first town and its administrator: once.

    ``new_town`` holds the arguments of a town to be made (name, code, country, timezone, ...); ``town`` is one
    that is there already, and is real from now on. People of the demonstration, whose passwords were printed, hold
    no role above the whole site any more.

    Raises:
        NotFound: the token is not the one that was printed, or set-up is done.
        Invalid: at the field that is not in order.
    """
    here = ensure_installation()
    db.session.refresh(here, with_for_update=True)
    if not is_setup_token(token):
        raise NotFound()
    here.name = _checked_name(site_name, "site_name")
    with _fields("town"):
        place = town or _make_town(dict(new_town or {}), language)
    place.is_demo = False
    with _fields("admin"):
        admin = register_person(
            email=admin_email,
            name=admin_name,
            language=language,
            password=admin_password,
            confirmed=True,
            home_territory=place if place.level is Level.LOCAL else None,
            actor=SYSTEM,
        )
    top = _root() or place
    grant_role(admin, role=Role.ADMIN, territory=top, actor=SYSTEM)
    here.setup_at, here.setup_token_hash = clock.now(), None
    after_commit(forget_site)
    emit(SetUp(actor=admin, subject=here))
    _disarm_demonstration(top)
    if not keep_demonstration and here.demo_loaded_at is not None:
        remove_demonstration(actor=admin)
    return admin


@contextmanager
def _fields(prefix: str) -> Iterator[None]:
    """Name the field of a refusal as the set-up page does."""
    try:
        yield
    except Invalid as refusal:
        raise Invalid(refusal.reason, f"{prefix}_{refusal.field}") from refusal


def _root() -> Territory | None:
    return db.session.scalars(
        sa.select(Territory).where(Territory.parent_id.is_(None)).order_by(Territory.id)
    ).first()


def _disarm_demonstration(top: Territory) -> None:
    held = sa.select(RoleGrant).join(RoleGrant.user).where(RoleGrant.territory_id == top.id, User.is_demo)
    for grant in db.session.scalars(held).all():
        revoke_role(grant, actor=SYSTEM)


def _checked_name(raw: str, field: str) -> str:
    name = normalise_line(raw)
    if not name or len(name) > 80:
        raise Invalid(_l("Give the site a name of at most 80 characters."), field)
    return name


def _make_town(values: dict[str, Any], language: str) -> Territory:
    root = _root()
    if root is None:
        root = create_territory(
            parent=None,
            level=Level.TRANSNATIONAL,
            name=Multilingual.of("Region", DEFAULT, sl="Regija", de="Region", hu="Régió", hr="Regija"),
            slug="region",
            code="HUB",
            country=None,
            timezone=str(values.get("timezone") or "UTC"),
            default_language=language,
            actor=SYSTEM,
        )
    name = values.pop("name", "")
    return create_territory(
        parent=root,
        level=Level.LOCAL,
        name=Multilingual.of(name, language),
        default_language=language,
        languages=[language],
        actor=SYSTEM,
        **values,
    )


@operation
def edit_site(*, name: str, contact: str | None, actor: Actor) -> Installation:
    """Change the site's name and whom to write to.

    Raises:
        NotAllowed: the actor is no administrator of the whole site.
    """
    require(may_change_site(actor))
    here = ensure_installation()
    here.name = _checked_name(name, "name")
    here.contact = normalise_line(contact or "", longest=254) or None
    after_commit(forget_site)
    emit(SiteChanged(actor=actor, subject=here))
    return here


@operation
def mark_demonstration_loaded(*, actor: Actor = SYSTEM) -> None:
    """Remember that the demonstration is there."""
    if not is_system(actor) and not is_administrator(actor):
        raise NotAllowed(_l("Only administrators of the site can do this."))
    here = ensure_installation()
    here.demo_loaded_at = clock.now()
    after_commit(forget_site)
    emit(DemonstrationLoaded(actor=actor, subject=here))


@operation
def remove_demonstration(*, actor: Actor) -> dict[str, int]:
    """Delete what is marked as demonstration and all that hangs on it; returns the number of rows by table.

    Real people keep their accounts, the audit keeps its rows, and a real place keeps the places it lies in.

    Raises:
        NotAllowed: the actor is no administrator of the site, or is of the demonstration.
    """
    require(may_remove_demonstration(actor))
    here = ensure_installation()
    db.session.refresh(here, with_for_update=True)
    content = demonstration_content()
    removed = delete_content(content)
    here.demo_loaded_at = None
    after_commit(forget_site)
    gone = {name: frozenset(ids) for name, ids in content.ids.items()}
    emit(DemonstrationRemoved(actor=actor, subject=here, removed=removed, gone=gone))
    return removed
