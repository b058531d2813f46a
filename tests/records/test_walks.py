"""Walks along links: complete, ended by rings, and each step looked up by an index however many links there are."""

from itertools import product

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.models import Link, Relation
from stakeholder_hub.records.walks import links_at, walk
from tests.factories.consultations import make_consultation

MANY = 100


def link_all(pairs: list[tuple[int, int]], relation: Relation = Relation.PROMPTED) -> None:
    now = clock.now()
    db.session.execute(
        sa.insert(Link.__table__),
        [{"source_id": s, "relation": relation, "target_id": t, "created_at": now} for s, t in pairs],
    )
    db.session.commit()


def ids(number: int) -> list[int]:
    consultation = make_consultation()
    return [make_consultation(consultation.group).id for _ in range(number)]


def pairs_of(found: sa.CTE) -> set[tuple[int, int]]:
    return {(row[0], row[1]) for row in db.session.execute(sa.select(found.c.source_id, found.c.target_id))}


def test_a_walk_leads_on_and_back_and_ends_in_a_ring(app: Flask) -> None:
    a, b, c, d, e = ids(5)
    link_all([(a, b), (b, c), (c, a), (d, b), (c, e)])
    whole = {(a, b), (b, c), (c, a), (c, e)}
    assert pairs_of(walk([a], Link.source_id, Link.target_id, "down")) == whole
    assert pairs_of(walk([e], Link.target_id, Link.source_id, "up")) == whole | {(d, b)}
    assert pairs_of(walk([e], Link.source_id, Link.target_id, "down")) == set()
    some = walk([a], Link.source_id, Link.target_id, "some", Link.relation == Relation.CARRIED_OUT_BY)
    assert pairs_of(some) == set()
    down = walk([d], Link.source_id, Link.target_id, "down")
    towards = links_at(down, down.c.target_id, Link.target_id, Link.source_id == a)
    assert {(row.source_id, row.target_id) for row in db.session.execute(towards)} == {(a, b)}


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_no_step_reads_all_links_there_are(app: Flask) -> None:
    """Fails where the steps are joins, or where the whole is asked for with OR: each read the whole table."""
    (first,) = ids(1)
    columns = "id, kind, reference, state, territory_id, title, source_language, visibility, moderation"
    records = sa.text(
        f"INSERT INTO record ({columns}, created_at, updated_at, support_count, comment_count, follow_count, version) "
        "SELECT 5000 + n, kind, 'Z-' || n, state, territory_id, title, source_language, visibility, moderation, "
        f"created_at, updated_at, 0, 0, 0, 1 FROM record, generate_series(1, {2 * MANY}) n WHERE record.id = :id"
    )
    db.session.execute(records, {"id": first})
    sources = range(5001, 5001 + MANY)
    link_all(list(product(sources, range(5001 + MANY, 5001 + 2 * MANY))))
    db.session.execute(sa.text("ANALYZE link"))
    db.session.commit()
    down = walk([first], Link.source_id, Link.target_id, "down")
    beside = links_at(down, down.c.target_id, Link.target_id, Link.relation == Relation.CARRIED_OUT_BY)
    statement = sa.union(sa.select(*down.c), beside)
    compiled = statement.compile(db.engine, compile_kwargs={"render_postcompile": True})
    with db.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN {compiled}", compiled.params).scalars().all()
    assert not [line for line in plan if "Seq Scan on link" in line], "\n".join(plan)
