"""Tells places of invitations and later versions, and those who run the parent of the answers."""

from stakeholder_hub.editions import sentences
from stakeholder_hub.editions.events import (
    CoreAdopted,
    CorePublished,
    CoreRefused,
    EditionAccepted,
    EditionDeclined,
    EditionWithdrawn,
    RequestRefused,
    TerritoryAsked,
    TerritoryInvited,
)
from stakeholder_hub.editions.models import Core, Edition
from stakeholder_hub.editions.queries import coordinators_of, runners_of, taking_part
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.events import Event, subscribe
from stakeholder_hub.notifications.operations import notify


def _place(edition: Edition) -> dict[str, str]:
    return {"place": edition.territory.name.original.text}


@subscribe(TerritoryInvited)
def tell_the_invited(event: TerritoryInvited) -> None:
    """Those who answer for the place."""
    edition: Edition = event.subject
    notify(
        coordinators_of(edition.territory),
        kind=sentences.INVITED,
        record=edition.parent,
        data=_place(edition),
    )


@subscribe(RequestRefused)
def tell_who_asked(event: RequestRefused) -> None:
    """Those who asked learn why not."""
    edition: Edition = event.subject
    notify(
        coordinators_of(edition.territory),
        kind=sentences.REFUSED,
        record=edition.parent,
        data=_place(edition),
    )


def _tell_parent(event: Event, kind: str) -> None:
    edition: Edition = event.subject
    who = getattr(event.actor, "id", None)
    people = [person for person in runners_of(edition.parent) if person != who]
    notify(people, kind=kind, record=edition.parent, data=_place(edition))


@subscribe(TerritoryAsked)
def tell_of_a_request(event: TerritoryAsked) -> None:
    """Those who run the parent decide on it."""
    _tell_parent(event, sentences.ASKED)


@subscribe(EditionAccepted)
def tell_of_the_acceptance(event: EditionAccepted) -> None:
    """One place more."""
    _tell_parent(event, sentences.ACCEPTED)


@subscribe(EditionDeclined)
def tell_of_the_refusal(event: EditionDeclined) -> None:
    """With a reason."""
    _tell_parent(event, sentences.DECLINED)


@subscribe(EditionWithdrawn)
def tell_of_the_withdrawal(event: EditionWithdrawn) -> None:
    """With a reason."""
    _tell_parent(event, sentences.WITHDRAWN)


@subscribe(CoreAdopted)
def tell_of_the_adoption(event: CoreAdopted) -> None:
    """The edition follows the new version."""
    _tell_parent(event, sentences.ADOPTED)


@subscribe(CoreRefused)
def tell_of_staying(event: CoreRefused) -> None:
    """The edition stays on its version, and says why."""
    _tell_parent(event, sentences.STAYED)


@subscribe(CorePublished)
def ask_the_editions(event: CorePublished) -> None:
    """Those who run an edition are asked to answer, about their own edition."""
    core: Core = event.subject
    if core.number == 1:
        return
    for edition in db.session.scalars(taking_part(core.consultation_id)).unique():
        if edition.consultation is not None:
            notify(runners_of(edition.consultation), kind=sentences.NEW_VERSION, record=edition.consultation)
