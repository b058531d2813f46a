"""Titles that the platform itself writes, in every language their subject has."""

from flask_babel import force_locale

from stakeholder_hub.kernel.i18n import DEFAULT, INTERFACE, _
from stakeholder_hub.kernel.multilingual import Multilingual


def decision_title(subject: Multilingual) -> Multilingual:
    """``Decision: …`` for what was voted on, in every language the subject is written in."""
    title = Multilingual.of(_worded(subject, subject.source), subject.source)
    for code in subject.languages()[1:]:
        title = title.with_translation(code, _worded(subject, code))
    return title


def _worded(subject: Multilingual, code: str) -> str:
    with force_locale(code if code in INTERFACE else DEFAULT):
        return str(_("Decision: %(subject)s", subject=subject.texts[code]))
