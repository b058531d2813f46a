"""Who is told about bodies, and how they are found by search."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from babel.dates import format_date

from stakeholder_hub.accounts.models import User
from stakeholder_hub.bodies import sentences
from stakeholder_hub.bodies.events import BodyChanged, BodyEnding, BodyRegistered, CompetencesChanged
from stakeholder_hub.bodies.models import Body
from stakeholder_hub.groups.events import GroupChanged, OrganisationChanged
from stakeholder_hub.groups.queries import coordinator_ids
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.events import subscribe
from stakeholder_hub.notifications.operations import notify
from stakeholder_hub.search.operations import index_thing
from stakeholder_hub.search.sources import source
from stakeholder_hub.territories.models import RoleGrant
from stakeholder_hub.territories.policy import MANAGERS
from stakeholder_hub.territories.queries import role_in_force


@subscribe(BodyEnding)
def _tell_coordinators(event: BodyEnding) -> None:
    body: Body = event.subject
    people = db.session.execute(
        sa.select(User.id, User.language).where(User.id.in_(list(_coordinators(body))))
    ).all()
    for language in sorted({language for _id, language in people}):
        data = {
            "body": body.name.in_(language).text,
            "day": format_date(body.sunset_on, format="long", locale=language),
            "slug": body.slug,
        }
        notify([i for i, own in people if own == language], kind=sentences.ENDING, data=data)


def _coordinators(body: Body) -> Sequence[int]:
    if body.group is not None:
        return coordinator_ids(body.group)
    return db.session.scalars(
        sa.select(RoleGrant.user_id).where(
            RoleGrant.territory_id == body.territory_id,
            RoleGrant.role.in_(sorted(MANAGERS)),
            role_in_force(),
        )
    ).all()


@subscribe(BodyRegistered)
def _index_new(event: BodyRegistered) -> None:
    index_body(event.subject)


@subscribe(BodyChanged)
def _index_changed(event: BodyChanged) -> None:
    index_body(event.subject)


@subscribe(CompetencesChanged)
def _index_competences(event: CompetencesChanged) -> None:
    index_body(event.subject)


@subscribe(GroupChanged)
def _index_of_group(event: GroupChanged) -> None:
    _index_where(Body.group_id == event.subject.id)


@subscribe(OrganisationChanged)
def _index_of_organisation(event: OrganisationChanged) -> None:
    _index_where(Body.organisation_id == event.subject.id)


def _index_where(condition: sa.ColumnElement[bool]) -> None:
    body = db.session.scalar(sa.select(Body).where(condition))
    if body is not None:
        index_body(body)


def index_body(body: Body) -> None:
    """Make a body findable by its name, its remit and what its competences rest on."""
    remit = body.remit.everything() if body.remit is not None else ""
    index_thing(
        "body",
        body.id,
        title=body.name,
        text="\n".join([remit, *[competence.basis for competence in body.competences]]).strip(),
        territory_id=body.territory_id,
        slug=body.slug,
        language=body.remit.source if body.remit is not None else body.name.source,
    )


@source("body")
def index_bodies() -> Iterator[int]:
    """Every body."""
    for body in db.session.scalars(sa.select(Body).order_by(Body.id)):
        index_body(body)
        yield body.id
