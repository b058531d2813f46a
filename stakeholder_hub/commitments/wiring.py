"""Connects this feature to the application."""

from flask import Flask

from stakeholder_hub.commitments import jobs, sentences, subscribers, told, views
from stakeholder_hub.commitments.parts import register

REGISTERED = (jobs, sentences, subscribers, told)
"""Modules that register what they hold when they are imported."""


def init_app(app: Flask) -> None:
    """Register pages and the sections on other pages. The way in is beside action items, on decisions and places."""
    app.register_blueprint(views.bp)
    register()
