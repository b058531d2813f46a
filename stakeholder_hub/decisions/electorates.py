"""Who may vote in a ballot, counted at the moment it opens."""

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement

from stakeholder_hub.decisions.models import Ballot, Electorate
from stakeholder_hub.kernel.database import db
from stakeholder_hub.territories.models import Role, RoleGrant


def seats_that_vote(ballot: Ballot) -> ColumnElement[bool]:
    """The seats in the group whose members vote: all but observers, taken before the opening."""
    return sa.and_(
        RoleGrant.group_id == ballot.group_id,
        RoleGrant.role != Role.OBSERVER,
        RoleGrant.created_at <= ballot.opens_at,
    )


def number_entitled(ballot: Ballot) -> int | None:
    """How many may vote; ``None`` where everybody may who comes."""
    if ballot.electorate is Electorate.EVERYONE:
        return None
    people = sa.select(sa.func.count(sa.distinct(RoleGrant.user_id))).where(seats_that_vote(ballot))
    return int(db.session.scalar(people) or 0)
