"""What waits for somebody: invitations, later versions, places that ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from stakeholder_hub.consultations.models import Consultation, ConsultationState
from stakeholder_hub.consultations.queries import run_by
from stakeholder_hub.editions.models import Core, CoreAnswer, CoreAnswerState, Edition, EditionState
from stakeholder_hub.editions.queries import places_of
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.territories.policy import MANAGERS, grants_of


@dataclass(frozen=True)
class ToAnswer:
    """An edition with what is asked of its place. ``number``: the version of the core that waits."""

    edition: Edition
    number: int | None = None

    @property
    def reply_by(self) -> date | None:
        """Until when an answer is wished."""
        return self.edition.reply_by if self.number is None else None


def invitations_for(actor: Actor, *, parent_id: int | None = None) -> Sequence[Edition]:
    """Invitations that wait for the places of ``actor``, the earliest day first."""
    if not any(grant.role in MANAGERS for grant in grants_of(actor)):
        return []
    statement = (
        sa.select(Edition)
        .join(Edition.parent)
        .where(
            Edition.state == EditionState.INVITED,
            places_of(actor),
            Consultation.state == ConsultationState.PUBLISHED,
        )
        .options(joinedload(Edition.parent))
        .order_by(sa.func.coalesce(Edition.reply_by, date(9999, 12, 31)), Edition.id)
        .limit(20)
    )
    if parent_id is not None:
        statement = statement.where(Edition.parent_id == parent_id)
    return db.session.scalars(statement).unique().all()


def versions_for(actor: Actor) -> Sequence[ToAnswer]:
    """Later versions that wait for editions of ``actor``."""
    if not any(grant.role in MANAGERS for grant in grants_of(actor)):
        return []
    mine = run_by(actor).with_only_columns(Consultation.id).order_by(None)
    found = db.session.execute(
        sa.select(Edition, Core.number)
        .join(CoreAnswer, CoreAnswer.edition_id == Edition.id)
        .join(Core, Core.id == CoreAnswer.core_id)
        .where(
            CoreAnswer.state == CoreAnswerState.WAITING,
            Edition.state == EditionState.ACCEPTED,
            Edition.consultation_id.in_(mine),
        )
        .options(joinedload(Edition.parent), joinedload(Edition.consultation))
        .order_by(Core.published_at, Edition.id)
        .limit(20)
    ).unique()
    return [ToAnswer(edition, number) for edition, number in found]


def requests_for(actor: Actor) -> Sequence[Edition]:
    """Places that ask to take part in what ``actor`` runs."""
    if not any(grant.role in MANAGERS for grant in grants_of(actor)):
        return []
    mine = run_by(actor).with_only_columns(Consultation.id).order_by(None)
    return (
        db.session.scalars(
            sa.select(Edition)
            .where(Edition.state == EditionState.ASKED, Edition.parent_id.in_(mine))
            .options(joinedload(Edition.parent))
            .order_by(Edition.invited_at, Edition.id)
            .limit(20)
        )
        .unique()
        .all()
    )
