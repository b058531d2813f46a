"""Connects this feature to the application."""

from flask import Flask

from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import NAMES
from stakeholder_hub.referrals import jobs, sentences, subscribers, told, views
from stakeholder_hub.referrals.kinds import Gap
from stakeholder_hub.referrals.pages import answer_shown
from stakeholder_hub.referrals.parts import register

LISTENING = (jobs, sentences, subscribers, told)
"""Modules that register what they hold when they are imported."""


def gap_sentence(value: str) -> Reason:
    """What a gap means, in plain words: for the choices of a form."""
    return Gap(value).sentence


def language_name(code: str) -> str:
    """A language under its own name."""
    return NAMES.get(code, code)


def init_app(app: Flask) -> None:
    """Register the pages and the sections on other pages."""
    app.register_blueprint(views.bp)
    app.jinja_env.globals.update(
        answer_shown=answer_shown, gap_sentence=gap_sentence, language_name=language_name
    )
    register()
