"""Bodies end by the clock; their coordinators are told before."""

from datetime import timedelta

import sqlalchemy as sa

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.bodies.operations import REMIND_BEFORE, remind_of_sunset
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.jobs import periodic


@periodic(seconds=3600, name="bodies.remind_of_sunset")
def remind_of_sunsets() -> int:
    """Remind of bodies that end within the month; returns of how many. Running it twice tells nobody twice."""
    # No zone is further ahead or behind than a day; the operation asks the body's own.
    today = clock.today()
    due = db.session.scalars(
        sa.select(Body.id)
        .where(
            Body.archived_at.is_(None),
            Body.sunset_told_at.is_(None),
            Body.sunset_on >= today - timedelta(days=1),
            Body.sunset_on <= today + REMIND_BEFORE + timedelta(days=1),
        )
        .order_by(Body.sunset_on, Body.id)
        .limit(500)
    ).all()
    return sum(remind_of_sunset(body_id) for body_id in due)
