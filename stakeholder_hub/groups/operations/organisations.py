"""Organisations, who may speak for them, and the tables they sit at."""

from datetime import date

from stakeholder_hub.accounts.models import User
from stakeholder_hub.groups.events import (
    MandateGiven,
    MandateRevoked,
    OrganisationChanged,
    OrganisationCreated,
    OrganisationSeated,
    OrganisationUnseated,
)
from stakeholder_hub.groups.models import Group, GroupOrganisation, Mandate, Organisation
from stakeholder_hub.groups.operations.naming import checked_name, free_slug
from stakeholder_hub.groups.policy import may_add_organisation, may_manage_group, may_manage_organisation
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, require, signed_in
from stakeholder_hub.kernel.database import db, insert_ignore
from stakeholder_hub.kernel.errors import Conflict, Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.sectors import HELIX, Sector
from stakeholder_hub.kernel.text import markdown, normalise, normalise_line, web_address
from stakeholder_hub.territories.models import Territory


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
    body.slug = free_slug(Organisation, body.name)
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
    body.name, body.name_language, body.sector = checked_name(name), language, sector
    body.description_text = normalise(description, longest=20_000)
    body.description_html = markdown(body.description_text)
    body.website = web_address(website, field="website", longest=300)


@operation
def seat_organisation(group: Group, *, organisation: Organisation, actor: Actor) -> None:
    """Say that an organisation sits at the group's table. Saying it twice changes nothing."""
    require(may_manage_group(actor, group))
    values = {"group_id": group.id, "organisation_id": organisation.id, "created_at": clock.now()}
    if insert_ignore(GroupOrganisation.__table__, values, index_elements=["group_id", "organisation_id"]):
        emit(OrganisationSeated(actor=actor, subject=group))


@operation
def unseat_organisation(group: Group, *, organisation: Organisation, actor: Actor) -> None:
    """Take an organisation's seat at the group's table away."""
    require(may_manage_group(actor, group))
    seat = db.session.get(GroupOrganisation, (group.id, organisation.id))
    if seat is not None:
        db.session.delete(seat)
        emit(OrganisationUnseated(actor=actor, subject=group))


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
