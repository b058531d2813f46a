"""Connects this feature to the application."""

from flask import Flask

from stakeholder_hub.proposals import contributions, managing, parts, sentences, subscribers, told, views

REGISTERED = (contributions, managing, sentences, subscribers, told)
"""Modules that register what they hold when they are imported."""


def init_app(app: Flask) -> None:
    """Register pages and what proposals show on the page of their consultation."""
    app.register_blueprint(views.bp)
    parts.register()
