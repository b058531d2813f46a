"""Connects this feature to the application."""

from typing import Any

from flask import Flask, url_for

from stakeholder_hub.kernel.i18n import _, _l
from stakeholder_hub.portal import views
from stakeholder_hub.webkit.layout import NavEntry, add_nav


def _footer() -> dict[str, Any]:
    return {
        "footer_links": [
            {"label": _("What this is"), "url": url_for("portal.about")},
            {"label": _("Bodies and competences"), "url": url_for("bodies.index")},
        ]
    }


def init_app(app: Flask) -> None:
    """Register the pages and the desk's entry in the navigation."""
    app.add_url_rule("/", "front_door", views.front_door)
    app.register_blueprint(views.bp)
    app.context_processor(_footer)
    add_nav(NavEntry(_l("My desk"), "portal.desk", "desk", ("portal_desk",), 50))
