"""The places of a parent as its pages list them: what anybody may know of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload
from sqlalchemy.sql import Select

from stakeholder_hub.consultations.models import Consultation, ConsultationState
from stakeholder_hub.consultations.situation import Situation, situation_of
from stakeholder_hub.editions.models import Edition, EditionState
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.models import Record
from stakeholder_hub.records.queries import visible_to
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.webkit.paging import Order, Page, paginate

FIRST = 6
"""Places shown on the parent's own page."""


@dataclass(frozen=True)
class Row:
    """A place, and its consultation where the reader may see it."""

    edition: Edition
    consultation: Consultation | None

    @property
    def situation(self) -> Situation | None:
        """Where the local consultation stands now."""
        return situation_of(self.consultation, clock.now()) if self.consultation is not None else None

    @property
    def languages(self) -> list[str]:
        """In which languages it is held."""
        return self.edition.languages


@dataclass(frozen=True)
class Counts:
    """How many places stand where; ``shown`` can be read by everyone who may see them."""

    asked: int
    invited: int
    declined: int
    accepted: int
    withdrawn: int
    shown: int

    @property
    def unseen(self) -> int:
        """Places that take part, but not before this reader's eyes: prepared, or for members only."""
        return self.accepted - self.shown


def _readable(actor: Actor) -> sa.ColumnElement[bool]:
    """Whether a record is the consultation of an edition, and the reader may see it."""
    return sa.and_(
        Record.id == Edition.consultation_id, visible_to(actor), Record.state != ConsultationState.DRAFT
    )


def shown_to(parent: Consultation, actor: Actor) -> Select[Edition, Consultation]:
    """The places that take part and whose consultation the reader may see."""
    return (
        sa.select(Edition, Consultation)
        .join(Territory, Territory.id == Edition.territory_id)
        .join(Consultation, _readable(actor))
        .where(Edition.parent_id == parent.id, Edition.state == EditionState.ACCEPTED)
        .options(joinedload(Edition.territory), joinedload(Edition.core))
    )


def first_places(parent: Consultation, actor: Actor) -> Sequence[Row]:
    """The first few of them, in the order of the tree."""
    found = db.session.execute(shown_to(parent, actor).order_by(Territory.path).limit(FIRST))
    return [Row(edition, consultation) for edition, consultation in found]


def page_of_places(parent: Consultation, actor: Actor) -> Page[Row]:
    """All of them, page by page."""
    statement: Any = shown_to(parent, actor)
    page = paginate(statement, Order(Territory.path), Order(Edition.id), rows=True)
    return Page([Row(*row) for row in page.items], page.next_url, page.prev_url)


def page_of_all(parent: Consultation, actor: Actor, state: EditionState | None) -> Page[Row]:
    """Every place in whatever state, for those who run the parent; what they may not see of it stays unseen."""
    statement: Any = (
        sa.select(Edition, Record.id)
        .join(Territory, Territory.id == Edition.territory_id)
        .outerjoin(Record, _readable(actor))
        .where(Edition.parent_id == parent.id)
        .options(joinedload(Edition.territory), joinedload(Edition.core), selectinload(Edition.consultation))
    )
    if state is not None:
        statement = statement.where(Edition.state == state)
    page = paginate(statement, Order(Territory.path), Order(Edition.id), rows=True)
    rows = [Row(edition, edition.consultation if seen else None) for edition, seen in page.items]
    return Page(rows, page.next_url, page.prev_url)


def counts_of(parent: Consultation, actor: Actor) -> Counts:
    """How many places stand where. One statement."""

    def number(state: EditionState) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((Edition.state == state, 1), else_=0)), 0)

    shown = sa.and_(
        Edition.state == EditionState.ACCEPTED,
        Record.id.is_not(None),
    )
    row = db.session.execute(
        sa.select(
            *[number(state) for state in EditionState],
            sa.func.coalesce(sa.func.sum(sa.case((shown, 1), else_=0)), 0),
        )
        .select_from(Edition)
        .outerjoin(Record, _readable(actor))
        .where(Edition.parent_id == parent.id)
    ).one()
    return Counts(*[int(value) for value in row])


@dataclass(frozen=True)
class PartOf:
    """An edition as its own page shows it: how many places there are, and the parent, where the reader may see it."""

    edition: Edition
    places: int
    parent: Record | None


@dataclass(frozen=True)
class Standing:
    """What a consultation is among others: with places of its own, carrying one out, or neither."""

    accepted: int
    shown: int
    places: int
    part_of: PartOf | None

    @property
    def unseen(self) -> int:
        """Places that take part, but not before this reader's eyes."""
        return self.accepted - self.shown


def standing_of(consultation: Consultation, actor: Actor) -> Standing:
    """What a consultation is among others, with the edition that it carries out and what the page says of the whole.

    One statement: every page of a consultation asks for it.
    """
    places = sa.select(sa.func.count()).select_from(Edition).where(Edition.parent_id == consultation.id)
    accepted = places.where(Edition.state == EditionState.ACCEPTED)
    shown = accepted.join(Record, Record.id == Edition.consultation_id).where(
        visible_to(actor), Record.state != ConsultationState.DRAFT
    )
    own, others, above = aliased(Edition), sa.alias(Edition.__table__), aliased(Record)
    whole = sa.select(sa.func.count()).where(
        others.c.parent_id == own.parent_id, others.c.state == EditionState.ACCEPTED
    )
    seen = sa.exists().where(Record.id == own.parent_id, visible_to(actor))
    one = sa.select(sa.literal(1).label("row")).subquery()
    row = db.session.execute(
        sa.select(
            own,
            above,
            *[part.scalar_subquery() for part in (accepted, shown, places)],
            whole.correlate(own).scalar_subquery(),
            seen.correlate(own),
        )
        .select_from(one)
        .outerjoin(own, sa.and_(own.consultation_id == consultation.id, own.state == EditionState.ACCEPTED))
        .outerjoin(above, above.id == own.parent_id)
        .options(joinedload(own.territory, innerjoin=False), joinedload(own.core))
    ).one()
    edition, parent, taking_part, seen_here, asked, all_places, parent_seen = row
    part_of = PartOf(edition, all_places, parent if parent_seen else None) if edition is not None else None
    return Standing(taking_part, seen_here, asked, part_of)
