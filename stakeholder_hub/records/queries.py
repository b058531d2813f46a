"""Which records somebody may see: one condition, used by pages, search, feeds, exports and ``may_see`` alike."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.sql import ColumnElement, Select

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, is_system
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.records.models import Moderation, Record, RecordReader, Visibility
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.territories.policy import MODERATORS, grants_of
from stakeholder_hub.territories.queries import within

R = TypeVar("R", bound=Record)
Delegations = Callable[[int, date], sa.Select[Any]]

_delegations: list[Delegations] = []


def register_delegations(source: Delegations) -> Delegations:
    """Say for which organisations a person may speak on a day: ids, as a SELECT. Told by what stands above records."""
    _delegations[:] = [source]
    return source


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Whether ``actor`` may see the record.

    Public ones: everyone. Members': those who sit in the group, and those it was handed to (:class:`RecordReader`).
    Private ones and drafts: their author and those who run or moderate the group or the territory (or one above).
    What a moderator has hidden is left to the author and to them, and so is all that lives in it (the proposals of a
    hidden consultation).
    """
    if is_system(actor):
        return sa.true()
    if not actor.is_authenticated:
        return _public()
    grants = grants_of(actor)
    return _visible(
        actor.id or 0,
        seats=tuple(g.group_id for g in grants if g.group_id is not None),
        run=tuple(g.group_id for g in grants if g.group_id is not None and g.role in MODERATORS),
        paths=tuple(g.territory.path for g in grants if g.territory is not None and g.role in MODERATORS),
        day=clock.today(),
    )


@lru_cache(maxsize=1)
def _shown() -> ColumnElement[bool]:
    """What no moderator has hidden, nor what it lives in."""
    hidden = aliased(Record.__table__, name="hidden_context")
    in_hidden = sa.select(hidden.c.id).where(hidden.c.moderation == Moderation.HIDDEN)
    return sa.and_(
        Record.moderation == Moderation.VISIBLE,
        sa.or_(Record.context_id.is_(None), Record.context_id.not_in(in_hidden)),
    )


@lru_cache(maxsize=1)
def _public() -> ColumnElement[bool]:
    return sa.and_(Record.visibility == Visibility.PUBLIC, _shown())


@lru_cache(maxsize=1024)
def _visible(
    user_id: int, *, seats: tuple[int, ...], run: tuple[int, ...], paths: tuple[str, ...], day: date
) -> ColumnElement[bool]:
    """The condition for one person with these roles. A page asks for it up to nine times, and building it anew each
    time was a fifth of what a vote costs; it says nothing but what its arguments say, so it can be kept.
    """
    conditions: list[ColumnElement[bool]] = [_public(), Record.author_id == user_id]
    handed = [RecordReader.organisation_id.in_(source(user_id, day)) for source in _delegations]
    if seats:
        handed.append(RecordReader.group_id.in_(seats))
    if handed:
        given = sa.select(RecordReader.record_id).where(sa.or_(*handed))
        conditions.append(sa.and_(Record.visibility == Visibility.MEMBERS, Record.id.in_(given), _shown()))
    if seats:
        among = sa.and_(Record.group_id.in_(seats), Record.visibility == Visibility.MEMBERS, _shown())
        conditions.append(among)
    if run:
        conditions.append(Record.group_id.in_(run))
    if paths:
        below = sa.select(Territory.id).where(sa.or_(*[within(path) for path in paths]))
        conditions.append(Record.territory_id.in_(below))
    return sa.or_(*conditions)


def load_record(reference: str, actor: Actor) -> Record:
    """The record with this reference, of whatever kind, if the actor may see it.

    Raises:
        NotFound: there is none, or none that this person may see.
    """
    return load(sa.select(Record).options(joinedload(Record.territory)), reference, actor)


def load(kind: Select[R], reference: str, actor: Actor) -> R:
    """The record with this reference among those that ``kind`` selects, if the actor may see it.

    Raises:
        NotFound: there is none, or none that this person may see.
    """
    statement = kind.where(Record.reference == reference, visible_to(actor))
    found = db.session.scalars(statement).unique().one_or_none()
    if found is None:
        raise NotFound()
    return found
