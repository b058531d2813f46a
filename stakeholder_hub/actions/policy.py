"""Who may hand out action items, and who may report on them."""

from typing import Any

from stakeholder_hub.actions.models import ActionItem
from stakeholder_hub.bodies.models import Body
from stakeholder_hub.bodies.policy import may_act_for
from stakeholder_hub.groups.policy import may_speak_for
from stakeholder_hub.kernel.authorization import (
    ALLOWED,
    Actor,
    Verdict,
    first_refusal,
    permission,
    refused,
    signed_in,
)
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.territories.policy import manages, manages_group, manages_territory


@permission("actions.create")
def may_create(actor: Actor, territory: Territory, group: Any = None, body: Body | None = None) -> Verdict:
    """Hand out something to be done: those who run the group or the territory, and officials for their own ``body``."""
    if not (answer := signed_in(actor, _l("Sign in to add an action item."))):
        return answer
    if (group is not None and manages_group(actor, group)) or manages_territory(actor, territory):
        return ALLOWED
    if body is not None and may_act_for(actor, body):
        return ALLOWED
    return refused(_l("Only the coordinators of this group or place can add action items."))


@permission("actions.edit")
def may_edit(actor: Actor, item: ActionItem) -> Verdict:
    """Change what is to be done, by whom and by when: those who run it."""
    return first_refusal(
        signed_in(actor, _l("Sign in to change an action item.")),
        (manages(actor, item), _l("Only the coordinators of this group or place can change action items.")),
    )


@permission("actions.report")
def may_report(actor: Actor, item: ActionItem) -> Verdict:
    """Write progress and change the status: who is responsible, who helps, who speaks for the body, who runs it."""
    if not (answer := signed_in(actor, _l("Sign in to report progress."))):
        return answer
    if manages(actor, item) or (actor.id is not None and actor.id == item.person_id):
        return ALLOWED
    if item.organisation is not None and may_speak_for(actor, item.organisation):
        return ALLOWED
    if any(c.user_id is not None and c.user_id == actor.id for c in item.contributors):
        return ALLOWED
    return refused(_l("Only those who carry this out, or coordinate it, can report on it."))
