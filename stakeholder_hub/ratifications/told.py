"""What the journey tells of ratifications: who was asked until when, what each body did, and how it ended."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import Select

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.ratifications.models import Ratification, RatificationAct, RatifyingBody
from stakeholder_hub.ratifications.rules import Outcome, Standing
from stakeholder_hub.records.happenings import Happening, official
from stakeholder_hub.records.kept import Kept, kept, tells_kept
from stakeholder_hub.records.models import Record
from stakeholder_hub.records.timeline import zone_of

LAST_MINUTE = timedelta(minutes=1)
ACTS: Mapping[Outcome, Reason] = {
    Outcome.ADOPTED: _l("Ratified"),
    Outcome.RESERVATIONS: _l("Ratified with reservations"),
    Outcome.REJECTED: _l("Not ratified"),
    Outcome.LAPSED: _l("Lapsed: no answer in time"),
}
SETTLED: Mapping[Standing, Reason] = {
    Standing.HELD: _l("Enough bodies have ratified it"),
    Standing.FAILED: _l("Too few bodies can still ratify it"),
}


def _begun(records: Sequence[Record], actor: Actor) -> Select[Any] | None:
    return kept(Ratification.record_id, Ratification.started_at, due=Ratification.due_at).where(
        Ratification.record_id.in_([record.id for record in records])
    )


@tells_kept("ratifications.begun", _begun)
def tell_of_beginning(record: Record, row: Kept) -> Happening:
    """Bodies are asked."""
    # The day that ends at midnight is the last one, not the one that begins then.
    until = clock.to_local(row.due - LAST_MINUTE, zone_of(record)).date() if row.due is not None else None
    return Happening(
        row.at, "ratification", _l("Bodies are asked to ratify it"), is_consequence=True, until=until
    )


def _acts(records: Sequence[Record], actor: Actor) -> Select[Any] | None:
    """Every act, also those that a change of the text has set back since: they were given."""
    reasons = sa.case((RatificationAct.reasons != "", ": " + RatificationAct.reasons), else_="")
    return kept(
        Ratification.record_id,
        RatificationAct.given_at,
        who=RatifyingBody.body_id,
        state=RatificationAct.outcome,
        detail=RatificationAct.position,
        text=RatificationAct.act + reasons,
        language=RatificationAct.language,
    ).where(
        Ratification.record_id.in_([record.id for record in records]),
        RatifyingBody.ratification_id == Ratification.id,
        RatificationAct.ratifying_body_id == RatifyingBody.id,
    )


@tells_kept("ratifications.act", _acts)
def tell_of_act(_record: Record, row: Kept) -> Happening:
    """A body ratified, or refused to, with the title of its act and its reasons."""
    return Happening(
        row.at,
        f"ratified:{row.state}",
        ACTS[Outcome(row.state)],
        text=official(row.text, row.language),
        who=row.who,
        position=row.detail,
    )


def _lapsed(records: Sequence[Record], actor: Actor) -> Select[Any] | None:
    return kept(
        Ratification.record_id, Ratification.due_at, who=RatifyingBody.body_id, state=RatifyingBody.outcome
    ).where(
        Ratification.record_id.in_([record.id for record in records]),
        RatifyingBody.ratification_id == Ratification.id,
        RatifyingBody.outcome == Outcome.LAPSED,
    )


@tells_kept("ratifications.lapsed", _lapsed)
def tell_of_silence(_record: Record, row: Kept) -> Happening:
    """A body did not answer in time."""
    return Happening(row.at, f"ratified:{row.state}", ACTS[Outcome(row.state)], who=row.who)


def _settled(records: Sequence[Record], actor: Actor) -> Select[Any] | None:
    return kept(Ratification.record_id, Ratification.settled_at, state=Ratification.standing).where(
        Ratification.record_id.in_([record.id for record in records]), Ratification.settled_at.is_not(None)
    )


@tells_kept("ratifications.settled", _settled)
def tell_of_settling(_record: Record, row: Kept) -> Happening | None:
    """How it stands, once that can no longer change by itself."""
    said = SETTLED.get(Standing(row.state))
    return Happening(row.at, f"ratification:{row.state}", said, is_consequence=True) if said else None
