"""Invitations: by link, by mail, by list; requests for a seat."""

from typing import Any

import pytest
import sqlalchemy as sa

from stakeholder_hub.groups.guests import as_text, plan_invitations
from stakeholder_hub.groups.models import Group, Invitation
from stakeholder_hub.groups.operations import (
    accept_invitation,
    ask_to_join,
    invite_by_link,
    invite_people,
    refuse_request,
    take_in,
)
from stakeholder_hub.groups.operations.invitations import Guest, open_invitation
from stakeholder_hub.groups.qrcode import code_for
from stakeholder_hub.groups.queries import has_asked, open_invitations, open_requests
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid, NotAllowed, NotFound
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.territories.models import Role
from tests.factories.accounts import make_user
from tests.factories.groups import make_group
from tests.factories.territories import give_role

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def group() -> Group:
    return make_group(name="Young Velenje")


@pytest.fixture
def chief(group: Group) -> Any:
    return give_role(make_user(), Role.COORDINATOR, group=group)


def write_to(group: Group, chief: Any, *addresses: str, **values: Any) -> int:
    people = [Guest(address, "Eva") for address in addresses]
    return invite_people(group, people=people, language="en", actor=chief, **values)


def token_of(mailbox: Any, address: str) -> str:
    return str(mailbox.last(address).paths[0].rsplit("/", 1)[1])


def test_many_join_by_a_link_until_it_expires(group: Group, chief: Any, clock: Any) -> None:
    token = invite_by_link(group, sector=Sector.BUSINESS, days=3, actor=chief)
    for _ in range(3):
        person = make_user()
        accept_invitation(token, actor=person)
        assert person.grants[0].sector is Sector.BUSINESS
    assert open_invitation(token).uses == 3
    clock.advance(days=3, seconds=1)
    with pytest.raises(NotFound):
        accept_invitation(token, actor=make_user())


def test_the_token_is_not_stored(group: Group, chief: Any) -> None:
    token = invite_by_link(group, actor=chief)
    stored = db.session.scalars(sa.select(Invitation)).one()
    assert token not in str([getattr(stored, column.key) for column in Invitation.__mapper__.columns])


def test_a_personal_invitation_comes_by_mail_in_its_language(group: Group, chief: Any, mailbox: Any) -> None:
    assert write_to(group, chief, "eva@example.org", message="See you on *Monday*.") == 1
    mail = mailbox.last("eva@example.org")
    assert "Young Velenje" in mail.subject
    assert "Hello Eva," in mail.text
    assert "See you on *Monday*." in mail.text
    person = make_user(email="EVA@example.org")
    accept_invitation(token_of(mailbox, "eva@example.org"), actor=person)
    assert person.grants[0].group_id == group.id
    assert list(open_invitations(group)) == []


def test_inviting_again_replaces_the_earlier_link(group: Group, chief: Any, mailbox: Any) -> None:
    write_to(group, chief, "eva@example.org")
    first = token_of(mailbox, "eva@example.org")
    write_to(group, chief, "Eva@Example.org")
    with pytest.raises(NotFound):
        open_invitation(first)
    assert len(open_invitations(group)) == 1


def test_members_are_not_written_to(group: Group, chief: Any, mailbox: Any) -> None:
    assert write_to(group, chief, chief.email, "new@example.org", "NEW@example.org") == 1
    assert [mail.to for mail in mailbox.all()] == ["new@example.org"]


def test_a_wrong_address_sends_nothing_at_all(group: Group, chief: Any, mailbox: Any) -> None:
    with pytest.raises(Invalid):
        write_to(group, chief, "good@example.org", "not an address")
    assert len(mailbox) == 0


def test_nobody_is_made_coordinator_by_a_link(group: Group, chief: Any) -> None:
    for role in (Role.COORDINATOR, Role.ADMIN):
        with pytest.raises(Invalid):
            invite_by_link(group, role=role, actor=chief)
    for days in (0, -1, 4000):
        with pytest.raises(Invalid):
            invite_by_link(group, days=days, actor=chief)


