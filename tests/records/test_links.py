"""Links never lead back to where they began: nothing is its own cause."""

import itertools
from collections.abc import Sequence
from threading import Barrier, Thread
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.records.models import CAUSAL, Link, Record, Relation
from stakeholder_hub.records.operations import add_link
from tests.factories.consultations import make_consultation
from tests.factories.groups import make_group


@operation
def link(source: Record, relation: Relation, target: Record) -> None:
    add_link(source, relation, target, actor=SYSTEM)


@operation
def chain(*records: Record) -> None:
    for one, other in itertools.pairwise(records):
        add_link(one, Relation.REPEATED_AS, other, actor=SYSTEM)


def several(number: int) -> list[Any]:
    group = make_group()
    return [make_consultation(group, title=f"C{n}") for n in range(number)]


def edges() -> set[tuple[int, int]]:
    rows = db.session.execute(
        sa.select(Link.source_id, Link.target_id).where(Link.relation.in_(sorted(CAUSAL)))
    )
    return {(row[0], row[1]) for row in rows}


def leads(found: set[tuple[int, int]], start: int, end: int) -> bool:
    waiting, seen = [start], {start}
    while waiting:
        here = waiting.pop()
        if here == end:
            return True
        for a, b in found:
            if a == here and b not in seen:
                seen.add(b)
                waiting.append(b)
    return False


@pytest.mark.parametrize("relation", sorted(CAUSAL))
def test_a_link_that_would_close_a_ring_is_refused_with_a_reason(app: Flask, relation: Relation) -> None:
    """Fails when the look for a way back is taken out of ``add_link``."""
    one, two, three = several(3)
    chain(one, two, three)
    with pytest.raises(Conflict, match=r"C2.*came of.*C0"):
        link(three, relation, one)
    assert edges() == {(one.id, two.id), (two.id, three.id)}


def test_nothing_leads_to_itself(app: Flask) -> None:
    (one,) = several(1)
    with pytest.raises(Conflict):
        link(one, Relation.PROMPTED, one)


def test_what_is_only_related_may_be_so_both_ways(app: Flask) -> None:
    one, other = several(2)
    link(one, Relation.RELATES_TO, other)
    link(other, Relation.RELATES_TO, one)
    link(one, Relation.PROMPTED, other)
    assert edges() == {(one.id, other.id)}


def test_saying_it_twice_changes_nothing(app: Flask) -> None:
    one, other = several(2)
    link(one, Relation.PROMPTED, other)
    link(one, Relation.PROMPTED, other)
    assert len(edges()) == 1


@pytest.mark.hostile("H22")
def test_titles_stay_literal_in_the_refusal(app: Flask) -> None:
    group = make_group()
    one = make_consultation(group, title="{0.__class__} %(later)s")
    other = make_consultation(group, title="{{7*7}} %s")
    link(one, Relation.PROMPTED, other)
    with pytest.raises(Conflict) as refusal:
        link(other, Relation.PROMPTED, one)
    assert "{{7*7}} %s" in str(refusal.value)
    assert "{0.__class__} %(later)s" in str(refusal.value)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.sampled_from(sorted(CAUSAL))), max_size=14)
)
def test_whatever_is_linked_there_is_never_a_ring(
    app: Flask, wanted: Sequence[tuple[int, int, Relation]]
) -> None:
    """And nothing is refused that would close none."""
    records = several(6)
    ids = [record.id for record in records]
    mine: set[tuple[int, int]] = set()
    for a, b, relation in wanted:
        closes = leads(mine, ids[b], ids[a])
        try:
            link(records[a], relation, records[b])
        except Conflict:
            assert closes
        else:
            assert not closes
            mine.add((ids[a], ids[b]))
    assert mine == {edge for edge in edges() if edge[0] in ids}


def test_two_that_close_a_ring_together_do_not_both_succeed(web: Flask) -> None:
    """A -> B and C -> D are there; B -> C and D -> A come at once, and share no record.

    Fails on PostgreSQL when the lock is taken out of ``add_link``.
    """
    with web.app_context():
        a, b, c, d = several(4)
        chain(a, b)
        chain(c, d)
        pairs = [(b.id, c.id), (d.id, a.id)]
    gate, outcomes = Barrier(2), []

    @operation
    def together(source: int, target: int) -> None:
        one, other = db.session.get_one(Consultation, source), db.session.get_one(Consultation, target)
        if db.session.get_bind().dialect.name == "postgresql":
            gate.wait(timeout=10)  # both have read; SQLite lets one writer in after the other
        add_link(one, Relation.PROMPTED, other, actor=SYSTEM)

    def run(pair: tuple[int, int]) -> None:
        with web.app_context():
            try:
                together(*pair)
                outcomes.append("linked")
            except Conflict:
                outcomes.append("refused")
            finally:
                db.session.remove()

    threads = [Thread(target=run, args=(pair,)) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["linked", "refused"]
