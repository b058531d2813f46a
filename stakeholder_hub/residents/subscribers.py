"""Who is told about residences."""

from stakeholder_hub.kernel.events import subscribe
from stakeholder_hub.notifications.operations import notify
from stakeholder_hub.residents import sentences
from stakeholder_hub.residents.events import (
    ResidenceAsked,
    ResidenceConfirmed,
    ResidenceRefused,
    ResidenceRevoked,
)
from stakeholder_hub.residents.models import Residence
from stakeholder_hub.residents.queries import officer_ids


@subscribe(ResidenceAsked)
def tell_officers(event: ResidenceAsked) -> None:
    """Those who verify there, except the person who asks."""
    place = event.subject.territory
    told = set(officer_ids(place)) - {event.actor.id}
    notify(told, kind=sentences.ASKED, data={**sentences.said(place), "person": event.actor.name})


@subscribe(ResidenceConfirmed)
def tell_confirmed(event: ResidenceConfirmed) -> None:
    """The person."""
    _tell(event.subject, sentences.CONFIRMED)


@subscribe(ResidenceRefused)
def tell_refused(event: ResidenceRefused) -> None:
    """The person, who may ask again."""
    _tell(event.subject, sentences.REFUSED)


@subscribe(ResidenceRevoked)
def tell_revoked(event: ResidenceRevoked) -> None:
    """The person."""
    _tell(event.subject, sentences.REVOKED)


def _tell(residence: Residence, kind: str) -> None:
    notify([residence.user_id], kind=kind, data=sentences.said(residence.territory))
