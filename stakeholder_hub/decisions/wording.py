"""Titles that the platform itself writes, in every language their subject has."""

from collections.abc import Callable

from flask_babel import force_locale

from stakeholder_hub.kernel.i18n import DEFAULT, INTERFACE, _
from stakeholder_hub.kernel.multilingual import Multilingual


def decision_title(subject: Multilingual) -> Multilingual:
    """``Decision: …`` for what was voted on, in every language the subject is written in."""
    return _written(subject, lambda text: _("Decision: %(subject)s", subject=text))


def again_title(subject: Multilingual) -> Multilingual:
    """What a second vote after a veto is called."""
    return _written(subject, lambda text: _("In spite of the veto: %(subject)s", subject=text))


def again_question(subject: Multilingual) -> Multilingual:
    """What is asked in a second vote after a veto."""
    return _written(
        subject,
        lambda text: _("Shall the result of “%(subject)s” stand in spite of the veto?", subject=text),
    )


def _written(subject: Multilingual, write: Callable[[str], str]) -> Multilingual:
    def worded(code: str) -> str:
        with force_locale(code if code in INTERFACE else DEFAULT):
            return str(write(subject.texts[code]))

    text = Multilingual.of(worded(subject.source), subject.source)
    for code in subject.languages()[1:]:
        text = text.with_translation(code, worded(code))
    return text
