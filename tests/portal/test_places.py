"""The page of a place shows exactly what a plain look at everything would, and costs no more where much is."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.actions.models import OPEN_STATUSES, ActionItem
from stakeholder_hub.actions.queries import FAR
from stakeholder_hub.consultations.models import Consultation, ConsultationState
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import VISITOR, Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.portal import places
from stakeholder_hub.records.models import Record
from stakeholder_hub.records.queries import visible_to
from stakeholder_hub.territories.models import Level, Role, Territory
from tests.factories.accounts import make_user
from tests.factories.groups import make_group
from tests.factories.territories import give_role, make_region, make_territory

MUCH = 12_000
NEW = 100_000


def insert(model: Any, rows: list[dict[str, Any]]) -> None:
    """Records of a kind, many at once; the columns of the kind stand beside those of every record."""
    own = set(model.__table__.c.keys())
    note(model.__mapper__.polymorphic_identity, [_of_record(row, own) for row in rows])
    db.session.execute(
        sa.insert(model.__table__), [{name: row[name] for name in row if name in own} for row in rows]
    )


def _of_record(row: dict[str, Any], own: set[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name == "id" or name not in own}


def note(kind: str, rows: list[dict[str, Any]]) -> None:
    """What every record has, for many of a kind."""
    shared = {"kind": kind, "title": Multilingual.of("One", "en")}
    db.session.execute(
        sa.insert(Record.__table__),
        [{**shared, "reference": f"X-{row['id']}", "slug": f"x-{row['id']}", **row} for row in rows],
    )


def tree(towns: int = 4) -> list[Territory]:
    """A region, a country in it, and towns."""
    region = make_region()
    nation = make_territory(parent=region, level=Level.NATIONAL)
    return [region, nation, *(make_territory(parent=nation) for _ in range(towns))]


def fill(chance: random.Random, where: list[Territory], group_id: int, author_id: int) -> None:
    """Consultations and action items of every state and visibility, in all these places."""
    now, text = clock.now(), Multilingual.of("Why?", "en")

    def shared(number: int) -> dict[str, Any]:
        return {
            "id": NEW + number,
            "territory_id": chance.choice(where).id,
            "visibility": chance.choice(["public", "public", "public", "members", "private"]),
            "moderation": chance.choice(["visible"] * 5 + ["hidden"]),
            "group_id": chance.choice([None, group_id]),
            "author_id": chance.choice([None, None, author_id]),
        }

    consultations, items = [], []
    for number in range(90):
        begin = now + timedelta(hours=chance.randint(-900, 200))
        consultations.append(
            shared(number)
            | {"state": chance.choice(list(ConsultationState)), "starts_at": begin}
            | {"ends_at": begin + timedelta(hours=chance.randint(1, 500))}
            | {"question": text, "background_text": text, "background_html": text}
        )
    for number in range(90, 180):
        state = chance.choice(["planned", "in_progress", "blocked", "done", "done", "dropped"])
        due = chance.choice([None, clock.today() + timedelta(days=chance.randint(-30, 30))])
        done = now - timedelta(hours=chance.randint(0, 40)) if state == "done" else None
        items.append(shared(number) | {"state": state, "due_on": due, "completed_at": done})
    insert(Consultation, consultations)
    insert(ActionItem, items)


def seen(model: Any, actor: Actor, place: Territory) -> list[Any]:
    """Everything of a kind in the place and below it that the actor may see, found without any art."""
    found = db.session.scalars(sa.select(model).where(visible_to(actor)).order_by(model.id)).unique()
    return [one for one in found if one.territory.path.startswith(place.path)]


@pytest.mark.parametrize("window", [2, 15, 300])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_place_shows_what_a_plain_look_at_everything_would_show(
    app: Flask, monkeypatch: pytest.MonkeyPatch, seed: int, window: int
) -> None:
    """However far one looks into the order over all places before one reads the place itself."""
    monkeypatch.setattr(places, "WINDOW", window)
    where = tree()
    group = make_group(where[2])
    author = make_user()
    fill(random.Random(seed), where, group.id, author.id)
    readers = [
        VISITOR,
        author,
        give_role(make_user(), Role.MEMBER, group=group),
        give_role(make_user(), Role.ADMIN, territory=where[1]),
    ]
    now, today = clock.now(), clock.today()
    for actor in readers:
        for place in where:
            all_ = seen(Consultation, actor, place)
            above = [c for c in seen(Consultation, actor, where[0]) if c.territory_id in place.lineage_ids]
            published = [c for c in {*all_, *above} if c.state == "published" and c.ends_at > now]
            published.sort(key=lambda c: (c.ends_at, c.id))
            over = [
                c
                for c in all_
                if c.state in ("closed", "archived") or (c.state == "published" and c.ends_at <= now)
            ]
            over.sort(key=lambda c: (c.ends_at, c.id), reverse=True)
            held = places.consultations_around(actor, place)
            assert list(held.open) == [c for c in published if c.starts_at <= now][:6]
            assert list(held.coming) == [c for c in published if c.starts_at > now and c in all_][:3]
            assert list(held.past) == over[:6]
            assert list(places.open_around(actor, place)) == list(held.open)

            items = seen(ActionItem, actor, place)
            open_ones = [i for i in items if i.state in OPEN_STATUSES]
            ended = [i for i in items if i.state not in OPEN_STATUSES]
            open_ones.sort(key=lambda i: (i.due_on or FAR, i.id))
            ended.sort(
                key=lambda i: (i.completed_at is None, i.completed_at and -i.completed_at.timestamp(), -i.id)
            )
            late = sum(i.due_on is not None and i.due_on < today for i in open_ones)
            assert places.items_in(actor, place) == ((open_ones + ended)[:5], late if items else 0)


@contextmanager
def heard() -> Iterator[list[tuple[str, Any]]]:
    """The statements of the block, with what they were given."""
    found: list[tuple[str, Any]] = []

    def listen(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        found.append((statement, parameters))

    sa.event.listen(db.engine, "before_cursor_execute", listen)
    try:
        yield found
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", listen)


def work_of(asked: Callable[[], Any]) -> int:
    """What the database does for it: steps of its machine (SQLite), or rows that it touches (PostgreSQL)."""
    asked()
    with heard() as statements:
        asked()
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        raw: Any = connection.connection.driver_connection
        steps = 0

        def step() -> int:
            nonlocal steps
            steps += 1
            return 0

        raw.set_progress_handler(step, 100)
        for statement, parameters in statements:
            connection.exec_driver_sql(statement, parameters).all()
        raw.set_progress_handler(None, 0)
        return steps * 100
    # Small tables are read whole by choice; how many rows an index gives one by one is what would grow.
    for choice in ("seqscan", "mergejoin", "hashjoin"):
        connection.exec_driver_sql(f"SET LOCAL enable_{choice} = off")
    connection.exec_driver_sql("SET LOCAL random_page_cost = 0.1")  # all of it lies in memory
    explain = "EXPLAIN (ANALYZE, FORMAT JSON) "
    return sum(
        rows_touched(connection.exec_driver_sql(explain + statement, parameters).scalar_one()[0]["Plan"])
        for statement, parameters in statements
    )


def rows_touched(plan: dict[str, Any]) -> int:
    """The rows that all scans of a plan gave or threw away."""
    own = 0
    if "Scan" in plan["Node Type"] and plan["Actual Loops"]:
        removed = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
        own = round((plan["Actual Rows"] + removed) * plan["Actual Loops"])
    return own + sum(rows_touched(part) for part in plan.get("Plans", ()))


def analyse() -> None:
    db.session.connection().exec_driver_sql("ANALYZE")


READERS = {
    "a visitor": lambda root: VISITOR,
    "an administrator": lambda root: give_role(make_user(), Role.ADMIN, territory=root),
}


@pytest.mark.parametrize("reader", READERS)
def test_the_page_of_a_place_reads_no_more_where_people_contributed_more(
    app: Flask, monkeypatch: pytest.MonkeyPatch, reader: str
) -> None:
    """Without the kind in what is asked of the index, every comment below the place is read to find no consultation."""
    monkeypatch.setattr(places, "WINDOW", 20)
    where = tree(12)
    actor = READERS[reader](where[0])
    fill(random.Random(7), where, make_group(where[3]).id, make_user().id)
    comments = [
        {"id": 2 * NEW + n, "state": "published", "visibility": "public"}
        | {"territory_id": where[n % len(where)].id}
        for n in range(MUCH)
    ]
    note("comment", comments[:500])
    analyse()
    before = work_of(lambda: places.about_place(actor, where[0]))
    note("comment", comments[500:])
    analyse()
    assert work_of(lambda: places.about_place(actor, where[0])) <= before * 1.2 + 200


def test_the_page_of_a_wide_place_reads_no_more_where_more_is_over_and_done(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the index over the day on which items were done, all of them are sorted."""
    monkeypatch.setattr(places, "WINDOW", 20)
    where = tree(12)
    long_ago, text = clock.now() - timedelta(days=400), Multilingual.of("Why?", "en")

    def past(first: int, number: int) -> None:
        shared = [
            {"id": first + n, "visibility": "public", "territory_id": where[n % len(where)].id}
            for n in range(number)
        ]
        day = [long_ago - timedelta(hours=first + n) for n in range(number)]
        insert(
            ActionItem,
            [
                one | {"state": "done", "due_on": at.date(), "completed_at": at}
                for one, at in zip(shared, day, strict=True)
            ],
        )
        insert(
            Consultation,
            [
                one
                | {
                    "id": one["id"] + NEW,
                    "state": "closed",
                    "starts_at": at - timedelta(days=9),
                    "ends_at": at,
                }
                | {"question": text, "background_text": text, "background_html": text}
                for one, at in zip(shared, day, strict=True)
            ],
        )
        analyse()

    past(NEW, 200)
    before = work_of(lambda: places.about_place(VISITOR, where[0]))
    past(NEW + 1000, 3000)
    assert work_of(lambda: places.about_place(VISITOR, where[0])) <= before * 1.2 + 200
    assert len(places.items_in(VISITOR, where[0])[0]) == 5


def test_what_was_done_last_is_a_stretch_of_an_index(app: Flask) -> None:
    """The plan names the indexes on both databases."""
    place = tree()[0]
    places.about_place(VISITOR, place)
    with heard() as statements:
        places.items_in(VISITOR, place)
        places.consultations_around(VISITOR, place)
    connection = db.session.connection()
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        connection.exec_driver_sql("SET LOCAL enable_sort = off")
    explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    items, consultations = (
        "\n".join(str(row) for row in connection.exec_driver_sql(explain + statement, parameters))
        for statement, parameters in statements
        if "AS completed" in statement or "AS times" in statement
    )
    assert "ix_action_item_completed" in items
    assert "ix_consultation_ends_at" in consultations
    for plan in (items, consultations):
        assert "ix_record_territory_kind_state (territory_id=?)" not in plan