def test_only_coordinators_invite(group: Group) -> None:
    for person in (make_user(), give_role(make_user(), Role.MEMBER, group=group)):
        with pytest.raises(NotAllowed):
            invite_by_link(group, actor=person)
        with pytest.raises(NotAllowed):
            write_to(group, person, "eva@example.org")


def test_an_invitation_never_lowers_a_role(group: Group, chief: Any) -> None:
    accept_invitation(invite_by_link(group, role=Role.OBSERVER, actor=chief), actor=chief)
    assert chief.grants[0].role is Role.COORDINATOR


LIST = """Ime;E-pošta
Ana Novak;ana@example.org
;brez@example.org
Cene;cene(at)example.org

Ana še enkrat;ANA@example.org
Dana;dana@example.org
Šefica;{chief}
Ema;
"""


def test_a_list_is_sorted_before_anything_is_sent(group: Group, chief: Any, mailbox: Any) -> None:
    write_to(group, chief, "dana@example.org")
    plan = plan_invitations(group, LIST.format(chief=chief.email).encode("cp1250"))
    assert [(line.number, line.guest.email) for line in plan.new] == [
        (2, "ana@example.org"),
        (3, "brez@example.org"),
    ]
    assert [line.number for line in plan.again] == [7]
    assert [(line.number, str(line.reason)) for line in plan.twice] == [
        (6, "The same address stands in line 2.")
    ]
    assert [line.guest.email for line in plan.members] == [chief.email]
    assert [line.number for line in plan.wrong] == [4, 9]
    assert plan_invitations(group, as_text(plan.guests)).guests == plan.guests
    db.session.rollback()
    assert len(mailbox) == 1


@pytest.mark.parametrize(
    "text",
    [
        "a@example.org\nb@example.org",
        "a@example.org, Ana\nb@example.org, Bo",
        "name,email\nA,a@example.org\nB,b@example.org",
    ],
)
def test_lists_come_in_many_shapes(group: Group, text: str) -> None:
    assert [guest.email for guest in plan_invitations(group, text).guests] == [
        "a@example.org",
        "b@example.org",
    ]


@pytest.mark.parametrize(
    "data", ["", b"\x89PNG\r\n\x1a\n\x00\x00\x00", "a@example.org\n" * 501, b"x" * 1_000_002]
)
def test_what_is_no_list_is_refused(group: Group, data: Any) -> None:
    with pytest.raises(Invalid):
        plan_invitations(group, data)


def test_a_seat_can_be_asked_for(group: Group, chief: Any) -> None:
    person = make_user(sector=Sector.ACADEMIA)
    assert ask_to_join(group, actor=person) is False
    assert ask_to_join(group, actor=person) is False
    assert has_asked(group, person)
    assert list(open_invitations(group)) == []
    (request,) = open_requests(group)
    told = db.session.scalars(sa.select(Notification.kind).where(Notification.user_id == chief.id)).all()
    assert told == ["groups.joining_asked"]
    with pytest.raises(NotAllowed):
        take_in(request, actor=person)
    take_in(request, actor=chief)
    assert person.grants[0].sector is Sector.ACADEMIA
    assert not open_requests(group)
    with pytest.raises(NotFound):
        take_in(request, actor=chief)


def test_who_was_refused_may_ask_again(group: Group, chief: Any) -> None:
    person = make_user()
    ask_to_join(group, actor=person)
    refuse_request(open_requests(group)[0], actor=chief)
    assert not has_asked(group, person)
    ask_to_join(group, actor=person)
    assert has_asked(group, person)


def test_who_was_invited_and_asks_sits_down(group: Group, chief: Any) -> None:
    write_to(group, chief, "eva@example.org")
    person = make_user(email="eva@example.org")
    assert ask_to_join(group, actor=person) is True
    assert person.grants[0].group_id == group.id


def test_an_invitation_is_no_request(group: Group, chief: Any) -> None:
    write_to(group, chief, "eva@example.org")
    with pytest.raises(NotFound):
        take_in(open_invitations(group)[0], actor=chief)


def test_the_code_is_the_address() -> None:
    code = code_for("http://127.0.0.1:8000/en/invitation/abcdefghijklmnop")
    assert code.path.startswith("M4 4h7v1h-7z")
    assert code.size >= 29
