"""Which referrals a list shows: filters that an address can carry."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import Select
from werkzeug.datastructures import MultiDict

from stakeholder_hub.bodies.models import Body, Topic
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.models import Record
from stakeholder_hub.records.queries import visible_to
from stakeholder_hub.referrals.kinds import OPEN_STATES, ReferralState
from stakeholder_hub.referrals.models import Referral
from stakeholder_hub.referrals.queries import is_overdue, listed
from stakeholder_hub.territories.models import Level, Territory
from stakeholder_hub.territories.queries import by_slug, subtree_ids

STATES = ("open", *[state.value for state in ReferralState if state is not ReferralState.DRAFTED])
MOST_CHOICES = 200


@dataclass(frozen=True)
class Wanted:
    """What a reader asks the list for; empty values do not filter. ``level`` is that of the body asked."""

    place: Territory | None = None
    level: Level | None = None
    body: str = ""
    topic: Topic | None = None
    state: str = ""
    overdue: bool = False
    words: str = ""

    @classmethod
    def of(cls, args: MultiDict[str, str]) -> "Wanted":
        """Read from the query of an address. What is unknown is taken as not asked; an unknown place is NotFound."""
        level, topic, state = args.get("level", ""), args.get("topic", ""), args.get("state", "")
        return cls(
            place=by_slug(args["place"][:80]) if args.get("place") else None,
            level=Level(level) if level in list(Level) else None,
            body=args.get("body", "")[:80].replace("\x00", ""),
            topic=Topic(topic) if topic in list(Topic) else None,
            state=state if state in STATES else "",
            overdue=args.get("overdue") == "1",
            words=args.get("q", "").replace("\x00", "").strip()[:200],
        )

    @property
    def active(self) -> int:
        """How many filters are set."""
        asked = (self.place, self.level, self.body, self.topic, self.state, self.overdue, self.words)
        return sum(bool(value) for value in asked)


def referrals_for(wanted: Wanted, actor: Actor) -> Select[Referral]:
    """The referrals that ``actor`` may see and that match; drafts stand in no list."""
    found = listed().where(visible_to(actor), Referral.state != ReferralState.DRAFTED)
    if wanted.place is not None:
        below = subtree_ids(wanted.place)
        asked_there = sa.select(Body.id).where(Body.territory_id.in_(below))
        # Two index ranges put together: an OR over two tables would read every record.
        record = Record.__table__
        sent = sa.select(record.c.id).where(record.c.kind == "referral", record.c.territory_id.in_(below))
        asked = sa.select(Referral.__table__.c.id).where(Referral.__table__.c.to_body_id.in_(asked_there))
        found = found.where(Referral.__table__.c.id.in_(sent.union(asked)))
    if wanted.level is not None:
        there = sa.select(Territory.id).where(Territory.level == wanted.level)
        found = found.where(Referral.to_body_id.in_(sa.select(Body.id).where(Body.territory_id.in_(there))))
    if wanted.body:
        found = found.where(Referral.to_body_id.in_(sa.select(Body.id).where(Body.slug == wanted.body)))
    if wanted.topic is not None:
        found = found.where(Referral.topic == wanted.topic)
    if wanted.state == "open":
        found = found.where(Referral.state.in_(OPEN_STATES))
    elif wanted.state:
        found = found.where(Referral.state == wanted.state)
    if wanted.overdue:
        found = found.where(is_overdue())
    if wanted.words:
        found = found.where(sa.cast(Record.title, sa.Text).icontains(wanted.words, autoescape=True))
    return found


def choosable(actor: Actor) -> dict[str, Any]:
    """Places and bodies that have to do with referrals the reader may see: for the filters. Two statements."""
    visible = sa.and_(visible_to(actor), Referral.state != ReferralState.DRAFTED)
    bodies = db.session.scalars(
        sa.select(Body)
        .where(Body.id.in_(sa.select(Referral.to_body_id).where(visible)))
        .order_by(Body.id)
        .limit(MOST_CHOICES)
    ).all()
    places = db.session.scalars(
        sa.select(Territory)
        .where(Territory.id.in_(sa.select(Referral.territory_id).where(visible)))
        .order_by(Territory.path)
        .limit(MOST_CHOICES)
    ).all()
    return {"bodies": bodies, "places": places}
