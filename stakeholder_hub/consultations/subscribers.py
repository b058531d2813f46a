"""What consultations make of what happens elsewhere: who comments or supports takes part; all of them can be found."""

from collections.abc import Iterator

import sqlalchemy as sa

from stakeholder_hub.consultations.events import (
    ConsultationCreated,
    ConsultationEdited,
    ConsultationTranslated,
)
from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.consultations.operations import take_part
from stakeholder_hub.deliberation.events import CommentAdded, SupportGiven
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.events import Event, subscribe
from stakeholder_hub.records.models import Record
from stakeholder_hub.search.operations import index_record
from stakeholder_hub.search.sources import source


@subscribe(CommentAdded)
def commenting_is_taking_part(event: CommentAdded) -> None:
    """Whoever says something in a consultation takes part in it."""
    _take_part(event.subject.context_id, event.actor)


@subscribe(SupportGiven)
def supporting_is_taking_part(event: SupportGiven) -> None:
    """Whoever supports something in a consultation takes part in it."""
    record: Record = event.subject
    _take_part(record.context_id, event.actor)


def find_anew(event: Event) -> None:
    """Keep the search index in step with the texts."""
    index_consultation(event.subject)


subscribe(ConsultationCreated)(find_anew)
subscribe(ConsultationEdited)(find_anew)
subscribe(ConsultationTranslated)(find_anew)


@source("consultation")
def index_consultations() -> Iterator[int]:
    """Every consultation, for making the index anew."""
    for consultation in db.session.scalars(sa.select(Consultation).order_by(Consultation.id)):
        index_consultation(consultation)
        yield consultation.id


def index_consultation(consultation: Consultation) -> None:
    """Make it findable by title, question and background in every language."""
    question, background = consultation.question, consultation.background_text
    index_record(consultation, text=f"{question.everything()}\n\n{background.everything()}")


def _take_part(context_id: int | None, actor: object) -> None:
    consultation = db.session.get(Consultation, context_id) if context_id is not None else None
    if consultation is not None:
        take_part(consultation, actor=actor)
