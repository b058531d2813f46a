"""Reading consultations: every list goes through what the reader may see."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import Select

from stakeholder_hub.consultations.models import (
    BackgroundVersion,
    Consultation,
    ConsultationState,
    ParticipantCount,
)
from stakeholder_hub.consultations.slugs import KIND
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import VISITOR, Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound, Reason
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.kernel.suppression import held_back
from stakeholder_hub.records.models import Record
from stakeholder_hub.records.queries import visible_to
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.territories.policy import MANAGERS, grants_of
from stakeholder_hub.territories.queries import subtree_ids, within


def load_consultation(slug: str, actor: Actor) -> Consultation:
    """The consultation at ``slug`` with place, group, phases and headings, if the actor may see it.

    Raises:
        NotFound: there is none, or none that this person may see.
    """
    return _one(listed().options(selectinload(Consultation.categories)), slug, actor)


def load_for_page(slug: str, actor: Actor) -> Consultation:
    """The same in one statement, without the headings, which its own page does not show."""
    statement = sa.select(Consultation).options(
        joinedload(Consultation.territory),
        joinedload(Consultation.group),
        joinedload(Consultation.phases),
    )
    return _one(statement, slug, actor)


def _one(statement: Select[Consultation], slug: str, actor: Actor) -> Consultation:
    found = (
        db.session.scalars(
            # The kind is named for the sake of the index: slugs are unique within a kind.
            statement.where(Consultation.kind == KIND, Consultation.slug == slug, visible_to(actor))
        )
        .unique()
        .one_or_none()
    )
    if found is None:
        raise NotFound()
    return found


def slug_of_reference(reference: str, actor: Actor) -> str | None:
    """The slug of the consultation with this reference, for those who may see it."""
    return db.session.scalar(
        sa.select(Consultation.slug).where(Consultation.reference == reference, visible_to(actor))
    )


def listed() -> Select[Consultation]:
    """Consultations with what a list shows of them."""
    return sa.select(Consultation).options(
        joinedload(Consultation.territory),
        joinedload(Consultation.group),
        selectinload(Consultation.phases),
    )


def going_on(actor: Actor, territory: Territory | None = None) -> Select[Consultation]:
    """What is open now, or opens yet, in ``territory`` and below it; what ends first comes first."""
    statement = listed().where(
        visible_to(actor),
        # the kind is named for the index over territory and kind: else every record of the places would be read
        Consultation.kind == KIND,
        Consultation.state == ConsultationState.PUBLISHED,
        Consultation.ends_at > clock.now(),
    )
    if territory is not None:
        statement = statement.where(Consultation.territory_id.in_(subtree_ids(territory)))
    return statement.order_by(Consultation.ends_at, Consultation.id)


def open_in_places() -> Select[int, int]:
    """How many public consultations are open in each place itself."""
    now = clock.now()
    return (
        sa.select(Consultation.territory_id, sa.func.count())
        .where(
            visible_to(VISITOR),
            Consultation.state == ConsultationState.PUBLISHED,
            Consultation.starts_at <= now,
            Consultation.ends_at > now,
        )
        .group_by(Consultation.territory_id)
    )


def of_group(group_id: int, actor: Actor) -> Select[Consultation]:
    """The consultations of a group, the latest first."""
    return (
        listed()
        .where(visible_to(actor), Consultation.group_id == group_id)
        .order_by(Consultation.starts_at.desc(), Consultation.id.desc())
    )


def run_by(actor: Actor) -> Select[Consultation]:
    """The consultations that the actor manages, through a group or a territory."""
    grants = [grant for grant in grants_of(actor) if grant.role in MANAGERS]
    groups = [grant.group_id for grant in grants if grant.group_id is not None]
    paths = [grant.territory.path for grant in grants if grant.territory is not None]
    mine: list[sa.ColumnElement[bool]] = [sa.false()]
    if groups:
        mine.append(Consultation.group_id.in_(groups))
    if paths:
        below = sa.select(Territory.id).where(sa.or_(*[within(path) for path in paths]))
        mine.append(Consultation.territory_id.in_(below))
    return listed().where(sa.or_(*mine))


def to_be_published(actor: Actor) -> Select[Consultation]:
    """Drafts that wait for the actor, the one that should begin first at the top."""
    return (
        run_by(actor)
        .where(Consultation.state == ConsultationState.DRAFT)
        .order_by(Consultation.starts_at, Consultation.id)
    )


def to_be_closed(actor: Actor) -> Select[Consultation]:
    """Consultations whose last phase is over and that wait for the actor to close them with a summary."""
    return (
        run_by(actor)
        .where(Consultation.state == ConsultationState.PUBLISHED, Consultation.ends_at <= clock.now())
        .order_by(Consultation.ends_at, Consultation.id)
    )


@dataclass(frozen=True)
class SectorShare:
    """How many of a sector took part; ``count`` is ``None`` where it is too small to be told."""

    sector: Sector
    count: int | None

    @property
    def label(self) -> Reason:
        """The sector's name in the reader's language."""
        return self.sector.label

    @property
    def suppressed(self) -> bool:
        """Whether the figure is held back."""
        return self.count is None


def participation_by_sector(consultation: Consultation) -> list[SectorShare]:
    """Participants by sector, in the order of the sectors, as far as they can be told. One statement."""
    rows = db.session.execute(
        sa.select(ParticipantCount.sector, ParticipantCount.people).where(
            ParticipantCount.consultation_id == consultation.id
        )
    )
    found = {sector: int(count) for sector, count in rows}
    return suppress_small({sector: found.get(sector.value, 0) for sector in Sector})


def suppress_small(counts: dict[Sector, int]) -> list[SectorShare]:
    """Hold back counts that are too small to be told, and what would give them away."""
    hidden = held_back({sector.value: count for sector, count in counts.items()})
    return [
        SectorShare(sector, None if sector.value in hidden else count) for sector, count in counts.items()
    ]


def versions_of(consultation: Consultation) -> Sequence[BackgroundVersion]:
    """What question and background said before, the latest first."""
    return db.session.scalars(
        sa.select(BackgroundVersion)
        .where(BackgroundVersion.consultation_id == consultation.id)
        .order_by(BackgroundVersion.id.desc())
    ).all()


def places_with_consultations(actor: Actor) -> Sequence[Territory]:
    """The territories in which the actor may see a consultation, by their path: for the filter of the list."""
    held = sa.select(Record.territory_id).where(Record.kind == KIND, visible_to(actor))
    return db.session.scalars(
        sa.select(Territory).where(Territory.id.in_(held)).order_by(Territory.path)
    ).all()


def group_at(slug: str) -> Group:
    """The group at ``slug``.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(sa.select(Group).where(Group.slug == slug))
    if found is None:
        raise NotFound()
    return found


def groups_run_by(actor: Actor) -> Sequence[Group]:
    """The groups in which the actor can begin a consultation, by address."""
    grants = [grant for grant in grants_of(actor) if grant.role in MANAGERS]
    paths = [grant.territory.path for grant in grants if grant.territory is not None]
    mine: list[sa.ColumnElement[bool]] = [
        Group.id.in_([g.group_id for g in grants if g.group_id is not None])
    ]
    if paths:
        below = sa.select(Territory.id).where(sa.or_(*[within(path) for path in paths]))
        mine.append(Group.territory_id.in_(below))
    return db.session.scalars(
        sa.select(Group).where(sa.or_(*mine), Group.archived_at.is_(None)).order_by(Group.slug).limit(200)
    ).all()
