"""Connects this feature to the application."""

from typing import Any

from flask import Flask, url_for

from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.kernel.i18n import _, _n
from stakeholder_hub.moderation import gone, sentences, views
from stakeholder_hub.moderation.queries import is_moderator, waiting_count
from stakeholder_hub.webkit.layout import AccountLink, add_account_link

__all__ = ["sentences"]


def init_app(app: Flask) -> None:
    """Register the pages, the entry of the account menu, and what stands in the place of hidden records."""
    app.register_blueprint(views.bp)
    app.register_error_handler(NotFound, gone.answer_in_place)
    add_account_link(_link)


def _link(person: Any) -> AccountLink | None:
    if not is_moderator(person):
        return None
    waiting = waiting_count(person)
    label = (
        _n("Moderation (%(num)s waits)", "Moderation (%(num)s wait)", waiting) if waiting else _("Moderation")
    )
    return AccountLink(label, url_for("moderation.index"), "flag")
