"""What waits for moderators, and who they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, with_polymorphic
from sqlalchemy.sql import ColumnElement, Select

from stakeholder_hub.kernel.authorization import Actor, is_system
from stakeholder_hub.kernel.database import db
from stakeholder_hub.moderation.models import Report, ReportOutcome
from stakeholder_hub.records.models import Moderation, Record
from stakeholder_hub.territories.models import RoleGrant, Territory
from stakeholder_hub.territories.policy import MODERATORS, grants_of
from stakeholder_hub.territories.queries import role_in_force, within


def moderated_by(actor: Actor) -> ColumnElement[bool]:
    """Whether the actor may moderate the record, as a condition: the same rule as ``territories.policy.moderates``."""
    if is_system(actor):
        return sa.true()
    grants = [grant for grant in grants_of(actor) if grant.role in MODERATORS]
    conditions: list[ColumnElement[bool]] = []
    groups = [grant.group_id for grant in grants if grant.group_id is not None]
    if groups:
        conditions.append(Record.group_id.in_(groups))
    paths = [grant.territory.path for grant in grants if grant.territory is not None]
    if paths:
        below = sa.select(Territory.id).where(sa.or_(*[within(path) for path in paths]))
        conditions.append(Record.territory_id.in_(below))
    return sa.or_(*conditions) if conditions else sa.false()


def is_moderator(actor: Actor) -> bool:
    """Whether the actor moderates anything at all."""
    return is_system(actor) or any(grant.role in MODERATORS for grant in grants_of(actor))


def waiting_for(actor: Actor) -> Select[Any]:
    """Records with open reports that the actor may decide on, with the moment of the first report: oldest first by
    ``waits_since``. What the actor wrote is left to others.
    """
    opened = (
        sa.select(Report.record_id, sa.func.min(Report.id).label("first"))
        .where(Report.outcome == ReportOutcome.OPEN)
        .group_by(Report.record_id)
        .subquery()
    )
    everything = with_polymorphic(Record, "*")
    mine = sa.select(Record.id).where(moderated_by(actor), Record.author_id.is_distinct_from(actor.id))
    return (
        sa.select(everything, opened.c.first.label("waits_since"))
        .join(opened, opened.c.record_id == everything.id)
        .where(everything.id.in_(mine))
        .options(joinedload(everything.territory), joinedload(everything.author))
    )


def waiting_count(actor: Actor) -> int:
    """How many records wait for the actor's decision: none, and no statement, for those who moderate nothing."""
    if not actor.is_authenticated or not is_moderator(actor):
        return 0
    counted = (
        sa.select(sa.func.count(sa.distinct(Report.record_id)))
        .join(Record, Record.id == Report.record_id)
        .where(
            Report.outcome == ReportOutcome.OPEN,
            moderated_by(actor),
            Record.author_id.is_distinct_from(actor.id),
        )
    )
    return int(db.session.scalar(counted) or 0)


def open_reports(record_ids: Sequence[int]) -> dict[int, list[Report]]:
    """The open reports of each record, the first one first. One statement."""
    found: dict[int, list[Report]] = {}
    if record_ids:
        reports = db.session.scalars(
            sa.select(Report)
            .where(Report.record_id.in_(record_ids), Report.outcome == ReportOutcome.OPEN)
            .order_by(Report.id)
        )
        for report in reports:
            found.setdefault(report.record_id, []).append(report)
    return found


def report_of(record: Record, user_id: int | None) -> Report | None:
    """The report that this person made of the record; the author's own is the request for a second look."""
    if user_id is None:
        return None
    return db.session.scalar(
        sa.select(Report).where(Report.record_id == record.id, Report.reporter_id == user_id)
    )


def review_of(record: Record) -> Report | None:
    """The author's request for a second look, open or decided."""
    return report_of(record, record.author_id)


def hidden_by(record: Record) -> int | None:
    """Who has hidden the record: the one who decided the latest report as such."""
    return db.session.scalar(
        sa.select(Report.decided_by_id)
        .where(
            Report.record_id == record.id,
            Report.outcome == ReportOutcome.HIDDEN,
            Report.reporter_id.is_distinct_from(record.author_id),
        )
        .order_by(Report.decided_at.desc(), Report.id.desc())
        .limit(1)
    )


def moderators_of(record: Record) -> Sequence[int]:
    """Ids of those who may moderate the record, through its group, its territory or one above."""
    places: ColumnElement[bool] = RoleGrant.territory_id.in_(record.territory.lineage_ids)
    if record.group_id is not None:
        places = sa.or_(places, RoleGrant.group_id == record.group_id)
    return db.session.scalars(
        sa.select(RoleGrant.user_id)
        .where(RoleGrant.role.in_(sorted(MODERATORS)), places, role_in_force())
        .distinct()
    ).all()


def nearest_moderators_of(record: Record) -> Sequence[int]:
    """Those of them who stand nearest: in the group itself, else in the lowest territory that has any."""
    rows = db.session.execute(
        sa.select(RoleGrant.user_id, RoleGrant.group_id, Territory.path)
        .outerjoin(Territory, Territory.id == RoleGrant.territory_id)
        .where(
            RoleGrant.role.in_(sorted(MODERATORS)),
            role_in_force(),
            sa.or_(
                RoleGrant.territory_id.in_(record.territory.lineage_ids),
                RoleGrant.group_id == record.group_id if record.group_id is not None else sa.false(),
            ),
        )
    ).all()
    near = {user: 10_000 if group is not None else len(path or "") for user, group, path in rows}
    return [user for user, nearness in near.items() if nearness == max(near.values())]


@dataclass(frozen=True)
class Gap:
    """The place of a record that a moderator has hidden: what everybody may know of it."""

    kind: str
    reason: str


def gap_at(*, reference: str | None, slug: str | None, kinds: Sequence[str] = ()) -> Gap | None:
    """What stands in the place of a hidden public record, by its reference or slug; ``None`` where none is hidden."""
    if reference is None and slug is None:
        return None
    which = Record.reference == reference if reference is not None else Record.slug == slug
    conditions = [which, Record.moderation == Moderation.HIDDEN, Record.visibility == "public"]
    if kinds:
        conditions.append(Record.kind.in_(kinds))
    row = db.session.execute(
        sa.select(Record.kind, Record.moderation_reason).where(*conditions).limit(1)
    ).first()
    return Gap(row[0], row[1] or "") if row is not None else None
