"""A citizen's way, in a real browser: from the first visit to what became of the own proposal."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image
from playwright.sync_api import Page, expect

from stakeholder_hub.actions.operations import create_action_item
from stakeholder_hub.decisions.models import Ballot, Decision
from stakeholder_hub.decisions.operations import close_ballot
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.records.models import Attachment
from stakeholder_hub.territories.models import Level
from tests.factories.consultations import make_consultation
from tests.factories.decisions import make_ballot
from tests.factories.groups import make_group, make_organisation
from tests.factories.proposals import make_proposal
from tests.factories.territories import make_region, make_territory
from tests.infrastructure.browsing import choose
from tests.infrastructure.live import LiveServer
from tests.infrastructure.mail import Mailbox

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

GPS = 0x8825
TITLE = "A covered bus stop at the school"


@dataclass(frozen=True)
class Town:
    """What there is before the citizen comes."""

    slug: str
    consultation: str


@pytest.fixture
def town(live_server: LiveServer) -> Town:
    """A town whose group asks for projects, talks about them and lets people vote."""
    with live_server.app.app_context():
        region = make_region(name="Valley")
        place = make_territory(
            parent=make_territory(parent=region, level=Level.NATIONAL, name="Slovenia"),
            name="Velenje",
            latitude=46.36,
            longitude=15.11,
        )
        group = make_group(place, name="Local stakeholder group")
        make_organisation(place, name="Town works")
        consultation = make_consultation(
            group, title="What does Velenje need?", categories=[], budget=50_000_00
        )
        make_proposal(consultation, title="More trees", cost=20_000_00)
        return Town(place.slug, str(consultation.slug))


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A picture whose camera wrote down where it was taken."""
    exif, file = Image.Exif(), tmp_path / "stop.jpg"
    exif.get_ifd(GPS)[1], exif.get_ifd(GPS)[2] = "N", (46.0, 21.0, 33.0)
    exif[0x010F] = "Camera of Zala"
    Image.new("RGB", (640, 480), "steelblue").save(file, "JPEG", exif=exif)
    return file


def test_from_the_first_visit_to_what_became_of_the_proposal(
    window: Page,
    live_server: LiveServer,
    town: Town,
    photo: Path,
    mailbox: Mailbox,
    sound: Callable[[Page], None],
) -> None:
    page, app = window, live_server.app
    # An account: a name and an address, then the link in the letter.
    page.goto("/en/")
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("link", name="I have no account yet").click()
    sound(page)
    page.get_by_label("Your name").fill("Zala Novak")
    page.get_by_label("E-mail address").fill("zala@example.org")
    page.get_by_role("button", name="Make account").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Check your e-mail")
    sound(page)
    page.goto(mailbox.last("zala@example.org").links[-1])
    sound(page)
    page.get_by_role("button", name="Begin").click()

    # My town, and what is open there.
    page.goto(f"/en/places/{town.slug}/")
    sound(page)
    page.get_by_role("button", name="Make this my town").click()
    expect(page.get_by_text("is your town now")).to_be_visible()
    page.goto("/en/")
    expect(page.get_by_text("Open now in my town")).to_be_visible()
    sound(page)
    page.get_by_role("link", name="What does Velenje need?").first.click()
    sound(page)

    # A proposal with a photo.
    page.get_by_role("link", name="Put forward a proposal").first.click()
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("Your proposal").fill("So that **children** wait in the dry.")
    page.get_by_label("What it may cost").fill("12000")
    page.locator("input[type=file]").first.set_input_files(photo)
    page.get_by_label("What is to be seen in it?").first.fill("The stop in the rain")
    sound(page)
    page.get_by_role("button", name="Put it forward").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(TITLE)
    expect(page.get_by_role("img", name="The stop in the rain")).to_be_visible()
    sound(page)
    proposal_url = page.url
    assert not camera_words(app)

    # What others put forward: support and a comment.
    page.goto(f"/en/consultations/{town.consultation}/proposals/")
    sound(page)
    page.get_by_role("link", name="More trees").first.click()
    page.get_by_role("button", name="Support").first.click()
    expect(page.get_by_text("You support this now.")).to_be_visible()
    page.get_by_label("Your comment").fill("Trees and a roof would be best.")
    choose(page.get_by_role("radio", name="For", exact=True))
    page.get_by_role("button", name="Send comment").click()
    expect(page.get_by_text("Trees and a roof would be best.").first).to_be_visible()
    sound(page)

    # The vote.
    with app.app_context():
        open_vote()
    page.goto(f"/en/consultations/{town.consultation}/")
    sound(page)
    page.get_by_role("link", name="Vote now").first.click()
    choose(page.get_by_role("checkbox", name=TITLE))
    sound(page)
    page.locator("main form button[type=submit]").last.click()
    expect(page.get_by_text("Your vote is stored").first).to_be_visible()
    sound(page)

    # Its result, and what follows from it.
    with app.app_context():
        follow_up()
    page.goto("/en/notifications/")
    expect(page.get_by_text(TITLE).first).to_be_visible()
    sound(page)
    page.goto(f"/en/consultations/{town.consultation}/")
    page.get_by_role("link", name="Which proposal?").first.click()
    expect(page.get_by_text("Chosen").first).to_be_visible()
    sound(page)

    # The whole journey, on the proposal's page and on the action item's.
    page.goto(proposal_url)
    journey = page.locator("#journey")
    for stage in ("Consultation", "Proposal", "Ballot", "Decision", "Action item"):
        expect(journey.get_by_text(stage).first).to_be_visible()
    sound(page)
    journey.get_by_role("link", name="Build the stop").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Build the stop")
    expect(page.get_by_text("Town works").first).to_be_visible()
    sound(page)


def camera_words(app: Flask) -> bool:
    """Whether anything that the camera wrote is left in a stored file."""
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Attachment)) == 1
    stored = [path for path in (Path(app.instance_path) / "files").rglob("*") if path.is_file()]
    assert stored
    return any(b"Zala" in path.read_bytes() or has_place(path) for path in stored)


def has_place(path: Path) -> bool:
    try:
        with Image.open(io.BytesIO(path.read_bytes())) as picture:
            return bool(picture.getexif().get_ifd(GPS))
    except OSError:
        return False


def open_vote() -> None:
    """The group puts everything to the vote."""
    proposals = db.session.scalars(sa.select(Proposal).order_by(Proposal.id)).all()
    make_ballot(
        proposals[0].consultation,
        proposals=proposals,
        closes_at=clock.now() + timedelta(days=3),
        winners_wanted=1,
    )


def follow_up() -> None:
    """The vote is closed, and its winner handed out."""
    close_ballot(db.session.scalars(sa.select(Ballot)).one(), actor=SYSTEM)
    proposal = db.session.scalars(sa.select(Proposal).order_by(Proposal.id.desc())).first()
    assert proposal is not None
    group = proposal.group
    create_action_item(
        title="Build the stop",
        language="en",
        territory=proposal.territory,
        group=group,
        organisation=make_works(proposal),
        due_on=clock.today() + timedelta(days=60),
        sources=[proposal, db.session.scalars(sa.select(Decision)).one()],
        actor=SYSTEM,
    )


def make_works(proposal: Proposal) -> object:
    return make_organisation(proposal.territory, name="Town works of Velenje")
