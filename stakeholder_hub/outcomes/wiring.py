"""Connects this feature to the application."""

from flask import Flask

from stakeholder_hub.outcomes import counting, subscribers, views

REGISTERED = (counting, subscribers)
"""Modules that register what they hold when they are imported."""


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(views.bp)
