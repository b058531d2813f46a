"""The states of a consultation one after the other: published, closed, opened again, put away and fetched back."""

from typing import Any

from stakeholder_hub.consultations.events import (
    ConsultationArchived,
    ConsultationClosed,
    ConsultationPublished,
    ConsultationReopened,
    ConsultationRestored,
)
from stakeholder_hub.consultations.guards import check_may_close
from stakeholder_hub.consultations.models import Consultation, ConsultationState
from stakeholder_hub.consultations.operations.texts import set_summary
from stakeholder_hub.consultations.policy import may_manage
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import require
from stakeholder_hub.kernel.errors import Conflict
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.records.operations import spread_visibility


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
        set_summary(consultation, summary)
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
