"""Who acts for bodies today: named on their pages, told when something waits for them."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from stakeholder_hub.accounts.models import User
from stakeholder_hub.bodies.models import Body
from stakeholder_hub.groups.models import Mandate
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.models import Record
from stakeholder_hub.records.operations import let_read
from stakeholder_hub.territories.models import RoleGrant
from stakeholder_hub.territories.policy import MANAGERS


@dataclass(frozen=True)
class Official:
    """A named person who may act for a body today."""

    person: User
    position: str


def officials_of(body: Body) -> list[Official]:
    """Who may act for a body today: those with a mandate in force, or the coordinators of the group."""
    today = clock.today(body.territory.timezone)
    if not body.is_active_on(today):
        return []
    if body.organisation is not None:
        return [Official(m.user, m.position) for m in body.organisation.mandates if m.is_valid_on(today)]
    seats = body.group.memberships if body.group is not None else []
    return [Official(seat.user, str(seat.role.label)) for seat in seats if seat.role in MANAGERS]


def ids_of_officials(bodies: Iterable[Body]) -> set[int]:
    """The ids of everybody who acts for one of these bodies today: delegates with a mandate in force, and the
    coordinators of a group. Two statements, however many bodies.
    """
    found = list(bodies)
    zones = {b.organisation_id: b.territory.timezone for b in found if b.organisation_id is not None}
    mandates = db.session.scalars(
        sa.select(Mandate).where(Mandate.organisation_id.in_(list(zones)), Mandate.revoked_at.is_(None))
    )
    people = {m.user_id for m in mandates if m.is_valid_on(clock.today(zones[m.organisation_id]))}
    groups = [body.group_id for body in found if body.group_id is not None]
    seats = sa.select(RoleGrant.user_id).where(RoleGrant.group_id.in_(groups), RoleGrant.role.in_(MANAGERS))
    return people | set(db.session.scalars(seats))


def let_officials_read(record: Record, bodies: Iterable[Body]) -> None:
    """Let those who act for ``bodies`` read a members' record that is handed to them, as long as they do."""
    for body in bodies:
        let_read(record, group_id=body.group_id, organisation_id=body.organisation_id)


def position_in(body: Body, actor: Actor) -> str:
    """As what the actor acts for the body, as the mandate says; empty where it says nothing."""
    if body.organisation_id is None or actor.id is None:
        return ""
    mandates = db.session.scalars(
        sa.select(Mandate).where(
            Mandate.organisation_id == body.organisation_id,
            Mandate.user_id == actor.id,
            Mandate.revoked_at.is_(None),
        )
    )
    today = clock.today(body.territory.timezone)
    return next((m.position for m in mandates if m.is_valid_on(today)), "")
