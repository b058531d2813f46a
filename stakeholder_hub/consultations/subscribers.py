"""What follows from what happens to consultations: they are found, and those concerned are told."""

from collections.abc import Iterator

import sqlalchemy as sa

from stakeholder_hub.accounts.events import AccountErased
from stakeholder_hub.consultations import sentences
from stakeholder_hub.consultations.events import (
    ConsultationClosed,
    ConsultationPublished,
    ConsultationReopened,
    PhaseBegan,
    PhasesChanged,
    WordsChanged,
)
from stakeholder_hub.consultations.models import (
    Consultation,
    ConsultationState,
    ParticipantCount,
    Participation,
)
from stakeholder_hub.consultations.operations import take_part
from stakeholder_hub.consultations.slugs import KIND
from stakeholder_hub.deliberation.events import CommentAdded, SupportGiven
from stakeholder_hub.deliberation.operations import tell_followers
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.events import Event, subscribe
from stakeholder_hub.notifications.operations import notify
from stakeholder_hub.search.operations import index_record
from stakeholder_hub.search.sources import source
from stakeholder_hub.territories.models import RoleGrant


@subscribe(WordsChanged)
def make_findable(event: WordsChanged) -> None:
    """Index what it says now. Who may find it is asked when somebody searches."""
    index_consultation(event.subject)


def index_consultation(consultation: Consultation) -> None:
    """One entry with question and background in every language."""
    text = f"{consultation.question.everything()}\n{consultation.background_text.everything()}"
    index_record(consultation, text=text)


@source(KIND)
def index_consultations() -> Iterator[int]:
    """Every consultation, for making the index anew."""
    for consultation in db.session.scalars(sa.select(Consultation).order_by(Consultation.id)):
        index_consultation(consultation)
        yield consultation.id


@subscribe(ConsultationPublished)
def tell_the_group(event: ConsultationPublished) -> None:
    """Members of the group are the first to know."""
    consultation: Consultation = event.subject
    if consultation.group_id is None:
        return
    members = db.session.scalars(
        sa.select(RoleGrant.user_id).where(RoleGrant.group_id == consultation.group_id)
    )
    who = getattr(event.actor, "id", None)
    notify((m for m in members.all() if m != who), kind=sentences.PUBLISHED, record=consultation)


@subscribe(PhaseBegan)
def tell_of_a_phase(event: PhaseBegan) -> None:
    """Followers learn what they can do now."""
    tell_followers(event.subject, kind=sentences.PHASE_BEGAN, actor=event.actor)


@subscribe(PhasesChanged)
def tell_of_new_dates(event: PhasesChanged) -> None:
    """Followers rely on the dates of what is published."""
    if event.subject.state == ConsultationState.PUBLISHED:
        tell_followers(event.subject, kind=sentences.PHASES_CHANGED, actor=event.actor)


@subscribe(ConsultationClosed)
def tell_of_the_close(event: ConsultationClosed) -> None:
    """Followers can read what came of it."""
    tell_followers(event.subject, kind=sentences.CLOSED, actor=event.actor)


@subscribe(ConsultationReopened)
def tell_of_the_reopening(event: ConsultationReopened) -> None:
    """Followers can take part again."""
    tell_followers(event.subject, kind=sentences.REOPENED, actor=event.actor)


def contributing_is_taking_part(event: Event) -> None:
    """Whoever says or supports something in a consultation takes part in it."""
    context = event.subject.context_id
    consultation = db.session.get(Consultation, context) if context is not None else None
    if consultation is not None:
        take_part(consultation, actor=event.actor)


subscribe(CommentAdded)(contributing_is_taking_part)
subscribe(SupportGiven)(contributing_is_taking_part)


@subscribe(AccountErased)
def take_back_participation(event: AccountErased) -> None:
    """The counts go down with the rows that are about to go."""
    mine = sa.select(Participation.consultation_id).where(Participation.user_id == event.subject.id)
    in_sector = mine.where(
        Participation.consultation_id == ParticipantCount.consultation_id,
        Participation.sector == ParticipantCount.sector,
    )
    consultation, counted = Consultation.__table__, ParticipantCount.__table__
    for statement in (
        sa.update(consultation)  # type: ignore[arg-type]
        .where(consultation.c.id.in_(mine))
        .values(participant_count=consultation.c.participant_count - 1),
        sa.update(counted)  # type: ignore[arg-type]
        .where(in_sector.exists())
        .values(people=counted.c.people - 1),
    ):
        db.session.execute(statement, execution_options={"synchronize_session": False})
