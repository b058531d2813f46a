"""Connects this feature to the application."""

from flask import Flask

from stakeholder_hub.editions import guards, sentences, subscribers

REGISTERED = (guards, sentences, subscribers)
"""Modules that register what they hold when they are imported."""


def init_app(app: Flask) -> None:
    """Nothing is shown by itself yet."""
