"""Hostile cases of places, groups, organisations and invitations, where nothing of the web stands before them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from stakeholder_hub.deliberation.operations import add_comment
from stakeholder_hub.groups.models import Group, GroupKind, Invitation, Mandate, Organisation
from stakeholder_hub.groups.operations import (
    accept_invitation,
    add_member,
    create_group,
    create_organisation,
    edit_group,
    edit_organisation,
    give_mandate,
    invite_by_link,
    invite_people,
    remove_member,
    revoke_invitation,
    revoke_mandate,
    seat_organisation,
)
from stakeholder_hub.groups.operations.invitations import Guest
from stakeholder_hub.groups.policy import may_see_members, may_speak_for
from stakeholder_hub.groups.queries import invitation_in, mandate_of, member_of, organisations_spoken_for
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid, NotAllowed, NotFound
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.mail.models import OutgoingMail
from stakeholder_hub.records.models import Visibility
from stakeholder_hub.records.policy import may_see
from stakeholder_hub.records.queries import load_record
from stakeholder_hub.territories.models import Level, Role, RoleGrant, Territory
from stakeholder_hub.territories.operations import (
    create_territory,
    edit_territory,
    grant_role,
    move_territory,
)
from stakeholder_hub.territories.queries import grant_in
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation
from tests.factories.groups import make_group, make_mandate, make_organisation
from tests.factories.territories import give_role, make_region, make_territory

pytestmark = pytest.mark.usefixtures("app")

MARCH = datetime(2026, 3, 10, 9, tzinfo=UTC)
COUNTED = (Territory, RoleGrant, Group, Organisation, Mandate, Invitation)


@pytest.fixture
def towns() -> tuple[Territory, Territory]:
    root = make_region()
    return make_territory(parent=root, name="A"), make_territory(parent=root, name="B")


def rows() -> list[int | None]:
    return [db.session.scalar(sa.select(sa.func.count()).select_from(model)) for model in COUNTED]


def token_in_the_last_letter() -> str:
    text = db.session.scalars(sa.select(OutgoingMail.text).order_by(OutgoingMail.id.desc())).first() or ""
    return next(word for word in text.split() if "://" in word).rstrip("/").rsplit("/", 1)[-1]


@pytest.mark.hostile("H02")
@pytest.mark.parametrize("role", [Role.ADMIN, Role.COORDINATOR, Role.MODERATOR])
def test_an_officer_of_one_town_changes_nothing_in_another(
    towns: tuple[Territory, Territory], role: Role
) -> None:
    """Fails when a policy asks whether somebody manages any place instead of this one."""
    here, there = towns
    officer = give_role(make_user(), role, territory=here)
    somebody = make_user()
    group, body = make_group(there), make_organisation(there)
    mandate, seat = make_mandate(body), make_user()
    add_member(group, user=seat, role=Role.COORDINATOR, sector=Sector.BUSINESS, actor=SYSTEM)
    name, new = group.name, Multilingual.of("Taken over", "en")
    place = {"name": new, "country": None, "timezone": "UTC", "default_language": "en", "actor": officer}
    days = {"position": "Head", "starts_on": MARCH.date(), "actor": officer}
    described = {
        "name": new,
        "kind": GroupKind.PUBLIC_BODY,
        "language": "en",
        "targets": {},
        "actor": officer,
    }
    attempts: list[Callable[[], Any]] = [
        lambda: edit_territory(there, version=there.version, **place),
        lambda: create_territory(parent=there, level=Level.LOCAL, code="NEW", **place),
        lambda: move_territory(there, parent=here, actor=officer),
        lambda: grant_role(somebody, role=Role.OBSERVER, territory=there, actor=officer),
        lambda: grant_role(officer, role=Role.COORDINATOR, group=group, actor=officer),
        lambda: create_group(there, **described),
        lambda: edit_group(group, purpose="", open_to_join=True, version=group.version, **described),
        lambda: add_member(group, user=officer, role=Role.COORDINATOR, sector=None, actor=officer),
        lambda: remove_member(group, user=seat, actor=officer),
        lambda: seat_organisation(group, organisation=body, actor=officer),
        lambda: invite_by_link(group, actor=officer),
        lambda: invite_people(group, people=[Guest("a@example.org")], language="en", actor=officer),
        lambda: create_organisation(there, name="X", language="en", sector=Sector.BUSINESS, actor=officer),
        lambda: edit_organisation(
            body,
            name="X",
            language="en",
            sector=Sector.ACADEMIA,
            description="",
            website=None,
            version=body.version,
            actor=officer,
        ),
        lambda: give_mandate(body, user=officer, **days),
        lambda: revoke_mandate(mandate, actor=officer),
    ]
    before = rows()
    for attempt in attempts:
        with pytest.raises((NotAllowed, Invalid)) as refused:
            attempt()
        assert not isinstance(refused.value, Invalid), refused.value
    assert rows() == before
    assert group.name == name
    assert mandate.revoked_at is None
    assert not may_see_members(officer, group)


@pytest.mark.hostile("H07")
def test_an_id_that_belongs_to_another_parent_is_not_found_below_this_one(
    towns: tuple[Territory, Territory],
) -> None:
    """Fails when a query for a child leaves out its parent."""
    here, there = towns
    mine, other = make_group(here), make_group(there)
    stranger = make_user()
    add_member(other, user=stranger, role=Role.MEMBER, sector=None, actor=SYSTEM)
    invite_by_link(other, actor=SYSTEM)
    mandate = make_mandate(make_organisation(there))
    give_role(stranger, Role.OBSERVER, territory=there)
    grant = next(g for g in stranger.grants if g.territory_id == there.id)
    invitation = db.session.scalars(sa.select(Invitation)).one()
    db.session.refresh(mine)
    for lookup in (
        lambda: grant_in(here, grant.id),
        lambda: member_of(mine, stranger.id),
        lambda: invitation_in(mine, invitation.id),
        lambda: mandate_of(make_organisation(here), mandate.id),
    ):
        with pytest.raises(NotFound):
            lookup()
    assert grant_in(there, grant.id) is grant
    assert invitation_in(other, invitation.id) is invitation


@pytest.mark.hostile("H07")
def test_a_place_cannot_be_hung_below_one_that_somebody_else_runs(towns: tuple[Territory, Territory]) -> None:
    here, there = towns
    ward = make_territory(parent=make_territory(parent=here.parent, level=Level.REGIONAL))
    officer = give_role(make_user(), Role.COORDINATOR, territory=ward)
    path = ward.path
    for foreign in (there.parent, here.parent):
        assert foreign is not None
        with pytest.raises(NotAllowed):
            move_territory(ward, parent=foreign, actor=officer)
    db.session.refresh(ward)
    assert ward.path == path


@pytest.mark.hostile("H10")
def test_a_removed_member_sees_nothing_of_the_groups_own_from_that_moment() -> None:
    """Fails when rights are kept anywhere beside the seat itself."""
    group, person = make_group(), make_user()
    add_member(group, user=make_user(), role=Role.COORDINATOR, sector=None, actor=SYSTEM)
    add_member(group, user=person, role=Role.MEMBER, sector=Sector.BUSINESS, actor=SYSTEM)
    consultation = make_consultation(group, audience=Visibility.MEMBERS)
    assert may_see(person, consultation)
    assert may_see_members(person, group)
    remove_member(group, user=person, actor=SYSTEM)
    assert not may_see(person, consultation)
    assert not may_see_members(person, group)
    with pytest.raises(NotFound):
        load_record(consultation.reference, person)


@pytest.mark.hostile("H10")
def test_the_link_that_a_removed_member_came_by_opens_nothing_when_it_was_for_one_person() -> None:
    group = make_group()
    add_member(group, user=make_user(), role=Role.COORDINATOR, sector=None, actor=SYSTEM)
    person = make_user(email="eva@example.org")
    invite_people(group, people=[Guest("eva@example.org")], language="en", actor=SYSTEM)
    token = token_in_the_last_letter()
    accept_invitation(token, actor=person)
    remove_member(group, user=person, actor=SYSTEM)
    with pytest.raises(NotFound):
        accept_invitation(token, actor=person)
    assert person.id not in {seat.user_id for seat in group.memberships}


@pytest.mark.hostile("H11")
def test_only_a_mandate_in_force_speaks_for_an_organisation(clock: Any) -> None:
    """Fails when the days or the revocation of a mandate are not asked."""
    clock.set(MARCH)
    body = make_organisation(make_territory())
    delegate, other = make_user(), make_user()
    subject = make_consultation(make_group(body.territory))
    mandate = make_mandate(
        body, user=delegate, starts_on=MARCH.date(), ends_on=(MARCH + timedelta(days=5)).date()
    )

    def speak(person: Any) -> None:
        add_comment(
            subject, body="We agree.", stance="neutral", language="en", speaking_for=body, actor=person
        )

    speak(delegate)
    assert organisations_spoken_for(delegate) == [body]
    with pytest.raises(NotAllowed, match="no mandate in force"):
        speak(other)
    for moment in (MARCH - timedelta(days=1), MARCH + timedelta(days=6)):
        clock.set(moment)
        assert not may_speak_for(delegate, body)
        assert not organisations_spoken_for(delegate)
    clock.set(MARCH + timedelta(days=6))
    with pytest.raises(NotAllowed):
        speak(delegate)
    clock.set(MARCH + timedelta(days=5))
    assert may_speak_for(delegate, body)
    revoke_mandate(mandate, actor=delegate)
    assert not may_speak_for(delegate, body)
    with pytest.raises(NotAllowed):
        speak(delegate)


@pytest.mark.hostile("H11")
def test_a_mandate_begins_and_ends_with_the_day_of_the_organisations_town(clock: Any) -> None:
    body = make_organisation(make_territory(timezone="Pacific/Auckland"))
    day = MARCH.date()
    delegate = make_mandate(body, user=make_user(), starts_on=day, ends_on=day).user
    begin = datetime(2026, 3, 9, 11, tzinfo=UTC)  # midnight in Auckland, thirteen hours ahead
    for moment, valid in (
        (begin - timedelta(milliseconds=1), False),
        (begin, True),
        (begin + timedelta(hours=24, milliseconds=-1), True),
        (begin + timedelta(hours=24), False),
    ):
        clock.set(moment)
        assert bool(may_speak_for(delegate, body)) is valid, moment


@pytest.mark.hostile("H28")
def test_a_personal_invitation_opens_once_for_its_address_until_it_expires(clock: Any) -> None:
    """Fails when the address, the use or the time of an invitation is not asked."""
    clock.set(MARCH)
    group = make_group()
    guest, other = make_user(email="Eva.Kos@example.org"), make_user(email="other@example.org")
    waiting = make_user(email="late@example.org")
    invite_people(group, people=[Guest("eva.kos@EXAMPLE.org", "Eva")], language="en", actor=SYSTEM)
    token = token_in_the_last_letter()
    with pytest.raises(NotAllowed, match="another address"):
        accept_invitation(token, actor=other)
    accept_invitation(token, actor=guest)
    with pytest.raises(NotFound):
        accept_invitation(token, actor=guest)
    invite_people(group, people=[Guest("late@example.org")], language="en", actor=SYSTEM)
    late = token_in_the_last_letter()
    clock.advance(days=30)
    with pytest.raises(NotFound):
        accept_invitation(late, actor=waiting)
    assert [seat.user_id for seat in group.memberships] == [guest.id]


@pytest.mark.hostile("H28")
def test_an_address_that_nobody_has_confirmed_accepts_nothing() -> None:
    group = make_group()
    claimed = make_user(email="mayor@example.org", confirmed_at=None)
    invite_people(group, people=[Guest("mayor@example.org")], language="en", actor=SYSTEM)
    with pytest.raises(NotAllowed):
        accept_invitation(token_in_the_last_letter(), actor=claimed)
    assert not group.memberships


@pytest.mark.hostile("H28")
def test_a_link_for_many_ends_when_it_is_revoked_or_expires_and_never_makes_a_coordinator(clock: Any) -> None:
    clock.set(MARCH)
    group = make_group()
    token = invite_by_link(group, days=7, actor=SYSTEM)
    accept_invitation(token, actor=make_user())
    accept_invitation(token, actor=make_user())
    assert {seat.role for seat in group.memberships} == {Role.MEMBER}
    clock.advance(days=7)
    with pytest.raises(NotFound):
        accept_invitation(token, actor=make_user())
    second = invite_by_link(group, actor=SYSTEM)
    revoke_invitation(
        db.session.scalars(sa.select(Invitation).order_by(Invitation.id.desc())).first(),  # type: ignore[arg-type]
        actor=SYSTEM,
    )
    with pytest.raises(NotFound):
        accept_invitation(second, actor=make_user())
    for role in (Role.COORDINATOR, Role.ADMIN):
        with pytest.raises(Invalid):
            invite_by_link(group, role=role, actor=SYSTEM)


@pytest.mark.hostile("H28", "H30")
def test_tokens_that_are_none_open_nothing_and_none_is_stored_readably() -> None:
    group, person = make_group(), make_user()
    token = invite_by_link(group, actor=SYSTEM)
    stored = db.session.scalars(sa.select(Invitation.token_hash)).one()
    assert token not in stored
    for wrong in ("", " ", "null", "[]", "\x00", token + "x", token[:-1], stored, "x" * 100_000, "\u0161"):
        with pytest.raises(NotFound):
            accept_invitation(wrong, actor=person)
    assert not group.memberships
