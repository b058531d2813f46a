"""Bodies by name and place, for what the journey tells of them."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.acting import Acting, WhoKind, register_who


@register_who(WhoKind.BODY)
def bodies(numbers: Collection[int]) -> Mapping[int, Acting]:
    """Each with its place and what it is, in one statement."""
    found = db.session.scalars(sa.select(Body).where(Body.id.in_(numbers)))
    return {body.id: Acting(body.name, body.territory) for body in found.unique()}
