"""Holding a commitment for the length of a transaction, and writing its history."""

from typing import Any

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
from stakeholder_hub.records.holding import hold
from stakeholder_hub.records.models import Record
from stakeholder_hub.records.operations import let_read


def hold_version(commitment: Commitment, version: int) -> None:
    """Lock the commitment, read it anew, and refuse who has read an older version.

    Raises:
        Conflict: what it says or how it stands has changed since ``version`` was read; both texts are in it.
    """
    hold(commitment)
    check_version(commitment, version)


def check_version(commitment: Commitment, version: int) -> None:
    """Refuse who has read an older version.

    Raises:
        Conflict: it is not at ``version`` any more; both texts are in it.
    """
    if commitment.version != version:
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
    reasons: str = "",
    *,
    body: Body,
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
