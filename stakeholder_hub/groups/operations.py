"""Everything that changes groups, their members, organisations and mandates."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from stakeholder_hub.accounts.models import User
from stakeholder_hub.groups.events import (
    GroupChanged,
    GroupCreated,
    MandateGiven,
    MandateRevoked,
    MemberJoined,
    MemberLeft,
    OrganisationChanged,
    OrganisationCreated,
    OrganisationSeated,
)
from stakeholder_hub.groups.models import (
    Group,
    GroupKind,
    GroupOrganisation,
    Mandate,
    Organisation,
    SectorTarget,
)
from stakeholder_hub.groups.policy import (
    may_add_organisation,
    may_create_group,
    may_join,
    may_manage_group,
    may_manage_organisation,
)
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM, Actor, require, signed_in
from stakeholder_hub.kernel.database import db, insert_ignore
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotAllowed
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.sectors import HELIX, Sector
from stakeholder_hub.kernel.text import markdown, normalise, normalise_line, slugify
from stakeholder_hub.territories.models import Role, RoleGrant, Territory
from stakeholder_hub.territories.operations import grant_role, revoke_role

LONGEST_NAME = 160


@operation
def create_group(
    territory: Territory,
    *,
    name: Multilingual,
    kind: GroupKind,
    purpose: str = "",
    language: str,
    targets: Mapping[Sector, int],
    open_to_join: bool = False,
    is_demo: bool = False,
    actor: Actor,
) -> Group:
    """Set up a working group; whoever does it coordinates it.

    Raises:
        NotAllowed: the actor does not manage the territory.
        Invalid: name or targets are not in order.
    """
    require(may_create_group(actor, territory))
    group = Group(territory=territory, kind=kind, is_demo=is_demo)
    _describe(
        group, name=name, purpose=purpose, language=language, targets=targets, open_to_join=open_to_join
    )
    group.slug = _free_slug(Group, group.name.original.text)
    db.session.add(group)
    db.session.flush()
    emit(GroupCreated(actor=actor, subject=group))
    if isinstance(actor, User):
        add_member(group, user=actor, role=Role.COORDINATOR, sector=actor.sector, actor=SYSTEM)
    return group


@operation
def edit_group(
    group: Group,
    *,
    name: Multilingual,
    kind: GroupKind,
    purpose: str,
    language: str,
    targets: Mapping[Sector, int],
    open_to_join: bool,
    version: int,
    actor: Actor,
) -> Group:
    """Describe a group anew.

    Raises:
        Conflict: somebody else changed it since ``version``.
    """
    require(may_manage_group(actor, group))
    if group.version != version:
        raise Conflict(
            _l("Somebody else changed this group in the meantime. Compare, and save again what should hold."),
            theirs={
                "name": group.name.original.text,
                "purpose": group.purpose_text,
                "version": group.version,
            },
            mine={"name": name.original.text, "purpose": purpose},
        )
    group.kind = kind
    _describe(
        group, name=name, purpose=purpose, language=language, targets=targets, open_to_join=open_to_join
    )
    emit(GroupChanged(actor=actor, subject=group))
    return group


def _describe(
    group: Group,
    *,
    name: Multilingual,
    purpose: str,
    language: str,
    targets: Mapping[Sector, int],
    open_to_join: bool,
) -> None:
    group.name = name.with_source(_checked_name(name.original.text))
    if any(len(text) > LONGEST_NAME for text in name.texts.values()):
        raise Invalid(_l("Use at most %(most)s characters for the name.", most=LONGEST_NAME), "name")
    group.purpose_text = normalise(purpose, longest=20_000)
    group.purpose_html, group.purpose_language = markdown(group.purpose_text), language
    group.open_to_join = open_to_join
    if any(not 0 <= share <= 100 for share in targets.values()):
        raise Invalid(_l("A share lies between 0 and 100 percent."), "targets")
    if sum(targets.values()) > 100:
        raise Invalid(_l("The shares add up to more than 100 percent."), "targets")
    stored = {target.sector: target for target in group.targets}
    for sector in HELIX:
        share = targets.get(sector, 0)
        if sector in stored:
            stored[sector].share = share
        else:
            group.targets.append(SectorTarget(sector=sector, share=share))


def _checked_name(text: str) -> str:
    name = normalise_line(text)
    if not name:
        raise Invalid(_l("Give it a name."), "name")
    if len(name) > LONGEST_NAME:
        raise Invalid(_l("Use at most %(most)s characters for the name.", most=LONGEST_NAME), "name")
    return name


def _free_slug(model: Any, text: str) -> str:
    base, number = slugify(text), 1
    slug = base
    while db.session.scalar(sa.select(model.id).where(model.slug == slug)) is not None:
        number += 1
        slug = f"{base}-{number}"
    return slug


@operation
def add_member(group: Group, *, user: User, role: Role, sector: Sector | None, actor: Actor) -> RoleGrant:
    """Seat a person at the table, or change the role and sector they have there.

    Raises:
        NotAllowed: the actor does not coordinate the group, or would take away its last coordinator.
    """
    require(may_manage_group(actor, group))
    if role is Role.ADMIN:
        raise Invalid(_l("A group has coordinators, no administrators."), "role")
    held = seat_of(group, user)
    if held is not None and held.role is Role.COORDINATOR and role is not Role.COORDINATOR:
        _keep_a_coordinator(group, held)
    grant = grant_role(user, role=role, group=group, sector=sector, actor=SYSTEM)
    emit(MemberJoined(actor=actor, subject=group, user_id=user.id, role=role.value))
    return grant


def seat_of(group: Group, user: User) -> RoleGrant | None:
    """The seat of ``user`` at the group's table."""
    return db.session.scalar(
        sa.select(RoleGrant).where(RoleGrant.group_id == group.id, RoleGrant.user_id == user.id)
    )


