"""Connects this feature to the application."""

from flask import Flask

from stakeholder_hub.ratifications import jobs, sentences, subscribers, told, views

REGISTERED = (jobs, sentences, subscribers, told)
"""Modules that register what they hold when they are imported."""


def init_app(app: Flask) -> None:
    """Register the page on which officials answer."""
    app.register_blueprint(views.bp)
