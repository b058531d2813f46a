"""Which places can be invited, and which were asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.editions.models import Edition, EditionState
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.text import fold
from stakeholder_hub.territories.models import Level, Territory
from stakeholder_hub.territories.policy import MANAGERS, grants_of
from stakeholder_hub.territories.queries import within

MOST_TICKED = 200
"""Towns that are offered one by one; where there are more, people name them or a place above."""
MOST_LISTED = 500


@dataclass(frozen=True)
class Offered:
    """Towns that can be ticked, and wider places whose towns can be invited together."""

    towns: Sequence[Territory]
    wider: Sequence[Territory]


def offered(consultation: Consultation) -> Offered:
    """What can be invited below the parent's own place."""
    below = sa.and_(within(consultation.territory.path), Territory.dissolved_on.is_(None))
    there = sa.select(Edition.territory_id).where(
        Edition.parent_id == consultation.id,
        Edition.state.in_((EditionState.INVITED, EditionState.ACCEPTED, EditionState.WITHDRAWN)),
    )
    towns = db.session.scalars(
        sa.select(Territory)
        .where(below, Territory.level == Level.LOCAL, Territory.id.not_in(there))
        .order_by(Territory.path)
        .limit(MOST_TICKED + 1)
    ).all()
    wider = db.session.scalars(
        sa.select(Territory)
        .where(below, Territory.level != Level.LOCAL)
        .order_by(Territory.path)
        .limit(MOST_LISTED)
    ).all()
    return Offered(towns if len(towns) <= MOST_TICKED else (), wider)


def chosen_places(
    consultation: Consultation, *, ticked: Iterable[int], below: int, listed: str
) -> list[Territory]:
    """The places that were ticked, those below one, and those of a list, each once.

    Raises:
        Invalid: a line of the list names no place, or more than one, at ``listed``.
    """
    inside = sa.and_(within(consultation.territory.path), Territory.dissolved_on.is_(None))
    found = [
        *db.session.scalars(sa.select(Territory).where(inside, Territory.id.in_(list(ticked)[:MOST_LISTED])))
    ]
    if below:
        above = db.session.get(Territory, below)
        if above is None:
            raise Invalid(_l("Choose from the list."), "below")
        found += db.session.scalars(
            sa.select(Territory).where(inside, within(above.path), Territory.level == Level.LOCAL)
        )
    lines = [line.strip() for line in listed.splitlines() if line.strip()]
    if lines:
        found += _named(lines, consultation)
    return list({place.id: place for place in found}.values())


def _named(lines: Sequence[str], consultation: Consultation) -> list[Territory]:
    if len(lines) > MOST_LISTED:
        raise Invalid(_l("Invite at most %(most)s places at once.", most=MOST_LISTED), "listed")
    known: dict[str, set[int]] = {}
    there = sa.and_(within(consultation.territory.path), Territory.dissolved_on.is_(None))
    places = {place.id: place for place in db.session.scalars(sa.select(Territory).where(there))}
    for place in places.values():
        for name in {place.code, place.slug, *place.name.texts.values()}:
            known.setdefault(fold(name), set()).add(place.id)
    found = []
    for line in lines:
        ids = known.get(fold(line), set())
        if not ids:
            raise Invalid(_l("There is no place called “%(name)s” here.", name=line[:80]), "listed")
        if len(ids) > 1:
            raise Invalid(
                _l("Several places are called “%(name)s”. Write the code instead.", name=line[:80]), "listed"
            )
        found.append(places[ids.pop()])
    return found


def own_places(actor: Actor) -> Sequence[Territory]:
    """The places for which the actor speaks: of the groups and places that they run."""
    grants = [grant for grant in grants_of(actor) if grant.role in MANAGERS]
    groups = [grant.group_id for grant in grants if grant.group_id is not None]
    own = [grant.territory_id for grant in grants if grant.territory_id is not None]
    held = sa.select(Group.territory_id).where(Group.id.in_(groups), Group.archived_at.is_(None))
    return db.session.scalars(
        sa.select(Territory)
        .where(sa.or_(Territory.id.in_(own), Territory.id.in_(held)))
        .order_by(Territory.path)
        .limit(MOST_LISTED)
    ).all()
