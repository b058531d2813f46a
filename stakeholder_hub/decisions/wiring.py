"""Connects this feature to the application."""

from flask import Flask

from stakeholder_hub.decisions import (
    after_views,
    guards,
    jobs,
    paper_views,
    parts,
    roll_views,
    sentences,
    subscribers,
    taking,
    told,
    views,
)
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.sectors import Sector

REGISTERED = (after_views, guards, jobs, paper_views, roll_views, sentences, subscribers, taking, told)
"""Modules that register what they hold when they are imported."""


def sector_label(name: str) -> Reason:
    """A sector's name in the reader's language."""
    return Sector(name).label


def init_app(app: Flask) -> None:
    """Register pages and what ballots show elsewhere."""
    app.register_blueprint(views.bp)
    app.jinja_env.globals["sector_label"] = sector_label
    parts.register()
