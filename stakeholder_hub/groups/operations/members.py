"""Who sits at a group's table."""

from typing import Any

import sqlalchemy as sa

from stakeholder_hub.accounts.models import User
from stakeholder_hub.groups.events import MemberJoined, MemberLeft
from stakeholder_hub.groups.models import Group
from stakeholder_hub.groups.policy import may_join, may_manage_group
from stakeholder_hub.kernel.authorization import SYSTEM, Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid, NotAllowed
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.territories.models import Role, RoleGrant
from stakeholder_hub.territories.operations import grant_role, revoke_role


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
    if held is None:
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
