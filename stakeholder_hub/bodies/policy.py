"""Who acts for a body, and who keeps the register."""

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.groups.policy import may_speak_for
from stakeholder_hub.kernel import clock
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
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.territories.policy import MANAGERS, grants_of, manages_territory


@permission("bodies.act_for")
def may_act_for(actor: Actor, body: Body) -> Verdict:
    """Act as a named official: with a mandate of the organisation, or as a coordinator of the group itself.

    Who runs the territory does not speak for a body there: roles inherit, a mandate does not.
    """
    if is_system(actor):
        return ALLOWED
    if not (answer := signed_in(actor, _l("Sign in to act for this body."))):
        return answer
    if not body.is_active_on(clock.today(body.territory.timezone)):
        return refused(_l("This body has ended."))
    if body.organisation is not None:
        return may_speak_for(actor, body.organisation)
    if any(grant.group_id == body.group_id and grant.role in MANAGERS for grant in grants_of(actor)):
        return ALLOWED
    return refused(_l("Only the coordinators of this group can act for it."))


@permission("bodies.register")
def may_register_body(actor: Actor, territory: Territory) -> Verdict:
    """Keep the register of bodies and competences of a territory: those who manage it."""
    return first_refusal(
        signed_in(actor, _l("Sign in to change the register.")),
        (manages_territory(actor, territory), _l("Only coordinators of this place can change the register.")),
    )


@permission("bodies.change")
def may_change_body(actor: Actor, body: Body) -> Verdict:
    """Describe a body, its competences and its service standard: those who manage its place."""
    return may_register_body(actor, body.territory)
