"""What the journey tells of action items."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import load_only

from stakeholder_hub.actions.models import ActionItem, ActionStatus, ProgressNote
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.records.happenings import (
    Happening,
    Noted,
    official,
    state_change,
    tells,
    tells_event,
    tells_of_many,
)
from stakeholder_hub.records.models import Record
from stakeholder_hub.records.queries import visible_to

MOST_NOTES = 100


@tells(ActionItem)
def tell(item: ActionItem) -> Iterator[Happening]:
    """Done, with its result."""
    if item.completed_at is not None:
        result = official(item.result_text, item.source_language)
        yield Happening(item.completed_at, "state:done", item.state_labels[ActionStatus.DONE], text=result)


@tells_event("actions.status_changed", ActionItem)
def tell_of_status(item: ActionItem, noted: Noted) -> Happening | None:
    """How far it came. That it is done is told with its result, as long as it still is."""
    if noted.details.get("after") == ActionStatus.DONE and item.completed_at is not None:
        if noted.at >= item.completed_at:
            return None
    return state_change(item, noted)


@tells_of_many("actions.progress")
def tell_of_progress(records: Sequence[Record], actor: Actor) -> Iterator[tuple[int, Happening]]:
    """What was reported on the way to the result. One statement."""
    items = [record.id for record in records if isinstance(record, ActionItem)]
    if not items:
        return
    notes = db.session.scalars(
        sa.select(ProgressNote)
        .where(ProgressNote.action_item_id.in_(items), visible_to(actor))
        .where(sa.or_(ProgressNote.status_after.is_(None), ProgressNote.status_after != ActionStatus.DONE))
        .order_by(ProgressNote.id)
        .limit(MOST_NOTES)
        .options(
            load_only(
                ProgressNote.created_at,
                ProgressNote.action_item_id,
                ProgressNote.body_text,
                ProgressNote.source_language,
            )
        )
    )
    for note in notes:
        text = official(note.body_text, note.source_language)
        yield note.action_item_id, Happening(note.created_at, "progress", _l("Progress"), text=text)
