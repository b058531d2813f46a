"""Giving and taking roles, and choosing one's town."""

from typing import Any

import sqlalchemy as sa

from stakeholder_hub.accounts.models import User
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, is_system, require, signed_in
from stakeholder_hub.kernel.database import db, insert_ignore
from stakeholder_hub.kernel.errors import Invalid, NotAllowed
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.territories.events import HomeChosen, RoleGranted, RoleRevoked
from stakeholder_hub.territories.models import Level, Role, RoleGrant, Territory
from stakeholder_hub.territories.policy import (
    manages_group,
    may_manage_territory,
    roles_in_territory,
    still_exists,
)


@operation
def grant_role(
    user: User,
    *,
    role: Role,
    territory: Territory | None = None,
    group: Any = None,
    sector: Sector | None = None,
    actor: Actor,
) -> RoleGrant:
    """Give a person a role in a territory or a group, in place of the one they hold there.

    Raises:
        NotAllowed: the actor does not manage it, or would give more than they hold.
        Invalid: neither or both of territory and group are named.
    """
    if (territory is None) == (group is None):
        raise Invalid(_l("Name a place or a group."), "territory")
    if territory is not None:
        require(still_exists(territory))
    _require_may_give(actor, role, territory, group)
    scope = (
        RoleGrant.territory_id == territory.id if territory is not None else RoleGrant.group_id == group.id
    )
    held = db.session.scalar(sa.select(RoleGrant).where(RoleGrant.user_id == user.id, scope))
    if held is not None and held.role is not role and territory is not None:
        _require_may_give(actor, held.role, territory, None)
        _keep_an_administrator(held)
    if held is None:
        insert_ignore(
            RoleGrant.__table__,
            {
                "user_id": user.id,
                "role": role,
                "territory_id": territory.id if territory is not None else None,
                "group_id": group.id if group is not None else None,
                "sector": sector,
                "granted_by_id": actor.id,
                "created_at": clock.now(),
            },
            index_elements=["user_id", "territory_id" if territory is not None else "group_id"],
        )
        held = db.session.scalars(sa.select(RoleGrant).where(RoleGrant.user_id == user.id, scope)).one()
    held.role, held.granted_by_id = role, actor.id
    if group is not None:
        held.sector = sector if sector is not None else held.sector
    db.session.flush()
    db.session.expire(user, ["grants"])
    if group is not None:
        db.session.expire(group, ["memberships"])
    emit(RoleGranted(actor=actor, subject=held, role=role.value))
    return held


def _require_may_give(actor: Actor, role: Role, territory: Territory | None, group: Any) -> None:
    if is_system(actor):
        return
    require(signed_in(actor, _l("Sign in to give roles.")))
    if group is not None:
        if not manages_group(actor, group):
            raise NotAllowed(_l("Only the coordinators of this group can do this."))
        return
    if territory is None:
        raise Invalid(_l("Name a place or a group."), "territory")
    require(may_manage_territory(actor, territory))
    if role is Role.ADMIN and Role.ADMIN not in roles_in_territory(actor, territory):
        raise NotAllowed(_l("Only an administrator can make another one."))


@operation
def revoke_role(grant: RoleGrant, *, actor: Actor) -> None:
    """Take a role back; it ends at once.

    Raises:
        NotAllowed: the actor does not manage the place, or would leave the tree without an administrator.
    """
    own = actor.id is not None and actor.id == grant.user_id
    if grant.territory is not None and not own:
        _require_may_give(actor, grant.role, grant.territory, None)
    _keep_an_administrator(grant)
    user, role = grant.user, grant.role
    db.session.delete(grant)
    db.session.flush()
    db.session.expire(user, ["grants"])
    emit(RoleRevoked(actor=actor, subject=user, role=role.value))


def _keep_an_administrator(leaving: RoleGrant) -> None:
    """The whole tree has an administrator, whoever goes: the rows are locked, so that two cannot go at once.

    Raises:
        NotAllowed: ``leaving`` is the last one's.
    """
    place = leaving.territory
    if leaving.role is not Role.ADMIN or place is None or place.parent_id is not None:
        return
    held = db.session.scalars(
        sa.select(RoleGrant.id)
        .where(RoleGrant.territory_id == place.id, RoleGrant.role == Role.ADMIN)
        .order_by(RoleGrant.id)
        .with_for_update()
    ).all()
    if set(held) <= {leaving.id}:
        raise NotAllowed(_l("This is the last administrator. Name another one first."))


@operation
def choose_home(place: Territory, *, actor: Any) -> None:
    """Say that a place is one's own town: what happens there is shown first."""
    require(signed_in(actor, _l("Sign in to choose your town.")))
    require(still_exists(place))
    if place.level is not Level.LOCAL:
        raise Invalid(_l("Choose a town."), "place")
    actor.home_territory_id = place.id
    emit(HomeChosen(actor=actor, subject=place))
