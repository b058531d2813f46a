"""Connects this feature to the application."""

from typing import Any

from flask import Flask, url_for
from sqlalchemy.exc import SQLAlchemyError

from stakeholder_hub.installation import views
from stakeholder_hub.installation.policy import may_change_site
from stakeholder_hub.installation.queries import site
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.webkit.actor import actor_or_visitor
from stakeholder_hub.webkit.layout import AccountLink, add_account_link, set_site_name


def _demonstration() -> dict[str, Any]:
    """Whether pages say that they show a demonstration, and where administrators can end that."""
    try:
        shown = site().demo_loaded_at is not None
        manages = shown and may_change_site(actor_or_visitor())
    except SQLAlchemyError:
        return {"demo_mode": False}
    return {"demo_mode": shown, "demo_url": url_for("installation.settings") if manages else None}


def _link(person: Any) -> AccountLink | None:
    if not may_change_site(person):
        return None
    return AccountLink(_l("The site"), url_for("installation.settings"), "settings")


def init_app(app: Flask) -> None:
    """Register the pages, the site's name and the strip that tells of the demonstration."""
    app.register_blueprint(views.bp)
    app.context_processor(_demonstration)
    set_site_name(lambda: site().name)
    add_account_link(_link)
