"""Entering bodies into the register, what they may decide, and their end."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from stakeholder_hub.bodies.jobs import remind_of_sunsets
from stakeholder_hub.bodies.models import Body, BodyKind, Competence, Strength, Topic
from stakeholder_hub.bodies.officials import officials_of
from stakeholder_hub.bodies.operations import (
    Power,
    archive_body,
    edit_body,
    fingerprint,
    powers_of,
    register_body,
    restore_body,
    set_competences,
    set_level_competences,
)
from stakeholder_hub.bodies.policy import may_act_for, may_change_body, may_register_body
from stakeholder_hub.bodies.queries import bodies_acted_for, level_competences_in
from stakeholder_hub.groups.models import GroupKind
from stakeholder_hub.groups.operations import archive_group, revoke_mandate
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotAllowed
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.search.models import SearchEntry
from stakeholder_hub.territories.models import Level, Role
from stakeholder_hub.territories.operations import merge_territory
from tests.factories.accounts import make_user
from tests.factories.bodies import make_body, make_competence
from tests.factories.groups import make_group, make_mandate, make_organisation
from tests.factories.territories import give_role

At = Callable[[datetime], AbstractContextManager[None]]
HOUSING = {Topic.HOUSING: Power(Strength.DECIDES, "Housing act")}


def edit(body: Body, **changes: Any) -> Body:
    values: dict[str, Any] = {
        "kind": body.kind,
        "remit": body.remit,
        "acknowledge_days": body.acknowledge_days,
        "answer_days": body.answer_days,
        "escalate_days": body.escalate_days,
        "sunset_on": body.sunset_on,
        "version": body.version,
        "actor": SYSTEM,
    }
    return edit_body(body, **{**values, **changes})


def test_an_authority_stands_in_the_register_and_is_found(tree: SimpleNamespace) -> None:
    council = make_organisation(tree.town, sector=Sector.ADMINISTRATION, name="Town council")
    body = register_body(
        council,
        kind=BodyKind.GENERAL_PURPOSE,
        remit=Multilingual.of("  Drainage  ", "en"),
        actor=SYSTEM,
    )
    assert (body.slug, body.territory_id) == ("town-council", tree.town.id)
    assert body.remit is not None
    assert body.remit.original.text == "Drainage"
    entry = db.session.scalar(sa.select(SearchEntry).where(SearchEntry.subject_kind == "body"))
    assert entry is not None
    assert "drainage" in entry.text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"acknowledge_days": 0}, "acknowledge_days"),
        ({"acknowledge_days": 731}, "acknowledge_days"),
        ({"acknowledge_days": 20, "answer_days": 19}, "answer_days"),
        ({"answer_days": 731}, "answer_days"),
        ({"escalate_days": 0}, "escalate_days"),
        ({"sunset_on": date(9999, 1, 1)}, "sunset_on"),
        ({"remit": Multilingual.of("x" * 10_000, "en")}, "remit"),
    ],
)
def test_what_is_not_in_order_is_refused_at_its_field(
    tree: SimpleNamespace, changes: dict[str, Any], field: str
) -> None:
    council = make_organisation(tree.town, sector=Sector.ADMINISTRATION)
    with pytest.raises(Invalid) as refusal:
        register_body(council, **{"kind": BodyKind.GENERAL_PURPOSE, **changes}, actor=SYSTEM)
    assert refusal.value.field == field
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Body)) == 0


def test_only_authorities_and_public_bodies_are_general_and_go_on_without_an_end(
    tree: SimpleNamespace,
) -> None:
    for owner in (make_organisation(tree.town), make_group(tree.town)):
        with pytest.raises(Invalid) as refusal:
            register_body(owner, kind=BodyKind.GENERAL_PURPOSE, actor=SYSTEM)
        assert refusal.value.field == "kind"
    public = make_group(tree.town, kind=GroupKind.PUBLIC_BODY)
    tomorrow = clock.today() + timedelta(days=1)
    with pytest.raises(Invalid) as refusal:
        register_body(public, kind=BodyKind.GENERAL_PURPOSE, sunset_on=tomorrow, actor=SYSTEM)
    assert refusal.value.field == "sunset_on"
    assert register_body(public, kind=BodyKind.GENERAL_PURPOSE, actor=SYSTEM).group_id == public.id


def test_nobody_stands_in_the_register_twice_and_who_was_taken_out_can_come_back(
    tree: SimpleNamespace,
) -> None:
    body = make_competence(make_body(make_organisation(tree.town, sector=Sector.ADMINISTRATION)))
    council = body.organisation
    assert council is not None
    with pytest.raises(Invalid) as refusal:
        register_body(council, kind=BodyKind.GENERAL_PURPOSE, actor=SYSTEM)
    assert refusal.value.field == "owner"
    archive_body(body, actor=SYSTEM)
    again = register_body(council, kind=BodyKind.GENERAL_PURPOSE, actor=SYSTEM)
    assert again.id == body.id
    assert [row.topic for row in again.competences] == [Topic.HOUSING]


def test_what_has_ended_cannot_be_entered_or_put_back(tree: SimpleNamespace) -> None:
    group = make_group(tree.town)
    body = make_body(group=group)
    archive_body(body, actor=SYSTEM)
    archive_group(group, actor=SYSTEM)
    with pytest.raises(Invalid):
        restore_body(body, actor=SYSTEM)
    other = make_group(tree.town)
    archive_group(other, actor=SYSTEM)
    with pytest.raises(Invalid):
        register_body(other, kind=BodyKind.TASK_SPECIFIC, actor=SYSTEM)


def test_the_second_of_two_editors_is_told_and_sees_both_texts(tree: SimpleNamespace) -> None:
    body = make_body(remit=Multilingual.of("First", "en"))
    seen = body.version
    edit(body, remit=Multilingual.of("Second", "en"))
    with pytest.raises(Conflict) as conflict:
        edit(body, remit=Multilingual.of("Third", "en"), version=seen)
    assert conflict.value.theirs["remit"] == "Second"
    assert conflict.value.mine["remit"] == "Third"


def test_competences_are_set_as_a_whole_and_not_over_what_somebody_else_wrote(tree: SimpleNamespace) -> None:
    body = make_competence(make_body(), Topic.JOBS)
    seen, version = fingerprint(powers_of(body.competences)), body.version
    set_competences(body, powers=HOUSING, language="de", seen=seen, actor=SYSTEM)
    assert [(c.topic, c.basis, c.basis_language) for c in body.competences] == [
        (Topic.HOUSING, "Housing act", "de")
    ]
    assert body.version > version
    with pytest.raises(Conflict) as conflict:
        set_competences(body, powers={}, language="en", seen=seen, actor=SYSTEM)
    assert "Housing act" in conflict.value.theirs["housing"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Competence)) == 1


def test_a_basis_keeps_the_language_it_was_written_in(tree: SimpleNamespace) -> None:
    body = set_competences(make_body(), powers=HOUSING, language="de", actor=SYSTEM)
    weaker = {Topic.HOUSING: Power(Strength.SHARES, "Housing act")}
    set_competences(body, powers=weaker, language="en", actor=SYSTEM)
    assert (body.competences[0].basis_language, body.competences[0].strength) == ("de", Strength.SHARES)


@pytest.mark.parametrize("text", ["x" * 501, "x" * 100_000])
def test_a_basis_has_an_end(tree: SimpleNamespace, text: str) -> None:
    with pytest.raises(Invalid):
        set_competences(
            make_body(), powers={Topic.JOBS: Power(Strength.DECIDES, text)}, language="en", actor=SYSTEM
        )


def test_what_levels_may_is_written_down_once_for_each_level(tree: SimpleNamespace) -> None:
    set_level_competences(tree.state, level=Level.LOCAL, powers=HOUSING, language="en", actor=SYSTEM)
    seen = fingerprint(HOUSING)
    set_level_competences(tree.state, level=Level.LOCAL, powers={}, language="en", seen=seen, actor=SYSTEM)
    assert not level_competences_in(tree.state, Level.LOCAL)
    with pytest.raises(Conflict):
        set_level_competences(
            tree.state, level=Level.LOCAL, powers={}, language="en", seen=seen, actor=SYSTEM
        )


# -- Who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.hostile("H02")
def test_the_register_is_kept_by_those_who_manage_the_place_or_one_above(tree: SimpleNamespace) -> None:
    """Every role at every level against one town. Fails when ``may_register_body`` looks at any place but the town's
    own lineage.
    """
    body = make_body(make_organisation(tree.town, sector=Sector.ADMINISTRATION))
    for where in ("programme", "state", "north", "town", "neighbour", "south", "far", "abroad"):
        for role in Role:
            officer = give_role(make_user(), role, territory=getattr(tree, where))
            expected = where in ("programme", "state", "north", "town") and role in (
                Role.ADMIN,
                Role.COORDINATOR,
            )
            assert bool(may_register_body(officer, tree.town)) is expected, (where, role)
            assert bool(may_change_body(officer, body)) is expected, (where, role)
    assert not may_register_body(VISITOR, tree.town)


@pytest.mark.hostile("H02")
def test_every_change_asks_for_the_place(tree: SimpleNamespace) -> None:
    """Fails when one of the operations forgets to ask."""
    body = make_body(make_organisation(tree.town, sector=Sector.ADMINISTRATION))
    council = make_organisation(tree.town, sector=Sector.ADMINISTRATION)
    stranger = give_role(make_user(), Role.ADMIN, territory=tree.neighbour)
    attempts: list[Callable[[], Any]] = [
        lambda: register_body(council, kind=BodyKind.GENERAL_PURPOSE, actor=stranger),
        lambda: edit(body, actor=stranger),
        lambda: set_competences(body, powers=HOUSING, language="en", actor=stranger),
        lambda: set_level_competences(
            tree.town, level=Level.LOCAL, powers=HOUSING, language="en", actor=stranger
        ),
        lambda: archive_body(body, actor=stranger),
        lambda: restore_body(body, actor=stranger),
    ]
    for attempt in attempts:
        with pytest.raises(NotAllowed):
            attempt()
    assert not body.competences
    assert body.archived_at is None


@pytest.mark.hostile("H11")
def test_only_people_whose_mandate_is_in_force_act_for_an_authority_and_are_named(
    tree: SimpleNamespace, at: At
) -> None:
    """Fails when ``officials_of`` or ``may_act_for`` leave out the days of the mandate."""
    body = make_body(make_organisation(tree.town, sector=Sector.ADMINISTRATION))
    last = date(2030, 6, 30)
    mandate = make_mandate(body.organisation, ends_on=last, position="Mayor")
    mayor = mandate.user
    above = give_role(make_user(), Role.ADMIN, territory=tree.programme)
    midnight = datetime(2030, 6, 30, 22, tzinfo=UTC)  # in Ljubljana
    with at(midnight - timedelta(milliseconds=1)):
        assert may_act_for(mayor, body)
        assert [(o.person.id, o.position) for o in officials_of(body)] == [(mayor.id, "Mayor")]
        assert [b.id for b in bodies_acted_for(mayor)] == [body.id]
        assert not may_act_for(above, body)
    with at(midnight):
        assert not may_act_for(mayor, body)
        assert officials_of(body) == []
        assert bodies_acted_for(mayor) == []
    revoke_mandate(mandate, actor=SYSTEM)
    assert not may_act_for(mayor, body)
    assert officials_of(body) == []


# -- Its end ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["Europe/Ljubljana", "Pacific/Kiritimati", "America/New_York"])
def test_a_body_acts_to_the_end_of_its_last_day_in_its_own_zone(
    tree: SimpleNamespace, at: At, zone: str
) -> None:
    tree.town.timezone = zone
    db.session.flush()
    group = make_group(tree.town)
    head = give_role(make_user(), Role.COORDINATOR, group=group)
    body = make_body(group=group, sunset_on=date(2031, 3, 30))
    midnight = clock.from_local(datetime(2031, 3, 31), zone)
    with at(midnight - timedelta(milliseconds=1)):
        assert may_act_for(head, body)
        assert [o.person.id for o in officials_of(body)] == [head.id]
    for moment in (midnight, midnight + timedelta(milliseconds=1)):
        with at(moment):
            assert "has ended" in str(may_act_for(head, body).reason)
            assert officials_of(body) == []


def test_coordinators_are_told_once_that_their_body_ends(tree: SimpleNamespace, at: At) -> None:
    group = make_group(tree.town)
    head = give_role(make_user(language="de"), Role.COORDINATOR, group=group)
    body = make_body(group=group, sunset_on=date(2031, 3, 30))

    def told() -> list[Notification]:
        return list(db.session.scalars(sa.select(Notification).where(Notification.kind == "bodies.ending")))

    with at(datetime(2031, 2, 27, 12, tzinfo=UTC)):
        assert remind_of_sunsets() == 0
    with at(datetime(2031, 2, 28, 12, tzinfo=UTC)):
        assert remind_of_sunsets() == 1
        assert remind_of_sunsets() == 0
    assert [n.user_id for n in told()] == [head.id]
    assert told()[0].data["day"] == "30. März 2031"
    with at(datetime(2031, 3, 1, 12, tzinfo=UTC)):
        edit(body, sunset_on=date(2031, 3, 31))
        assert remind_of_sunsets() == 1
    with at(datetime(2031, 4, 2, 12, tzinfo=UTC)):
        assert remind_of_sunsets() == 0


def test_a_body_ends_with_its_place(tree: SimpleNamespace) -> None:
    body = make_body(make_organisation(tree.town, sector=Sector.ADMINISTRATION))
    mayor = make_mandate(body.organisation).user
    merge_territory(tree.town, into=tree.neighbour, actor=SYSTEM)
    db.session.expire_all()
    assert not may_act_for(mayor, body)
    with pytest.raises(NotAllowed):
        restore_body(body, actor=SYSTEM)
