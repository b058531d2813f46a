"""Everything that changes a consultation: made, edited, translated, published, closed, copied, taken part in."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from stakeholder_hub.consultations import drafts
from stakeholder_hub.consultations.drafts import PhaseDraft
from stakeholder_hub.consultations.events import (
    ConsultationArchived,
    ConsultationClosed,
    ConsultationCreated,
    ConsultationEdited,
    ConsultationPublished,
    ConsultationReopened,
    ConsultationRestored,
    ConsultationTranslated,
    PhaseBegan,
    PhasesChanged,
)
from stakeholder_hub.consultations.guards import check_may_close, check_phases_may_change
from stakeholder_hub.consultations.models import (
    BackgroundVersion,
    Category,
    Consultation,
    ConsultationState,
    ParticipantCount,
    Participation,
    Phase,
    Template,
)
from stakeholder_hub.consultations.policy import may_create, may_create_in_territory, may_manage
from stakeholder_hub.consultations.shifting import shifted_phases
from stakeholder_hub.consultations.slugs import free_category_slug, free_slug
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import require, signed_in
from stakeholder_hub.kernel.database import add_to, db, insert_ignore
from stakeholder_hub.kernel.errors import Conflict, Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.records.models import Relation, Visibility
from stakeholder_hub.records.operations import add_link, add_record, spread_visibility
from stakeholder_hub.records.policy import may_see
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.territories.policy import grants_of

_CHANGED = _l(
    "Somebody else changed this while you were writing. Both texts are below; nothing of yours is lost."
)
_NO_TITLE = _l("Give the consultation a name.")
_NO_QUESTION = _l("Write the question you want to ask.")


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
    name = drafts.checked_line(title, "title", longest=drafts.LONGEST_TITLE, missing=_NO_TITLE)
    asked = drafts.checked_line(question, "question", longest=drafts.LONGEST_QUESTION, missing=_NO_QUESTION)
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
    _place_phases(consultation, drafts.checked_phases(phases))
    _place_categories(consultation, drafts.checked_categories(categories))
    add_record(consultation, actor=actor)
    emit(ConsultationCreated(actor=actor, subject=consultation))
    return consultation


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
    _check_version(
        consultation, version, mine={"title": title, "question": question, "background": background}
    )
    name = drafts.checked_line(
        consultation.title.with_source(title), "title", longest=drafts.LONGEST_TITLE, missing=_NO_TITLE
    )
    asked = drafts.checked_line(
        consultation.question.with_source(question),
        "question",
        longest=drafts.LONGEST_QUESTION,
        missing=_NO_QUESTION,
    )
    text = drafts.checked_text(consultation.background_text.with_source(background), "background")
    changed: list[str] = []
    if asked != consultation.question or text != consultation.background_text:
        _keep_version(consultation, actor=actor)
        changed += ["question", "background"]
        consultation.question, consultation.background_text = asked, text
        consultation.background_html = drafts.html_of(text, "background")
    if name != consultation.title:
        changed.append("title")
        consultation.title = name
    if not keep_budget and (amount := drafts.checked_budget(budget)) != consultation.budget:
        changed.append("budget")
        consultation.budget = amount
    if categories is not None and _rename_categories(consultation, categories):
        changed.append("categories")
    if summary is not None:
        _set_summary(consultation, summary)
        changed.append("summary")
    if audience is not None and (reach := Visibility(audience)) != consultation.audience:
        changed.append("audience")
        consultation.audience = reach
    _mark_changed(consultation)
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
    asked = drafts.checked_line(question, "question", longest=drafts.LONGEST_QUESTION, missing=_NO_QUESTION)
    text = drafts.checked_text(background, "background")
    _keep_version(consultation, actor=actor)
    consultation.question, consultation.background_text = asked, text
    consultation.background_html = drafts.html_of(text, "background")
    _mark_changed(consultation)
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
        _check_version(consultation, version, mine={})
    checked = drafts.checked_phases(phases)
    known = {phase.id for phase in consultation.phases}
    named = [draft.id for draft in checked if draft.id is not None]
    if not set(named) <= known or len(set(named)) != len(named):
        raise Invalid(
            _l("This phase has been taken away in the meantime. Please load the page again."), "phases"
        )
    if consultation.state != ConsultationState.DRAFT:
        check_phases_may_change(consultation, checked)
    _place_phases(consultation, checked)
    _mark_changed(consultation)
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
    _check_version(
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
    _mark_changed(consultation)
    emit(ConsultationTranslated(actor=actor, subject=consultation, language=language))
    return consultation


@operation
def publish_consultation(consultation: Consultation, *, actor: Any) -> Consultation:
    """Show a draft to its audience. From now on its phases open and close by the clock.

    Raises:
        NotAllowed: the actor does not run it.
        Conflict: it is no draft any more.
    """
    require(may_manage(actor, consultation))
    if consultation.state != ConsultationState.DRAFT:
        raise Conflict(_l("This consultation is published already."))
    consultation.move_to(ConsultationState.PUBLISHED)
    consultation.published_at = clock.now()
    spread_visibility(consultation, visibility=consultation.audience)
    emit(ConsultationPublished(actor=actor, subject=consultation))
    return consultation


@operation
def close_consultation(consultation: Consultation, *, summary: str | None = None, actor: Any) -> Consultation:
    """Take nothing more; everything stays readable. ``summary`` says in the original's language what came of it.

    Raises:
        NotAllowed: the actor does not run it.
        Conflict: it is not published, or something still runs in it (a guard says what).
        Invalid: the summary is too long.
    """
    require(may_manage(actor, consultation))
    check_may_close(consultation)
    consultation.move_to(ConsultationState.CLOSED)
    consultation.closed_at = clock.now()
    if summary is not None:
        _set_summary(consultation, summary)
    emit(ConsultationClosed(actor=actor, subject=consultation))
    return consultation


@operation
def reopen(consultation: Consultation, *, actor: Any) -> Consultation:
    """Let a closed consultation run again, as far as its phases do.

    Raises:
        NotAllowed: the actor does not run it.
        Conflict: it is not closed.
    """
    require(may_manage(actor, consultation))
    if consultation.state != ConsultationState.CLOSED:
        raise Conflict(_l("Only a closed consultation can be opened again."))
    consultation.move_to(ConsultationState.PUBLISHED)
    consultation.closed_at = None
    emit(ConsultationReopened(actor=actor, subject=consultation))
    return consultation


@operation
def archive_consultation(consultation: Consultation, *, actor: Any) -> Consultation:
    """Put a closed consultation away: it leaves the lists of what is recent and stays readable.

    Raises:
        NotAllowed: the actor does not run it.
        Conflict: it is not closed.
    """
    require(may_manage(actor, consultation))
    if consultation.state != ConsultationState.CLOSED:
        raise Conflict(_l("Close the consultation before you put it away."))
    consultation.move_to(ConsultationState.ARCHIVED)
    emit(ConsultationArchived(actor=actor, subject=consultation))
    return consultation


@operation
def restore_consultation(consultation: Consultation, *, actor: Any) -> Consultation:
    """Fetch a consultation back from the archive: it is closed again.

    Raises:
        NotAllowed: the actor does not run it.
        Conflict: it is not in the archive.
    """
    require(may_manage(actor, consultation))
    if consultation.state != ConsultationState.ARCHIVED:
        raise Conflict(_l("This consultation is not in the archive."))
    consultation.move_to(ConsultationState.CLOSED)
    emit(ConsultationRestored(actor=actor, subject=consultation))
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


@operation
def take_part(consultation: Consultation, *, actor: Any) -> bool:
    """Count this person as a participant, once, in the sector they stand for; tells whether they were new.

    Called by whatever lets people contribute, after its own checks. It emits no event, for the audit of a vote would
    otherwise say to the second when somebody first took part.

    Raises:
        NotFound: the actor may not see the consultation.
        NotAllowed: nobody has signed in.
    """
    require(may_see(actor, consultation))
    require(signed_in(actor, _l("Sign in to take part.")))
    if actor.id is None:
        return False
    db.session.flush()
    sector = _sector_of(actor, consultation).value
    new = insert_ignore(
        Participation.__table__,
        {
            "consultation_id": consultation.id,
            "user_id": actor.id,
            "sector": sector,
            "first_at": clock.now(),
        },
        index_elements=["consultation_id", "user_id"],
    )
    if new:
        table = Consultation.__table__
        db.session.execute(
            sa.update(table)  # type: ignore[arg-type]
            .where(table.c.id == consultation.id)
            .values(participant_count=table.c.participant_count + 1)
        )
        in_sector = {"consultation_id": consultation.id, "sector": sector}
        add_to(ParticipantCount.__table__, in_sector, people=1)
        db.session.expire(consultation, ["participant_count"])
    return new


@operation
def announce_phase(phase: Phase) -> bool:
    """Tell those who follow the consultation that a phase has begun, once, however often this is called.

    A phase that ran already when the consultation was published was told of then.
    """
    table: Any = Phase.__table__
    claimed: Any = db.session.execute(
        sa.update(table)
        .where(table.c.id == phase.id, table.c.announced_at.is_(None))
        .values(announced_at=clock.now()),
        execution_options={"preserve_rowcount": True},
    )
    consultation = phase.consultation
    if claimed.rowcount != 1:
        return False
    if consultation.published_at is not None and phase.starts_at > consultation.published_at:
        emit(PhaseBegan(actor=None, subject=consultation, position=phase.position))
    return True


def _sector_of(actor: Any, consultation: Consultation) -> Sector:
    """Whom the person stands for at the group's table, else in general."""
    seat = next(
        (g for g in grants_of(actor) if g.group_id is not None and g.group_id == consultation.group_id), None
    )
    return Sector(seat.sector if seat is not None and seat.sector is not None else actor.sector)


