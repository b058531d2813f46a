"""Connects this feature to the application."""

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.sql import Select

from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel.i18n import _n
from stakeholder_hub.territories.tree import count_in_places


def _groups_in_places() -> Select[int, int]:
    return (
        sa.select(Group.territory_id, sa.func.count())
        .where(Group.archived_at.is_(None))
        .group_by(Group.territory_id)
    )


def init_app(app: Flask) -> None:
    """Register pages, commands and subscribers."""
    count_in_places(
        "groups",
        icon="group",
        select=_groups_in_places,
        words=lambda number: _n("%(num)s group", "%(num)s groups", number),
    )
