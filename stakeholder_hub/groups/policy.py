"""Who may do what with groups and organisations."""

import sqlalchemy as sa

from stakeholder_hub.groups.models import Mandate, Organisation
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import ALLOWED, Actor, Verdict, permission, refused, signed_in
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.i18n import _l


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
