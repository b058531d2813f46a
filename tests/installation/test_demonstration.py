"""The demonstration goes as a whole, and takes nothing real along."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.accounts.models import User
from stakeholder_hub.audit.models import AuditEntry
from stakeholder_hub.bodies.models import Body
from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.decisions.models import Vote
from stakeholder_hub.decisions.operations import cast_vote, close_ballot
from stakeholder_hub.groups.models import Group
from stakeholder_hub.installation.operations import mark_demonstration_loaded, remove_demonstration
from stakeholder_hub.installation.queries import installation
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import Base, db
from stakeholder_hub.kernel.errors import NotAllowed
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.records.models import Record
from stakeholder_hub.search.models import SearchEntry
from stakeholder_hub.territories.models import Level, Role, Territory, TerritoryChange
from stakeholder_hub.territories.operations import merge_territory
from tests.factories.accounts import make_user
from tests.factories.bodies import make_body, make_competence
from tests.factories.consultations import make_consultation
from tests.factories.decisions import make_ballot
from tests.factories.deliberation import make_comment
from tests.factories.groups import make_group, make_mandate, make_organisation
from tests.factories.proposals import make_proposal
from tests.factories.territories import give_role, make_region, make_territory


@pytest.fixture
def scene(app: Flask) -> dict[str, Any]:
    """A demonstration in which a real person takes part, and a real town in the same tree."""
    root = make_region(name="Danube", is_demo=True)
    nation = make_territory(parent=root, level=Level.NATIONAL, is_demo=True)
    town = make_territory(parent=nation, is_demo=True)
    fictional = give_role(make_user(is_demo=True), Role.ADMIN, territory=root)
    real = give_role(make_user(name="Real Person", home_territory=town), Role.ADMIN, territory=root)
    group = make_group(town, is_demo=True)
    give_role(real, Role.MEMBER, group=group)
    body = make_organisation(town, is_demo=True)
    make_mandate(body, user=real)
    consultation = make_consultation(group)
    proposal = make_proposal(consultation, actor=fictional)
    make_comment(proposal, parent=make_comment(proposal, actor=fictional), actor=real)
    make_proposal(consultation, actor=real)
    ballot = make_ballot(consultation)
    cast_vote(ballot, choices=[ballot.options[0].position], actor=real)
    close_ballot(ballot, actor=SYSTEM)
    own_town = make_territory(parent=root, name="Own town")
    own = make_consultation(make_group(own_town))
    kept = make_proposal(own, actor=real, title="Stays")
    make_comment(kept, actor=fictional)
    mark_demonstration_loaded(actor=SYSTEM)
    return {
        "root": root,
        "real": real,
        "fictional": fictional,
        "own": own,
        "kept": kept,
        "own_town": own_town,
    }


def ids_of(model: Any) -> set[int]:
    return set(db.session.scalars(sa.select(model.id)))


def test_what_is_marked_goes_with_all_that_hangs_on_it_and_what_is_real_stays(scene: dict[str, Any]) -> None:
    root, own_town, real, own = (scene[n].id for n in ("root", "own_town", "real", "own"))
    kept = scene["kept"].id
    written = db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry))
    removed = remove_demonstration(actor=scene["real"])
    assert ids_of(Territory) == {root, own_town}
    assert real in ids_of(User)
    assert not db.session.scalars(sa.select(User).where(User.is_demo)).all()
    assert ids_of(Consultation) == {own}
    assert ids_of(Proposal) == {kept}
    assert ids_of(Record) == {own, kept}
    assert len(ids_of(Group)) == 1
    assert not ids_of(Vote)
    assert removed["territory"] == 2
    assert removed["vote"] == 1
    person = db.session.get_one(User, real)
    assert person.home_territory_id is None
    assert [grant.territory_id for grant in person.grants] == [root]
    assert not db.session.get_one(Territory, root).is_demo
    now = db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry))
    assert now == (written or 0) + 1
    assert installation().demo_loaded_at is None


def test_no_reference_is_left_that_points_nowhere(scene: dict[str, Any]) -> None:
    remove_demonstration(actor=scene["real"])
    for table in Base.metadata.tables.values():
        for key in table.foreign_keys:
            there = sa.select(key.column)
            lost = sa.select(sa.func.count()).where(key.parent.is_not(None), key.parent.not_in(there))
            assert db.session.scalar(lost.select_from(table)) == 0, (table.name, key.parent.name)
    places, groups = ids_of(Territory), ids_of(Group)
    for entry in db.session.scalars(sa.select(SearchEntry)):
        assert entry.subject_kind != "territory" or entry.subject_id in places
        assert entry.subject_kind != "group" or entry.subject_id in groups


def test_every_table_that_can_be_reached_is_reached_without_a_rule_of_its_own(scene: dict[str, Any]) -> None:
    """Removing the demonstration twice removes nothing more."""
    remove_demonstration(actor=scene["real"])
    assert remove_demonstration(actor=scene["real"]) == {}


def test_an_administrator_of_the_demonstration_cannot_remove_it(scene: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed, match="Set up the site first"):
        remove_demonstration(actor=scene["fictional"])
    with pytest.raises(NotAllowed):
        remove_demonstration(actor=give_role(make_user(), Role.ADMIN, territory=scene["own_town"]))
    assert len(ids_of(Territory)) == 4


def test_the_page_says_what_goes_and_asks_first(
    web: Flask, client: FlaskClient, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with web.app_context():
        root = make_region(is_demo=True)
        make_proposal(make_consultation(make_group(make_territory(parent=root, is_demo=True), is_demo=True)))
        key = give_role(make_user(), Role.ADMIN, territory=root).fs_uniquifier
        mark_demonstration_loaded(actor=SYSTEM)
        db.session.remove()
    assert "This is a demonstration" in client.get("/en/places/").get_data(as_text=True)
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = key, True
    assert "/en/site/demonstration" in client.get("/en/site").get_data(as_text=True)
    text = client.get("/en/site/demonstration").get_data(as_text=True)
    for words in ("Consultations", "Proposals", "1 contribution of a real person"):
        assert words in text
    assert client.post("/en/site/demonstration").status_code == 303
    assert "This is a demonstration" not in client.get("/en/site").get_data(as_text=True)


def test_bodies_competences_and_history_go_with_the_demonstration(scene: dict[str, Any]) -> None:
    """Also a body whose organisation is invented and whose place is real, and a plan for a place that goes."""
    invented = make_organisation(scene["own_town"], is_demo=True, sector=Sector.ADMINISTRATION)
    kept = make_competence(make_body(make_organisation(scene["own_town"], sector=Sector.ADMINISTRATION))).id
    make_competence(make_body(invented))
    village = make_territory(parent=scene["root"], is_demo=True)
    merge_territory(village, into=scene["own_town"], actor=SYSTEM)
    planned = make_territory(parent=scene["root"], is_demo=True)
    later = clock.today() + timedelta(days=9)
    merge_territory(planned, into=village.parent, day=later, actor=SYSTEM)
    own_town, real = scene["own_town"].id, scene["real"]
    remove_demonstration(actor=real)
    assert ids_of(Body) == {kept}
    assert ids_of(Territory) == {scene["root"].id, own_town}
    assert ids_of(TerritoryChange) == set()
