"""What a coordinator should look at before publishing."""

from dataclasses import dataclass

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.consultations.overview import BY_PEOPLE
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import NAMES, _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.records.models import Visibility


@dataclass(frozen=True)
class Check:
    """One line: fine, or something to think about. Nothing here forbids publishing."""

    fine: bool
    text: Reason


def checklist(consultation: Consultation) -> list[Check]:
    """What is in order and what might have been forgotten."""
    return [
        _text(consultation),
        _beginning(consultation),
        _participation(consultation),
        _budget(consultation),
        *_languages(consultation),
    ]


def _text(consultation: Consultation) -> Check:
    if consultation.background_text.original.text:
        return Check(True, _l("Question and background are written."))
    return Check(False, _l("There is no background: people will not know why you ask."))


def _beginning(consultation: Consultation) -> Check:
    now = clock.now()
    if consultation.ends_at is not None and consultation.ends_at <= now:
        return Check(False, _l("All phases are over: nobody will be able to take part."))
    if consultation.starts_at is not None and consultation.starts_at <= now:
        return Check(False, _l("The first phase has begun: people can take part at once."))
    return Check(True, _l("The first phase begins by itself, at the time in the timeline."))


def _participation(consultation: Consultation) -> Check:
    held = {activity for phase in consultation.phases for activity in phase.activities}
    if held & BY_PEOPLE:
        return Check(True, _l("People can take part in at least one phase."))
    return Check(False, _l("There is no phase in which people can do anything."))


def _budget(consultation: Consultation) -> Check:
    if consultation.template == "budget" and not consultation.budget:
        return Check(False, _l("The amount of money is missing."))
    return Check(True, _l("Amounts and headings can still be changed later."))


def _languages(consultation: Consultation) -> list[Check]:
    wanted = [code for code in consultation.territory.languages if code != consultation.source_language]
    texts: tuple[Multilingual, ...] = (
        consultation.title,
        consultation.question,
        consultation.background_text,
    )
    found = []
    for code in wanted:
        name = NAMES.get(code, code)
        done = [text for text in texts if text.texts.get(code) or not text.original.text]
        if len(done) < len(texts):
            found.append(Check(False, _l("Some texts are not translated yet: %(language)s.", language=name)))
        elif any(text.is_stale(code) for text in texts):
            found.append(
                Check(
                    False,
                    _l("The original has changed since it was translated: %(language)s.", language=name),
                )
            )
        else:
            found.append(Check(True, _l("Translated: %(language)s.", language=name)))
    return found


def readers(consultation: Consultation) -> Reason:
    """Who will be able to read it, as a sentence."""
    return {
        Visibility.PUBLIC: _l("Everyone, also without an account, and search engines."),
        Visibility.MEMBERS: _l("Only members of the group who have signed in."),
        Visibility.PRIVATE: _l("Only those who run it. Nobody else can take part."),
    }[consultation.audience]
