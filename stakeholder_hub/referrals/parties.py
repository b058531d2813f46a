"""Who hands over and who is told: bodies, groups that are none, and the people who act for them."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.bodies.officials import let_officials_read
from stakeholder_hub.bodies.policy import may_act_for
from stakeholder_hub.bodies.queries import bodies_acted_for
from stakeholder_hub.groups.models import Group, Mandate
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import ALLOWED, Actor, Verdict, is_system, refused, signed_in
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.records.models import Record
from stakeholder_hub.records.operations import let_read
from stakeholder_hub.territories.models import RoleGrant
from stakeholder_hub.territories.policy import MANAGERS, grants_of

Party = Body | Group
"""Who can hand a matter over."""


def acts_for(actor: Actor, party: Party) -> Verdict:
    """Whether the actor may act for a body, or coordinates a group that is none."""
    if isinstance(party, Body):
        return may_act_for(actor, party)
    if is_system(actor):
        return ALLOWED
    if not (answer := signed_in(actor, _l("Sign in to act for this group."))):
        return answer
    if party.archived_at is not None:
        return refused(_l("This group has ended."))
    if any(grant.group_id == party.id and grant.role in MANAGERS for grant in grants_of(actor)):
        return ALLOWED
    return refused(_l("Only the coordinators of this group can act for it."))


def parties_of(actor: Actor) -> list[Party]:
    """Every body and group the actor may hand something over for. Two statements."""
    bodies = list(bodies_acted_for(actor))
    own = {b.group_id for b in bodies}
    coordinated = [g.group_id for g in grants_of(actor) if g.group_id is not None and g.role in MANAGERS]
    others = [group_id for group_id in coordinated if group_id not in own]
    registered = sa.select(Body.group_id).where(Body.group_id.is_not(None), Body.archived_at.is_(None))
    groups: Sequence[Group] = []
    if others:
        groups = db.session.scalars(
            sa.select(Group)
            .where(Group.id.in_(others), Group.archived_at.is_(None), Group.id.not_in(registered))
            .order_by(Group.id)
        ).all()
    return [*bodies, *groups]


def may_hand_over_any(actor: Actor) -> bool:
    """Whether there is anything the actor could hand over for: asked without loading it."""
    if not actor.is_authenticated:
        return False
    if any(g.group_id is not None and g.role in MANAGERS for g in grants_of(actor)):
        return True
    mandates = sa.select(Body.id).where(
        Body.organisation_id.in_(
            sa.select(Mandate.organisation_id).where(
                Mandate.user_id == actor.id, Mandate.revoked_at.is_(None), Mandate.starts_on <= clock.today()
            )
        )
    )
    return db.session.scalar(mandates.limit(1)) is not None


def key_of(party: Party) -> str:
    """A body or group as the value of a form field."""
    return f"body-{party.id}" if isinstance(party, Body) else f"group-{party.id}"


def official_ids(bodies: Iterable[Party]) -> list[int]:
    """Ids of those who act for any of these today: delegates with a mandate in force, coordinators. Two statements."""
    parties = list(bodies)
    organisations = {b.organisation_id: b for b in parties if isinstance(b, Body) and b.organisation_id}
    groups = {b.group_id if isinstance(b, Body) else b.id for b in parties} - {None}
    found: set[int] = set()
    if organisations:
        for mandate in db.session.scalars(
            sa.select(Mandate).where(
                Mandate.organisation_id.in_(list(organisations)), Mandate.revoked_at.is_(None)
            )
        ):
            zone = organisations[mandate.organisation_id].territory.timezone
            if mandate.is_valid_on(clock.today(zone)):
                found.add(mandate.user_id)
    if groups:
        held = sa.select(RoleGrant.user_id).where(
            RoleGrant.group_id.in_(list(groups)), RoleGrant.role.in_(sorted(MANAGERS))
        )
        found |= set(db.session.scalars(held))
    return sorted(found)


def position_of(actor: Actor, body: Body) -> str:
    """In what position the actor acts for ``body``: as the mandate says; empty for coordinators of a group."""
    if body.organisation_id is None or actor.id is None:
        return ""
    today = clock.today(body.territory.timezone)
    mandates = db.session.scalars(
        sa.select(Mandate).where(Mandate.organisation_id == body.organisation_id, Mandate.user_id == actor.id)
    )
    return next((mandate.position for mandate in mandates if mandate.is_valid_on(today)), "")


def let_party_read(record: Record, party: Party) -> None:
    """Let a body (or group) read a members' record that is handed to it."""
    if isinstance(party, Group):
        let_read(record, group_id=party.id)
    else:
        let_officials_read(record, [party])


def home_of(party: Party) -> dict[str, Any]:
    """Where a record that a party makes belongs: its territory, group and organisation."""
    if isinstance(party, Group):
        return {"territory": party.territory, "group_id": party.id, "speaking_for_id": None}
    return {
        "territory": party.territory,
        "group_id": party.group_id,
        "speaking_for_id": party.organisation_id,
    }
