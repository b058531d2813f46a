"""Who is told about groups, and what is found by search."""

from collections.abc import Iterator

import sqlalchemy as sa

from stakeholder_hub.groups import sentences
from stakeholder_hub.groups.events import (
    GroupChanged,
    GroupCreated,
    JoiningAsked,
    JoiningRefused,
    MandateGiven,
    MemberJoined,
    OrganisationChanged,
    OrganisationCreated,
)
from stakeholder_hub.groups.models import Group, Organisation
from stakeholder_hub.groups.queries import coordinator_ids
from stakeholder_hub.kernel.authorization import is_system
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.events import subscribe
from stakeholder_hub.notifications.operations import notify
from stakeholder_hub.search.operations import index_thing
from stakeholder_hub.search.sources import source


@subscribe(GroupCreated)
def _index_new_group(event: GroupCreated) -> None:
    index_group(event.subject)


@subscribe(GroupChanged)
def _index_group_again(event: GroupChanged) -> None:
    index_group(event.subject)


@subscribe(OrganisationCreated)
def _index_new_organisation(event: OrganisationCreated) -> None:
    index_organisation(event.subject)


@subscribe(OrganisationChanged)
def _index_organisation_again(event: OrganisationChanged) -> None:
    index_organisation(event.subject)


@subscribe(JoiningAsked)
def _tell_coordinators(event: JoiningAsked) -> None:
    group: Group = event.subject
    data = {"person": event.actor.name, "group": group.name.original.text, "slug": group.slug}
    notify(coordinator_ids(group), kind=sentences.ASKED, data=data)


@subscribe(MemberJoined)
def _tell_new_member(event: MemberJoined) -> None:
    if not is_system(event.actor) and event.actor.id != event.user_id:
        notify([event.user_id], kind=sentences.JOINED, data=_said(event.subject))


@subscribe(JoiningRefused)
def _tell_who_asked(event: JoiningRefused) -> None:
    notify([event.user_id], kind=sentences.REFUSED, data=_said(event.subject))


@subscribe(MandateGiven)
def _tell_delegate(event: MandateGiven) -> None:
    body = event.subject.organisation
    notify(
        [event.subject.user_id], kind=sentences.MANDATE, data={"organisation": body.name, "slug": body.slug}
    )


def _said(group: Group) -> dict[str, str]:
    return {"group": group.name.original.text, "slug": group.slug}


def index_group(group: Group) -> None:
    """Make a group findable by its names and purpose."""
    index_thing(
        "group",
        group.id,
        title=group.name,
        text=group.purpose_text,
        territory_id=group.territory_id,
        slug=group.slug,
        language=group.purpose_language,
    )


def index_organisation(body: Organisation) -> None:
    """Make an organisation findable by its name and what is said about it."""
    index_thing(
        "organisation",
        body.id,
        title=body.name,
        text=body.description_text,
        territory_id=body.territory_id,
        slug=body.slug,
        language=body.name_language,
    )


@source("group")
def index_groups() -> Iterator[int]:
    """Every group."""
    for group in db.session.scalars(sa.select(Group).order_by(Group.id)):
        index_group(group)
        yield group.id


@source("organisation")
def index_organisations() -> Iterator[int]:
    """Every organisation."""
    for body in db.session.scalars(sa.select(Organisation).order_by(Organisation.id)):
        index_organisation(body)
        yield body.id
