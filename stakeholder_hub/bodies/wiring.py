"""Connects this feature to the application."""

from typing import Any

from flask import Flask, url_for

from stakeholder_hub.bodies import jobs, parts, sentences, subscribers, told, views
from stakeholder_hub.groups.parts import show_beside
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.search.kinds import register_thing

LISTENING = (jobs, sentences, subscribers, told)
"""Modules that register what they hold when they are imported."""


def _addresses() -> dict[str, Any]:
    return {"body_url": lambda body: url_for("bodies.show", slug=body.slug)}


def init_app(app: Flask) -> None:
    """Register the pages, the links from groups and organisations, and what search calls a body."""
    app.register_blueprint(views.bp)
    app.context_processor(_addresses)
    show_beside("bodies", parts.beside_owner)
    register_thing("body", label=_l("Body with competences"), icon="decision", endpoint="bodies.show")
