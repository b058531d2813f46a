"""Connects this feature to the application."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Nothing yet."""
