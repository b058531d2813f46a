"""Counting who takes part: a constant number of statements, whoever does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from stakeholder_hub.consultations.models import Consultation, ParticipantCount, Participation
from stakeholder_hub.editions.models import Edition, EditionState
from stakeholder_hub.groups.models import Group, SectorTarget
from stakeholder_hub.groups.queries import missing_sectors
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l, _lp
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.kernel.suppression import SMALLEST_GROUP
from stakeholder_hub.representation.models import AgeBand, Gender, RepresentationTarget, SelfDescription
from stakeholder_hub.representation.picture import Answers, answers_told
from stakeholder_hub.territories.models import Role, RoleGrant

MOST_TABLES = 500

NEWCOMER: Mapping[str, Reason] = {"1": _lp("newcomer", "Yes"), "0": _lp("newcomer", "No")}
QUESTIONS: tuple[tuple[str, Reason, Mapping[str, Reason]], ...] = (
    ("age_band", _l("Age"), {band.value: band.label for band in AgeBand}),
    ("gender", _l("Gender"), {gender.value: gender.label for gender in Gender}),
    ("newcomer", _l("Moved here within the last five years"), NEWCOMER),
)


def participants_by_sector(consultation: Consultation) -> dict[Sector, int]:
    """How many took part in each sector. One statement."""
    rows = db.session.execute(
        sa.select(ParticipantCount.sector, ParticipantCount.people).where(
            ParticipantCount.consultation_id == consultation.id
        )
    )
    return {Sector(row[0]): row[1] for row in rows}


def enters_sums(consultation: Consultation) -> bool:
    """Whether the figures of a consultation enter those of several places: it is an edition that shares its results."""
    shared = sa.select(Edition.id).where(
        Edition.consultation_id == consultation.id,
        Edition.state == EditionState.ACCEPTED,
        Edition.shares_results.is_(True),
    )
    return db.session.scalar(shared) is not None


@dataclass(frozen=True)
class Table:
    """The group of a place that takes part, and the sectors of which nobody sits there."""

    group: Group
    missing: Sequence[Sector]


def tables_of(parent: Consultation) -> list[Table]:
    """The groups that carry a consultation out in the places, those with the most sectors missing first. Two
    statements.
    """
    groups = db.session.scalars(
        sa.select(Group)
        .join(Edition, Edition.group_id == Group.id)
        .where(Edition.parent_id == parent.id, Edition.state == EditionState.ACCEPTED)
        .order_by(Group.id)
        .limit(MOST_TABLES)
    ).all()
    missing = missing_sectors(group.id for group in groups)
    found = [Table(group, missing[group.id]) for group in groups]
    return sorted(found, key=lambda table: -len(table.missing))


def members_by_sector(group: Group) -> dict[Sector, int]:
    """How many sit at the table for each sector, and for themselves; observers do not count."""
    counts: dict[Sector, int] = {}
    for grant in group.memberships:
        if grant.role is not Role.OBSERVER:
            sector = grant.sector or Sector.CITIZEN
            counts[sector] = counts.get(sector, 0) + 1
    return counts


def own_targets(consultation: Consultation) -> dict[Sector, int]:
    """The shares, in percent, that were agreed for this very consultation."""
    rows = db.session.execute(
        sa.select(RepresentationTarget.sector, RepresentationTarget.share).where(
            RepresentationTarget.consultation_id == consultation.id
        )
    )
    return {row[0]: row[1] for row in rows}


def targets_of(consultation: Consultation) -> dict[Sector, int]:
    """The shares, in percent, that hold: its own, else those of what it is an edition of, else those of its group.

    One statement.
    """
    parent = sa.select(Edition.parent_id).where(
        Edition.consultation_id == consultation.id, Edition.state == EditionState.ACCEPTED
    )
    agreed = sa.select(
        sa.case((RepresentationTarget.consultation_id == consultation.id, 0), else_=1).label("rank"),
        RepresentationTarget.sector,
        RepresentationTarget.share,
    ).where(
        sa.or_(
            RepresentationTarget.consultation_id == consultation.id,
            RepresentationTarget.consultation_id.in_(parent),
        )
    )
    of_group = sa.select(sa.literal(2), SectorTarget.sector, SectorTarget.share).where(
        SectorTarget.group_id == consultation.group_id, SectorTarget.share > 0
    )
    rows = db.session.execute(sa.union_all(agreed, of_group)).all()
    best = min((row[0] for row in rows), default=0)
    return {sector: share for rank, sector, share in rows if rank == best}


def told_in(consultation: Consultation, total: int) -> list[Answers]:
    """What those who took part tell about themselves. One statement, none where they are too few to be told of."""
    who = sa.select(Participation.user_id).where(Participation.consultation_id == consultation.id)
    return _told(who, total)


def told_at(group: Group, total: int) -> list[Answers]:
    """What those who sit at the table tell about themselves. One statement, none where they are too few."""
    who = sa.select(RoleGrant.user_id).where(RoleGrant.group_id == group.id, RoleGrant.role != Role.OBSERVER)
    return _told(who, total)


def _told(who: sa.Select[Any], total: int) -> list[Answers]:
    counted = [
        sa.select(
            sa.literal(name), sa.cast(_plain(SelfDescription.__table__.c[name]), sa.String), sa.func.count()
        )
        .where(SelfDescription.user_id.in_(who), SelfDescription.__table__.c[name].is_not(None))
        .group_by(SelfDescription.__table__.c[name])
        for name, _question, _labels in QUESTIONS
    ]
    found: dict[str, dict[str, int]] = {name: {} for name, *_rest in QUESTIONS}
    if total >= SMALLEST_GROUP:
        for name, answer, count in db.session.execute(sa.union_all(*counted)):
            found[name][str(answer)] = int(count)
    return [answers_told(question, labels, found[name], total) for name, question, labels in QUESTIONS]


def _plain(column: sa.ColumnElement[Any]) -> Any:
    """Yes and no as 1 and 0 on both databases; everything else as it is."""
    return sa.case((column, 1), else_=0) if isinstance(column.type, sa.Boolean) else column


def own_answers(user_id: int) -> SelfDescription | None:
    """What the person told about themselves."""
    return db.session.get(SelfDescription, user_id)
