"""Connects this feature to the application."""

from flask import Flask

from stakeholder_hub.consultations import jobs, managing, subscribers, told
from stakeholder_hub.consultations.of_groups import consultations_of_group
from stakeholder_hub.consultations.queries import open_in_places
from stakeholder_hub.consultations.views import bp
from stakeholder_hub.groups.parts import show_work
from stakeholder_hub.kernel.i18n import _l, _n
from stakeholder_hub.territories.tree import count_in_places
from stakeholder_hub.webkit.layout import NavEntry, add_nav

LISTENING = (managing, subscribers, jobs, told)


def init_app(app: Flask) -> None:
    """Register pages and the navigation entry; views, subscribers and sweeps register when imported."""
    app.register_blueprint(bp)
    stands_for = ("consultations", "proposals", "decisions")
    add_nav(NavEntry(_l("Consultations"), "consultations.index", "consultation", stands_for, 20))
    show_work("consultations", consultations_of_group)
    count_in_places(
        "consultations",
        icon="consultation",
        select=open_in_places,
        words=lambda number: _n("%(num)s open consultation", "%(num)s open consultations", number),
    )
