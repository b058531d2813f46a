"""Connects this feature to the application."""

from flask import Flask

from stakeholder_hub.comparisons import subscribers
from stakeholder_hub.comparisons.parts import beside_part
from stakeholder_hub.comparisons.views import bp
from stakeholder_hub.consultations.parts import register_part

LISTENING = (subscribers,)


def init_app(app: Flask) -> None:
    """Register the pages and the way to them; subscribers register when imported."""
    app.register_blueprint(bp)
    register_part("comparisons", 20, beside_part, "comparisons/_beside.html")
