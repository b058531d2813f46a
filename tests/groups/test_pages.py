"""The pages of groups and organisations."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.groups.models import Mandate
from stakeholder_hub.groups.operations import add_member, seat_organisation
from stakeholder_hub.groups.queries import group_at
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.territories.models import Role
from tests.factories.accounts import make_user
from tests.factories.groups import make_group, make_mandate, make_organisation
from tests.factories.territories import give_role, make_region, make_territory

Browser = Callable[[str], FlaskClient]


@pytest.fixture
def keys(web: Flask) -> dict[str, str]:
    """A group with people of two sectors; the session keys of some of them."""
    with web.app_context():
        root = make_region(name="Danube")
        town = make_territory(parent=root, name="Velenje", slug="velenje")
        group = make_group(
            town, name="Young Velenje", purpose="Why do *you* leave?", targets={Sector.BUSINESS: 25}
        )
        chief = make_user(name="Cilka", email="cilka@example.org")
        add_member(group, user=chief, role=Role.COORDINATOR, sector=Sector.ADMINISTRATION, actor=SYSTEM)
        member = make_user(name="Miha", email="miha@example.org")
        add_member(group, user=member, role=Role.MEMBER, sector=Sector.ACADEMIA, actor=SYSTEM)
        body = make_organisation(town, name="Gorenje", website="https://example.org")
        make_mandate(body, user=member)
        seat_organisation(group, organisation=body, actor=SYSTEM)
        return {
            "chief": chief.fs_uniquifier,
            "member": member.fs_uniquifier,
            "citizen": make_user(name="Ana", email="ana@example.org").fs_uniquifier,
            "stranger": give_role(make_user(), Role.COORDINATOR, group=make_group()).fs_uniquifier,
            "officer": give_role(make_user(), Role.COORDINATOR, territory=town).fs_uniquifier,
        }


def without_display_panel(page: str) -> str:
    return page.replace('action="/en/preferences" method="post"', "")


def test_visitors_see_purpose_coordinators_and_sectors_but_no_other_names(
    client: FlaskClient, keys: dict[str, str]
) -> None:
    page = client.get("/en/groups/young-velenje/").text
    for text in (
        "Young Velenje",
        "<em>you</em>",
        "Cilka",
        "Gorenje",
        "Ask for a seat",
        "Nobody at the table yet from",
    ):
        assert text in page
    assert "Miha" not in page
    assert 'method="post"' not in without_display_panel(page)


def test_members_see_each_other_and_for_whom_they_speak(browser_of: Browser, keys: dict[str, str]) -> None:
    page = browser_of(keys["member"]).get("/en/groups/young-velenje/").text
    assert "Miha" in page
    assert "speaks for" in page
    assert "Leave the group" in page
    assert "Edit this group" not in page


def test_lists_are_filtered_and_taken_away(client: FlaskClient, keys: dict[str, str]) -> None:
    page = client.get("/en/groups/?place=velenje&kind=local_stakeholder_group").text
    assert "Young Velenje" in page
    assert "2 members" in page
    assert "Young Velenje" not in client.get("/en/groups/?open=1").text
    assert client.get("/en/groups/?place=nowhere").status_code == 404
    rows = list(
        csv.reader(io.StringIO(client.get("/en/groups/?place=velenje&format=csv").data.decode("utf-8-sig")))
    )
    assert rows[1][:2] == ["Young Velenje", "Local stakeholder group"]
    assert "Gorenje" in client.get("/en/organisations/?sector=business").text
    assert "Gorenje" not in client.get("/en/organisations/?sector=academia").text
    assert client.get("/en/organisations/?format=xlsx").data[:2] == b"PK"


@pytest.mark.parametrize("path", ["/en/groups/", "/en/groups/young-velenje/", "/en/organisations/"])
def test_pages_take_a_constant_number_of_statements(
    client: FlaskClient, web: Flask, keys: dict[str, str], count_queries: Any, path: str
) -> None:
    client.get(path)
    with count_queries() as first:
        client.get(path)
    with web.app_context():
        group = group_at("young-velenje")
        for number in range(8):
            person = make_user()
            add_member(group, user=person, role=Role.MEMBER, sector=Sector.BUSINESS, actor=SYSTEM)
            body = make_organisation(group.territory, name=f"Works {number} of Velenje")
            make_mandate(body, user=person)
            seat_organisation(group, organisation=body, actor=SYSTEM)
            make_group(make_territory())
    with count_queries() as then:
        client.get(path)
    assert len(first) == len(then) <= 12


def test_a_group_is_set_up_and_described_anew(browser_of: Browser, web: Flask, keys: dict[str, str]) -> None:
    officer = browser_of(keys["officer"])
    sent = {"name": "Stanovanja", "language": "sl", "kind": "thematic_group", "purpose": "Kje živeti?"}
    made = officer.post(
        "/en/groups/new?place=velenje", data=sent | {"target_business": "40", "name_de": "Wohnen"}
    )
    assert made.headers["Location"].endswith("/en/groups/stanovanja/")
    assert "Wohnen" in officer.get("/de/groups/stanovanja/").text
    page = officer.get("/en/groups/stanovanja/edit").text
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert version is not None
    changed = sent | {"name": "Stanovanja!", "version": version[1]}
    assert officer.post("/en/groups/stanovanja/edit", data=changed).status_code == 303
    again = officer.post("/en/groups/stanovanja/edit", data=changed | {"purpose": "Another"})
    assert again.status_code == 409
    assert "Another" in again.text
    assert "Kje živeti?" in again.text
    too_much = officer.post("/en/groups/new?place=velenje", data=sent | {"target_business": "101"})
    assert too_much.status_code == 422


def test_members_are_changed_in_place(browser_of: Browser, web: Flask, keys: dict[str, str]) -> None:
    chief = browser_of(keys["chief"])
    with web.app_context():
        number = next(g.user_id for g in group_at("young-velenje").memberships if g.role is Role.MEMBER)
    path = f"/en/groups/young-velenje/members/{number}"
    assert "Role of Miha" in chief.get("/en/groups/young-velenje/members").text
    assert chief.post(path, data={"role": "moderator", "sector": "business"}).status_code == 303
    assert chief.post(path, data={"role": "admin", "sector": "business"}).status_code == 422
    with web.app_context():
        seat = next(g for g in group_at("young-velenje").memberships if g.user_id == number)
        assert (seat.role, seat.sector) == (Role.MODERATOR, Sector.BUSINESS)
    assert chief.post(f"{path}/remove").status_code == 303
    assert chief.post(f"{path}/remove").status_code == 404
    assert "Miha" not in chief.get("/en/groups/young-velenje/members").text


def test_a_seat_is_asked_for_and_given(browser_of: Browser, keys: dict[str, str], web: Flask) -> None:
    citizen, chief = browser_of(keys["citizen"]), browser_of(keys["chief"])
    assert citizen.get("/en/groups/young-velenje/join").status_code == 200
    assert citizen.post("/en/groups/young-velenje/join", data={"sector": "civil_society"}).status_code == 303
    assert "You have asked for a seat" in citizen.get("/en/groups/young-velenje/").text
    page = chief.get("/en/groups/young-velenje/members").text
    assert "Ana" in page
    address = re.search(r'action="(/en/groups/young-velenje/requests/\d+)"', page)
    assert address is not None
    assert citizen.post(address[1], data={"answer": "yes"}).status_code == 403
    assert chief.post(address[1], data={"answer": "yes"}).status_code == 303
    assert "You sit here" in citizen.get("/en/groups/young-velenje/").text
    assert citizen.post("/en/groups/young-velenje/leave").status_code == 303
    assert "You sit here" not in citizen.get("/en/groups/young-velenje/").text


def test_visitors_are_asked_to_sign_in_before_they_join(client: FlaskClient, keys: dict[str, str]) -> None:
    answer = client.get("/en/groups/young-velenje/join")
    assert answer.status_code == 403
    assert "next=/en/groups/young-velenje/join" in answer.text


def test_people_are_invited_after_a_look_at_what_will_happen(
    browser_of: Browser, keys: dict[str, str], mailbox: Any
) -> None:
    chief = browser_of(keys["chief"])
    sent = {
        "people": "Eva, eva@example.org\nBad, bad\nMiha, miha@example.org",
        "role": "member",
        "language": "en",
    }
    look = chief.post("/en/groups/young-velenje/invitations/people", data=sent)
    assert look.status_code == 200
    assert "Line 2" in look.text
    assert "Send 1 invitation<" in look.text
    assert len(mailbox) == 0
    hidden = dict(
        re.findall(r'<input type="hidden" name="(people|role|language|confirmed)" value="([^"]*)"', look.text)
    )
    assert chief.post("/en/groups/young-velenje/invitations/people", data=hidden).status_code == 303
    assert mailbox.last().to == "eva@example.org"
    page = chief.get("/en/groups/young-velenje/invitations").text
    address = re.search(r'action="(/en/groups/young-velenje/invitations/\d+/revoke)"', page)
    assert address is not None
    assert chief.post(address[1]).status_code == 303
    assert chief.get(mailbox.last().paths[0]).status_code == 404


def test_a_list_can_be_a_file(browser_of: Browser, keys: dict[str, str], mailbox: Any) -> None:
    chief = browser_of(keys["chief"])
    data = {
        "file": (io.BytesIO("Név;E-mail\r\nÁgnes;agnes@example.org\r\n".encode("utf-16")), "list.csv"),
        "role": "member",
        "language": "hu",
    }
    page = chief.post("/en/groups/young-velenje/invitations/people", data=data).text
    assert "Ágnes" in page
    assert "agnes@example.org" in page


def test_a_link_is_shown_with_its_code_and_leads_in(
    client: FlaskClient, browser_of: Browser, keys: dict[str, str]
) -> None:
    chief = browser_of(keys["chief"])
    made = chief.post("/en/groups/young-velenje/invitations/link", data={"role": "member", "days": "7"})
    poster = chief.get(made.headers["Location"]).text
    address = re.search(r'data-hub-copy="http://127.0.0.1:8000(/en/invitation/[\w-]+)"', poster)
    assert address is not None
    assert "<path d=" in poster
    page = client.get(address[1])
    assert "next=" + address[1] in page.text
    assert "no-store" in page.headers["Cache-Control"]
    citizen = browser_of(keys["citizen"])
    assert "Accept the invitation" in citizen.get(address[1]).text
    assert citizen.post(address[1]).headers["Location"].endswith("/en/groups/young-velenje/")
    assert "You sit here" in citizen.get("/en/groups/young-velenje/").text


def test_an_organisation_and_its_mandates(
    browser_of: Browser, client: FlaskClient, keys: dict[str, str], web: Flask
) -> None:
    chief = browser_of(keys["chief"])
    sent = {
        "name": "Šola",
        "language": "sl",
        "sector": "academia",
        "description": "A *school*",
        "website": "",
    }
    made = chief.post("/en/organisations/new?place=velenje", data=sent)
    assert made.headers["Location"].endswith("/en/organisations/sola/")
    day = clock.today()
    path = "/en/organisations/sola/mandates/new"
    mandate = {"email": "ana@example.org", "position": "Ravnateljica", "starts_on": str(day), "ends_on": ""}
    assert chief.post(path, data=mandate).status_code == 303
    twice = chief.post(path, data=mandate)
    assert twice.status_code == 422
    wrong = chief.post(path, data=mandate | {"starts_on": "tomorrow", "email": "no@example.org"})
    assert wrong.status_code == 422
    assert "Write the day as in" in wrong.text
    ended = {
        "email": "miha@example.org",
        "starts_on": str(day - timedelta(9)),
        "ends_on": str(day - timedelta(3)),
    }
    assert chief.post(path, data=ended).status_code == 303
    page = client.get("/en/organisations/sola/").text
    for text in ("Ana", "Ravnateljica", "Valid", "Expired", "<em>school</em>"):
        assert text in page
    with web.app_context():
        mandate_id = db.session.scalars(sa.select(Mandate.id).where(Mandate.position == "Ravnateljica")).one()
    assert chief.post(f"/en/organisations/gorenje/mandates/{mandate_id}/end").status_code == 404
    assert chief.post(f"/en/organisations/sola/mandates/{mandate_id}/end").status_code == 303
    assert "Ended early" in client.get("/en/organisations/sola/").text


def test_an_organisation_gets_and_loses_a_seat(browser_of: Browser, keys: dict[str, str], web: Flask) -> None:
    with web.app_context():
        make_organisation(group_at("young-velenje").territory, name="Klub")
        make_organisation(name="Elsewhere")
    chief = browser_of(keys["chief"])
    assert "Klub" in chief.get("/en/groups/young-velenje/members").text
    seats = "/en/groups/young-velenje/organisations"
    assert chief.post(seats, data={"organisation": "klub"}).status_code == 303
    assert chief.post(seats, data={"organisation": "elsewhere"}).status_code == 422
    assert chief.post(f"{seats}/remove", data={"organisation": "klub"}).status_code == 303
    assert (
        browser_of(keys["member"]).post(f"{seats}/remove", data={"organisation": "gorenje"}).status_code
        == 403
    )


MANAGING = (
    "/en/groups/young-velenje/edit",
    "/en/groups/young-velenje/invitations",
    "/en/groups/young-velenje/invitations/people",
    "/en/groups/new?place=velenje",
    "/en/organisations/new?place=velenje",
    "/en/organisations/gorenje/edit",
    "/en/organisations/gorenje/mandates/new",
)


@pytest.mark.parametrize("path", MANAGING)
@pytest.mark.parametrize("who", ["officer", "chief", "member", "citizen", "stranger", None])
def test_who_reaches_what(
    client: FlaskClient, browser_of: Browser, keys: dict[str, str], path: str, who: str | None
) -> None:
    allowed = who == "officer" or (who == "chief" and "groups/new" not in path)
    browser = browser_of(keys[who]) if who else client
    assert browser.get(path).status_code == (200 if allowed else 403)


def test_nothing_is_there_at_unknown_addresses(client: FlaskClient, keys: dict[str, str]) -> None:
    for path in (
        "groups/none/",
        "groups/none/members",
        "organisations/none/",
        "invitation/none",
        "groups/none/join",
    ):
        assert client.get(f"/en/{path}").status_code == 404