@operation
def remove_member(group: Group, *, user: User, actor: Actor) -> None:
    """Take a seat away, or leave: from then on nothing of the group's own is seen any more.

    Raises:
        NotAllowed: the actor neither coordinates the group nor is that person, or it is the last coordinator.
    """
    held = seat_of(group, user)
    if held is None:
        return
    if actor.id is None or actor.id != user.id:
        require(may_manage_group(actor, group))
    if held.role is Role.COORDINATOR:
        _keep_a_coordinator(group, held)
    revoke_role(held, actor=actor)
    db.session.expire(group, ["memberships"])
    emit(MemberLeft(actor=actor, subject=group, user_id=user.id))


def _keep_a_coordinator(group: Group, leaving: RoleGrant) -> None:
    others = (
        sa.select(sa.func.count())
        .select_from(RoleGrant)
        .where(RoleGrant.group_id == group.id, RoleGrant.role == Role.COORDINATOR, RoleGrant.id != leaving.id)
    )
    if not db.session.scalar(others):
        raise NotAllowed(_l("This is the last coordinator of the group. Name another one first."))


@operation
def join_group(group: Group, *, sector: Sector | None, actor: Any) -> RoleGrant:
    """Take a seat in a group that is open to join.

    Raises:
        NotAllowed: it is not, or the actor sits there already.
    """
    require(may_join(actor, group))
    return add_member(group, user=actor, role=Role.MEMBER, sector=sector or actor.sector, actor=SYSTEM)


@operation
def create_organisation(
    territory: Territory,
    *,
    name: str,
    language: str,
    sector: Sector,
    description: str = "",
    website: str | None = None,
    is_demo: bool = False,
    actor: Actor,
) -> Organisation:
    """Add a stakeholder organisation to a territory.

    Raises:
        NotAllowed: the actor runs neither the territory nor a group in it.
        Invalid: name, sector or web address are not in order.
    """
    require(may_add_organisation(actor, territory))
    body = Organisation(territory=territory, is_demo=is_demo)
    _describe_body(
        body, name=name, language=language, sector=sector, description=description, website=website
    )
    body.slug = _free_slug(Organisation, body.name)
    db.session.add(body)
    db.session.flush()
    emit(OrganisationCreated(actor=actor, subject=body))
    return body


