"""Phases and headings are put in their order."""

from collections.abc import Sequence

from stakeholder_hub.consultations import drafts
from stakeholder_hub.consultations.drafts import PhaseDraft
from stakeholder_hub.consultations.models import Category, Consultation, ConsultationState, Phase
from stakeholder_hub.consultations.slugs import free_category_slug
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual


def place_phases(consultation: Consultation, checked: Sequence[PhaseDraft]) -> None:
    """Make the timeline those phases, in this order; a draft with an ``id`` changes the phase it names."""
    present = {phase.id: phase for phase in consultation.phases if phase.id is not None}
    placed: list[Phase] = []
    for position, draft in enumerate(checked):
        phase = present[draft.id] if draft.id is not None else Phase()
        phase.position = position
        phase.title, phase.description = draft.title, draft.description
        phase.starts_at, phase.ends_at = draft.starts_at, draft.ends_at
        phase.activities = [str(activity) for activity in draft.activities]
        placed.append(phase)
    consultation.phases = placed
    consultation.starts_at = min(phase.starts_at for phase in placed)
    consultation.ends_at = max(phase.ends_at for phase in placed)


def place_categories(consultation: Consultation, names: Sequence[Multilingual]) -> None:
    """Give a new consultation its headings."""
    taken: set[str] = set()
    for position, name in enumerate(names):
        slug = free_category_slug(name.original.text, taken)
        consultation.categories.append(Category(slug=slug, name=name, position=position))


def rename_categories(consultation: Consultation, names: Sequence[str]) -> bool:
    """Make the headings those named, in this order; a known name keeps its heading and translations. Tells whether any
    changed.

    Raises:
        Invalid: one is taken away under which proposals may stand.
    """
    language = consultation.source_language
    wanted = drafts.checked_categories([Multilingual.of(name, language) for name in names if name.strip()])
    present = {c.name.original.text.casefold(): c for c in consultation.categories}
    kept = {name.original.text.casefold() for name in wanted}
    if consultation.state != ConsultationState.DRAFT and (set(present) - kept):
        raise Invalid(
            _l("A heading cannot be taken away once people may have put proposals under it."), "categories"
        )
    before = [(c.slug, c.position) for c in consultation.categories]
    taken = {c.slug for c in consultation.categories}
    result: list[Category] = []
    for position, name in enumerate(wanted):
        category = present.get(name.original.text.casefold())
        if category is None:
            category = Category(slug=free_category_slug(name.original.text, taken), name=name)
        category.position = position
        result.append(category)
    consultation.categories = result
    return [(c.slug, c.position) for c in result] != before
