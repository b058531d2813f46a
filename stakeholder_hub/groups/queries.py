"""Reading groups, organisations, mandates and invitations."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import Select

from stakeholder_hub.accounts.models import User
from stakeholder_hub.groups.models import Group, GroupOrganisation, Invitation, Mandate, Organisation
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.kernel.sectors import HELIX, Sector
from stakeholder_hub.territories.models import Role, RoleGrant, Territory
from stakeholder_hub.territories.queries import lineage, role_in_force, subtree_ids

_RANKS = {
    role: number for number, role in enumerate((Role.COORDINATOR, Role.MODERATOR, Role.MEMBER, Role.OBSERVER))
}


def organisations_spoken_for(actor: Actor) -> Sequence[Organisation]:
    """The organisations the actor has a mandate for that is in force today. One statement, none for visitors."""
    if not actor.is_authenticated:
        return []
    mandates = db.session.scalars(
        sa.select(Mandate)
        .where(Mandate.user_id == actor.id, Mandate.revoked_at.is_(None))
        .options(joinedload(Mandate.organisation))
        .order_by(Mandate.id)
    ).all()
    held = [m.organisation for m in mandates if m.is_valid_on(clock.today(m.organisation.territory.timezone))]
    return list(dict.fromkeys(o for o in held if o.archived_at is None))


def delegated(user_id: int, day: date) -> Select[int]:
    """Ids of the organisations that a person has a mandate for on ``day``: what their delegates may read."""
    return sa.select(Mandate.organisation_id).where(
        Mandate.user_id == user_id,
        Mandate.revoked_at.is_(None),
        Mandate.starts_on <= day,
        sa.or_(Mandate.ends_on.is_(None), Mandate.ends_on >= day),
    )


def group_at(slug: str) -> Group:
    """The group at ``slug``, with its members, targets and the people.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(
        sa.select(Group)
        .where(Group.slug == slug)
        .options(selectinload(Group.memberships).joinedload(RoleGrant.user), selectinload(Group.targets))
    )
    if found is None:
        raise NotFound()
    return found


def organisation_at(slug: str) -> Organisation:
    """The organisation at ``slug``, with its mandates and the people.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(
        sa.select(Organisation)
        .where(Organisation.slug == slug)
        .options(selectinload(Organisation.mandates).joinedload(Mandate.user))
    )
    if found is None:
        raise NotFound()
    return found


def groups_listed(territory: Territory | None = None) -> Select[Group]:
    """Groups that work, in a place and below it."""
    statement = sa.select(Group).where(Group.archived_at.is_(None)).options(selectinload(Group.targets))
    return _below(statement, Group.territory_id, territory)


def organisations_listed(
    territory: Territory | None = None, sector: Sector | None = None
) -> Select[Organisation]:
    """Organisations, in a place and below it, of a sector."""
    statement = sa.select(Organisation).where(Organisation.archived_at.is_(None))
    if sector is not None:
        statement = statement.where(Organisation.sector == sector)
    return _below(statement, Organisation.territory_id, territory)


def _below(
    statement: Select[Group] | Select[Organisation], column: object, territory: Territory | None
) -> Select:  # type: ignore[type-arg]
    if territory is None:
        return statement
    return statement.where(column.in_(subtree_ids(territory)))  # type: ignore[attr-defined]


def coordinator_ids(group: Group) -> Sequence[int]:
    """The ids of those who coordinate the group; where nobody does, of those who coordinate its place."""
    held = sa.select(RoleGrant.user_id).where(
        RoleGrant.role.in_((Role.COORDINATOR, Role.ADMIN)), role_in_force()
    )
    own = db.session.scalars(held.where(RoleGrant.group_id == group.id)).all()
    return (
        own or db.session.scalars(held.where(RoleGrant.territory_id.in_(group.territory.lineage_ids))).all()
    )


@dataclass(frozen=True)
class Seat:
    """A person at the table, and the organisations they may speak for today."""

    grant: RoleGrant
    speaks_for: Sequence[Organisation]

    @property
    def person(self) -> User:
        """Who sits there."""
        return self.grant.user


def coordinates(seat: Seat) -> bool:
    """Whether the person coordinates the group: such names are public."""
    return seat.grant.role is Role.COORDINATOR


def seats_of(group: Group) -> list[Seat]:
    """Everybody at the table, coordinators first. One statement beside the group's own."""
    grants = sorted(group.memberships, key=lambda g: (_RANKS.get(g.role, 9), g.id))
    mandates = db.session.scalars(
        sa.select(Mandate)
        .where(Mandate.user_id.in_([g.user_id for g in grants]), Mandate.revoked_at.is_(None))
        .options(joinedload(Mandate.organisation))
        .order_by(Mandate.id)
    )
    spoken: dict[int, list[Organisation]] = defaultdict(list)
    for mandate in mandates:
        body = mandate.organisation
        if mandate.is_valid_on(clock.today(body.territory.timezone)) and body not in spoken[mandate.user_id]:
            spoken[mandate.user_id].append(body)
    return [Seat(grant, spoken[grant.user_id]) for grant in grants]


@dataclass(frozen=True)
class SectorShare:
    """How many of a sector sit at the table; ``share`` of those who stand for a sector, ``target`` as agreed."""

    sector: Sector
    label: str
    count: int
    share: float
    target: float


