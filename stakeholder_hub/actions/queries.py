"""Reading action items: every list goes through what the reader may see."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import Select

from stakeholder_hub.actions.models import OPEN_STATUSES, ActionItem, ActionStatus, Contributor, ProgressNote
from stakeholder_hub.groups.models import Mandate, Organisation
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.models import Link, Record, Relation
from stakeholder_hub.records.queries import load, visible_to
from stakeholder_hub.territories.models import RoleGrant, Territory
from stakeholder_hub.territories.queries import role_in_force, subtree_ids

FAR = date(9999, 12, 31)
BOARD_MOST = 200


@dataclass(frozen=True)
class Wanted:
    """What a list is filtered by; empty values do not filter."""

    place: Territory | None = None
    organisation_id: int | None = None
    group_id: int | None = None
    status: str = ""
    words: str = ""

    @property
    def active(self) -> int:
        """How many filters are set."""
        return sum(
            bool(v) for v in (self.place, self.organisation_id, self.group_id, self.status, self.words)
        )


def listed() -> Select[ActionItem]:
    """Action items with what a list shows of them."""
    return sa.select(ActionItem).options(
        joinedload(ActionItem.territory),
        joinedload(ActionItem.organisation),
        joinedload(ActionItem.person),
    )


def items_for(wanted: Wanted, actor: Actor) -> Select[ActionItem]:
    """The action items that ``actor`` may see and that match ``wanted``."""
    found = listed().where(visible_to(actor))
    if wanted.place is not None:
        found = found.where(ActionItem.territory_id.in_(subtree_ids(wanted.place)))
    if wanted.organisation_id is not None:
        found = found.where(ActionItem.organisation_id == wanted.organisation_id)
    if wanted.group_id is not None:
        found = found.where(ActionItem.group_id == wanted.group_id)
    if wanted.status == "overdue":
        found = found.where(is_overdue())
    elif wanted.status == "open":
        found = found.where(ActionItem.state.in_(OPEN_STATUSES))
    elif wanted.status:
        found = found.where(ActionItem.state == wanted.status)
    if wanted.words:
        found = found.where(sa.cast(Record.title, sa.Text).icontains(wanted.words, autoescape=True))
    return found


def is_overdue() -> sa.ColumnElement[bool]:
    """Whether it should have been done before today and is not."""
    return sa.and_(ActionItem.due_on < clock.today(), ActionItem.state.in_(OPEN_STATUSES))


def due_or_far() -> Any:
    """The due date for sorting: what has none comes last."""
    return sa.type_coerce(sa.func.coalesce(ActionItem.due_on, sa.literal(FAR, sa.Date())), sa.Date())


def load_item(reference: str, actor: Actor) -> ActionItem:
    """The action item with its people, bodies and contributors.

    Raises:
        NotFound: there is none, or none that this person may see.
    """
    whole = listed().options(
        joinedload(ActionItem.group),
        selectinload(ActionItem.contributors).joinedload(Contributor.user),
        selectinload(ActionItem.contributors).joinedload(Contributor.organisation),
    )
    return load(whole, reference, actor)


def load_note(reference: str, actor: Actor) -> ProgressNote:
    """A progress note with its action item.

    Raises:
        NotFound: there is none, or none that this person may see.
    """
    return load(sa.select(ProgressNote).options(joinedload(ProgressNote.action_item)), reference, actor)


def notes_of(item: ActionItem) -> Sequence[ProgressNote]:
    """What was written about it, the latest first."""
    return db.session.scalars(
        sa.select(ProgressNote)
        .where(ProgressNote.action_item_id == item.id)
        .options(joinedload(ProgressNote.author))
        .order_by(ProgressNote.created_at.desc(), ProgressNote.id.desc())
    ).all()


def board(statement: Select[ActionItem]) -> dict[ActionStatus, list[ActionItem]]:
    """The items by status, what is due first at the top; at most two hundred."""
    columns: dict[ActionStatus, list[ActionItem]] = {status: [] for status in ActionStatus}
    for item in db.session.scalars(statement.order_by(due_or_far(), ActionItem.id).limit(BOARD_MOST)):
        columns[ActionStatus(item.state)].append(item)
    return columns


@dataclass(frozen=True)
class Day:
    """One day of the calendar with what is due on it."""

    date: date
    in_month: bool
    is_today: bool
    items: list[ActionItem]


def month_of(raw: str) -> date:
    """The first day of the month written as ``2026-11``; the present month for anything else."""
    try:
        year, month = raw.split("-")
        wanted = date(int(year), int(month), 1)
    except ValueError:
        return clock.today().replace(day=1)
    return wanted if 1990 <= wanted.year <= 2200 else clock.today().replace(day=1)


def calendar(statement: Select[ActionItem], month: date, first_weekday: int) -> list[list[Day]]:
    """The weeks of ``month``; ``first_weekday`` is 0 for Monday."""
    start = month - timedelta(days=(month.weekday() - first_weekday) % 7)
    following = (month + timedelta(days=32)).replace(day=1)
    end = following + timedelta(days=(first_weekday - following.weekday()) % 7)
    by_day: dict[date, list[ActionItem]] = defaultdict(list)
    due = statement.where(ActionItem.due_on >= start, ActionItem.due_on < end)
    for item in db.session.scalars(due.order_by(ActionItem.due_on, ActionItem.id).limit(BOARD_MOST)):
        if item.due_on is not None:
            by_day[item.due_on].append(item)
    today = clock.today()
    days = [start + timedelta(days=n) for n in range((end - start).days)]
    shown = [Day(day, day.month == month.month, day == today, by_day[day]) for day in days]
    return [shown[n : n + 7] for n in range(0, len(shown), 7)]


def waiting_for(actor: Any) -> Select[ActionItem]:
    """Open items that ``actor`` is responsible for, in person or as a delegate, or helps with."""
    today = clock.today()
    bodies = sa.select(Mandate.organisation_id).where(
        Mandate.user_id == actor.id,
        Mandate.revoked_at.is_(None),
        Mandate.starts_on <= today,
        sa.or_(Mandate.ends_on.is_(None), Mandate.ends_on >= today),
    )
    helping = sa.select(Contributor.action_item_id).where(Contributor.user_id == actor.id)
    mine = sa.or_(
        ActionItem.person_id == actor.id,
        sa.and_(ActionItem.person_id.is_(None), ActionItem.organisation_id.in_(bodies)),
        ActionItem.id.in_(helping),
    )
    return (
        listed()
        .where(visible_to(actor), ActionItem.state.in_(OPEN_STATUSES), mine)
        .order_by(due_or_far(), ActionItem.id)
    )


def of_source(record: Record, actor: Actor) -> Sequence[ActionItem]:
    """The action items that carry out ``record``."""
    targets = sa.select(Link.target_id).where(
        Link.source_id == record.id, Link.relation == Relation.CARRIED_OUT_BY
    )
    return db.session.scalars(
        listed().where(ActionItem.id.in_(targets), visible_to(actor)).order_by(due_or_far(), ActionItem.id)
    ).all()


def of_consultation(consultation_id: int, actor: Actor) -> Sequence[ActionItem]:
    """Everything that is being done because of a consultation."""
    return db.session.scalars(
        listed()
        .where(ActionItem.context_id == consultation_id, visible_to(actor))
        .order_by(due_or_far(), ActionItem.id)
        .limit(50)
    ).all()


def bodies_near(territory: Territory, group_id: int | None) -> Sequence[Organisation]:
    """Organisations that can be made responsible: those of the territory, of what lies above, and below it."""
    lineage = sa.select(Territory.id).where(Territory.id.in_(territory.lineage_ids))
    return db.session.scalars(
        sa.select(Organisation)
        .where(
            Organisation.archived_at.is_(None),
            sa.or_(
                Organisation.territory_id.in_(subtree_ids(territory)), Organisation.territory_id.in_(lineage)
            ),
        )
        .order_by(Organisation.name)
        .limit(300)
    ).all()


def people_near(territory: Territory, group_id: int | None) -> Sequence[RoleGrant]:
    """Who can be made responsible: the members of the group, or those with a role in the territory."""
    scope = (
        RoleGrant.group_id == group_id
        if group_id is not None
        else RoleGrant.territory_id.in_(territory.lineage_ids)
    )
    return db.session.scalars(
        sa.select(RoleGrant)
        .where(scope, role_in_force())
        .options(joinedload(RoleGrant.user))
        .order_by(RoleGrant.id)
        .limit(300)
    ).all()


def bodies_with_items(actor: Actor, place: Territory | None) -> Sequence[tuple[int, str]]:
    """Organisations that are responsible for something: for the filter."""
    found = (
        sa.select(Organisation.id, Organisation.name)
        .where(Organisation.id.in_(sa.select(ActionItem.organisation_id).where(visible_to(actor))))
        .order_by(Organisation.name)
        .limit(200)
    )
    if place is not None:
        found = found.where(Organisation.territory_id.in_(subtree_ids(place)))
    return [(row[0], row[1]) for row in db.session.execute(found)]


def places_with_items(actor: Actor) -> Sequence[Territory]:
    """Territories in which something is being done: for the filter."""
    return db.session.scalars(
        sa.select(Territory)
        .where(Territory.id.in_(sa.select(ActionItem.territory_id).where(visible_to(actor))))
        .order_by(Territory.code)
        .limit(200)
    ).all()
