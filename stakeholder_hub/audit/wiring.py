"""Connects this feature to the application."""

from flask import Flask

from stakeholder_hub.audit import models, subscribers

__all__ = ["models", "subscribers"]


def init_app(app: Flask) -> None:
    """The subscriber is registered by being imported."""
