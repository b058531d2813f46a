"""Walks along links: everything that can be reached from some records, each step looked up by an index.

PostgreSQL cannot know how far a walk leads. It expects very many links, and would read all there are to be ready for
them; so it is told to look them up one by one (``LATERAL`` with ``OFFSET 0``, which it does not turn into a join).
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql import ColumnElement, Select

from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.models import Link

LINK: tuple[InstrumentedAttribute[Any], ...] = (
    Link.id,
    Link.source_id,
    Link.relation,
    Link.target_id,
    Link.created_at,
)
"""What a walk brings along of each link, so that none is read twice."""


def walk(
    start: Iterable[int],
    near: InstrumentedAttribute[int],
    far: InstrumentedAttribute[int],
    name: str,
    *more: ColumnElement[bool],
) -> sa.CTE:
    """All links on from ``start`` by way of ``near`` to ``far``: to the target, or back to the source. Rings end."""
    found = sa.select(*LINK).where(near.in_(list(start)), *more).cte(name, recursive=True)
    return found.union(links_at(found, found.c[far.key], near, *more))


def links_at(
    found: sa.CTE, reached: ColumnElement[int], near: InstrumentedAttribute[int], *more: ColumnElement[bool]
) -> Select[Any]:
    """The links whose ``near`` end is what a walk has ``reached``."""
    if db.session.get_bind().dialect.name != "postgresql":
        return sa.select(*LINK).join(found, near == reached).where(*more)
    there = sa.select(*LINK).where(near == reached, *more).correlate(found).offset(0).lateral()
    return sa.select(*there.c).select_from(found.join(there, sa.true()))
