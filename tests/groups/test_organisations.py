"""Organisations speak through people with a mandate, day by day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from stakeholder_hub.groups.operations import (
    create_organisation,
    edit_organisation,
    give_mandate,
    revoke_mandate,
    seat_organisation,
    unseat_organisation,
)
from stakeholder_hub.groups.policy import may_manage_organisation, may_speak_for
from stakeholder_hub.groups.queries import groups_with, organisations_at, organisations_spoken_for
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotAllowed
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.territories.models import Role
from tests.factories.accounts import make_user
from tests.factories.groups import make_group, make_mandate, make_organisation
from tests.factories.territories import give_role, make_territory

pytestmark = pytest.mark.usefixtures("app")


@pytest.mark.parametrize(
    ("moment", "valid"),
    [
        (datetime(2026, 5, 9, 21, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 5, 9, 22, 0, 0, tzinfo=UTC), True),
        (datetime(2026, 5, 20, 21, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 5, 20, 22, 0, 0, tzinfo=UTC), False),
    ],
)
def test_a_mandate_holds_from_midnight_to_midnight_of_its_place(
    at: Any, moment: datetime, valid: bool
) -> None:
    """Ljubljana is two hours ahead of UTC in May; both days belong to the mandate."""
    with at(datetime(2026, 5, 1, tzinfo=UTC)):
        mandate = make_mandate(starts_on=date(2026, 5, 10), ends_on=date(2026, 5, 20))
    with at(moment):
        assert bool(may_speak_for(mandate.user, mandate.organisation)) is valid
        assert (mandate.organisation in organisations_spoken_for(mandate.user)) is valid


def test_a_mandate_that_was_ended_is_over_at_once() -> None:
    mandate = make_mandate()
    assert may_speak_for(mandate.user, mandate.organisation)
    revoke_mandate(mandate, actor=mandate.user)
    assert not may_speak_for(mandate.user, mandate.organisation)
    assert list(organisations_spoken_for(mandate.user)) == []


def test_nobody_speaks_for_another_organisation() -> None:
    mandate = make_mandate()
    assert not may_speak_for(mandate.user, make_organisation())
    assert not may_speak_for(VISITOR, mandate.organisation)
    assert not may_speak_for(make_user(), mandate.organisation)


def test_who_may_add_organisations_and_give_mandates() -> None:
    town = make_territory()
    group, body = make_group(town), make_organisation(town)
    may = [
        give_role(make_user(), Role.COORDINATOR, territory=town),
        give_role(make_user(), Role.COORDINATOR, group=group),
    ]
    may_not = [
        VISITOR,
        make_user(),
        give_role(make_user(), Role.MEMBER, group=group),
        give_role(make_user(), Role.COORDINATOR, group=make_group()),
        make_mandate(body).user,
    ]
    for person in may:
        assert may_manage_organisation(person, body)
        create_organisation(town, name="New", language="en", sector=Sector.ACADEMIA, actor=person)
        give_mandate(body, user=make_user(), position="", starts_on=date(2026, 1, 1), actor=person)
    for person in may_not:
        with pytest.raises(NotAllowed):
            create_organisation(town, name="New", language="en", sector=Sector.ACADEMIA, actor=person)
        with pytest.raises(NotAllowed):
            give_mandate(body, user=make_user(), position="", starts_on=date(2026, 1, 1), actor=person)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"starts_on": date(2026, 5, 2), "ends_on": date(2026, 5, 1)}, "ends_on"),
        ({"starts_on": date(1, 1, 1)}, "starts_on"),
        ({"starts_on": date(9999, 12, 31)}, "starts_on"),
    ],
)
def test_days_that_cannot_be_are_refused(values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        make_mandate(**values)
    assert refusal.value.field == field


def test_one_person_has_one_mandate_for_a_day() -> None:
    mandate = make_mandate(starts_on=date(2026, 1, 1), ends_on=date(2026, 6, 30))
    with pytest.raises(Invalid):
        make_mandate(mandate.organisation, user=mandate.user, starts_on=date(2026, 6, 30))
    later = make_mandate(mandate.organisation, user=mandate.user, starts_on=date(2026, 7, 1))
    assert later.starts_on - (mandate.ends_on or date.max) == timedelta(days=1)


@pytest.mark.parametrize(
    "website", ["javascript:alert(1)", "ftp://x.example", "https://", "http://[", "x" * 400]
)
def test_a_web_address_is_one(website: str) -> None:
    with pytest.raises(Invalid) as refusal:
        make_organisation(website=website)
    assert refusal.value.field == "website"


def test_a_citizen_is_no_organisation() -> None:
    with pytest.raises(Invalid):
        make_organisation(sector=Sector.CITIZEN)


def test_an_organisation_sits_at_tables() -> None:
    group, body = make_group(), make_organisation()
    chief = give_role(make_user(), Role.COORDINATOR, group=group)
    for _ in range(2):
        seat_organisation(group, organisation=body, actor=chief)
    assert (list(organisations_at(group)), list(groups_with(body))) == ([body], [group])
    with pytest.raises(NotAllowed):
        unseat_organisation(group, organisation=body, actor=make_user())
    unseat_organisation(group, organisation=body, actor=chief)
    assert list(organisations_at(group)) == []


def test_the_second_of_two_editors_is_told() -> None:
    body = make_organisation()
    values: dict[str, Any] = {
        "language": "en",
        "sector": body.sector,
        "description": "",
        "website": None,
        "version": body.version,
        "actor": SYSTEM,
    }
    edit_organisation(body, name="First", **values)
    with pytest.raises(Conflict):
        edit_organisation(body, name="Second", **values)
    assert body.name == "First"
