"""Who is told when their place moves, is merged or ends: those with a role in it, and in its groups."""

from collections.abc import Sequence

import sqlalchemy as sa

from stakeholder_hub.groups import sentences
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.events import subscribe
from stakeholder_hub.notifications.operations import notify
from stakeholder_hub.territories.events import (
    TerritoryChangeHindered,
    TerritoryChangePlanned,
    TerritoryDissolved,
    TerritoryMerged,
)
from stakeholder_hub.territories.models import RoleGrant, TerritoryChange
from stakeholder_hub.territories.policy import MANAGERS


@subscribe(TerritoryMerged)
def _tell_of_merger(event: TerritoryMerged) -> None:
    change: TerritoryChange = event.subject
    into = change.into.name.original.text if change.into is not None else ""
    notify(_concerned(change), kind=sentences.PLACE_MERGED, data={**_said(change), "into": into})


@subscribe(TerritoryDissolved)
def _tell_of_end(event: TerritoryDissolved) -> None:
    notify(_concerned(event.subject), kind=sentences.PLACE_DISSOLVED, data=_said(event.subject))


@subscribe(TerritoryChangePlanned)
def _tell_of_plan(event: TerritoryChangePlanned) -> None:
    others = [i for i in _concerned(event.subject) if i != event.actor.id]
    notify(others, kind=sentences.CHANGE_PLANNED, data=_said(event.subject))


@subscribe(TerritoryChangeHindered)
def _tell_of_obstacle(event: TerritoryChangeHindered) -> None:
    change: TerritoryChange = event.subject
    above = sa.select(RoleGrant.user_id).where(
        RoleGrant.territory_id == change.territory.parent_id, RoleGrant.role.in_(sorted(MANAGERS))
    )
    people = {change.planned_by_id, *db.session.scalars(above)}
    notify(people, kind=sentences.CHANGE_HINDERED, data=_said(change))


def _concerned(change: TerritoryChange) -> Sequence[int]:
    """Those who hold a role in the place, and those who coordinate a group in it."""
    groups = sa.select(Group.id).where(Group.territory_id == change.territory_id, Group.archived_at.is_(None))
    return db.session.scalars(
        sa.select(RoleGrant.user_id)
        .where(
            sa.or_(
                RoleGrant.territory_id == change.territory_id,
                sa.and_(RoleGrant.group_id.in_(groups), RoleGrant.role.in_(sorted(MANAGERS))),
            )
        )
        .distinct()
    ).all()


def _said(change: TerritoryChange) -> dict[str, str]:
    return {"place": change.territory.name.original.text, "slug": change.territory.slug}
