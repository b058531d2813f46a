"""Connects this feature to the application."""

from flask import Flask

from stakeholder_hub.editions import guards, parts, sentences, subscribers, told
from stakeholder_hub.editions.views import answering, core, places
from stakeholder_hub.editions.views.base import bp

REGISTERED = (guards, sentences, subscribers, told, answering, core, places)
"""Modules that register what they hold when they are imported."""


def init_app(app: Flask) -> None:
    """Register pages and what editions show elsewhere."""
    app.register_blueprint(bp)
    parts.register()
