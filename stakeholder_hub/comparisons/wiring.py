"""Connects this feature to the application."""

from flask import Flask

from stakeholder_hub.comparisons import subscribers

LISTENING = (subscribers,)


def init_app(app: Flask) -> None:
    """Register the pages; subscribers register when imported."""
