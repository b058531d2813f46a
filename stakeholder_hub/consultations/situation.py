"""Where a consultation stands at a moment: its state and its phases in one word, for people and for lists."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement

from stakeholder_hub.consultations.models import Consultation, ConsultationState
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l


class Situation(StrEnum):
    """What a reader wants to know first."""

    OPEN = "open"
    UPCOMING = "upcoming"
    OVER = "over"
    CLOSED = "closed"
    ARCHIVED = "archived"
    DRAFT = "draft"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            Situation.OPEN: _l("Open now"),
            Situation.UPCOMING: _l("Begins soon"),
            Situation.OVER: _l("Ended"),
            Situation.CLOSED: _l("Closed"),
            Situation.ARCHIVED: _l("Archived"),
            Situation.DRAFT: _l("Draft"),
        }[self]

    @property
    def look(self) -> str:
        """The state by whose colour and icon it is shown."""
        return "past" if self is Situation.OVER else self.value


_BY_STATE = {
    ConsultationState.DRAFT: Situation.DRAFT,
    ConsultationState.CLOSED: Situation.CLOSED,
    ConsultationState.ARCHIVED: Situation.ARCHIVED,
}


def situation_of(consultation: Consultation, moment: datetime) -> Situation:
    """Where ``consultation`` stands at ``moment``. A published one is over with its last phase, closed or not."""
    by_state = _BY_STATE.get(ConsultationState(consultation.state))
    if by_state is not None:
        return by_state
    if consultation.ends_at is not None and consultation.ends_at <= moment:
        return Situation.OVER
    if consultation.starts_at is not None and moment < consultation.starts_at:
        return Situation.UPCOMING
    return Situation.OPEN


def is_in(situation: Situation, moment: datetime) -> ColumnElement[bool]:
    """The same as a condition of a query."""
    published = Consultation.state == ConsultationState.PUBLISHED
    if situation is Situation.OPEN:
        return sa.and_(published, Consultation.starts_at <= moment, Consultation.ends_at > moment)
    if situation is Situation.UPCOMING:
        return sa.and_(published, Consultation.starts_at > moment)
    if situation is Situation.OVER:
        return sa.and_(published, Consultation.ends_at <= moment)
    return Consultation.state == situation.value
