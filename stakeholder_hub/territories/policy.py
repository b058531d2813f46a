"""Roles in territories and groups. They inherit down the tree, never up or sideways."""

from typing import Any

from stakeholder_hub.kernel.authorization import (
    ALLOWED,
    Actor,
    Verdict,
    first_refusal,
    is_system,
    permission,
    refused,
    signed_in,
)
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.territories.models import Role, RoleGrant, Territory

MANAGERS: frozenset[Role] = frozenset({Role.ADMIN, Role.COORDINATOR})
MODERATORS: frozenset[Role] = frozenset({Role.ADMIN, Role.COORDINATOR, Role.MODERATOR})
INSIDERS: frozenset[Role] = frozenset(Role)


def grants_of(actor: Actor) -> list[RoleGrant]:
    """Every role the actor holds: one statement per request, then kept on the user.

    Roles in a place that exists no more are history: they reach neither it nor what lies below it.
    """
    return [grant for grant in actor.grants if grant.territory is None or not grant.territory.is_dissolved]


def roles_in_territory(actor: Actor, territory: Territory) -> set[Role]:
    """The roles the actor holds in ``territory`` or above it."""
    if is_system(actor):
        return {Role.ADMIN}
    lineage = set(territory.lineage_ids)
    return {grant.role for grant in grants_of(actor) if grant.territory_id in lineage}


def roles_in_group(actor: Actor, group: Any) -> set[Role]:
    """The roles the actor holds in ``group`` itself, or in its territory or above."""
    own = {
        grant.role for grant in grants_of(actor) if grant.group_id is not None and grant.group_id == group.id
    }
    return own | roles_in_territory(actor, group.territory)


def is_member(actor: Actor, group: Any) -> bool:
    """Whether the actor sits in this very group, in whatever role."""
    return any(grant.group_id == group.id for grant in grants_of(actor) if grant.group_id is not None)


def manages_territory(actor: Actor, territory: Territory) -> bool:
    """Whether the actor is administrator or coordinator there or above."""
    return bool(roles_in_territory(actor, territory) & MANAGERS)


def manages_group(actor: Actor, group: Any) -> bool:
    """Whether the actor coordinates the group, or manages its territory."""
    return bool(roles_in_group(actor, group) & MANAGERS)


def manages(actor: Actor, record: Any) -> bool:
    """Whether the actor runs what ``record`` belongs to: its group, else its territory."""
    if not actor.is_authenticated:
        return False
    if record.group_id is not None:
        return manages_group(actor, record.group)
    return manages_territory(actor, record.territory)


def moderates(actor: Actor, record: Any) -> bool:
    """Whether the actor may moderate ``record``."""
    if not actor.is_authenticated:
        return False
    roles = (
        roles_in_group(actor, record.group)
        if record.group_id
        else roles_in_territory(actor, record.territory)
    )
    return bool(roles & MODERATORS)


def is_administrator(actor: Actor) -> bool:
    """Whether the actor is an administrator at the root of the tree: of the whole installation."""
    return is_system(actor) or any(
        grant.role is Role.ADMIN and grant.territory is not None and grant.territory.parent_id is None
        for grant in grants_of(actor)
    )


@permission("territories.manage")
def may_manage_territory(actor: Actor, territory: Territory) -> Verdict:
    """Change a territory, add one below it, give roles in it: its managers and those above."""
    if not (answer := signed_in(actor, _l("Sign in to change a place."))):
        return answer
    if manages_territory(actor, territory):
        return Verdict(True)
    return refused(_l("Only coordinators of this place can do this."))


def still_exists(territory: Territory) -> Verdict:
    """A check that refuses whatever would begin anew in a place that was merged or dissolved."""
    if not territory.is_dissolved:
        return ALLOWED
    return refused(_l("This place exists no more. What happened in it can be read, nothing new begins here."))


@permission("territories.add_below")
def may_add_below(actor: Actor, territory: Territory) -> Verdict:
    """Add a place below another: those who manage that one, as long as it exists."""
    return first_refusal(may_manage_territory(actor, territory), still_exists(territory))


@permission("territories.reshape")
def may_reshape(actor: Actor, territory: Territory) -> Verdict:
    """Merge or dissolve a place, plan when it moves: those who manage what it lies in. Nobody ends the whole tree."""
    if not (answer := signed_in(actor, _l("Sign in to change a place."))):
        return answer
    if territory.parent is None:
        return refused(_l("The whole tree lies in this place: it cannot be moved, merged or dissolved."))
    return first_refusal(
        still_exists(territory),
        (
            manages_territory(actor, territory.parent),
            _l("Only coordinators of the place it lies in can move, merge or dissolve it."),
        ),
    )
