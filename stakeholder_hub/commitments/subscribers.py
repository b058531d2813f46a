"""Who is told of commitments, and how they are found."""

from collections.abc import Iterator

import sqlalchemy as sa

from stakeholder_hub.bodies.officials import ids_of_officials
from stakeholder_hub.commitments import sentences
from stakeholder_hub.commitments.events import (
    CommitmentAsked,
    CommitmentMoved,
    EvidenceGiven,
    EvidenceVerified,
    TextWritten,
)
from stakeholder_hub.commitments.models import Commitment
from stakeholder_hub.deliberation.operations import tell_followers
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.events import subscribe
from stakeholder_hub.notifications.operations import notify
from stakeholder_hub.search.operations import index_record
from stakeholder_hub.search.sources import source


def _index(commitment: Commitment) -> None:
    index_record(commitment, text=f"{commitment.body_text}\n{commitment.measure}")


def _but(people: set[int], actor: object) -> set[int]:
    return people - {getattr(actor, "id", None)}


@subscribe(CommitmentAsked)
def tell_body(event: CommitmentAsked) -> None:
    """The officials of the body that is asked, and those who follow the decision."""
    commitment: Commitment = event.subject
    _index(commitment)
    officials = ids_of_officials([commitment.body])
    notify(_but(officials, event.actor), kind=sentences.ASKED, record=commitment)
    tell_followers(
        commitment.decision, kind=sentences.PROMISED, actor=event.actor, about=commitment, but=officials
    )


@subscribe(CommitmentMoved)
def tell_of_move(event: CommitmentMoved) -> None:
    """The officials of the other body, and those who follow."""
    commitment: Commitment = event.subject
    _index(commitment)
    other = commitment.body if event.body.id == commitment.asker_id else commitment.asker
    officials = ids_of_officials([other])
    data = {"body": event.body.name.original.text}
    notify(_but(officials, event.actor), kind=sentences.ANSWERED, record=commitment, data=data)
    tell_followers(commitment, kind=sentences.MOVED, actor=event.actor, but=officials)


@subscribe(EvidenceGiven)
def tell_asker(event: EvidenceGiven) -> None:
    """The officials of the body that asked: they can verify it."""
    commitment: Commitment = event.subject.commitment
    notify(_but(ids_of_officials([commitment.asker]), event.actor), kind=sentences.SHOWN, record=commitment)


@subscribe(EvidenceVerified)
def tell_promiser(event: EvidenceVerified) -> None:
    """The officials of the body that promised."""
    commitment: Commitment = event.subject.commitment
    notify(_but(ids_of_officials([commitment.body]), event.actor), kind=sentences.FINDING, record=commitment)


@subscribe(TextWritten)
def tell_of_text(event: TextWritten) -> None:
    """The officials of the bodies whose ratification stays; those that are asked again are told so."""
    if event.text.number > 1:
        people = ids_of_officials(event.kept)
        notify(_but(people, event.actor), kind=sentences.TEXT, record=event.subject)


@source("commitment")
def index_commitments() -> Iterator[int]:
    """Every commitment, for making the index anew."""
    for commitment in db.session.scalars(sa.select(Commitment).order_by(Commitment.id)):
        _index(commitment)
        yield commitment.id
