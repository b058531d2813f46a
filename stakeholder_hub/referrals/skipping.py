"""Levels that are passed by: a reason is asked for, and who is passed by is told."""

import sqlalchemy as sa

from stakeholder_hub.bodies.models import Body, BodyKind, Competence, Topic
from stakeholder_hub.bodies.queries import active_bodies
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db, insert_ignore
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.referrals import texts
from stakeholder_hub.referrals.models import Referral, SkippedBody
from stakeholder_hub.territories.models import Territory


def bodies_between(place: Territory, body: Body, topic: Topic) -> list[Body]:
    """The general-purpose bodies of the levels strictly between a place and the place of ``body``.

    Of each place the one that is competent for the topic, where one is. Two statements at most.
    """
    there = body.territory
    lower, upper = (place, there) if there.level.rank <= place.level.rank else (there, place)
    ids = lower.ancestor_ids
    if not ids:
        return []
    between = db.session.scalars(sa.select(Territory).where(Territory.id.in_(ids))).all()
    wanted = [t.id for t in between if upper.level.rank < t.level.rank < lower.level.rank]
    if not wanted:
        return []
    competent = sa.exists().where(Competence.body_id == Body.id, Competence.topic == topic)
    found: dict[int, Body] = {}
    for candidate in db.session.scalars(
        active_bodies()
        .where(Body.territory_id.in_(wanted), Body.kind == BodyKind.GENERAL_PURPOSE)
        .order_by(competent.desc(), Body.id)
    ):
        if candidate.is_active_on(clock.today(candidate.territory.timezone)):
            found.setdefault(candidate.territory_id, candidate)
    return list(found.values())


def check_skipping(place: Territory, body: Body, topic: Topic, reason: str) -> str:
    """The reason for passing a level by; empty where none is passed by.

    Raises:
        Invalid: a level is passed by and no reason is given.
    """
    skipped = bodies_between(place, body, topic)
    if not skipped:
        return ""
    text, _html = texts.body(reason, field="skip_reason", longest=texts.LONGEST_NOTE)
    if not text:
        names = ", ".join(other.name.original.text for other in skipped)
        raise Invalid(_l("Say why you pass by: %(names)s. They are told.", names=names), "skip_reason")
    return text


def note_skipped(referral: Referral) -> None:
    """Remember who is passed by, for the page and for telling them."""
    db.session.flush()
    for body in bodies_between(referral.sender.territory, referral.to_body, referral.topic):
        values = {"referral_id": referral.id, "body_id": body.id}
        insert_ignore(SkippedBody.__table__, values, index_elements=["referral_id", "body_id"])
    db.session.expire(referral, ["skipped"])
