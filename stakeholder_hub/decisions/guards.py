"""What a running vote forbids: moving or removing its phase, closing its consultation, changing who sees it."""

from collections.abc import Sequence

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import defer

from stakeholder_hub.consultations.drafts import PhaseDraft
from stakeholder_hub.consultations.events import ConsultationEdited, PhasesChanged
from stakeholder_hub.consultations.guards import add_closing_guard, add_phase_guard
from stakeholder_hub.consultations.models import Activity, Consultation
from stakeholder_hub.decisions.models import Ballot, BallotState
from stakeholder_hub.decisions.standing import has_begun
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid, Reason
from stakeholder_hub.kernel.events import subscribe
from stakeholder_hub.kernel.i18n import _l

log = structlog.get_logger(__name__)


def _unfinished(consultation: Consultation) -> Sequence[Ballot]:
    """Ballots that are not counted yet, locked, so that none opens or closes meanwhile."""
    return db.session.scalars(
        sa.select(Ballot)
        .where(Ballot.consultation_id == consultation.id, Ballot.state != BallotState.CLOSED)
        .options(defer(Ballot.result))
        .order_by(Ballot.id)
        .with_for_update(of=Ballot.__table__)
    ).all()


def _running(consultation: Consultation) -> list[Ballot]:
    now = clock.now()
    return [ballot for ballot in _unfinished(consultation) if has_begun(ballot, now)]


def _noted(ballot: Ballot, what: str, reason: Reason) -> Reason:
    log.warning("ballot_change_refused", ballot=ballot.reference, state=ballot.state, what=what)
    return reason


@add_phase_guard
def running_votes_keep_their_phase(consultation: Consultation, drafts: Sequence[PhaseDraft]) -> None:
    """Refuse a timeline in which the phase of a running vote begins or ends otherwise, or is gone.

    Raises:
        Invalid: with the reason at the phases.
    """
    planned = {draft.id: draft for draft in drafts if draft.id is not None}
    present = {phase.id: phase for phase in consultation.phases}
    for ballot in _running(consultation):
        phase = present.get(ballot.phase_id or 0)
        if phase is None:
            continue
        draft = planned.get(phase.id)
        if draft is None or Activity.BALLOT not in draft.activities and Activity.BALLOT in phase.activities:
            reason = _l("A vote is running in this phase. The phase can be taken away once it is counted.")
            raise Invalid(_noted(ballot, "phase removed", reason), "phases")
        if (draft.starts_at, draft.ends_at) != (phase.starts_at, phase.ends_at):
            reason = _l("A vote is running in this phase. Its dates stand until the vote is counted.")
            raise Invalid(_noted(ballot, "phase moved", reason), "phases")


@add_closing_guard
def running_votes_keep_their_consultation(consultation: Consultation) -> None:
    """Refuse to close a consultation in which people vote.

    Raises:
        Conflict: a vote is running or waits for its count.
    """
    for ballot in _running(consultation):
        reason = _l("A vote is still running here. Close the vote first, or wait for its end.")
        raise Conflict(_noted(ballot, "consultation closed", reason))


@subscribe(ConsultationEdited)
def running_votes_keep_their_voters(event: ConsultationEdited) -> None:
    """Refuse to change who can see a consultation, and with it who can vote, while people vote.

    Raises:
        Invalid: with the reason at the audience.
    """
    if "audience" not in event.fields:
        return
    for ballot in _running(event.subject):
        reason = _l("A vote is running here: who can see it, and vote, stands until it is counted.")
        raise Invalid(_noted(ballot, "audience changed", reason), "audience")


@subscribe(PhasesChanged)
def prepared_ballots_move_with_their_phase(event: PhasesChanged) -> None:
    """Give a ballot that has not begun the new dates of its phase."""
    now = clock.now()
    for ballot in _unfinished(event.subject):
        if ballot.phase is not None and ballot.state == BallotState.PREPARED and not has_begun(ballot, now):
            ballot.opens_at, ballot.closes_at = ballot.phase.starts_at, ballot.phase.ends_at
