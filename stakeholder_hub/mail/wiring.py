"""Connects this feature to the application."""

from flask import Flask
from flask_mailman import Mail

from stakeholder_hub.kernel.settings import Settings
from stakeholder_hub.mail import jobs, transports

__all__ = ["init_app", "jobs"]


def init_app(app: Flask) -> None:
    """Check where mail goes; the sweeps register themselves."""
    settings: Settings = app.config["HUB_SETTINGS"]
    if settings.mail_url is not None:
        transports.server_of(settings.mail_url)
    app.config.setdefault("MAIL_DEFAULT_SENDER", settings.mail_sender)
    Mail(app)
