"""What a consultation says is changed: its texts and settings, its phases, its translations."""

from collections.abc import Mapping, Sequence
from typing import Any

from stakeholder_hub.consultations import drafts
from stakeholder_hub.consultations.drafts import PhaseDraft
from stakeholder_hub.consultations.events import ConsultationEdited, ConsultationTranslated, PhasesChanged
from stakeholder_hub.consultations.guards import check_phases_may_change
from stakeholder_hub.consultations.models import Consultation, ConsultationState
from stakeholder_hub.consultations.operations.placing import place_phases, rename_categories
from stakeholder_hub.consultations.operations.texts import NO_QUESTION, NO_TITLE, set_summary
from stakeholder_hub.consultations.operations.versions import check_version, keep_version, mark_changed
from stakeholder_hub.consultations.policy import may_manage
from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.records.models import Visibility
from stakeholder_hub.records.operations import spread_visibility


@operation
def edit_consultation(
    consultation: Consultation,
    *,
    title: str,
    question: str,
    background: str,
    version: int,
    audience: Visibility | None = None,
    categories: Sequence[str] | None = None,
    budget: int | None = None,
    keep_budget: bool = False,
    summary: str | None = None,
    actor: Any,
) -> Consultation:
    """Change the original texts and the settings. What question and background said before is kept; translations
    become stale. ``keep_budget`` leaves the amount as it is; ``categories`` of ``None`` leaves the headings.

    Raises:
        NotAllowed: the actor does not run it.
        Invalid: a text is not in order, or a heading is taken away under which proposals may stand.
        Conflict: it was changed since ``version``; holds both texts.
    """
    require(may_manage(actor, consultation))
    check_version(
        consultation, version, mine={"title": title, "question": question, "background": background}
    )
    name = drafts.checked_line(
        consultation.title.with_source(title), "title", longest=drafts.LONGEST_TITLE, missing=NO_TITLE
    )
    asked = drafts.checked_line(
        consultation.question.with_source(question),
        "question",
        longest=drafts.LONGEST_QUESTION,
        missing=NO_QUESTION,
    )
    text = drafts.checked_text(consultation.background_text.with_source(background), "background")
    changed: list[str] = []
    if asked != consultation.question or text != consultation.background_text:
        keep_version(consultation, actor=actor)
        changed += ["question", "background"]
        consultation.question, consultation.background_text = asked, text
        consultation.background_html = drafts.html_of(text, "background")
    if name != consultation.title:
        changed.append("title")
        consultation.title = name
    if not keep_budget and (amount := drafts.checked_budget(budget)) != consultation.budget:
        changed.append("budget")
        consultation.budget = amount
    if categories is not None and rename_categories(consultation, categories):
        changed.append("categories")
    if summary is not None:
        set_summary(consultation, summary)
        changed.append("summary")
    if audience is not None and (reach := Visibility(audience)) != consultation.audience:
        changed.append("audience")
        consultation.audience = reach
    mark_changed(consultation)
    if consultation.state != ConsultationState.DRAFT and consultation.visibility != consultation.audience:
        spread_visibility(consultation, visibility=consultation.audience)
    emit(ConsultationEdited(actor=actor, subject=consultation, fields=tuple(changed)))
    return consultation


@operation
def take_over_texts(
    consultation: Consultation, *, question: Multilingual, background: Multilingual, actor: Any
) -> Consultation:
    """Put question and background as somebody else wrote them, with their translations, in the place of the present
    ones. What they said before is kept.

    Raises:
        NotAllowed: the actor does not run it.
        Invalid: a text is not in order.
    """
    require(may_manage(actor, consultation))
    asked = drafts.checked_line(question, "question", longest=drafts.LONGEST_QUESTION, missing=NO_QUESTION)
    text = drafts.checked_text(background, "background")
    keep_version(consultation, actor=actor)
    consultation.question, consultation.background_text = asked, text
    consultation.background_html = drafts.html_of(text, "background")
    mark_changed(consultation)
    emit(ConsultationEdited(actor=actor, subject=consultation, fields=("question", "background")))
    return consultation


@operation
def set_phases(
    consultation: Consultation, *, phases: Sequence[PhaseDraft], version: int | None = None, actor: Any
) -> Consultation:
    """Replace the timeline. Drafts with an ``id`` change the phase they name, the others are new, phases that no draft
    names go. Whoever has registered a guard may object where the consultation is published.

    Raises:
        NotAllowed: the actor does not run it.
        Invalid: a phase is not in order, or names one of another consultation, or a guard objects.
        Conflict: it was changed since ``version``.
    """
    require(may_manage(actor, consultation))
    if version is not None:
        check_version(consultation, version, mine={})
    checked = drafts.checked_phases(phases)
    known = {phase.id for phase in consultation.phases}
    named = [draft.id for draft in checked if draft.id is not None]
    if not set(named) <= known or len(set(named)) != len(named):
        raise Invalid(
            _l("This phase has been taken away in the meantime. Please load the page again."), "phases"
        )
    if consultation.state != ConsultationState.DRAFT:
        check_phases_may_change(consultation, checked)
    place_phases(consultation, checked)
    mark_changed(consultation)
    emit(PhasesChanged(actor=actor, subject=consultation, phases=len(checked)))
    return consultation


@operation
def translate_consultation(
    consultation: Consultation,
    *,
    language: str,
    title: str,
    question: str,
    background: str,
    phase_titles: Mapping[int, str],
    version: int,
    actor: Any,
) -> Consultation:
    """Give the texts in another language; an empty text takes that translation away. The original stays what it is.

    Raises:
        NotAllowed: the actor does not run it.
        Invalid: the language is the original's own, or a text is too long.
        Conflict: it was changed since ``version``.
    """
    require(may_manage(actor, consultation))
    drafts.checked_language(language)
    if language == consultation.source_language:
        raise Invalid(_l("This is the language of the original. Edit the consultation itself."), "language")
    check_version(
        consultation, version, mine={"title": title, "question": question, "background": background}
    )
    consultation.title = drafts.checked_line(
        consultation.title.with_translation(language, title.strip()), "title", longest=drafts.LONGEST_TITLE
    )
    consultation.question = drafts.checked_line(
        consultation.question.with_translation(language, question.strip()),
        "question",
        longest=drafts.LONGEST_QUESTION,
    )
    consultation.background_text = drafts.checked_text(
        consultation.background_text.with_translation(language, background.strip()), "background"
    )
    consultation.background_html = drafts.html_of(consultation.background_text, "background")
    for phase in consultation.phases:
        if (translated := phase_titles.get(phase.id)) is not None:
            phase.title = drafts.checked_line(
                phase.title.with_translation(language, translated.strip()),
                f"phase_{phase.id}",
                longest=drafts.LONGEST_PHASE_TITLE,
            )
    mark_changed(consultation)
    emit(ConsultationTranslated(actor=actor, subject=consultation, language=language))
    return consultation