def gauge_of(group: Group) -> list[SectorShare]:
    """Who is at the table and who is missing, sector by sector. Observers and citizens do not count."""
    present: dict[Sector, int] = dict.fromkeys(HELIX, 0)
    for grant in group.memberships:
        if grant.sector in present and grant.role is not Role.OBSERVER:
            present[grant.sector] += 1
    total = sum(present.values())
    targets = {target.sector: target.share / 100 for target in group.targets}
    return [
        SectorShare(s, str(s.label), present[s], present[s] / total if total else 0.0, targets.get(s, 0.0))
        for s in HELIX
    ]


def missing_sectors(group_ids: Iterable[int]) -> dict[int, list[Sector]]:
    """For each group the sectors of which nobody sits there yet. One statement."""
    ids = list(group_ids)
    rows = db.session.execute(
        sa.select(RoleGrant.group_id, RoleGrant.sector)
        .where(RoleGrant.group_id.in_(ids), RoleGrant.role != Role.OBSERVER)
        .distinct()
    )
    there: dict[int, set[Sector | None]] = defaultdict(set)
    for group_id, sector in rows:
        there[group_id or 0].add(sector)
    return {i: [s for s in HELIX if s not in there[i]] for i in ids}


def member_counts(group_ids: Iterable[int]) -> dict[int, int]:
    """How many people sit in each group. One statement."""
    rows = db.session.execute(
        sa.select(RoleGrant.group_id, sa.func.count())
        .where(RoleGrant.group_id.in_(list(group_ids)))
        .group_by(RoleGrant.group_id)
    )
    return {group_id or 0: number for group_id, number in rows}


def organisations_at(group: Group) -> Sequence[Organisation]:
    """The organisations that sit at the group's table."""
    return db.session.scalars(
        sa.select(Organisation)
        .join(GroupOrganisation, GroupOrganisation.organisation_id == Organisation.id)
        .where(GroupOrganisation.group_id == group.id)
        .order_by(Organisation.sector, Organisation.name)
    ).all()


def groups_with(organisation: Organisation) -> Sequence[Group]:
    """The groups at whose table the organisation sits."""
    return db.session.scalars(
        sa.select(Group)
        .join(GroupOrganisation, GroupOrganisation.group_id == Group.id)
        .where(GroupOrganisation.organisation_id == organisation.id)
        .order_by(Group.id)
    ).all()


def could_sit_at(group: Group) -> Sequence[Organisation]:
    """Organisations of the group's place, below and above it, that do not sit at its table yet."""
    seated = sa.select(GroupOrganisation.organisation_id).where(GroupOrganisation.group_id == group.id)
    near = sa.or_(
        Organisation.territory_id.in_(subtree_ids(group.territory)),
        Organisation.territory_id.in_(group.territory.lineage_ids),
    )
    return db.session.scalars(
        sa.select(Organisation)
        .where(near, Organisation.id.not_in(seated), Organisation.archived_at.is_(None))
        .order_by(Organisation.name, Organisation.id)
        .limit(500)
    ).all()


def _asked_by_themselves() -> sa.ColumnElement[bool]:
    return sa.exists().where(User.id == Invitation.created_by_id, User.email_key == Invitation.email_key)


def _open(group: Group) -> Select[Invitation]:
    return (
        sa.select(Invitation)
        .where(
            Invitation.group_id == group.id,
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > clock.now(),
        )
        .order_by(Invitation.created_at.desc(), Invitation.id.desc())
    )


def open_invitations(group: Group) -> Sequence[Invitation]:
    """Links and personal invitations that still open the group."""
    return db.session.scalars(_open(group).where(sa.not_(_asked_by_themselves())).limit(500)).all()


def open_requests(group: Group) -> Sequence[Invitation]:
    """People who ask for a seat."""
    return db.session.scalars(_open(group).where(_asked_by_themselves()).limit(200)).all()


def has_asked(group: Group, actor: Actor) -> bool:
    """Whether the actor's request for a seat is open."""
    if not actor.is_authenticated or actor.id is None:
        return False
    own = _open(group).where(Invitation.created_by_id == actor.id, _asked_by_themselves())
    return db.session.scalar(own.limit(1)) is not None


def invitation_in(group: Group, invitation_id: int) -> Invitation:
    """The invitation with this id, into this very group.

    Raises:
        NotFound: there is none: the id belongs elsewhere.
    """
    found = db.session.get(Invitation, invitation_id)
    if found is None or found.group_id != group.id:
        raise NotFound()
    return found


def member_of(group: Group, user_id: int) -> User:
    """The person with this id, who sits in this very group.

    Raises:
        NotFound: nobody of this id sits there.
    """
    found = next((grant.user for grant in group.memberships if grant.user_id == user_id), None)
    if found is None:
        raise NotFound()
    return found


def mandate_of(organisation: Organisation, mandate_id: int) -> Mandate:
    """The mandate with this id, for this very organisation.

    Raises:
        NotFound: there is none: the id belongs elsewhere.
    """
    found = next((mandate for mandate in organisation.mandates if mandate.id == mandate_id), None)
    if found is None:
        raise NotFound()
    return found


def choosable_places(territory: Territory | None = None) -> Sequence[Territory]:
    """Places for a filter: the widest first, at most two hundred; with what ``territory`` lies in."""
    places = list(db.session.scalars(sa.select(Territory).order_by(Territory.path).limit(200)))
    known = {place.id for place in places}
    return places + [p for p in (lineage(territory) if territory is not None else ()) if p.id not in known]
