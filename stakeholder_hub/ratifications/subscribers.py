"""Who is told of a ratification: the officials of the bodies, and those who follow what is ratified."""

from stakeholder_hub.bodies.officials import ids_of_officials
from stakeholder_hub.deliberation.operations import tell_followers
from stakeholder_hub.kernel.events import subscribe
from stakeholder_hub.notifications.operations import notify
from stakeholder_hub.ratifications import sentences
from stakeholder_hub.ratifications.events import (
    RatificationBegun,
    RatificationGiven,
    RatificationReset,
    RatificationSettled,
)
from stakeholder_hub.ratifications.rules import Standing


@subscribe(RatificationBegun)
def tell_bodies(event: RatificationBegun) -> None:
    """Everybody who acts for one of the bodies, but not who asks."""
    people = ids_of_officials(seat.body for seat in event.ratification.seats)
    notify(people - {getattr(event.actor, "id", None)}, kind=sentences.ASKED, record=event.subject)


@subscribe(RatificationReset)
def tell_again(event: RatificationReset) -> None:
    """Those who act for the bodies that are asked again."""
    people = ids_of_officials(event.bodies)
    notify(people - {getattr(event.actor, "id", None)}, kind=sentences.AGAIN, record=event.subject)


@subscribe(RatificationGiven)
def tell_of_act(event: RatificationGiven) -> None:
    """Those who follow what is ratified."""
    data = {"body": event.body.name.original.text}
    tell_followers(event.subject, kind=sentences.GIVEN, actor=event.actor, data=data)


@subscribe(RatificationSettled)
def tell_of_end(event: RatificationSettled) -> None:
    """Those who follow it, and the officials of all the bodies."""
    if event.standing == Standing.PENDING:
        return
    kind = sentences.HELD if event.standing == Standing.HELD else sentences.FAILED
    bodies = ids_of_officials(seat.body for seat in event.ratification.seats)
    notify(bodies, kind=kind, record=event.subject)
    tell_followers(event.subject, kind=kind, actor=event.actor, but=bodies)
