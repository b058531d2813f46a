"""Connects this feature to the application."""

from flask import Flask
from flask_mailman import Mail

from stakeholder_hub.mail import jobs

__all__ = ["jobs"]


def init_app(app: Flask) -> None:
    """The sweep is registered by being imported."""
    Mail(app)
