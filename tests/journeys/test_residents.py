"""From a vote for residents to being verified, to the polling table and to the result, in a real browser."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from stakeholder_hub.decisions.electorate import Electorate, Source
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.decisions.operations import (
    begin_batch,
    cast_vote,
    close_ballot,
    give_proxy,
    open_ballot,
    repeat_batch,
)
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.territories.models import Role
from stakeholder_hub.territories.queries import person_at
from tests.decisions.test_operations import seat
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.consultations import make_consultation
from tests.factories.decisions import make_ballot
from tests.factories.groups import make_group
from tests.factories.residents import make_resident
from tests.factories.territories import give_role, make_territory
from tests.infrastructure.live import LiveServer

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def sign_in(page: Page, email: str) -> None:
    page.context.clear_cookies()
    page.goto("/en/account/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)


@operation
def town_with_a_vote() -> dict[str, Any]:
    """Velenje, its officer, a person who is not verified yet, and a vote for residents and members to come."""
    town = make_territory(name="Velenje", slug="velenje")
    group = make_group(town)
    officer = give_role(
        make_user(email="officer@example.org", name="Marko Kovač", password=PASSWORD),
        Role.COORDINATOR,
        territory=town,
    )
    make_user(email="ana@example.org", name="Ana Novak", password=PASSWORD, home_territory=town)
    before = clock.now() - timedelta(days=9)
    for name in ("Bor Zupan", "Cilka Horvat"):
        address = f"{name.split()[0].lower()}@example.org"
        seat(group, user=make_user(email=address, name=name, password=PASSWORD), created_at=before)
    make_resident(town, user=make_user(name="Dušan Kralj"), actor=officer)
    begin = clock.now() + timedelta(hours=3)
    ballot = make_ballot(
        make_consultation(group),
        electorate=Electorate.of(Source.MEMBERS, Source.RESIDENTS),
        titles=["Tram to the lake", "Cheaper rents", "Night school"],
        paper=True,
        opens_at=begin,
        closes_at=begin + timedelta(days=3),
        opened=False,
    )
    return {"ballot": ballot.id, "url": f"/en/ballots/{ballot.reference}/"}


def test_a_resident_is_verified_and_crossed_off_at_the_polling_table(
    window: Page, live_server: LiveServer, sound: Callable[[Page], None]
) -> None:
    page, app = window, live_server.app
    with app.app_context():
        town = town_with_a_vote()

    sign_in(page, "ana@example.org")
    page.goto(town["url"])
    expect(page.get_by_text("The town can still verify you")).to_be_visible()
    sound(page)
    page.get_by_role("link", name="Ask to be verified as a resident").click()
    expect(page.get_by_label("The town I live in")).to_have_value("velenje")
    sound(page)
    page.get_by_role("button", name="Ask to be verified").click()
    expect(page.get_by_text("You have asked Velenje. You are told")).to_be_visible()
    sound(page)

    sign_in(page, "officer@example.org")
    page.goto("/en/desk/")
    page.get_by_role("link", name="Velenje").first.click()
    expect(page.get_by_role("heading", name="Waiting for an answer")).to_be_visible()
    sound(page)
    page.get_by_role("link", name=re.compile("Verify.*Ana Novak")).click()
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_text("Say how you made sure.").first).to_be_visible()
    sound(page)
    page.get_by_label("How it was verified").select_option("document")
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_text("Ana Novak is verified as a resident")).to_be_visible()
    page.get_by_role("link", name=re.compile("Take back.*Ana Novak")).click()
    sound(page)

    sign_in(page, "ana@example.org")
    page.goto(town["url"])
    expect(page.get_by_text("As things stand now, you can vote")).to_be_visible()
    sound(page)
    with app.app_context():
        open_ballot(db.session.get(Ballot, town["ballot"]), actor=SYSTEM)

    sign_in(page, "officer@example.org")
    page.goto(town["url"])
    page.get_by_text("Manage", exact=True).click()
    page.get_by_role("link", name="Cross off the roll").click()
    sound(page)
    page.get_by_label("Name, or the whole e-mail address").fill("novak")
    page.keyboard.press("Enter")
    page.get_by_text("Cross off", exact=True).click()
    sound(page)
    page.get_by_role("button", name="Cross off now").click()
    expect(page.get_by_text("Crossed off: this person can no longer vote online.")).to_be_visible()
    sound(page)
    page.get_by_role("link", name=re.compile("Undo.*Ana Novak")).click()
    sound(page)
    page.goto(town["url"] + "paper")
    expect(page.get_by_text("At the end the two should be the same.")).to_be_visible()
    sound(page)

    sign_in(page, "ana@example.org")
    page.goto(town["url"])
    expect(page.get_by_text("You were handed a ballot on paper")).to_be_visible()
    sound(page)
    page.goto("/en/notifications/")
    expect(page.get_by_text("It is noted that you were handed a ballot on paper")).to_be_visible()


def test_a_vote_that_was_given_to_somebody_is_seen_as_it_was_used(
    window: Page, live_server: LiveServer, sound: Callable[[Page], None]
) -> None:
    page, app = window, live_server.app
    with app.app_context():
        town_with_a_vote()
        bor, cilka = person_at("bor@example.org"), person_at("cilka@example.org")
        ballot = make_ballot(
            make_consultation(db.session.get_one(Group, bor.grants[0].group_id)),
            electorate=Electorate.MEMBERS,
            max_proxies=1,
            paper=True,
        )
        give_proxy(ballot, holder_id=cilka.id, actor=bor)
        ballot_id, url = ballot.id, f"/en/ballots/{ballot.reference}/"

    sign_in(page, "bor@example.org")
    page.goto(url)
    expect(page.get_by_text("Cilka Horvat votes for you.")).to_be_visible()
    sound(page)
    sign_in(page, "cilka@example.org")
    page.goto(url)
    expect(page.get_by_text("You carry the vote of 1 other")).to_be_visible()
    with app.app_context():
        ballot = db.session.get(Ballot, ballot_id)
        cast_vote(ballot, choices=[1], actor=person_at("cilka@example.org"))
        batch = begin_batch(ballot, name="Box 1", lines=["1"], actor=person_at("officer@example.org"))
        other = seat(ballot.group, user=make_user(), role=Role.COORDINATOR)
        repeat_batch(batch, lines=["1"], actor=other)
        close_ballot(ballot, actor=SYSTEM)
    page.goto(url)
    expect(page.get_by_text("Bor Zupan: cast with yours")).to_be_visible()
    expect(page.get_by_text("Ballots on paper and the roll differ")).to_be_visible()
    sound(page)
    sign_in(page, "bor@example.org")
    page.goto(url)
    expect(page.get_by_text("Cilka Horvat voted for you, and your vote was counted.")).to_be_visible()
    expect(page.get_by_text("Your receipt:")).to_be_visible()
    sound(page)
