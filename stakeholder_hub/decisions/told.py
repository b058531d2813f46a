"""What the journey tells of ballots and decisions: before its close, nothing of a ballot that could tell of votes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy.sql import Select

from stakeholder_hub.decisions.models import Ballot, BallotState, Decision, Veto
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.ratifications.rules import Standing
from stakeholder_hub.records.happenings import Happening, Noted, official, tells, tells_event
from stakeholder_hub.records.kept import Kept, kept, tells_kept
from stakeholder_hub.records.models import Record

SETTLED: Mapping[str, Reason] = {
    Standing.PENDING: _l("The result waits again for what bodies say"),
    Standing.HELD: _l("The result binds: nothing that came after the vote stands against it"),
    Standing.FAILED: _l("The result failed after the vote"),
}


@tells(Ballot)
def tell(ballot: Ballot) -> Iterator[Happening]:
    """Opened, closed and counted."""
    if ballot.opened_at is not None:
        yield Happening(ballot.opened_at, "opened", _l("Voting began"))
    if ballot.closed_at is not None and ballot.state == BallotState.CLOSED:
        yield Happening(ballot.closed_at, "closed", _l("Voting ended, and the votes were counted"))


@tells_event("decisions.decision_explained", Decision)
def tell_of_reasons(decision: Decision, noted: Noted) -> Happening:
    """The group's reasons, as they are now."""
    reasons = official(decision.reasons_text, decision.source_language)
    return Happening(noted.at, "explained", _l("The group gave its reasons"), text=reasons)


def _vetoes(records: Sequence[Record], actor: Actor) -> Select[Any] | None:
    """Vetoes come after the close alone; an open vote has none to be told."""
    ids = [record.id for record in records if isinstance(record, Ballot) and _is_over(record)]
    if not ids:
        return None
    return kept(
        Veto.ballot_id,
        Veto.vetoed_at,
        who=Veto.body_id,
        detail=Veto.position,
        text=Veto.reasons,
        language=Veto.language,
    ).where(Veto.ballot_id.in_(ids))


def _is_over(ballot: Ballot) -> bool:
    return ballot.closed_at is not None and ballot.state == BallotState.CLOSED


@tells_kept("decisions.veto", _vetoes)
def tell_of_veto(_ballot: Ballot, row: Kept) -> Happening:
    """A body blocked the result, with its reasons."""
    text = official(row.text, row.language)
    return Happening(row.at, "vetoed", _l("Vetoed"), text=text, who=row.who, position=row.detail)


@tells_event("decisions.result_settled", Ballot)
def tell_of_settling(_ballot: Ballot, noted: Noted) -> Happening:
    """What came after the vote is over; it is noted of closed ballots alone."""
    standing = Standing(noted.details["standing"])
    return Happening(noted.at, f"result:{standing.value}", SETTLED[standing], is_consequence=True)
