"""Reading cores and editions."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload
from sqlalchemy.sql import Select

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.editions.content import Content
from stakeholder_hub.editions.models import Core, CoreAnswer, CoreAnswerState, Edition, EditionState
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.territories.models import Role, RoleGrant, Territory
from stakeholder_hub.territories.policy import MANAGERS, grants_of
from stakeholder_hub.territories.queries import within


def latest_core(consultation_id: int) -> Core | None:
    """The last version of a consultation's core, if it has one."""
    return db.session.scalar(
        sa.select(Core).where(Core.consultation_id == consultation_id).order_by(Core.number.desc()).limit(1)
    )


def content_of(core: Core) -> Content:
    """What a version of a core says."""
    return Content.from_json(core.content)


def cores_of(consultation_id: int) -> Sequence[Core]:
    """Every version, the last one first."""
    return db.session.scalars(
        sa.select(Core).where(Core.consultation_id == consultation_id).order_by(Core.number.desc())
    ).all()


def core_numbered(consultation_id: int, number: int) -> Core:
    """One version of a core.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(
        sa.select(Core).where(Core.consultation_id == consultation_id, Core.number == number)
    )
    if found is None:
        raise NotFound()
    return found


def editions_of(parent_id: int) -> Select[Edition]:
    """Every place of a parent, in whatever state, with its core and its consultation."""
    return (
        sa.select(Edition)
        .where(Edition.parent_id == parent_id)
        .options(joinedload(Edition.core), joinedload(Edition.consultation))
    )


def taking_part(parent_id: int) -> Select[Edition]:
    """The places that take part."""
    return editions_of(parent_id).where(Edition.state == EditionState.ACCEPTED)


def edition_in(parent: Consultation, territory: Territory) -> Edition | None:
    """The row of a place in a parent, if it has one."""
    return db.session.scalar(
        sa.select(Edition).where(Edition.parent_id == parent.id, Edition.territory_id == territory.id)
    )


def edition_carried_out_by(consultation_id: int) -> Edition | None:
    """The edition that this consultation is, while it takes part."""
    return db.session.scalar(
        sa.select(Edition)
        .where(Edition.consultation_id == consultation_id, Edition.state == EditionState.ACCEPTED)
        .options(joinedload(Edition.core), joinedload(Edition.parent))
    )


def waiting_answer(edition: Edition) -> CoreAnswer | None:
    """The later version that waits for this edition's answer, if one does."""
    return db.session.scalar(
        sa.select(CoreAnswer)
        .join(Core, Core.id == CoreAnswer.core_id)
        .where(CoreAnswer.edition_id == edition.id, CoreAnswer.state == CoreAnswerState.WAITING)
        .order_by(Core.number.desc())
        .limit(1)
        .options(joinedload(CoreAnswer.core))
    )


def answer_to(edition: Edition, core: Core) -> CoreAnswer | None:
    """What an edition says, or owes, to a version."""
    return db.session.get(CoreAnswer, (edition.id, core.id))


def groups_that_can_hold(edition: Edition, actor: Actor) -> Sequence[Group]:
    """The groups of the place that the actor runs: one of them holds the edition."""
    grants = [grant for grant in grants_of(actor) if grant.role in MANAGERS]
    above = {grant.territory_id for grant in grants if grant.territory_id is not None}
    statement = sa.select(Group).where(
        Group.territory_id == edition.territory_id, Group.archived_at.is_(None)
    )
    if not above & set(edition.territory.lineage_ids):
        statement = statement.where(
            Group.id.in_([grant.group_id for grant in grants if grant.group_id is not None])
        )
    return db.session.scalars(statement.order_by(Group.id)).all()


def coordinators_of(territory: Territory) -> list[int]:
    """Ids of those who answer for a place: its managers and its groups' coordinators, else those of the place above."""
    ids = db.session.scalars(
        sa.select(RoleGrant.user_id)
        .outerjoin(Group, Group.id == RoleGrant.group_id)
        .where(
            RoleGrant.role.in_(MANAGERS),
            sa.or_(
                RoleGrant.territory_id == territory.id,
                sa.and_(Group.territory_id == territory.id, Group.archived_at.is_(None)),
            ),
        )
    ).all()
    if ids:
        return sorted(set(ids))
    rows = db.session.execute(
        sa.select(RoleGrant.territory_id, RoleGrant.user_id).where(
            RoleGrant.territory_id.in_(territory.ancestor_ids), RoleGrant.role.in_(MANAGERS)
        )
    ).all()
    for above in reversed(territory.ancestor_ids):
        if found := sorted({user for place, user in rows if place == above}):
            return found
    return []


def runners_of(consultation: Consultation) -> list[int]:
    """Ids of those who coordinate a consultation: of its group, else of its place."""
    if consultation.group_id is not None:
        where = sa.and_(RoleGrant.group_id == consultation.group_id, RoleGrant.role == Role.COORDINATOR)
    else:
        where = sa.and_(RoleGrant.territory_id == consultation.territory_id, RoleGrant.role.in_(MANAGERS))
    return sorted(set(db.session.scalars(sa.select(RoleGrant.user_id).where(where))))


def places_of(actor: Actor) -> sa.ColumnElement[bool]:
    """Whether an edition's place is one for which the actor answers."""
    grants = [grant for grant in grants_of(actor) if grant.role in MANAGERS]
    groups = [grant.group_id for grant in grants if grant.group_id is not None]
    paths = [grant.territory.path for grant in grants if grant.territory is not None]
    mine: list[sa.ColumnElement[bool]] = [sa.false()]
    if groups:
        held = sa.select(Group.territory_id).where(Group.id.in_(groups), Group.archived_at.is_(None))
        mine.append(Edition.territory_id.in_(held))
    if paths:
        below = sa.select(Territory.id).where(sa.or_(*[within(path) for path in paths]))
        mine.append(Edition.territory_id.in_(below))
    return sa.or_(*mine)
