"""Every kind of page of the demonstration, on the smallest phone and on a desk, in light and dark."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from stakeholder_hub.actions.models import ActionItem
from stakeholder_hub.app import create_app
from stakeholder_hub.commitments.models import Commitment, TextVersion
from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.decisions.models import Ballot, BallotState, Decision
from stakeholder_hub.deliberation.models import Comment
from stakeholder_hub.demonstration.accounts import DEMO_ACCOUNTS
from stakeholder_hub.demonstration.operations import load_demonstration
from stakeholder_hub.groups.models import Group, Organisation
from stakeholder_hub.kernel.database import db
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.territories.models import Level, Territory
from tests.infrastructure import browsing
from tests.infrastructure.databases import make_settings, make_template
from tests.infrastructure.live import LiveServer
from tests.infrastructure.origins import without_origin
from tests.infrastructure.statements import statements_of

WIDTHS = {"320": {"viewport": {"width": 320, "height": 640}}, "1280": browsing.DESKTOP}


@pytest.fixture(scope="module")
def site(run_dir: Path, worker_id: str) -> Iterator[LiveServer]:
    """The demonstration, served."""
    template = make_template("sqlite", run_dir)
    # A worker to which tests of this module come back later makes the site anew, beside the earlier one.
    instance = Path(mkdtemp(prefix=f"demonstration-{worker_id}-", dir=run_dir))
    database = instance / "hub.sqlite"
    database.write_bytes((run_dir / "template-sqlite" / f"{template}.sqlite").read_bytes())
    app = create_app(make_settings(instance, database_url=f"sqlite:///{database}"))
    with app.app_context():
        load_demonstration()
        db.session.remove()
    with LiveServer(app).running() as server:
        yield server


@pytest.fixture(scope="module")
def addresses(site: LiveServer) -> dict[str, str]:
    """One address of every kind of page, without the language."""
    with site.app.app_context():
        return addresses_of(site.app)


def addresses_of(app: Flask) -> dict[str, str]:
    def one(statement: Any) -> Any:
        return db.session.scalars(statement.limit(1)).one()

    town = one(sa.select(Territory).where(Territory.level == Level.LOCAL))
    busy = one(sa.select(Consultation).order_by(Consultation.proposal_count.desc()))
    proposal = one(sa.select(Proposal).order_by(Proposal.comment_count.desc()))
    counted, open_now = (
        one(sa.select(Ballot).where(Ballot.state == state))
        for state in (BallotState.CLOSED, BallotState.OPEN)
    )
    item = one(sa.select(ActionItem).where(ActionItem.state == "done"))
    return {
        "home": "",
        "places": "places/",
        "town": f"places/{town.slug}/",
        "region": f"places/{one(sa.select(Territory).where(Territory.level == Level.TRANSNATIONAL)).slug}/",
        "nation": f"places/{one(sa.select(Territory).where(Territory.level == Level.NATIONAL)).slug}/",
        "consultations": "consultations/",
        "consultation": f"consultations/{busy.slug}/",
        "consultation that is over": f"consultations/{counted.consultation.slug}/",
        "history": f"consultations/{busy.slug}/history",
        "who takes part": f"consultations/{busy.slug}/representation",
        "proposals": f"consultations/{busy.slug}/proposals/",
        "map": f"consultations/{busy.slug}/proposals/?view=map",
        "print": f"consultations/{busy.slug}/proposals/print",
        "submit": f"consultations/{running_with_proposals(app)}/proposals/new",
        "proposal": f"proposals/{proposal.reference}/",
        "versions": f"proposals/{proposal.reference}/versions",
        "comment": f"comments/{one(sa.select(Comment)).reference}/",
        "ballot": f"ballots/{open_now.reference}/",
        "vote": f"ballots/{open_now.reference}/vote",
        "result": f"ballots/{counted.reference}/",
        "decision": f"decisions/{one(sa.select(Decision)).reference}/",
        "decision with a text": f"decisions/{one(sa.select(TextVersion)).decision.reference}/",
        "text": f"decisions/{one(sa.select(TextVersion)).decision.reference}/text",
        "commitments": "commitments/",
        "commitment": f"commitments/{one(sa.select(Commitment).where(Commitment.state == 'kept')).reference}/",
        "actions": "actions/",
        "board": "actions/board",
        "calendar": "actions/calendar",
        "action item": f"actions/{item.reference}/",
        "groups": "groups/",
        "referrals": "referrals/",
        "group": f"groups/{one(sa.select(Group)).slug}/",
        "organisations": "organisations/",
        "organisation": f"organisations/{one(sa.select(Organisation)).slug}/",
        "journey of a consultation": f"records/{busy.reference}/journey",
        "journey of a result": f"records/{item.reference}/journey",
        "you said, we did": f"places/{town.slug}/outcomes/",
        "bodies": "bodies/",
        "body": "bodies/ministry-ro/",
        "body that ends": "bodies/group-veszprem/",
        "who may decide what": f"places/{town.slug}/competences",
        "place that was merged": "places/krottendorf/",
        "search": "search?q=a",
        "nothing found": "search?q=zzzzzz",
        "about": "about",
        "sign in": "account/sign-in",
        "register": "account/register",
        "no such page": "nothing-here",
    }


def running_with_proposals(app: Flask) -> str:
    """The consultation of Velenje takes proposals whenever the demonstration is loaded."""
    return str(
        db.session.scalars(sa.select(Consultation.slug).where(Consultation.slug.like("velenje%"))).first()
    )


def put_together(statement: str) -> bool:
    """Whether SQLite has to put whole tables together for a statement, before it looks for the rows that are wanted: so
    it does with an inner join that stands inside an outer one.
    """
    plan = sa.text("EXPLAIN QUERY PLAN " + statement.replace(":", r"\:").replace("?", "NULL"))
    return any("MATERIALIZE (join" in row.detail for row in db.session.execute(plan))


def test_no_page_costs_a_visitor_more_than_twelve_statements_or_puts_whole_tables_together(
    site: LiveServer, addresses: dict[str, str]
) -> None:
    """Every kind of page, and of each kind eight more that these lead to."""
    client, ways = site.app.test_client(), site.app.url_map.bind("localhost")
    waiting, met, dear = [f"/en/{address}" for address in addresses.values()], Counter[str](), {}
    asked: dict[str, str] = {}
    for address in waiting:
        with statements_of(site.app) as seen:
            answer = client.get(address)
        if answer.mimetype != "text/html":
            continue
        if len(seen) > 12:
            dear[address] = seen
        asked |= dict.fromkeys(seen, address)
        for found in re.findall(r'href="(/en/[^"#]*)', answer.text):
            link = unescape(found)
            if link not in waiting and ways.test(link.partition("?")[0], method="GET"):
                kind, _values = ways.match(link.partition("?")[0])
                met[kind] += 1
                waiting += [link] if met[kind] <= 8 else []
    assert len(waiting) > 180
    assert not dear, {address: len(seen) for address, seen in dear.items()}
    with site.app.app_context():
        heavy = {
            address: one for one, address in asked.items() if one.startswith("SELECT") and put_together(one)
        }
    assert not heavy, "\n\n".join(f"{address}\n{one}" for address, one in heavy.items())


@pytest.mark.parametrize(("width", "language"), [("320", "de"), ("1280", "en")])
def test_every_kind_of_page_is_sound(
    browser: Browser,
    site: LiveServer,
    addresses: dict[str, str],
    sound: Callable[[Page], None],
    width: str,
    language: str,
) -> None:
    faults: list[str] = []
    with browsing.watched(browser, site.url, **WIDTHS[width]) as page:
        for name, address in addresses.items():
            answer = page.goto(f"/{language}/{address}")
            assert answer is not None
            if answer.status != (404 if name == "no such page" else 200):
                faults.append(f"{name}: {page.url} answers {answer.status}")
                continue
            try:
                sound(page)
            except AssertionError as fault:
                faults.append(f"{name}: {fault}")
    assert not faults, "\n\n".join(faults)


def test_everything_in_the_demonstration_came_from_somewhere(site: LiveServer) -> None:
    """Nearly every operation of the house took part in making it."""
    with site.app.app_context():
        assert without_origin() == []


SIGNED_IN = (
    "",
    "desk/",
    "notifications/",
    "account/settings",
    "account/my-data",
    "moderation/",
    "setup/site",
)


@pytest.mark.parametrize("width", list(WIDTHS))
def test_pages_of_those_who_have_signed_in_are_sound(
    browser: Browser,
    site: LiveServer,
    addresses: dict[str, str],
    sound: Callable[[Page], None],
    width: str,
) -> None:
    coordinator = next(account for account in DEMO_ACCOUNTS if "velenje" in account[1])
    faults: list[str] = []
    with browsing.watched(browser, site.url, **WIDTHS[width]) as page:
        page.goto("/en/account/sign-in")
        page.locator("input[name=email]").fill(coordinator[1])
        page.locator("input[name=password]").fill(coordinator[2])
        page.locator("main button[type=submit]").first.click()
        own = f"consultations/{addresses['submit'].split('/')[1]}"
        kinds = ("town", "consultation", "proposal", "ballot", "vote", "result", "action item", "group")
        for address in (
            "",
            "desk/",
            "desk/contributions/",
            "notifications/",
            "account/residence",
            f"{own}/",
            f"{own}/edit",
            f"{own}/timeline",
            f"{own}/publish",
            "consultations/new",
            *[addresses[kind] for kind in kinds],
        ):
            answer = page.goto(f"/en/{address}")
            assert answer is not None
            if answer.status >= 500:
                faults.append(f"{page.url} answers {answer.status}")
                continue
            try:
                sound(page)
            except AssertionError as fault:
                faults.append(str(fault))
    assert not faults, "\n\n".join(faults)


def test_a_visitor_gets_from_the_first_page_to_the_last_step_without_scripts(
    browser: Browser, site: LiveServer, addresses: dict[str, str]
) -> None:
    with browsing.watched(browser, site.url, **browsing.PHONE, java_script_enabled=False) as page:
        page.goto("/en/")
        page.get_by_role("link", name="I am staying in Velenje").first.click()
        page.get_by_role("link", name="Put forward a proposal").first.click()
        page.get_by_label("Title").fill("A bench at the lake")
        page.get_by_label("Your proposal").fill(
            "A bench in the shade, for everyone who walks round the lake."
        )
        page.get_by_role("button", name="Go on").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("One last step")


def test_how_a_page_looks_is_remembered_and_the_language_keeps_the_page(
    browser: Browser, site: LiveServer, addresses: dict[str, str]
) -> None:
    with browsing.watched(browser, site.url, **browsing.DESKTOP) as page:
        page.goto("/en/" + addresses["actions"])
        page.get_by_role("button", name="Display settings").first.click()
        panel = page.locator("#hub-display")
        panel.get_by_label("Larger", exact=True).check()
        panel.get_by_label("High", exact=True).check()
        expect(page.locator("html")).to_have_attribute("data-text", "larger")
        page.goto("/en/" + addresses["proposal"] + "?comments=newest")
        expect(page.locator("html")).to_have_attribute("data-text", "larger")
        expect(page.locator("html")).to_have_attribute("data-contrast", "high")
        page.locator(".hub-language summary").click()
        page.locator(".hub-language").get_by_role("link", name="Hrvatski").click()
        expect(page).to_have_url(re.compile("/hr/" + addresses["proposal"] + r"\?comments=newest"))
        expect(page.locator("html")).to_have_attribute("lang", "hr")


def test_the_keyboard_reaches_the_content_first_and_sees_where_it_is(
    browser: Browser, site: LiveServer
) -> None:
    with browsing.watched(browser, site.url, **browsing.DESKTOP) as page:
        page.goto("/en/")
        page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Skip to content")
        expect(skip).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        inside, outline = page.evaluate(
            """() => {
                const here = document.activeElement;
                return [!!here.closest("main"), getComputedStyle(here).outlineStyle];
            }"""
        )
        assert inside
        assert outline != "none"
