"""Connects this feature to the application."""

from flask import Flask

from stakeholder_hub.deliberation import operations, sentences

__all__ = ["operations", "sentences"]


def init_app(app: Flask) -> None:
    """Register pages, commands and subscribers."""
