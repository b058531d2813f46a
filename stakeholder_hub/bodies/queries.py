"""Reading the register of bodies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from stakeholder_hub.bodies.models import Body, BodyKind, Competence, LevelCompetence, Strength, Topic
from stakeholder_hub.bodies.topics import level_usually, says_in
from stakeholder_hub.groups.models import Group, Mandate, Organisation
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid, NotFound, Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.territories.models import Level, RoleGrant, Territory
from stakeholder_hub.territories.policy import MANAGERS, grants_of
from stakeholder_hub.territories.queries import within
from stakeholder_hub.webkit.formats import in_language

MOST_SUGGESTED = 40


def body_at(slug: str) -> Body:
    """The body at ``slug``.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(sa.select(Body).where(Body.slug == slug))
    if found is None:
        raise NotFound()
    return found


def body_shown(slug: str) -> Body:
    """The body at ``slug`` with its competences and those who act for it.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(
        sa.select(Body)
        .where(Body.slug == slug)
        .options(
            selectinload(Body.competences),
            joinedload(Body.organisation)
            .selectinload(Organisation.mandates)
            .joinedload(Mandate.user, innerjoin=True),
            joinedload(Body.group).selectinload(Group.memberships).joinedload(RoleGrant.user, innerjoin=True),
        )
    )
    if found is None:
        raise NotFound()
    return found


def body_of(owner: Organisation | Group) -> Body | None:
    """The body that an organisation or a group is, if it was ever entered. One statement."""
    mine = Body.organisation_id if isinstance(owner, Organisation) else Body.group_id
    return db.session.scalar(sa.select(Body).where(mine == owner.id))


def listed(
    place: Territory | None = None,
    *,
    level: Level | None = None,
    topic: Topic | None = None,
    kind: BodyKind | None = None,
    ended: bool = False,
) -> sa.Select[Body]:
    """Bodies of a place and below it; those that have ended only where asked for."""
    statement = (
        sa.select(Body)
        .join(Territory, Territory.id == Body.territory_id)
        .options(selectinload(Body.competences))
        if ended
        else active_bodies()
        .join(Territory, Territory.id == Body.territory_id)
        .where(
            Territory.dissolved_on.is_(None),
            # A day that is over in every zone; what is over in the body's own is marked on the page.
            sa.or_(Body.sunset_on.is_(None), Body.sunset_on >= clock.today() - timedelta(days=1)),
        )
        .options(selectinload(Body.competences))
    )
    if place is not None:
        statement = statement.where(within(place.path))
    if level is not None:
        statement = statement.where(Territory.level == level)
    if topic is not None:
        statement = statement.where(
            Body.id.in_(sa.select(Competence.body_id).where(Competence.topic == topic))
        )
    return statement.where(Body.kind == kind) if kind is not None else statement


def owners_in(place: Territory) -> tuple[Sequence[Organisation], Sequence[Group]]:
    """What in this very place does not stand in the register and could. Two statements."""
    taken = sa.select(Body.organisation_id).where(
        Body.organisation_id.is_not(None), Body.archived_at.is_(None)
    )
    organisations = db.session.scalars(
        sa.select(Organisation)
        .where(
            Organisation.territory_id == place.id,
            Organisation.archived_at.is_(None),
            Organisation.id.not_in(taken),
        )
        .order_by(sa.case((Organisation.sector == Sector.ADMINISTRATION, 0), else_=1), Organisation.name)
        .limit(300)
    ).all()
    taken = sa.select(Body.group_id).where(Body.group_id.is_not(None), Body.archived_at.is_(None))
    groups = db.session.scalars(
        sa.select(Group)
        .where(Group.territory_id == place.id, Group.archived_at.is_(None), Group.id.not_in(taken))
        .order_by(Group.id)
        .limit(300)
    ).all()
    return organisations, groups


def owner_in(place: Territory, named: str) -> Organisation | Group:
    """What ``organisation:slug`` or ``group:slug`` names in this very place.

    Raises:
        Invalid: nothing there, at ``owner``.
    """
    kind, _colon, slug = named.partition(":")
    model: Any = {"organisation": Organisation, "group": Group}.get(kind)
    found: Organisation | Group | None = None
    if model is not None:
        there = sa.select(model).where(model.slug == slug, model.territory_id == place.id)
        found = db.session.scalar(there)
    if found is None:
        raise Invalid(_l("Choose from the list."), "owner")
    return found


def bodies_over(place: Territory) -> list[Body]:
    """The bodies of a place and of all that it lies in, with their competences: the widest first. Two statements."""
    found = db.session.scalars(
        active_bodies()
        .join(Territory, Territory.id == Body.territory_id)
        .where(Body.territory_id.in_(place.lineage_ids))
        .options(selectinload(Body.competences))
        .order_by(Territory.path, Body.id)
        .limit(300)
    )
    return [body for body in found if body.is_active_on(clock.today(body.territory.timezone))]


def level_competences_over(place: Territory) -> Sequence[LevelCompetence]:
    """What levels usually may do here, said for the place or for what it lies in: the nearest last. One statement."""
    rows = db.session.scalars(
        sa.select(LevelCompetence)
        .where(LevelCompetence.territory_id.in_(place.lineage_ids))
        .options(joinedload(LevelCompetence.territory))
    ).all()
    return sorted(rows, key=lambda row: place.lineage_ids.index(row.territory_id))


def level_competences_in(place: Territory, level: Level) -> Sequence[LevelCompetence]:
    """What is said for this very place about a level."""
    return db.session.scalars(
        sa.select(LevelCompetence).where(
            LevelCompetence.territory_id == place.id, LevelCompetence.level == level
        )
    ).all()


def bodies_acted_for(actor: Actor) -> Sequence[Body]:
    """The bodies the actor may act for today, as :func:`policy.may_act_for` says. One statement."""
    if not actor.is_authenticated or actor.id is None:
        return []
    coordinated = [g.group_id for g in grants_of(actor) if g.group_id is not None and g.role in MANAGERS]
    mandates = sa.select(Mandate).where(Mandate.user_id == actor.id, Mandate.revoked_at.is_(None)).subquery()
    rows = db.session.execute(
        sa.select(Body, mandates.c.starts_on, mandates.c.ends_on)
        .outerjoin(mandates, mandates.c.organisation_id == Body.organisation_id)
        .where(sa.or_(Body.group_id.in_(coordinated), mandates.c.id.is_not(None)), Body.archived_at.is_(None))
        .order_by(Body.id)
    ).all()
    found: dict[int, Body] = {}
    for body, starts_on, ends_on in rows:
        today = clock.today(body.territory.timezone)
        in_force = starts_on is None or (starts_on <= today and (ends_on is None or today <= ends_on))
        if in_force and body.is_active_on(today):
            found[body.id] = body
    return list(found.values())


@dataclass(frozen=True)
class Suggestion:
    """A body that may be asked about a topic, and why: by its own competence, else by what its level usually may do."""

    body: Body
    topic: Topic
    competence: Competence | None
    level_competence: LevelCompetence | None

    @property
    def strength(self) -> Strength:
        """What it may do about the topic."""
        known = self.competence or self.level_competence
        assert known is not None  # noqa: S101 - a suggestion has one of the two
        return known.strength

    @property
    def basis(self) -> str:
        """The law, statute or agreement that this rests on; empty where nobody wrote it down."""
        known = self.competence or self.level_competence
        return known.basis if known is not None else ""

    @property
    def why(self) -> Reason:
        """The reason in words, without the basis."""
        if self.competence is not None:
            place = in_language(self.body.territory.name).text
            return says_in(self.competence.strength, self.topic, place)
        assert self.level_competence is not None  # noqa: S101 - a suggestion has one of the two
        place = in_language(self.level_competence.territory.name).text
        return level_usually(
            self.level_competence.strength, self.topic, self.level_competence.level.label, place
        )

    @property
    def reason(self) -> str:
        """The reason in words, with what it rests on."""
        return f"{self.why} ({self.basis})" if self.basis else str(self.why)


def suggest_addressees(place: Territory, topic: Topic, *, above: Territory | None = None) -> list[Suggestion]:
    """Who may be asked about ``topic`` from ``place``, the likeliest first. Two statements.

    First the levels above, the nearest and there the strongest competence first, then the place's own bodies, then
    those below it, and last its neighbours' (places with the same parent) that have such a competence themselves.
    Bodies of the place and above it are also found by what their level usually may do. With ``above`` only those of
    places above that one are found: for handing on and for what nobody answered. Never an archived or ended body.
    """
    around = place.lineage_ids[-2] if place.parent_id is not None else place.id
    neighbourhood = place.path[: place.path.index(f"/{around}/") + len(f"/{around}/")]
    rows = db.session.execute(
        active_bodies()
        .outerjoin(Competence, sa.and_(Competence.body_id == Body.id, Competence.topic == topic))
        .join(Territory, Territory.id == Body.territory_id)
        .add_columns(Competence)
        .where(
            sa.or_(
                Territory.id.in_(place.lineage_ids),
                sa.and_(Competence.id.is_not(None), within(neighbourhood)),
            )
        )
        .order_by(sa.func.length(Territory.path).desc(), Body.id)
    ).all()
    usual = _usual_in(place, topic)
    found = []
    for body, competence in rows:
        by_level = usual.get(body.territory.level) if body.territory_id in place.lineage_ids else None
        known = competence is not None or by_level is not None
        if known and body.is_active_on(clock.today(body.territory.timezone)) and _is_above(body, above):
            found.append(Suggestion(body, topic, competence, by_level))
    return sorted(found, key=lambda s: _nearness(s, place))[:MOST_SUGGESTED]


def _is_above(body: Body, above: Territory | None) -> bool:
    return above is None or body.territory_id in above.ancestor_ids


def _nearness(suggestion: Suggestion, place: Territory) -> tuple[int, int, int, int]:
    """Sorts as :func:`suggest_addressees` says; own competences come before those of a level."""
    there = suggestion.body.territory
    if there.id in place.ancestor_ids:
        where, far = 0, len(place.ancestor_ids) - place.ancestor_ids.index(there.id)
    elif there.id == place.id:
        where, far = 1, 0
    else:
        where, far = (2 if there.path.startswith(place.path) else 3), there.path.count("/")
    return where, far, 2 * suggestion.strength.rank + (suggestion.competence is None), suggestion.body.id


def _usual_in(place: Territory, topic: Topic) -> dict[Level, LevelCompetence]:
    """What each level usually may do about a topic here: as the nearest place says that says it. One statement."""
    rows = db.session.scalars(
        sa.select(LevelCompetence)
        .where(LevelCompetence.topic == topic, LevelCompetence.territory_id.in_(place.lineage_ids))
        .options(joinedload(LevelCompetence.territory))
    ).all()
    nearest_last = sorted(rows, key=lambda row: place.lineage_ids.index(row.territory_id))
    return {row.level: row for row in nearest_last}


def named(body: Any) -> Any:
    """``joinedload`` of a body, with all that its name is made of."""
    return body.options(joinedload(Body.organisation), joinedload(Body.group))


def active_bodies() -> sa.Select[Body]:
    """Bodies that nobody put away. Whether one has ended by its date is told by the day in its zone."""
    return (
        sa.select(Body)
        .outerjoin(Organisation, Organisation.id == Body.organisation_id)
        .outerjoin(Group, Group.id == Body.group_id)
        .where(Body.archived_at.is_(None), Organisation.archived_at.is_(None), Group.archived_at.is_(None))
        .options(
            contains_eager(Body.organisation).joinedload(Organisation.territory, innerjoin=False),
            contains_eager(Body.group).joinedload(Group.territory, innerjoin=False),
        )
    )
