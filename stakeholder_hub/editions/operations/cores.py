"""Publishing what is common, version by version."""

import sqlalchemy as sa

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.editions.checking import checked
from stakeholder_hub.editions.content import Content
from stakeholder_hub.editions.events import CorePublished
from stakeholder_hub.editions.models import Core, CoreAnswer, CoreAnswerState, CoreDraft, Edition
from stakeholder_hub.editions.policy import may_run_in_places
from stakeholder_hub.editions.queries import latest_core, taking_part
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.text import normalise

LONGEST_NOTE = 2000


@operation
def save_draft(
    consultation: Consultation, *, content: Content, version: int | None = None, actor: Actor
) -> CoreDraft:
    """Keep what the next version is to be. Nobody but those who run the parent sees it.

    Raises:
        NotAllowed: the actor does not run the parent, or it is closed.
        Conflict: somebody else changed the draft since ``version``.
    """
    require(may_run_in_places(actor, consultation))
    draft = db.session.get(CoreDraft, consultation.id)
    if draft is None:
        draft = CoreDraft(consultation_id=consultation.id, content=content.to_json())
        db.session.add(draft)
    elif version is not None and draft.version != version:
        raise Conflict(
            _l("Somebody else changed this at the same time. Please look at it again."),
            theirs={"version": draft.version},
        )
    draft.content, draft.updated_at = content.to_json(), clock.now()
    db.session.flush()
    return draft


@operation
def publish_core(
    consultation: Consultation, *, content: Content, note: str = "", after: int | None = None, actor: Actor
) -> Core:
    """Publish the core of a consultation, or its next version, which each edition is asked to take over.

    ``note`` says what is new and why; ``after`` is the number of the version that this one was made from.

    Raises:
        NotAllowed: the actor does not run the parent, it is closed, or it is itself an edition.
        Invalid: the content is not in order, nothing is new, or a later version says nothing of what is new.
        Conflict: another version has been published since ``after``.
    """
    require(may_run_in_places(actor, consultation))
    before = latest_core(consultation.id)
    number = before.number if before is not None else 0
    if after is not None and after != number:
        raise Conflict(_l("Another version has been published in the meantime. Please look at it again."))
    tidy, said = checked(content), normalise(note, longest=LONGEST_NOTE)
    if before is not None and Content.from_json(before.content) == tidy:
        raise Invalid(_l("Nothing is different from the version there is."), "note")
    if before is not None and not said:
        raise Invalid(_l("Say what is new and why: every place reads it before it answers."), "note")
    core = Core(
        consultation_id=consultation.id,
        number=number + 1,
        content=tidy.to_json(),
        note=said,
        published_by_id=actor.id,
    )
    db.session.add(core)
    db.session.flush()
    _ask_editions(consultation, core)
    db.session.execute(sa.delete(CoreDraft).where(CoreDraft.consultation_id == consultation.id))
    emit(CorePublished(actor=actor, subject=core, number=core.number))
    return core


def _ask_editions(consultation: Consultation, core: Core) -> None:
    """Put the version to every edition; it takes the place of one that has not been answered."""
    editions = db.session.scalars(taking_part(consultation.id)).unique().all()
    if not editions:
        return
    mine = sa.select(Edition.id).where(Edition.parent_id == consultation.id)
    db.session.execute(
        sa.delete(CoreAnswer).where(
            CoreAnswer.edition_id.in_(mine), CoreAnswer.state == CoreAnswerState.WAITING
        ),
        execution_options={"synchronize_session": False},
    )
    db.session.execute(
        sa.insert(CoreAnswer),
        [
            {"edition_id": edition.id, "core_id": core.id, "state": CoreAnswerState.WAITING, "reason": ""}
            for edition in editions
        ],
    )
