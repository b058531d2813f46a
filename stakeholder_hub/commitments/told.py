"""What the journey tells of commitments: asked, answered, shown, verified, kept or not; who said so."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement, Select

from stakeholder_hub.commitments.models import (
    Claim,
    Commitment,
    CommitmentChange,
    CommitmentState,
    Evidence,
    Finding,
)
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.records.acting import Who
from stakeholder_hub.records.happenings import Happening, official
from stakeholder_hub.records.kept import Kept, ids_of, kept, tells_kept
from stakeholder_hub.records.models import Moderation, Record
from stakeholder_hub.records.queries import visible_to

S = CommitmentState
SAID: Mapping[str, Reason] = {
    S.ASKED: _l("Asked to promise this"),
    S.AMENDED: _l("Offered to promise something else"),
    S.REFUSED: _l("Refused"),
    S.PLEDGED: _l("Promised"),
    S.STARTED: _l("Started"),
    S.KEPT: _l("Kept"),
    S.PARTLY: _l("Kept in part"),
    S.BROKEN: _l("Broken"),
    S.WITHDRAWN: _l("Taken back"),
    S.SUPERSEDED: _l("Another promise takes its place"),
}
AGAIN = _l("Asked again")
AGREED = _l("Agreed to what was offered: this is promised now")
SHOWN: Mapping[Claim, Reason] = {
    Claim.STARTED: _l("Evidence was given that it has been started"),
    Claim.PARTLY: _l("Evidence was given that it has been kept in part"),
    Claim.KEPT: _l("Evidence was given that it has been kept"),
}
FOUND: Mapping[Finding, Reason] = {
    Finding.CONFIRMED: _l("The evidence was verified by another body"),
    Finding.DISPUTED: _l("The evidence was disputed by another body"),
}


def _changes(records: Sequence[Record], actor: Actor) -> Select[Any] | None:
    ids = ids_of(records, Commitment)
    if not ids:
        return None
    return kept(
        CommitmentChange.commitment_id,
        CommitmentChange.at,
        who=CommitmentChange.body_id,
        state=CommitmentChange.after,
        detail=CommitmentChange.before,
        text=CommitmentChange.reasons,
        language=CommitmentChange.language,
    ).where(CommitmentChange.commitment_id.in_(ids))


@tells_kept("commitments.change", _changes)
def tell_of_change(commitment: Commitment, row: Kept) -> Happening | None:
    """One step of its history, with the reasons."""
    said = SAID.get(row.state)
    if said is None:
        return None
    asked = row.state == S.ASKED
    if asked and row.detail:
        said = AGAIN
    if row.state == S.PLEDGED and row.detail == S.AMENDED:
        said = AGREED
    return Happening(
        row.at,
        f"state:{row.state}",
        said,
        text=official(row.text, row.language),
        who=row.who,
        to=Who.body(commitment.body_id) if asked else None,
        until=commitment.due_on if asked or row.state == S.PLEDGED else None,
    )


def _evidence(records: Sequence[Record], actor: Actor) -> Select[Any] | None:
    """What was shown, where it does not stand on the trail by itself."""
    ids = ids_of(records, Commitment)
    if not ids:
        return None
    there = ids_of(records, Evidence)
    shown = kept(
        Evidence.commitment_id,
        Evidence.created_at,
        who=Evidence.promiser_id,
        state=Evidence.claim,
        text=Evidence.body_text,
        language=Evidence.source_language,
    )
    return shown.where(_readable(ids, actor), Evidence.id.not_in(there))


def _readable(ids: Sequence[int], actor: Actor) -> ColumnElement[bool]:
    """Evidence of these commitments that the actor may read, not hidden."""
    return sa.and_(
        Evidence.commitment_id.in_(ids), Evidence.moderation == Moderation.VISIBLE, visible_to(actor)
    )


@tells_kept("commitments.evidence", _evidence)
def tell_of_evidence(_commitment: Commitment, row: Kept) -> Happening:
    """A body showed what it has done."""
    text = official(row.text, row.language)
    return Happening(row.at, f"evidence:{row.state}", SHOWN[Claim(row.state)], text=text, who=row.who)


def _findings(records: Sequence[Record], actor: Actor) -> Select[Any] | None:
    ids = ids_of(records, Commitment)
    if not ids:
        return None
    found = kept(
        Evidence.commitment_id,
        Evidence.verified_at,
        who=Evidence.verifier_body_id,
        state=Evidence.finding,
        text=Evidence.finding_reasons,
        language=Evidence.finding_language,
    )
    return found.where(_readable(ids, actor), Evidence.verified_at.is_not(None))


@tells_kept("commitments.finding", _findings)
def tell_of_finding(_commitment: Commitment, row: Kept) -> Happening | None:
    """Another body said what it thinks of the evidence."""
    said = FOUND.get(Finding(row.state))
    if said is None:
        return None
    return Happening(row.at, f"finding:{row.state}", said, text=official(row.text, row.language), who=row.who)
