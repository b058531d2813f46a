"""A consultation is made: anew, or as a copy of an earlier one."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from stakeholder_hub.consultations import drafts
from stakeholder_hub.consultations.drafts import PhaseDraft
from stakeholder_hub.consultations.events import ConsultationCreated
from stakeholder_hub.consultations.models import Consultation, ConsultationState, Template
from stakeholder_hub.consultations.operations.placing import place_categories, place_phases
from stakeholder_hub.consultations.operations.texts import NO_QUESTION, NO_TITLE
from stakeholder_hub.consultations.policy import may_create, may_create_in_territory, may_manage
from stakeholder_hub.consultations.shifting import shifted_phases
from stakeholder_hub.consultations.slugs import free_slug
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.records.models import Relation, Visibility
from stakeholder_hub.records.operations import add_link, add_record
from stakeholder_hub.territories.models import Territory


@operation
def create_consultation(
    group: Group | None,
    *,
    title: Multilingual,
    question: Multilingual,
    background: Multilingual,
    language: str,
    template: Template,
    phases: Sequence[PhaseDraft],
    audience: Visibility = Visibility.PUBLIC,
    categories: Sequence[Multilingual] = (),
    budget: int | None = None,
    currency: str | None = None,
    slug: str | None = None,
    import_digest: str | None = None,
    territory: Territory | None = None,
    actor: Any,
) -> Consultation:
    """Make a draft in ``group``, or in ``territory`` where no group runs it. Nobody but its managers sees it yet.

    Raises:
        NotAllowed: the actor does not coordinate the group or manage the territory.
        Invalid: a text, a phase, a category or the budget is not in order; ``field`` says which.
    """
    if group is not None:
        require(may_create(actor, group))
        place = group.territory
    elif territory is not None:
        require(may_create_in_territory(actor, territory))
        place = territory
    else:
        raise Invalid(_l("Choose the group that runs this consultation."), "group")
    name = drafts.checked_line(title, "title", longest=drafts.LONGEST_TITLE, missing=NO_TITLE)
    asked = drafts.checked_line(question, "question", longest=drafts.LONGEST_QUESTION, missing=NO_QUESTION)
    text = drafts.checked_text(background, "background")
    consultation = Consultation(
        title=name,
        question=asked,
        background_text=text,
        background_html=drafts.html_of(text, "background"),
        state=ConsultationState.DRAFT,
        visibility=Visibility.PRIVATE,
        audience=Visibility(audience),
        template=Template(template),
        territory=place,
        group=group,
        source_language=drafts.checked_language(language),
        timezone=place.timezone,
        currency=currency or place.currency,
        budget=drafts.checked_budget(budget),
        import_digest=import_digest,
        slug=free_slug(slug or name.original.text),
    )
    place_phases(consultation, drafts.checked_phases(phases))
    place_categories(consultation, drafts.checked_categories(categories))
    add_record(consultation, actor=actor)
    emit(ConsultationCreated(actor=actor, subject=consultation))
    return consultation


@operation
def copy_consultation(
    consultation: Consultation, *, starts_on: date, title: str | None = None, actor: Any
) -> Consultation:
    """A new draft like this one: texts, translations, headings, budget and phases, all dates moved by the same number
    of whole weeks: the first phase begins on ``starts_on`` or within a week after it, on its old weekday and hour.

    Raises:
        NotAllowed: the actor does not run the group.
        Invalid: the name is not in order or the dates are out of reach.
    """
    require(may_manage(actor, consultation))
    name = consultation.title if title is None else consultation.title.with_source(title)
    copy = create_consultation(
        consultation.group,
        title=name,
        question=consultation.question,
        background=consultation.background_text,
        language=consultation.source_language,
        template=consultation.template,
        phases=shifted_phases(consultation, starts_on),
        audience=consultation.audience,
        categories=[category.name for category in consultation.categories],
        budget=consultation.budget,
        currency=consultation.currency,
        slug=f"{name.original.text} {starts_on.year}",
        territory=consultation.territory,
        actor=actor,
    )
    copy.copied_from_id = consultation.id
    add_link(consultation, Relation.REPEATED_AS, copy, actor=actor)
    return copy
