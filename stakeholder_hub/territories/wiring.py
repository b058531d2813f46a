"""Connects this feature to the application."""

from babel import Locale
from flask import Flask, g

from stakeholder_hub.accounts.homes import set_home_choices
from stakeholder_hub.kernel.i18n import DEFAULT, _l
from stakeholder_hub.territories import jobs, views
from stakeholder_hub.territories.crumbs import crumbs_for
from stakeholder_hub.territories.tree import town_choices
from stakeholder_hub.webkit.layout import NavEntry, add_nav

LISTENING = (jobs,)
"""Modules that register what they hold when they are imported."""


def country_name(code: str) -> tuple[str, str]:
    """A country's code and its name in the reader's language."""
    return code, Locale.parse(g.get("lang", DEFAULT)).territories.get(code, code)


def init_app(app: Flask) -> None:
    """Register the pages, the entry of the main navigation, and the towns that people can call theirs."""
    app.register_blueprint(views.bp)
    app.jinja_env.filters["country_name"] = country_name
    app.jinja_env.globals["crumbs_for"] = crumbs_for
    set_home_choices(town_choices)
    add_nav(NavEntry(_l("Places"), "territories.index", "place", ("territories",), 10))
