"""The pages of groups, asked by people who should have no say there; letters that are not to be forged."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.groups.models import Group, Invitation, Organisation
from stakeholder_hub.groups.operations import (
    add_member,
    invite_by_link,
    invite_people,
    remove_member,
)
from stakeholder_hub.groups.operations.invitations import Guest, open_invitation
from stakeholder_hub.groups.queries import group_at
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.territories.models import Role, RoleGrant
from tests.factories.accounts import make_user
from tests.factories.groups import make_group, make_mandate, make_organisation
from tests.factories.territories import give_role, make_region, make_territory

Browser = Callable[[str], FlaskClient]


def everything() -> list[Any]:
    """What a foreign officer might have changed."""
    db.session.expire_all()
    return [
        [(g.slug, g.purpose_text, g.archived_at, g.version) for g in db.session.scalars(sa.select(Group))],
        [(o.slug, o.name, o.version) for o in db.session.scalars(sa.select(Organisation))],
        sorted((g.user_id, g.role, g.group_id or 0) for g in db.session.scalars(sa.select(RoleGrant))),
        db.session.scalar(sa.select(sa.func.count()).select_from(Invitation)),
    ]


@pytest.mark.hostile("H02")
def test_an_officer_of_another_town_changes_nothing(web: Flask, browser_of: Browser) -> None:
    """Without ``require`` in the operations, or ``_managed`` in the views, one of these answers 303."""
    with web.app_context():
        root = make_region()
        group = make_group(make_territory(parent=root), name="Ours")
        chief = give_role(make_user(), Role.COORDINATOR, group=group)
        body = make_organisation(group.territory, name="Body")
        mandate_id, chief_id = make_mandate(body).id, chief.id
        other = make_territory(parent=root)
        key = give_role(make_user(), Role.ADMIN, territory=other).fs_uniquifier
        before = everything()
    officer = browser_of(key)
    words = {"name": "Mine", "language": "en", "kind": "public_body", "sector": "business", "role": "member"}
    for path in (
        *("groups/ours/edit", "groups/ours/end", "groups/ours/organisations", "groups/ours/invitations/link"),
        *("groups/ours/invitations/people", f"groups/ours/members/{chief_id}"),
        *(f"groups/ours/members/{chief_id}/remove", "organisations/body/edit"),
        *("organisations/body/mandates/new", f"organisations/body/mandates/{mandate_id}/end"),
        "organisations/new?place=" + "town",
    ):
        answer = officer.post(
            f"/en/{path}", data={**words, "version": "2", "organisation": "body", "days": "3"}
        )
        assert answer.status_code in (403, 404), path
    with web.app_context():
        assert everything() == before


@pytest.mark.hostile("H07")
def test_ids_of_another_group_are_not_taken(web: Flask, browser_of: Browser) -> None:
    """A coordinator uses the own group's address with another group's ids: nothing is found, nothing changes."""
    with web.app_context():
        mine, theirs = make_group(name="Mine"), make_group(name="Theirs")
        key = give_role(make_user(), Role.COORDINATOR, group=mine).fs_uniquifier
        chief = give_role(make_user(), Role.COORDINATOR, group=theirs)
        member = give_role(make_user(), Role.MEMBER, group=theirs)
        token = invite_by_link(theirs, actor=chief)
        invitation_id, member_id = open_invitation(token).id, member.id
        before = everything()
    coordinator = browser_of(key)
    for path in (
        *(f"groups/mine/invitations/{invitation_id}/revoke", f"groups/mine/requests/{invitation_id}"),
        *(f"groups/mine/members/{member_id}", f"groups/mine/members/{member_id}/remove"),
    ):
        answer = coordinator.post(
            f"/en/{path}", data={"role": "member", "sector": "business", "answer": "yes"}
        )
        assert answer.status_code == 404, path
    assert coordinator.get(f"/en/groups/mine/invitations/{token}/poster").status_code == 404
    with web.app_context():
        assert everything() == before
        assert open_invitation(token).revoked_at is None


@pytest.mark.hostile("H07", "H08")
def test_a_form_cannot_move_a_group_or_name_its_maker(web: Flask, browser_of: Browser) -> None:
    with web.app_context():
        group, other = make_group(name="Ours"), make_territory(slug="other")
        key = give_role(make_user(), Role.COORDINATOR, group=group).fs_uniquifier
        territory_id, version = group.territory_id, group.version
        foreign = other.id
    sent = {"name": "Ours", "language": "en", "kind": "public_body", "version": str(version)}
    extra = {
        "territory_id": foreign,
        "territory": foreign,
        "slug": "taken",
        "is_demo": "1",
        "id": "99",
        "archived_at": "1",
    }
    assert browser_of(key).post("/en/groups/ours/edit?place=other", data=sent | extra).status_code == 303
    with web.app_context():
        stored = group_at("ours")
        assert (stored.territory_id, stored.is_demo, stored.archived_at) == (territory_id, False, None)


@pytest.mark.hostile("H10")
def test_a_removed_member_sees_nothing_from_the_next_request_on(web: Flask, browser_of: Browser) -> None:
    """The role is read from the database at each request; nothing of it is kept in the session."""
    with web.app_context():
        group = make_group(name="Ours")
        give_role(make_user(), Role.COORDINATOR, group=group)
        member = make_user()
        add_member(group, user=member, role=Role.MODERATOR, sector=Sector.BUSINESS, actor=SYSTEM)
        key, number = member.fs_uniquifier, member.id
    browser = browser_of(key)
    paths = ("/en/groups/ours/members", "/en/groups/ours/members?format=csv")
    assert [browser.get(path).status_code for path in paths] == [200, 200]
    with web.app_context():
        group = group_at("ours")
        remove_member(
            group, user=next(g.user for g in group.memberships if g.user_id == number), actor=SYSTEM
        )
    assert [browser.get(path).status_code for path in paths] == [403, 403]
    assert "You sit here" not in browser.get("/en/groups/ours/").text


@pytest.mark.hostile("H29")
def test_a_mail_scanner_that_opens_the_link_uses_nothing_up(
    web: Flask, client: FlaskClient, browser_of: Browser
) -> None:
    with web.app_context():
        group = make_group()
        chief = give_role(make_user(), Role.COORDINATOR, group=group)
        token, key = invite_by_link(group, actor=chief), make_user().fs_uniquifier
    for browser in (client, browser_of(key)):
        for _ in range(3):
            assert browser.get(f"/en/invitation/{token}").status_code == 200
        browser.head(f"/en/invitation/{token}")
    with web.app_context():
        stored = db.session.scalars(sa.select(Invitation)).one()
        assert (stored.uses, stored.used_at) == (0, None)


@pytest.mark.hostile("H27")
def test_a_forged_host_never_reaches_an_invitation(web: Flask, browser_of: Browser, mailbox: Any) -> None:
    with web.app_context():
        group = make_group(name="Ours")
        key = give_role(make_user(), Role.COORDINATOR, group=group).fs_uniquifier
    sent = {"people": "eva@example.org", "role": "member", "language": "en", "confirmed": "yes"}
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    browser_of(key).post("/en/groups/ours/invitations/people", data=sent, headers=headers)
    for mail in mailbox.all():
        assert "evil.example" not in mail.text
        assert mail.links[0].startswith("http://127.0.0.1:8000/en/invitation/")


@pytest.mark.hostile("H24")
@pytest.mark.usefixtures("app")
def test_line_ends_in_names_make_no_headers_of_a_mail(mailbox: Any) -> None:
    group = make_group(name="Ours")
    chief = give_role(make_user(), Role.COORDINATOR, group=group)
    guest = Guest("eva@example.org", "Eva\r\nBcc: all@example.org")
    invite_people(group, people=[guest], language="en", actor=chief)
    mail = mailbox.last()
    assert "\n" not in mail.subject
    assert "Hello Eva Bcc: all@example.org," in mail.text
