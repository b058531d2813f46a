"""Reading groups and organisations."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from stakeholder_hub.groups.models import Mandate, Organisation
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db


def organisations_spoken_for(actor: Actor) -> Sequence[Organisation]:
    """The organisations the actor has a mandate for that is in force today. One statement, none for visitors."""
    if not actor.is_authenticated:
        return []
    mandates = db.session.scalars(
        sa.select(Mandate)
        .where(Mandate.user_id == actor.id, Mandate.revoked_at.is_(None))
        .options(joinedload(Mandate.organisation))
        .order_by(Mandate.id)
    ).all()
    held = [m.organisation for m in mandates if m.is_valid_on(clock.today(m.organisation.territory.timezone))]
    return list(dict.fromkeys(o for o in held if o.archived_at is None))
