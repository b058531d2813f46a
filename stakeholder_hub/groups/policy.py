"""Who may do what with groups and organisations."""

import sqlalchemy as sa

from stakeholder_hub.groups.models import Group, Mandate, Organisation
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import (
    ALLOWED,
    Actor,
    Verdict,
    first_refusal,
    permission,
    refused,
    signed_in,
)
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.territories.policy import (
    MANAGERS,
    grants_of,
    is_member,
    manages_group,
    manages_territory,
    still_exists,
)


@permission("groups.speak_for")
def may_speak_for(actor: Actor, organisation: Organisation) -> Verdict:
    """Speak for an organisation: people with a mandate that is in force today."""
    if not (answer := signed_in(actor, _l("Sign in to speak for an organisation."))):
        return answer
    today = clock.today(organisation.territory.timezone)
    mandates = db.session.scalars(
        sa.select(Mandate).where(Mandate.organisation_id == organisation.id, Mandate.user_id == actor.id)
    )
    if any(mandate.is_valid_on(today) for mandate in mandates):
        return ALLOWED
    return refused(_l("You have no mandate in force to speak for this organisation."))


@permission("groups.create")
def may_create_group(actor: Actor, territory: Territory) -> Verdict:
    """Set up a group: those who manage the territory, as long as it exists."""
    return first_refusal(
        signed_in(actor, _l("Sign in to set up a group.")),
        (manages_territory(actor, territory), _l("Only coordinators of this place can set up a group.")),
        still_exists(territory),
    )


@permission("groups.manage")
def may_manage_group(actor: Actor, group: Group) -> Verdict:
    """Describe a group, invite, give seats: its coordinators, and those who manage the territory."""
    return first_refusal(
        signed_in(actor, _l("Sign in to change a group.")),
        (manages_group(actor, group), _l("Only the coordinators of this group can do this.")),
    )


@permission("groups.join")
def may_join(actor: Actor, group: Group) -> Verdict:
    """Take a seat: where the group is open to join."""
    return first_refusal(
        (group.archived_at is None, _l("This group has ended.")),
        (group.open_to_join, _l("People join this group by invitation.")),
        signed_in(actor, _l("Sign in to join this group.")),
        (not is_member(actor, group), _l("You sit in this group already.")),
    )


@permission("groups.ask_to_join")
def may_ask_to_join(actor: Actor, group: Group) -> Verdict:
    """Ask the coordinators for a seat: people with an account who have none."""
    return first_refusal(
        (group.archived_at is None, _l("This group has ended.")),
        signed_in(actor, _l("Sign in to ask for a seat.")),
        (not is_member(actor, group), _l("You sit in this group already.")),
    )


@permission("groups.see_members")
def may_see_members(actor: Actor, group: Group) -> Verdict:
    """Read every member's name: members, and those who manage. Others see coordinators and counts."""
    if actor.is_authenticated and (is_member(actor, group) or manages_group(actor, group)):
        return ALLOWED
    return refused(_l("The names of the members are shown to members."))


@permission("groups.add_organisation")
def may_add_organisation(actor: Actor, territory: Territory) -> Verdict:
    """Add an organisation: those who manage the territory, and coordinators of a group in it, as long as it exists."""
    if not (answer := signed_in(actor, _l("Sign in to add an organisation."))):
        return answer
    if not (answer := still_exists(territory)):
        return answer
    return _runs_organisations(actor, territory)


def _runs_organisations(actor: Actor, territory: Territory) -> Verdict:
    if manages_territory(actor, territory):
        return ALLOWED
    coordinated = [g.group_id for g in grants_of(actor) if g.group_id is not None and g.role in MANAGERS]
    there = sa.select(Group.id).where(Group.id.in_(coordinated), Group.territory_id == territory.id)
    if coordinated and db.session.scalar(there.limit(1)) is not None:
        return ALLOWED
    return refused(_l("Only coordinators of this place or of a group in it can add an organisation."))


@permission("groups.manage_organisation")
def may_manage_organisation(actor: Actor, organisation: Organisation) -> Verdict:
    """Describe an organisation and give mandates: those who manage its place or coordinate a group in it."""
    if not (answer := signed_in(actor, _l("Sign in to change an organisation."))):
        return answer
    return _runs_organisations(actor, organisation.territory)
