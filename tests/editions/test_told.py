"""What the journey tells of a consultation that runs in many places."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.editions.content import Content
from stakeholder_hub.editions.models import Core
from stakeholder_hub.editions.operations import (
    adopt_core,
    ask_to_take_part,
    decline_invitation,
    publish_core,
    refuse_core,
)
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.records.timeline import Moment, timeline_of
from stakeholder_hub.territories.models import Role
from tests.factories.accounts import make_user
from tests.factories.editions import make_content, make_core, make_edition, make_invitation, said
from tests.factories.territories import give_role, make_territory

MOST_STATEMENTS = 12


def moments(consultation: Consultation, actor: Any = VISITOR, *keys: str) -> list[Moment]:
    wanted = keys or ("invited", "accepted", "declined", "core", "core:adopted", "core:refused")
    return [m for m in timeline_of(consultation, actor).moments if m.key in wanted]


def keys(consultation: Consultation, actor: Any = VISITOR) -> list[str]:
    return [m.key for m in moments(consultation, actor)]


def second_version(core: Core) -> Core:
    content = replace(Content.from_json(core.content), question=said("Another question?"))
    return publish_core(core.consultation, content=content, note="Clearer now.", actor=SYSTEM)


@pytest.mark.usefixtures("app")
def test_invitations_acceptance_and_versions_are_told_in_their_order(clock: Any) -> None:
    core = make_core()
    parent = core.consultation
    clock.advance(days=1)
    edition = make_edition(core)
    make_invitation(core)
    clock.advance(hours=1)
    second_version(core)
    clock.advance(hours=1)
    adopt_core(edition, number=2, actor=SYSTEM)
    told = moments(parent)
    assert [m.key for m in told] == ["core", "invited", "accepted", "core", "core:adopted"]
    assert str(told[1].said) == "2 places were invited to take part"
    assert told[3].text is not None
    assert told[3].text.original.text == "Clearer now."
    assert (told[2].record, told[4].record) == (edition.consultation, edition.consultation)
    assert (told[2].place, told[4].place) == (edition.territory, edition.territory)


@pytest.mark.usefixtures("app")
def test_who_asked_by_itself_was_not_invited() -> None:
    core = make_core(content=make_content(open_to_all=True))
    ask_to_take_part(
        core.consultation, territory=make_territory(parent=core.consultation.territory), actor=SYSTEM
    )
    assert "invited" not in keys(core.consultation)


@pytest.mark.hostile("H04")
@pytest.mark.usefixtures("app")
def test_why_a_place_declines_is_told_to_those_who_may_read_the_invitation() -> None:
    """Fails when declined places are selected without asking for whom."""
    core = make_core()
    edition = make_invitation(core)
    decline_invitation(edition, reason="No money.", actor=SYSTEM)
    runs = give_role(make_user(), Role.COORDINATOR, territory=core.consultation.territory)
    mayor = give_role(make_user(), Role.COORDINATOR, territory=edition.territory)
    other = give_role(
        make_user(), Role.COORDINATOR, territory=make_territory(parent=core.consultation.territory)
    )
    for person in (runs, mayor, SYSTEM):
        (declined,) = moments(core.consultation, person, "declined")
        assert declined.text is not None
        assert (declined.text.original.text, declined.place) == ("No money.", edition.territory)
    for person in (VISITOR, make_user(), other):
        assert "declined" not in keys(core.consultation, person)


@pytest.mark.hostile("H04")
@pytest.mark.usefixtures("app")
def test_of_an_edition_that_is_prepared_nothing_is_told_to_others() -> None:
    """Fails when acceptance is told at the parent, where everybody reads it."""
    core = make_core()
    edition = make_edition(core, published=False)
    assert keys(core.consultation) == ["core", "invited"]
    assert edition.consultation is not None
    assert all(m.place != edition.territory for m in timeline_of(core.consultation, VISITOR).moments)


@pytest.mark.usefixtures("app")
def test_why_a_place_stays_on_its_version_is_told_to_those_who_run_it() -> None:
    core = make_core()
    edition = make_edition(core)
    second_version(core)
    refuse_core(edition, number=2, reason="We have begun.", actor=SYSTEM)
    (public,) = moments(core.consultation, VISITOR, "core:refused")
    (own,) = moments(core.consultation, SYSTEM, "core:refused")
    assert public.text is None
    assert own.text is not None
    assert own.text.original.text == "We have begun."


def test_many_places_cost_the_same(web: Flask, client: FlaskClient, count_queries: Callable[[], Any]) -> None:
    counts = []
    for number in (1, 3):
        with web.app_context():
            core = make_core()
            for _ in range(number):
                make_edition(core)
            reference = core.consultation.reference
        for form in ("/en/records/{}/journey", "/api/v1/records/{}/journey"):
            client.get(form.format(reference) + "?warm")
            with count_queries() as seen:
                assert client.get(form.format(reference)).status_code == 200
            counts.append(len(seen))
    assert counts[:2] == counts[2:]
    assert max(counts) <= MOST_STATEMENTS, counts
