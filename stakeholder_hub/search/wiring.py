"""Connects this feature to the application."""

from flask import Flask

from stakeholder_hub.search import sources, subscribers

__all__ = ["sources", "subscribers"]


def init_app(app: Flask) -> None:
    """What keeps the index registers when it is imported; the page belongs to the portal."""
