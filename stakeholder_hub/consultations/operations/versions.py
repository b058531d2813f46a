"""Of two who edit one consultation the second is told; what it said before is kept."""

from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from stakeholder_hub.consultations.models import BackgroundVersion, Consultation
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict
from stakeholder_hub.kernel.i18n import _l

_CHANGED = _l(
    "Somebody else changed this while you were writing. Both texts are below; nothing of yours is lost."
)


def check_version(consultation: Consultation, version: int, *, mine: dict[str, Any]) -> None:
    """Refuse to write over what somebody else changed meanwhile.

    Raises:
        Conflict: it was changed since ``version``; holds both texts.
    """
    if consultation.version == version:
        return
    theirs = {
        "title": consultation.title.original.text,
        "question": consultation.question.original.text,
        "background": consultation.background_text.original.text,
        "version": consultation.version,
    }
    raise Conflict(_CHANGED, theirs=theirs, mine=mine)


def keep_version(consultation: Consultation, *, actor: Any) -> None:
    """Keep what question and background say now, before they are changed."""
    db.session.add(
        BackgroundVersion(
            consultation_id=consultation.id,
            question=consultation.question,
            background_text=consultation.background_text,
            edited_by_id=actor.id,
        )
    )


def mark_changed(consultation: Consultation) -> None:
    """Raise the version whatever was changed, also where only phases or headings were."""
    consultation.touch()
    flag_modified(consultation, "updated_at")
    db.session.flush()
