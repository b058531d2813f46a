"""Reading the register of bodies."""

from collections.abc import Sequence

import sqlalchemy as sa

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.groups.models import Mandate
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.territories.policy import MANAGERS, grants_of


def body_at(slug: str) -> Body:
    """The body at ``slug``.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(sa.select(Body).where(Body.slug == slug))
    if found is None:
        raise NotFound()
    return found


def bodies_acted_for(actor: Actor) -> Sequence[Body]:
    """The bodies the actor may act for today, as :func:`policy.may_act_for` says. One statement."""
    if not actor.is_authenticated or actor.id is None:
        return []
    coordinated = [g.group_id for g in grants_of(actor) if g.group_id is not None and g.role in MANAGERS]
    mandates = sa.select(Mandate).where(Mandate.user_id == actor.id, Mandate.revoked_at.is_(None)).subquery()
    rows = db.session.execute(
        sa.select(Body, mandates.c.starts_on, mandates.c.ends_on)
        .outerjoin(mandates, mandates.c.organisation_id == Body.organisation_id)
        .where(sa.or_(Body.group_id.in_(coordinated), mandates.c.id.is_not(None)), Body.archived_at.is_(None))
        .order_by(Body.id)
    ).all()
    found: dict[int, Body] = {}
    for body, starts_on, ends_on in rows:
        today = clock.today(body.territory.timezone)
        in_force = starts_on is None or (starts_on <= today and (ends_on is None or today <= ends_on))
        put_away = body.organisation is not None and body.organisation.archived_at is not None
        if in_force and not put_away and body.is_active_on(today):
            found[body.id] = body
    return list(found.values())
