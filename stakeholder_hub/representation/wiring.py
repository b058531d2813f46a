"""Connects this feature to the application."""

from flask import Flask

from stakeholder_hub.representation import views


def init_app(app: Flask) -> None:
    """Register the pages; consultations, groups and the account lead to them."""
    app.register_blueprint(views.bp)
