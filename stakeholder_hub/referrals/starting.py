"""Where a new referral begins: from a record, in the name of a body or group, about a topic."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import request

from stakeholder_hub.bodies.models import Body, Topic
from stakeholder_hub.bodies.queries import Suggestion, active_bodies, suggest_addressees
from stakeholder_hub.bodies.topics import topic_named
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotAllowed, NotFound
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.records.models import Record
from stakeholder_hub.records.queries import load_record
from stakeholder_hub.referrals.models import Referral
from stakeholder_hub.referrals.operations.holding import chains_of
from stakeholder_hub.referrals.parties import Party, key_of, parties_of
from stakeholder_hub.referrals.policy import can_be_referred, may_be_asked
from stakeholder_hub.referrals.queries import stops_of
from stakeholder_hub.territories.models import Territory

MOST_BODIES = 500


@dataclass(frozen=True)
class Start:
    """What is referred, by whom (chosen or all possible), and about what."""

    source: Record
    parties: Sequence[Party]
    sender: Party | None
    topic: Topic | None
    guessed: Topic | None

    @property
    def is_ready(self) -> bool:
        """Whether the form itself can be shown."""
        return self.sender is not None and self.topic is not None


def topic_asked() -> Topic | None:
    """The topic that the address names."""
    raw = request.args.get("topic", "")
    return Topic(raw) if raw in list(Topic) else None


def start_from_request(actor: Actor) -> Start:
    """Read ``from`` (a record's reference), ``by`` (who refers it) and ``topic``.

    Raises:
        NotFound: no record is named, or none that this person may see.
        NotAllowed: it cannot be referred, or this person acts for nobody.
    """
    if not (reference := request.args.get("from", "")):
        raise NotFound()
    source = load_record(reference, actor)
    require(can_be_referred(source))
    parties = parties_of(actor)
    if not parties:
        raise NotAllowed(_l("Only those who act for a group or a body can refer a matter."))
    asked = request.args.get("by", "")
    sender = next((party for party in parties if key_of(party) == asked), None)
    if sender is None and len(parties) == 1:
        sender = parties[0]
    return Start(source, parties, sender, topic_asked(), _guess(source))


def _guess(source: Record) -> Topic | None:
    """What the record is about, if its category has the name of a topic."""
    category: Any = getattr(source, "category", None)
    if category is None:
        return None
    return next((t for text in category.name.texts.values() if (t := topic_named(text)) is not None), None)


def addressees(sender: Party, topic: Topic) -> list[Suggestion]:
    """Who may be asked by ``sender``, the likeliest first, each with the reason."""
    return [s for s in suggest_addressees(sender.territory, topic) if may_be_asked(sender, s.body)]


def further_addressees(referral: Referral) -> list[Suggestion]:
    """To whom the body that has a matter may forward it: nobody who has had it."""
    had = stops_of(chains_of(referral))
    found = addressees(referral.to_body, referral.topic)
    return [s for s in found if s.body.id not in had]


def all_bodies(sender: Party, but: set[int]) -> list[Body]:
    """Every other body that works today, the widest level first."""
    found = db.session.scalars(
        active_bodies()
        .join(Territory, Territory.id == Body.territory_id)
        .where(Body.id.not_in(but) if but else sa.true())
        .order_by(Territory.path, Body.id)
        .limit(MOST_BODIES)
    )
    return [
        body
        for body in found
        if may_be_asked(sender, body) and body.is_active_on(clock.today(body.territory.timezone))
    ]
