"""Two at once: one acts, the other is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.editions.content import Content
from stakeholder_hub.editions.models import Core, Edition, EditionItem
from stakeholder_hub.editions.operations import (
    accept_invitation,
    adopt_core,
    ask_to_take_part,
    invite_territories,
    publish_core,
)
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import HubError
from stakeholder_hub.territories.models import Territory
from tests.factories.editions import make_content, make_core, make_edition, make_invitation, make_item, said
from tests.factories.groups import make_group
from tests.factories.territories import make_territory

AT_ONCE = 4


def all_at_once(app: Flask, task: Callable[[], Any]) -> list[Any]:
    """What ``task`` answered, or was refused with, in threads that begin together."""
    db.session.remove()
    begin = Barrier(AT_ONCE)

    def run(_number: int) -> Any:
        begin.wait(30)
        with app.app_context():
            try:
                return task()
            except HubError as refusal:
                return refusal
            finally:
                db.session.remove()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


def count_of(kind: Any) -> int:
    return int(db.session.scalar(sa.select(sa.func.count()).select_from(kind)) or 0)


def refusals(answers: list[Any]) -> int:
    return sum(isinstance(answer, HubError) for answer in answers)


def test_an_invitation_accepted_by_several_at_once_makes_one_edition(app: Flask) -> None:
    """The lock lets the others wait, the version of the row refuses them, and each item has one ballot by a rule of the
    database: any of the three is enough.
    """
    edition = make_invitation()
    edition_id, group_id = edition.id, make_group(edition.territory).id
    day = clock.today() + timedelta(days=5)

    def accept() -> int:
        found, group = db.session.get(Edition, edition_id), db.session.get(Group, group_id)
        assert found is not None
        assert group is not None
        return accept_invitation(found, group=group, starts_on=day, actor=SYSTEM).id

    answers = all_at_once(app, accept)
    assert refusals(answers) == AT_ONCE - 1
    assert (count_of(Consultation), count_of(Ballot), count_of(EditionItem)) == (2, 2, 2)


def test_a_version_adopted_by_several_at_once_prepares_its_votes_once(app: Flask) -> None:
    """The edition is locked and the answer read again; a rule of the database gives each item one ballot besides."""
    edition = make_edition(core := make_core(content=make_content(items=[make_item()])))
    content = replace(
        Content.from_json(core.content), items=(make_item(), make_item("trust", title=said("Trust")))
    )
    publish_core(core.consultation, content=content, note="One more.", actor=SYSTEM)
    edition_id = edition.id

    def adopt() -> list[str]:
        found = db.session.get(Edition, edition_id)
        assert found is not None
        return adopt_core(found, number=2, actor=SYSTEM).added

    answers = all_at_once(app, adopt)
    assert refusals(answers) == AT_ONCE - 1
    assert count_of(Ballot) == 2


def test_versions_published_at_once_are_one(app: Flask) -> None:
    core = make_core()
    consultation_id = core.consultation_id
    content = replace(Content.from_json(core.content), question=said("Another?"))

    def publish() -> int:
        found = db.session.get(Consultation, consultation_id)
        assert found is not None
        return publish_core(found, content=content, note="New.", after=1, actor=SYSTEM).number

    answers = all_at_once(app, publish)
    assert refusals(answers) == AT_ONCE - 1
    assert count_of(Core) == 2


def test_a_place_invited_and_asking_at_once_stands_there_once(app: Flask) -> None:
    core = make_core()
    parent_id, place_id = core.consultation_id, make_territory(parent=core.consultation.territory).id
    turns = iter(range(AT_ONCE))

    def act() -> None:
        parent, place = db.session.get(Consultation, parent_id), db.session.get(Territory, place_id)
        assert parent is not None
        assert place is not None
        if next(turns) % 2:
            ask_to_take_part(parent, territory=place, actor=SYSTEM)
        else:
            invite_territories(parent, territories=[place], actor=SYSTEM)

    all_at_once(app, act)
    assert count_of(Edition) == 1
