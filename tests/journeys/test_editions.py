"""A consultation in many places, seen with a browser: every page of it on the smallest phone and on a desk."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from stakeholder_hub.editions.content import Content
from stakeholder_hub.editions.operations import decline_invitation, publish_core
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.records.models import Visibility
from stakeholder_hub.territories.models import Role
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.editions import (
    make_choice,
    make_core,
    make_edition,
    make_invitation,
    make_item,
    make_parent,
    said,
)
from tests.factories.groups import make_group
from tests.factories.territories import give_role, make_region, make_territory
from tests.infrastructure import browsing

WIDTHS = {"320": {"viewport": {"width": 320, "height": 640}}, "1280": browsing.DESKTOP}
LEAD, TOWN = "lead@example.org", "town@example.org"


def tell_story(web: Flask) -> None:
    """A parent with four places: one whose votes run, one that waits, one for members only, one that declined."""
    with web.app_context():
        root = make_region(name="Danube")
        consortium = make_group(root, name="Consortium")
        give_role(make_user(email=LEAD, password=PASSWORD), Role.COORDINATOR, group=consortium)
        core = make_core(make_parent(consortium, title="Why do they leave?"))
        town = make_territory(parent=root, name="Velenje", code="VEL")
        group = make_group(town, name="Local group")
        coordinator = give_role(make_user(email=TOWN, password=PASSWORD), Role.COORDINATOR, group=group)
        make_edition(
            core, group=group, starts_on=clock.today() + timedelta(days=4), addition=said("The mill.")
        )
        ptuj = make_territory(parent=root, name="Ptuj", code="PTU")
        give_role(coordinator, Role.COORDINATOR, group=make_group(ptuj, name="Group of Ptuj"))
        make_invitation(
            core, territory=ptuj, message="Come along.", reply_by=clock.today() + timedelta(days=9)
        )
        make_edition(core, territory=make_territory(parent=root), audience=Visibility.MEMBERS)
        declined = make_invitation(core, territory=make_territory(parent=root, name="Osijek"))
        decline_invitation(declined, reason="Elections in May.", actor=SYSTEM)
        content = replace(
            Content.from_json(core.content),
            question=said("What would bring you back?"),
            items=(make_item(question=said("I will live here in ten years.")), make_choice()),
        )
        publish_core(core.consultation, content=content, note="Five was too short.", actor=SYSTEM)


def sign_in(page: Page, email: str) -> None:
    page.goto("/en/account/sign-in")
    page.get_by_label("Mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_load_state("load")


PARENT = "/de/consultations/why-do-they-leave"
PAGES = {
    LEAD: (
        f"{PARENT}/",
        f"{PARENT}/places/",
        f"{PARENT}/core",
        f"{PARENT}/core/items/new",
        f"{PARENT}/core/items/stay",
        f"{PARENT}/core/frame",
        f"{PARENT}/core/translations/sl",
        f"{PARENT}/core/publish",
        f"{PARENT}/core/versions/2",
        f"{PARENT}/invite-places",
    ),
    TOWN: (
        "/de/desk/",
        f"{PARENT}/",
        f"{PARENT}/places/ptuj/",
        f"{PARENT}/places/ptuj/accept",
        f"{PARENT}/places/ptuj/decline",
        f"{PARENT}/places/velenje/",
        f"{PARENT}/places/velenje/words",
        f"{PARENT}/places/velenje/agreed",
        f"{PARENT}/places/velenje/versions/2",
        f"{PARENT}/places/velenje/versions/2/stay",
        f"{PARENT}/take-part",
    ),
}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("width", list(WIDTHS))
@pytest.mark.parametrize("who", [LEAD, TOWN])
def test_every_page_of_a_consultation_in_many_places_is_sound(
    web: Flask, open_page: Callable[..., Page], sound: Callable[[Page], None], width: str, who: str
) -> None:
    tell_story(web)
    page = open_page(**WIDTHS[width])
    sign_in(page, who)
    faults = []
    for address in PAGES[who]:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, (address, answer.status)
        try:
            sound(page)
        except AssertionError as fault:
            faults.append(f"{address}: {fault}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_town_takes_part_on_a_phone_from_the_desk_to_the_published_edition(
    web: Flask, open_page: Callable[..., Page]
) -> None:
    tell_story(web)
    page = open_page(**browsing.PHONE)
    sign_in(page, TOWN)
    page.goto("/en/desk/")
    page.get_by_role("listitem").filter(has_text="Your place is invited").get_by_role("link").first.click()
    page.get_by_role("link", name="Accept or adapt").click()
    page.get_by_label("What this means in our place").fill("The wine cellars stand empty.")
    page.get_by_role("button", name="Take part").click()
    expect(page.get_by_role("heading", name="Check and publish")).to_be_visible()
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_text("The wine cellars stand empty.")).to_be_visible()
    expect(page.get_by_text("Part of a consultation that runs in 3 places")).to_be_visible()
