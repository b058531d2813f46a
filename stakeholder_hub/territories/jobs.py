"""What was planned for the tree happens on its day."""

from datetime import timedelta

import sqlalchemy as sa

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.jobs import periodic
from stakeholder_hub.territories.models import TerritoryChange
from stakeholder_hub.territories.operations import carry_out_if_due


@periodic(seconds=60, name="territories.carry_out_changes")
def carry_out_changes() -> int:
    """Carry out what is planned for today (in each place's zone) or earlier; returns how much. Can run twice."""
    # No zone is further ahead than a day; the operation asks the place's own.
    due = db.session.scalars(
        sa.select(TerritoryChange.id)
        .where(
            TerritoryChange.carried_out_at.is_(None),
            TerritoryChange.called_off_at.is_(None),
            TerritoryChange.day <= clock.today() + timedelta(days=1),
        )
        .order_by(TerritoryChange.day, TerritoryChange.id)
        .limit(500)
    ).all()
    return sum(carry_out_if_due(change_id) for change_id in due)
