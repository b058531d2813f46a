"""Connects this feature to the application."""

from flask import Flask

from stakeholder_hub.decisions import guards, jobs, parts, views
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.sectors import Sector

__all__ = ["guards", "jobs"]


def sector_label(name: str) -> Reason:
    """A sector's name in the reader's language."""
    return Sector(name).label


def init_app(app: Flask) -> None:
    """Register pages and what ballots show elsewhere; guards and the sweep register by being imported."""
    app.register_blueprint(views.bp)
    app.jinja_env.globals["sector_label"] = sector_label
    parts.register()
