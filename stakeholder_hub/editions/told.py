"""What the journey tells of editions: how many places were invited, who takes part, versions of what is common.

Of a place whose edition the reader may not see nothing is told but that it is one of a number; why a place declined, or
stays on its version, is for those who may read the invitation.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import Select

from stakeholder_hub.audit.models import AuditEntry
from stakeholder_hub.consultations.models import Consultation, ConsultationState
from stakeholder_hub.editions.events import TerritoryInvited
from stakeholder_hub.editions.models import Core, CoreAnswer, CoreAnswerState, Edition, EditionState
from stakeholder_hub.editions.queries import places_of
from stakeholder_hub.kernel.authorization import Actor, is_system
from stakeholder_hub.kernel.i18n import _l, _ln
from stakeholder_hub.records.acting import WhoKind
from stakeholder_hub.records.happenings import Happening, official
from stakeholder_hub.records.kept import Kept, ids_of, kept, tells_kept
from stakeholder_hub.records.models import Record
from stakeholder_hub.territories.policy import manages


def _invited(records: Sequence[Record], actor: Actor) -> Select[Any] | None:
    """How many places, counted by what was sent: one that asked by itself was not invited."""
    ids = ids_of(records, Consultation)
    if not ids:
        return None
    first = sa.func.min(AuditEntry.at)
    number = sa.func.count(sa.distinct(Edition.id))
    return (
        kept(Edition.parent_id, first, detail=number)
        .where(
            Edition.parent_id.in_(ids),
            AuditEntry.subject_id == Edition.id,
            AuditEntry.event == TerritoryInvited.name,
        )
        .group_by(Edition.parent_id)
    )


@tells_kept("editions.invited", _invited)
def tell_of_invitations(_parent: Consultation, row: Kept) -> Happening:
    """Places were invited to carry it out."""
    number = int(row.detail)
    return Happening(
        row.at,
        "invited",
        _ln("%(num)s place was invited to take part", "%(num)s places were invited to take part", number),
    )


def _accepted(records: Sequence[Record], actor: Actor) -> Select[Any] | None:
    ids = _local(records)
    if not ids:
        return None
    return kept(Edition.consultation_id, Edition.answered_at).where(
        Edition.consultation_id.in_(ids),
        Edition.state == EditionState.ACCEPTED,
        Edition.answered_at.is_not(None),
    )


def _local(records: Sequence[Record]) -> list[int]:
    """Consultations that the reader sees and that are no longer prepared."""
    return [
        record.id
        for record in records
        if isinstance(record, Consultation) and record.state != ConsultationState.DRAFT
    ]


@tells_kept("editions.accepted", _accepted)
def tell_of_acceptance(_local_one: Consultation, row: Kept) -> Happening:
    """A place takes part."""
    return Happening(row.at, "accepted", _l("This place takes part"))


def _declined(records: Sequence[Record], actor: Actor) -> Select[Any] | None:
    """For those who run the parent or answer for the place: nobody else reads invitations."""
    ids = ids_of(records, Consultation)
    if not ids or not actor.is_authenticated:
        return None
    run = [record.id for record in records if record.id in set(ids) and manages(actor, record)]
    mine = sa.true() if is_system(actor) else sa.or_(Edition.parent_id.in_(run), places_of(actor))
    return kept(
        Edition.parent_id,
        Edition.answered_at,
        who=Edition.territory_id,
        kind=WhoKind.PLACE,
        text=Edition.reason,
        language=Edition.reason_language,
    ).where(
        Edition.parent_id.in_(ids),
        Edition.state == EditionState.DECLINED,
        Edition.answered_at.is_not(None),
        mine,
    )


@tells_kept("editions.declined", _declined)
def tell_of_declining(_parent: Consultation, row: Kept) -> Happening:
    """A place does not take part, and why."""
    text = official(row.text, row.language)
    return Happening(row.at, "declined", _l("This place does not take part"), text=text, who=row.who)


def _cores(records: Sequence[Record], actor: Actor) -> Select[Any] | None:
    ids = _local(records)
    if not ids:
        return None
    return kept(Core.consultation_id, Core.published_at, detail=Core.number, text=Core.note).where(
        Core.consultation_id.in_(ids)
    )


@tells_kept("editions.core", _cores)
def tell_of_core(parent: Consultation, row: Kept) -> Happening:
    """What is common to all places was published, or a later version of it."""
    said = (
        _l("What is common to all places was published")
        if row.detail == "1"
        else _l("Version %(num)s of what is common was published", num=row.detail)
    )
    return Happening(row.at, "core", said, text=official(row.text, parent.source_language))


def _answers(records: Sequence[Record], actor: Actor) -> Select[Any] | None:
    ids = _local(records)
    if not ids:
        return None
    run = [record.id for record in records if record.id in set(ids) and _runs(actor, record)]
    return kept(
        Edition.consultation_id,
        CoreAnswer.answered_at,
        state=CoreAnswer.state,
        detail=Core.number,
        text=sa.case((Edition.consultation_id.in_(run), CoreAnswer.reason), else_=""),
    ).where(
        Edition.consultation_id.in_(ids),
        CoreAnswer.edition_id == Edition.id,
        Core.id == CoreAnswer.core_id,
        CoreAnswer.state != CoreAnswerState.WAITING,
        CoreAnswer.answered_at.is_not(None),
    )


def _runs(actor: Actor, record: Record) -> bool:
    return bool(actor.is_authenticated and manages(actor, record))


@tells_kept("editions.core_answer", _answers)
def tell_of_core_answer(local: Consultation, row: Kept) -> Happening | None:
    """A place follows a later version, or stays on its own."""
    if row.state == CoreAnswerState.ADOPTED:
        said = _l("This place has taken over version %(num)s of what is common", num=row.detail)
    else:
        said = _l("This place stays on its version instead of version %(num)s", num=row.detail)
    return Happening(row.at, f"core:{row.state}", said, text=official(row.text, local.source_language))
