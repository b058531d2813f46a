"""Connects this feature to the application."""

from flask import Flask

from stakeholder_hub.referrals import jobs, sentences, subscribers

LISTENING = (jobs, sentences, subscribers)
"""Modules that register what they hold when they are imported."""


def init_app(app: Flask) -> None:
    """Register the pages and the sections on other pages."""
