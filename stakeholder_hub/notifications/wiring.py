"""Connects this feature to the application."""

from typing import Any

from flask import Flask, url_for

from stakeholder_hub.kernel.i18n import _, _n
from stakeholder_hub.notifications import mails, views
from stakeholder_hub.notifications.queries import unread_count
from stakeholder_hub.webkit.layout import AccountLink, add_account_link

__all__ = ["mails"]


def init_app(app: Flask) -> None:
    """Register the pages, the sweep that writes mails, and the entry of the account menu."""
    app.register_blueprint(views.bp)
    add_account_link(_link)


def _link(person: Any) -> AccountLink:
    new = unread_count(person)
    label = (
        _n("Notifications (%(num)s new)", "Notifications (%(num)s new)", new) if new else _("Notifications")
    )
    return AccountLink(label, url_for("notifications.index"), "bell")
