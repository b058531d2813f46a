"""Who acts for bodies today: the people that are told when something waits for a body."""

from collections.abc import Iterable

import sqlalchemy as sa

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.groups.models import Mandate
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.territories.models import RoleGrant
from stakeholder_hub.territories.policy import MANAGERS


def officials_of(bodies: Iterable[Body]) -> set[int]:
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
