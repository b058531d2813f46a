"""Searching: what the actor may see, titles first, the last word may be unfinished.

Of the entries that match, a bounded number is looked at closely, so that a common word costs no more among a million
records than among a thousand: those whose title matches first, then the latest of the others.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload
from sqlalchemy.sql import ColumnElement, Select

from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.multilingual import Fragment, Multilingual
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.records.models import Record
from stakeholder_hub.records.queries import visible_to
from stakeholder_hub.search.ddl import POSTGRESQL_TITLE_VECTOR, POSTGRESQL_VECTOR
from stakeholder_hub.search.kinds import Kind, kind_of, thing_url
from stakeholder_hub.search.models import SearchEntry
from stakeholder_hub.search.words import asked_words
from stakeholder_hub.territories.models import Territory
from stakeholder_hub.territories.queries import subtree_ids

PAGE = 20
CANDIDATES = 500
"""How many matches of each of the two sorts are looked at closely."""

EXACT, IN_TITLE, IN_TEXT = 2, 1, 0


@dataclass(frozen=True)
class Hit:
    """One thing that was found."""

    kind: Kind
    title: Multilingual
    excerpt: Fragment
    url: str | None
    territory: Territory | None
    record: Record | None = None


@dataclass(frozen=True)
class Found:
    """One page of what was found. ``more`` tells whether there is another; ``words`` are what was really asked."""

    hits: Sequence[Hit]
    words: Sequence[str]
    page: int
    more: bool

    def __bool__(self) -> bool:
        return bool(self.hits)


def search(
    words: str,
    actor: Actor,
    *,
    kinds: Collection[str] = (),
    territory: Territory | None = None,
    page: int = 1,
    size: int = PAGE,
) -> Found:
    """What ``actor`` may see and that holds all the words, in ``territory`` and below it where one is given.

    Whatever is typed is only words: quotes, operators and wildcards mean nothing. Two statements.
    """
    asked = asked_words(words)
    page = max(1, min(page, 2 * CANDIDATES // size))
    if not asked:
        return Found((), (), 1, False)
    allowed = _allowed(actor, kinds, territory)
    order = _ranked(asked, allowed, page, size)
    ids = [row[0] for row in db.session.execute(order)]
    more, ids = len(ids) > size, ids[:size]
    return Found([_hit(entry) for entry in _entries(ids)], asked, page, more)


def _allowed(actor: Actor, kinds: Collection[str], territory: Territory | None) -> list[ColumnElement[bool]]:
    """Conditions over ``search_entry`` joined to ``record``. What is no record is public."""
    conditions: list[ColumnElement[bool]] = [sa.or_(SearchEntry.record_id.is_(None), visible_to(actor))]
    if kinds:
        conditions.append(SearchEntry.subject_kind.in_(sorted(kinds)))
    if territory is not None:
        conditions.append(SearchEntry.territory_id.in_(subtree_ids(territory)))
    return conditions


def _ranked(asked: list[str], allowed: list[ColumnElement[bool]], page: int, size: int) -> Select[Any]:
    """Ids of the entries of a page, the best first, and one more where there is another page."""
    sqlite = db.session.get_bind().dialect.name == "sqlite"
    matching = _on_sqlite if sqlite else _on_postgresql
    sorts = [matching(asked, allowed, titles=True), matching(asked, allowed, titles=False)]
    either = sa.union_all(*[sa.select(found.subquery()) for found in sorts]).subquery()
    best = (
        sa.select(
            either.c.id, sa.func.max(either.c.tier).label("tier"), sa.func.max(either.c.score).label("score")
        )
        .group_by(either.c.id)
        .subquery()
    )
    exact = sa.case((SearchEntry.title_words == " ".join(asked), EXACT), else_=best.c.tier)
    return (
        sa.select(SearchEntry.id)
        .join(best, best.c.id == SearchEntry.id)
        .order_by(exact.desc(), SearchEntry.weight.desc(), best.c.score.desc(), SearchEntry.id.desc())
        .offset((page - 1) * size)
        .limit(size + 1)
    )


def _on_sqlite(
    asked: list[str], allowed: list[ColumnElement[bool]], *, titles: bool
) -> Select[*tuple[Any, ...]]:
    index = sa.table("search_entry_fts", sa.column("rowid", sa.Integer))
    whole: ColumnElement[Any] = sa.literal_column("search_entry_fts")
    *done, last = asked
    pattern = " ".join([*(f'"{word}"' for word in done), f'"{last}"*'])
    return (
        sa.select(
            SearchEntry.id,
            sa.literal(IN_TITLE if titles else IN_TEXT).label("tier"),
            (-sa.func.bm25(whole, 10.0, 1.0)).label("score"),
        )
        .select_from(index)
        .join(SearchEntry, SearchEntry.id == index.c.rowid)
        .outerjoin(Record, Record.id == SearchEntry.record_id)
        .where(whole.op("MATCH")(f"{{title_words}} : ({pattern})" if titles else pattern), *allowed)
        .order_by(index.c.rowid.desc())
        .limit(CANDIDATES)
    )


def _on_postgresql(
    asked: list[str], allowed: list[ColumnElement[bool]], *, titles: bool
) -> Select[*tuple[Any, ...]]:
    *done, last = asked
    pattern = " & ".join([*(f"'{word}'" for word in done), f"'{last}':*"])
    query = sa.func.to_tsquery(sa.literal_column("'simple'::regconfig"), pattern)
    vector: ColumnElement[Any] = sa.literal_column(POSTGRESQL_TITLE_VECTOR if titles else POSTGRESQL_VECTOR)
    found: Select[*tuple[Any, ...]] = (
        sa.select(
            SearchEntry.id,
            sa.literal(IN_TITLE if titles else IN_TEXT).label("tier"),
            sa.literal(0).label("score"),
        )
        .outerjoin(Record, Record.id == SearchEntry.record_id)
        .where(vector.op("@@")(query), *allowed)
        .limit(CANDIDATES)
    )
    return found


def _entries(ids: Sequence[int]) -> list[SearchEntry]:
    if not ids:
        return []
    found = db.session.scalars(
        sa.select(SearchEntry)
        .where(SearchEntry.id.in_(ids))
        .options(joinedload(SearchEntry.record), joinedload(SearchEntry.territory))
    )
    by_id = {entry.id: entry for entry in found}
    return [by_id[i] for i in ids if i in by_id]


def _hit(entry: SearchEntry) -> Hit:
    record = entry.record
    return Hit(
        kind=kind_of(entry.subject_kind),
        title=record.title if record is not None else entry.title,
        excerpt=Fragment(entry.excerpt, entry.excerpt_language),
        url=record_url(record) if record is not None else thing_url(entry.subject_kind, entry.slug),
        territory=entry.territory,
        record=record,
    )
