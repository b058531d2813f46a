"""Connects this feature to the application."""

from flask import Flask

from stakeholder_hub.deliberation import contributions, sentences, subscribers, told, views
from stakeholder_hub.deliberation.forms import comment_form_for
from stakeholder_hub.deliberation.parts import onward_from

__all__ = ["contributions", "sentences", "subscribers", "told", "views"]


def init_app(app: Flask) -> None:
    """Register the pages, and the form that stands under every discussion."""
    app.register_blueprint(views.bp)
    app.jinja_env.globals.update(comment_form_for=comment_form_for, onward_from=onward_from)
