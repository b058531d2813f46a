"""A coordinator's way, in a real browser: from a template to action items that are carried out."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.decisions.operations import cast_vote
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.territories.models import Role
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.groups import make_group, make_organisation
from tests.factories.proposals import make_proposal
from tests.factories.territories import give_role, make_territory
from tests.infrastructure.live import LiveServer

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def group(live_server: LiveServer) -> str:
    """A group in a town with a coordinator, a member and an organisation."""
    with live_server.app.app_context():
        town = make_territory(name="Velenje", latitude=46.36, longitude=15.11)
        group = make_group(town, name="Local stakeholder group")
        coordinator = make_user(
            email="matej@example.org", name="Matej", password=PASSWORD, home_territory=town
        )
        give_role(coordinator, Role.COORDINATOR, group=group)
        give_role(make_user(name="Petra Responsible"), Role.MEMBER, group=group)
        make_organisation(town, name="Town works")
        return str(group.slug)


def test_from_a_template_to_action_items(
    window: Page, live_server: LiveServer, group: str, sound: Callable[[Page], None]
) -> None:
    page, app = window, live_server.app
    page.goto("/en/account/sign-in")
    page.get_by_label("E-mail address").fill("matej@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    # One guided form, from a template.
    page.goto("/en/consultations/")
    sound(page)
    page.get_by_role("link", name="New consultation").first.click()
    if page.get_by_role("link", name="Local stakeholder group").count():
        page.get_by_role("link", name="Local stakeholder group").first.click()
    sound(page)
    page.get_by_role("link", name="Participatory budget").click()
    yesterday = clock.today() - timedelta(days=1)
    page.get_by_label("Name", exact=True).fill("Budget of the young")
    page.get_by_label("The question").fill("What should Velenje spend this money on?")
    page.get_by_label("First day").fill(yesterday.isoformat())
    page.get_by_label("Money there is").fill("50000")
    sound(page)
    page.get_by_role("button", name="Store as draft").click()

    # Checked and published.
    expect(page.get_by_role("heading", level=1)).to_have_text("Check and publish")
    sound(page)
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_text("The consultation is published.")).to_be_visible()
    expect(page.get_by_text("Open now").first).to_be_visible()
    sound(page)
    consultation_url = page.url
    with app.app_context():
        consultation = db.session.scalars(sa.select(Consultation)).one()
        for title, cost in (("Skate park", 30_000_00), ("Night bus", 15_000_00), ("Fountain", 40_000_00)):
            make_proposal(consultation, title=title, cost=cost)

    # The vote: prepared, opened, closed.
    page.goto(consultation_url)
    reveal(page, "Prepare a ballot")
    page.get_by_role("link", name="Prepare a ballot").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How should people vote?")
    sound(page)
    page.get_by_role("link", name="Budget: choose what the money should be spent on").click()
    sound(page)
    page.get_by_label("Name of the vote").fill("Vote of the young")
    page.get_by_label("Write the question").or_(page.get_by_label("Question")).first.fill("Which projects?")
    page.locator("input[name=budget]").fill("50000")
    page.locator("select[name=phase]").select_option(value="")
    now = clock.now().replace(tzinfo=None)
    page.locator("input[name=opens_at]").fill((now + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"))
    page.locator("input[name=closes_at]").fill((now + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Prepare the ballot").click()
    expect(page.get_by_text("The ballot is prepared.")).to_be_visible()
    sound(page)
    reveal(page, "Open the vote now")
    page.get_by_role("link", name="Open the vote now").first.click()
    sound(page)
    page.get_by_role("button", name="Open the vote").click()
    expect(page.get_by_text("The vote is open.")).to_be_visible()
    sound(page)
    with app.app_context():
        ballot = db.session.scalars(sa.select(Ballot)).one()
        for number in range(12):
            cast_vote(ballot, choices=[1, 2] if number % 3 else [3], actor=make_user())
    page.reload()
    reveal(page, "Close now and count")
    page.get_by_role("link", name="Close now and count").first.click()
    sound(page)
    page.get_by_role("button", name="Close and count").click()
    expect(page.get_by_text("The vote is closed and counted.")).to_be_visible()
    sound(page)

    # The winners are handed out.
    page.get_by_role("link", name="Hand out what was chosen").first.click()
    expect(page.get_by_role("heading", name="Skate park")).to_be_visible()
    expect(page.get_by_role("heading", name="Fountain")).to_have_count(0)
    sound(page)
    page.get_by_role("link", name=re.compile("Add action item.*Skate park")).click()
    page.get_by_label("What is to be done").fill("Build the skate park")
    page.get_by_label("Responsible organisation").select_option(label="Town works")
    page.get_by_label("Responsible person").select_option(label="Petra Responsible")
    page.get_by_label("Due on").fill((clock.today() + timedelta(days=90)).isoformat())
    sound(page)
    page.get_by_role("button", name="Add action item").click()
    expect(page.get_by_text("The action item has been added.")).to_be_visible()
    expect(page.get_by_text("Petra Responsible").first).to_be_visible()
    journey = page.locator("#journey")
    for stage in ("Consultation", "Proposal", "Ballot", "Decision", "Action item"):
        expect(journey.get_by_text(stage).first).to_be_visible()
    sound(page)

    # And reported on.
    page.get_by_role("link", name="Report progress").first.click()
    page.get_by_label("What was done").fill("The ground is level.")
    page.get_by_label("Status now").select_option(label="In progress")
    page.get_by_label("Progress in percent").fill("25")
    sound(page)
    page.locator("main form button[type=submit]").last.click()
    expect(page.get_by_text("The ground is level.").first).to_be_visible()
    expect(page.get_by_text("In progress").first).to_be_visible()
    sound(page)
    page.goto("/en/actions/board")
    expect(page.get_by_role("link", name="Build the skate park")).to_be_visible()
    sound(page)


def reveal(page: Page, link: str) -> None:
    """Open the tools in place that hold ``link``, where they are folded."""
    for folded in page.locator("main details:not([open])").all():
        if folded.get_by_role("link", name=link, include_hidden=True).count():
            folded.locator("summary").first.click()
