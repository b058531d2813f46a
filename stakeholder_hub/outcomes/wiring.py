"""Connects this feature to the application."""

from flask import Flask

from stakeholder_hub.outcomes import views


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(views.bp)
