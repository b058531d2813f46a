"""Voting in a real browser: by keyboard alone, on a phone and at a desk, to the receipt and the archive."""

import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.methods.conditions import Conditions
from stakeholder_hub.decisions.models import Ballot, Vote
from stakeholder_hub.decisions.operations import cast_vote, close_ballot
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.decisions import make_ballot
from tests.infrastructure.live import LiveServer

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

TITLES = ["Tram to the lake", "Cheaper rents", "Night school"]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def sign_in(page: Page) -> None:
    page.goto("/en/account/sign-in")
    page.get_by_label("E-mail address").fill("ana@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)


def test_a_ranking_is_filled_in_by_keyboard_and_leads_to_a_receipt_that_can_be_checked(
    window: Page, live_server: LiveServer, sound: Callable[[Page], None], tmp_path: Path
) -> None:
    page, app = window, live_server.app
    with app.app_context():
        make_user(email="ana@example.org", name="Ana", password=PASSWORD)
        ballot = make_ballot(titles=TITLES, method=Method.STV, winners_wanted=2)
        for number in range(11):
            cast_vote(ballot, choices=[1 + number % 3, 1 + (number + 1) % 3], actor=make_user())
        url, ballot_id = f"/en/ballots/{ballot.reference}/", ballot.id
    sign_in(page)
    page.goto(url)
    sound(page)
    page.get_by_label("Place of Night school").focus()
    press(page, "1")
    page.get_by_label("Place of Tram to the lake").focus()
    press(page, "1")
    page.get_by_role("button", name="Cast my vote").focus()
    press(page, "Enter")
    expect(page.get_by_text("Two proposals have the same place.").first).to_be_visible()
    expect(page.get_by_label("Place of Night school")).to_have_value("1")
    sound(page)
    page.get_by_label("Place of Tram to the lake").focus()
    press(page, "2")
    page.get_by_role("button", name="Cast my vote").focus()
    press(page, "Enter")
    expect(page.get_by_text("Your vote is stored.")).to_be_visible()
    expect(page.get_by_text("Your receipt:")).to_be_visible()
    sound(page)
    receipt = page.locator(".receipt-code").first.inner_text()
    with app.app_context():
        assert [3, 1] in list(db.session.scalars(sa.select(Vote.choices)))
        close_ballot(db.session.get(Ballot, ballot_id), actor=SYSTEM)

    page.goto(url)
    expect(page.get_by_text("were elected")).to_be_visible()
    sound(page)
    page.get_by_role("link", name="Check a receipt").click()
    sound(page)
    page.get_by_label("Receipt").fill(receipt)
    press(page, "Enter")
    expect(page.get_by_text("It is counted")).to_be_visible()
    sound(page)

    page.goto(url)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the archive (ZIP)").click()
    archive = tmp_path / "result.zip"
    download.value.save_as(archive)
    with zipfile.ZipFile(archive) as packed:
        packed.extract("verify.py", tmp_path)
        key = packed.read("key.txt").decode().strip()
    counted = subprocess.run(
        [sys.executable, "-I", "-S", str(tmp_path / "verify.py"), str(archive), "--key", key],
        capture_output=True,
        text=True,
        check=False,
    )
    assert counted.returncode == 0, counted.stderr
    assert '"method":"stv"' in counted.stdout


WAYS: list[tuple[Method, dict[str, Any]]] = [
    (Method.YES_NO, {"titles": ["Park"], "conditions": Conditions(quorum_votes=3, sectors=2)}),
    (Method.CONSENT, {"titles": ["Park"]}),
    (Method.GRADIENTS, {"titles": ["Park"]}),
    (Method.MAJORITY_JUDGMENT, {"titles": TITLES}),
    (Method.SCORE, {"titles": TITLES}),
    (Method.QUADRATIC, {"titles": TITLES}),
    (Method.SCHULZE, {"titles": TITLES}),
    (Method.IRV, {"titles": TITLES}),
]
MARKS: dict[Method, tuple[list[int], list[int] | None]] = {
    Method.YES_NO: ([1], None),
    Method.CONSENT: ([3], None),
    Method.GRADIENTS: ([2], None),
    Method.MAJORITY_JUDGMENT: ([1, 2], [5, 3]),
    Method.SCORE: ([1, 2], [5, 3]),
    Method.QUADRATIC: ([1, 2], [6, 8]),
    Method.SCHULZE: ([2, 1], None),
    Method.IRV: ([2, 1], None),
}


def test_every_kind_of_ballot_and_result_is_without_barriers(
    window: Page, live_server: LiveServer, sound: Callable[[Page], None]
) -> None:
    page, app = window, live_server.app
    with app.app_context():
        make_user(email="ana@example.org", name="Ana", password=PASSWORD)
        pages = []
        for method, values in WAYS:
            for closed in (False, True):
                ballot = make_ballot(method=method, **values)
                choices, points = MARKS[method]
                cast_vote(ballot, choices=choices, points=points, reason="Because.", actor=make_user())
                if closed:
                    close_ballot(ballot, actor=SYSTEM)
                pages.append(
                    f"/de/ballots/{ballot.reference}/" if closed else f"/en/ballots/{ballot.reference}/"
                )
    sign_in(page)
    for address in pages:
        page.goto(address)
        sound(page)