def _check_version(consultation: Consultation, version: int, *, mine: dict[str, Any]) -> None:
    if consultation.version == version:
        return
    theirs = {
        "title": consultation.title.original.text,
        "question": consultation.question.original.text,
        "background": consultation.background_text.original.text,
        "version": consultation.version,
    }
    raise Conflict(_CHANGED, theirs=theirs, mine=mine)


def _keep_version(consultation: Consultation, *, actor: Any) -> None:
    db.session.add(
        BackgroundVersion(
            consultation_id=consultation.id,
            question=consultation.question,
            background_text=consultation.background_text,
            edited_by_id=actor.id,
        )
    )


def _mark_changed(consultation: Consultation) -> None:
    """Raise the version whatever was changed, also where only phases or headings were."""
    consultation.touch()
    flag_modified(consultation, "updated_at")
    db.session.flush()


def _set_summary(consultation: Consultation, summary: str) -> None:
    present = consultation.summary_text or Multilingual.of("", consultation.source_language)
    text = drafts.checked_text(present.with_source(summary), "summary", longest=20_000)
    consultation.summary_text = text if text else None
    consultation.summary_html = drafts.html_of(text, "summary") if text else None


def _place_phases(consultation: Consultation, checked: Sequence[PhaseDraft]) -> None:
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


def _place_categories(consultation: Consultation, names: Sequence[Multilingual]) -> None:
    taken: set[str] = set()
    for position, name in enumerate(names):
        slug = free_category_slug(name.original.text, taken)
        consultation.categories.append(Category(slug=slug, name=name, position=position))


def _rename_categories(consultation: Consultation, names: Sequence[str]) -> bool:
    """Make the headings those named, in this order; a known name keeps its heading and translations."""
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
