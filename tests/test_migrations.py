"""Migrations go up and down, over an inhabited house too, and end in what the models say."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import check, downgrade, upgrade

from stakeholder_hub.app import create_app
from stakeholder_hub.decisions.electorate import Electorate, Source
from stakeholder_hub.decisions.models import Ballot, Elector, Proxy, ProxyFate, Way
from stakeholder_hub.decisions.operations import (
    cast_vote,
    close_ballot,
    give_proxy,
    open_ballot,
    write_list,
)
from stakeholder_hub.demonstration.operations import load_demonstration
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.models import Record
from tests.decisions.test_proxies import group_vote
from tests.factories.decisions import make_ballot
from tests.infrastructure.databases import make_database, make_settings
from tests.infrastructure.machine import refuse
from tests.infrastructure.postgresql import NoPostgreSQL


@pytest.fixture
def bare(database: str, run_dir: Path, worker_id: str) -> Iterator[Flask]:
    """An application on a database in which nothing has happened yet."""
    instance = run_dir / f"bare-{database}-{worker_id}"
    try:
        url = make_database(database, f"bare_{worker_id}", run_dir, instance)
    except NoPostgreSQL as missing:
        refuse(missing)
    app = create_app(make_settings(instance, database_url=url))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def tables() -> set[str]:
    return set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_migrations_lead_to_the_models_and_back_over_a_demonstration(bare: Flask) -> None:
    upgrade()
    check()  # ends the program where a model and its table differ
    load_demonstration()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Record)) > 50  # type: ignore[operator]
    db.session.remove()
    downgrade(revision="base")
    assert tables() == set()
    upgrade()
    check()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Record)) == 0


def test_a_column_that_no_migration_made_is_found(bare: Flask) -> None:
    upgrade()
    with db.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE follow ADD COLUMN forgotten INTEGER"))
    with pytest.raises(SystemExit):
        check()


def test_running_votes_keep_their_roll_when_it_learns_who_votes_online(bare: Flask) -> None:
    """Down to the house that knew only hashes, and up: accounts and ways are found anew, proxies get their fate."""
    upgrade()
    members, (ana, bor, cleo, _dan) = group_vote()
    cast_vote(members, choices=[1], actor=ana)
    give_proxy(members, holder_id=ana.id, actor=bor)
    listed = make_ballot(electorate=Electorate.LIST, opened=False)
    write_list(listed, addresses=[cleo.email.upper(), "nobody@example.org"], actor=SYSTEM)
    open_ballot(listed, actor=SYSTEM)
    cast_vote(listed, choices=[1], actor=cleo)
    counted, (eva, fran, *_others) = group_vote()
    give_proxy(counted, holder_id=fran.id, actor=eva)
    cast_vote(counted, choices=[1], actor=fran)
    close_ballot(counted, actor=SYSTEM)
    mixed = make_ballot(members.consultation, electorate=Electorate.of(Source.MEMBERS, Source.RESIDENTS))
    ids = members.id, listed.id, counted.id, mixed.id
    voted = ana.id, cleo.id, {person.id for person in (ana, bor, cleo, _dan)}
    db.session.remove()
    downgrade(revision="0003")
    old = db.session.execute(sa.text("SELECT electorate FROM ballot ORDER BY id")).scalars().all()
    assert old == ["members", "list", "members", "members"]
    db.session.remove()
    upgrade()
    roll = {
        row.user_id: row.way for row in db.session.scalars(sa.select(Elector).filter_by(ballot_id=ids[0]))
    }
    assert set(roll) == voted[2]
    assert {user_id for user_id, way in roll.items() if way is Way.ONLINE} == {voted[0]}
    lines = db.session.scalars(sa.select(Elector).filter_by(ballot_id=ids[1])).all()
    assert sorted((line.user_id or 0, line.listed, line.way or "") for line in lines) == [
        (0, True, ""),
        (voted[1], True, Way.ONLINE),
    ]
    assert db.session.scalars(sa.select(Proxy.fate).filter_by(ballot_id=ids[0])).all() == [None]
    assert db.session.scalars(sa.select(Proxy.fate).filter_by(ballot_id=ids[2])).all() == [ProxyFate.USED]
    assert db.session.get_one(Ballot, ids[3]).electorate == Electorate.MEMBERS
