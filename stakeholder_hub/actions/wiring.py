"""Connects this feature to the application."""

from flask import Flask

from stakeholder_hub.actions import subscribers, told, views
from stakeholder_hub.actions.parts import register
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.webkit.layout import NavEntry, add_nav

__all__ = ["subscribers", "told"]


def init_app(app: Flask) -> None:
    """Register pages, the navigation entry and the sections on other pages."""
    app.register_blueprint(views.bp)
    add_nav(NavEntry(_l("Actions"), "actions.index", "action", ("actions", "commitments"), 30))
    register()