@operation
def edit_organisation(
    body: Organisation,
    *,
    name: str,
    language: str,
    sector: Sector,
    description: str,
    website: str | None,
    version: int,
    actor: Actor,
) -> Organisation:
    """Describe an organisation anew.

    Raises:
        Conflict: somebody else changed it since ``version``.
    """
    require(may_manage_organisation(actor, body))
    if body.version != version:
        raise Conflict(
            _l("Somebody else changed this organisation in the meantime."),
            theirs={"name": body.name, "description": body.description_text, "version": body.version},
            mine={"name": name, "description": description},
        )
    _describe_body(
        body, name=name, language=language, sector=sector, description=description, website=website
    )
    emit(OrganisationChanged(actor=actor, subject=body))
    return body


def _describe_body(
    body: Organisation, *, name: str, language: str, sector: Sector, description: str, website: str | None
) -> None:
    if sector not in HELIX:
        raise Invalid(_l("Choose one of the four sectors."), "sector")
    body.name, body.name_language, body.sector = _checked_name(name), language, sector
    body.description_text = normalise(description, longest=20_000)
    body.description_html = markdown(body.description_text)
    body.website = _web_address(website)


def _web_address(raw: str | None) -> str | None:
    address = normalise_line(raw or "")
    if not address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError as broken:
        raise Invalid(_l("This is not a web address. It begins with https://"), "website") from broken
    if parts.scheme not in ("http", "https") or not parts.netloc or len(address) > 300:
        raise Invalid(_l("This is not a web address. It begins with https://"), "website")
    return address


@operation
def seat_organisation(group: Group, *, organisation: Organisation, actor: Actor) -> None:
    """Say that an organisation sits at the group's table. Saying it twice changes nothing."""
    require(may_manage_group(actor, group))
    values = {"group_id": group.id, "organisation_id": organisation.id, "created_at": clock.now()}
    if insert_ignore(GroupOrganisation.__table__, values, index_elements=["group_id", "organisation_id"]):
        emit(OrganisationSeated(actor=actor, subject=group))


@operation
def give_mandate(
    organisation: Organisation,
    *,
    user: User,
    position: str,
    starts_on: date,
    ends_on: date | None = None,
    actor: Actor,
) -> Mandate:
    """Give a person the dated right to speak for an organisation. Both days belong to it.

    Raises:
        NotAllowed: the actor manages neither the organisation nor its territory.
        Invalid: it ends before it begins, or the person has such a mandate for these days.
    """
    require(may_manage_organisation(actor, organisation))
    if ends_on is not None and ends_on < starts_on:
        raise Invalid(_l("The mandate cannot end before it begins."), "ends_on")
    if not 1990 <= starts_on.year <= 2200:
        raise Invalid(_l("Choose a date between the years 1990 and 2200."), "starts_on")
    for held in organisation.mandates:
        overlaps = (ends_on is None or held.starts_on <= ends_on) and (
            held.ends_on is None or held.ends_on >= starts_on
        )
        if held.user_id == user.id and held.revoked_at is None and overlaps:
            raise Invalid(_l("This person has a mandate for these days already."), "user")
    mandate = Mandate(
        organisation=organisation,
        user=user,
        position=normalise_line(position)[:120],
        starts_on=starts_on,
        ends_on=ends_on,
    )
    db.session.add(mandate)
    db.session.flush()
    emit(MandateGiven(actor=actor, subject=mandate))
    return mandate


@operation
def revoke_mandate(mandate: Mandate, *, actor: Actor) -> None:
    """End a mandate at once. The person may give it back themselves."""
    require(signed_in(actor, _l("Sign in to end a mandate.")))
    if actor.id is None or actor.id != mandate.user_id:
        require(may_manage_organisation(actor, mandate.organisation))
    if mandate.revoked_at is None:
        mandate.revoked_at = clock.now()
        emit(MandateRevoked(actor=actor, subject=mandate))
