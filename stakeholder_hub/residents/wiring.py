"""Connects this feature to the application."""

from flask import Flask

from stakeholder_hub.accounts.settings_links import add_settings_link
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.residents import jobs, sentences, subscribers, views

LISTENING = (jobs, sentences, subscribers)
"""Modules that register what they hold when they are imported."""


def init_app(app: Flask) -> None:
    """Register the pages, and the way to one's own from the settings."""
    app.register_blueprint(views.bp)
    add_settings_link(_l("Where I live"), "residents.mine", _l("Be verified as a resident of my town"))
