"""Connects this feature to the application."""

from flask import Flask

from stakeholder_hub.comparisons import subscribers
from stakeholder_hub.comparisons.views import bp

LISTENING = (subscribers,)


def init_app(app: Flask) -> None:
    """Register the pages; subscribers register when imported."""
    app.register_blueprint(bp)
