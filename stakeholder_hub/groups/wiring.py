"""Connects this feature to the application."""

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.sql import Select

from stakeholder_hub.groups import places, sentences, subscribers, told, views
from stakeholder_hub.groups.models import Group
from stakeholder_hub.groups.queries import coordinates, delegated
from stakeholder_hub.kernel.i18n import _l, _n
from stakeholder_hub.records.queries import register_delegations
from stakeholder_hub.territories.tree import count_in_places
from stakeholder_hub.webkit.layout import NavEntry, add_nav

LISTENING = (places, sentences, subscribers, told)
"""Modules that register what they hold when they are imported."""


def _groups_in_places() -> Select[int, int]:
    return (
        sa.select(Group.territory_id, sa.func.count())
        .where(Group.archived_at.is_(None))
        .group_by(Group.territory_id)
    )


def init_app(app: Flask) -> None:
    """Register the pages, the entry of the main navigation and what is counted in places."""
    app.register_blueprint(views.bp)
    register_delegations(delegated)
    app.jinja_env.globals["may_coordinate"] = coordinates
    add_nav(NavEntry(_l("Groups"), "groups.index", "group", ("groups",), 40))
    count_in_places(
        "groups",
        icon="group",
        select=_groups_in_places,
        words=lambda number: _n("%(num)s group", "%(num)s groups", number),
    )
