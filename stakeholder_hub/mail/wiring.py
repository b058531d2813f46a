"""Connects this feature to the application."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register pages, commands and subscribers."""
