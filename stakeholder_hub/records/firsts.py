"""The first few records of a place and below it, without reading all of them.

No index holds both a subtree and an order. Where much happens, the first few stand near the beginning of the order
over all places; where little happens, all of it is quickly read. So both are written into one statement, and the
second part reads nothing where the first one found enough.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlalchemy.sql import ColumnElement, Select

from stakeholder_hub.records.models import Record
from stakeholder_hub.territories.models import Territory

WINDOW = 300
"""How far into the order over all places one looks before one reads the places themselves."""


def ids_in(places: Select[int], kind: str, states: Sequence[str] | None = None) -> Select[int]:
    """Ids of the records of a kind in ``places``, whoever may see them: ranges of one index, no row is read."""
    there = aliased(Record.__table__, name="there")
    found = sa.select(there.c.id).where(there.c.kind == kind, there.c.territory_id.in_(places))
    return found if states is None else found.where(there.c.state.in_(states))


def inside(places: Select[int]) -> ColumnElement[bool]:
    """Whether a record lies in ``places`` (ids of territories), asked of one record after the other."""
    return places.where(Territory.id == Record.territory_id).exists()


def first_ids(
    found: Select[int],
    *,
    order: Sequence[Any],
    limit: int,
    window: Select[int],
    nearby: ColumnElement[bool],
    there: Select[int],
) -> Select[int]:
    """Ids of the first ``limit`` of those records in ``found`` that lie in some places.

    ``found`` selects one column named ``id`` and names no place. ``window`` is the beginning of the same ``order`` over
    all places, a stretch of an index; ``nearby`` says whether a record lies in the places, and ``there`` lists all that
    do. The ids come in no order.
    """
    near = (
        found.where(Record.id.in_(sa.select(window.subquery().c.id)), nearby).order_by(*order).limit(limit)
    ).cte()
    enough = sa.select(sa.func.count()).select_from(near).scalar_subquery() >= limit
    # LIMIT 0 ends the second part before it has begun.
    lacking: Any = sa.case((enough, 0), else_=limit)
    rest = found.where(Record.id.in_(there)).order_by(*order).limit(lacking).subquery()
    return sa.select(sa.union(sa.select(near.c.id), sa.select(rest.c.id)).subquery().c.id)
