"""Holding a commitment for the length of a transaction, and writing its history."""

from typing import Any

import sqlalchemy as sa

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.bodies.officials import let_officials_read
from stakeholder_hub.commitments.events import CommitmentMoved
from stakeholder_hub.commitments.models import Commitment, CommitmentChange, CommitmentState
from stakeholder_hub.commitments.operations.wording import Promise
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.records.models import Record
from stakeholder_hub.records.operations import let_read


def hold(commitment: Commitment, version: int | None = None) -> None:
    """Lock the commitment and read it anew.

    Raises:
        Conflict: what it says or how it stands has changed since ``version`` was read; both texts are in it.
    """
    row = sa.select(Record.__table__.c.id).where(Record.__table__.c.id == commitment.id)
    db.session.execute(row.with_for_update())
    db.session.refresh(commitment)
    if version is not None and commitment.version != version:
        raise Conflict(
            _l("This has changed in the meantime. Read what stands there now, then answer."),
            theirs={
                "state": str(commitment.state_label),
                "title": commitment.title.original.text,
                "text": commitment.body_text,
                "measure": commitment.measure,
                "version": commitment.version,
            },
        )


def let_all_read(record: Record, commitment: Commitment) -> None:
    """Let both bodies and the group that decided read a members' record: the promise itself, or what shows it."""
    let_officials_read(record, [commitment.asker, commitment.body])
    let_read(record, group_id=commitment.decision.group_id)


def move(
    commitment: Commitment,
    state: CommitmentState,
    *,
    body: Body,
    reasons: str = "",
    language: str,
    actor: Actor,
) -> None:
    """Go to another state, for ``body``; what it says then stays in the history."""
    before = commitment.state
    commitment.move_to(state)
    note_change(commitment, before, body=body, reasons=reasons, language=language, actor=actor)
    emit(CommitmentMoved(actor=actor, subject=commitment, body=body, before=before, after=state.value))


def note_change(
    commitment: Commitment, before: str | None, *, body: Body, reasons: str, language: str, actor: Actor
) -> None:
    """Add a line to the history."""
    text: dict[str, Any] = commitment.offer or Promise.of(commitment).to_json()
    db.session.add(
        CommitmentChange(
            commitment_id=commitment.id,
            official_id=actor.id,
            body=body,
            before=before,
            after=commitment.state,
            reasons=reasons,
            language=language,
            text=text,
        )
    )
    db.session.flush()
