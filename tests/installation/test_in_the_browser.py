"""The first hour in a real browser: no barrier, and the way from the printed address to one's own site."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from stakeholder_hub.installation.operations import issue_setup_token, mark_demonstration_loaded
from stakeholder_hub.kernel.authorization import SYSTEM
from tests.factories.territories import make_region, make_territory

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_from_the_printed_address_to_a_site_without_the_demonstration(
    web: Flask, page: Page, axe: Callable[..., None]
) -> None:
    with web.app_context():
        make_territory(parent=make_region(name="Danube", is_demo=True), name="Weiz", is_demo=True)
        mark_demonstration_loaded(actor=SYSTEM)
        token: Any = issue_setup_token()
    page.goto(f"/en/setup?token={token}")
    axe(page)
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("alert")).to_contain_text("Please check the following")
    axe(page)
    for label, text in (
        ("Name of the site", "Our valley"),
        ("Name of the town", "Velenje"),
        ("Short code", "VEL"),
        ("Your name", "Ana Novak"),
        ("Your e-mail address", "ana@example.org"),
        ("Password", "a long secret"),
    ):
        page.get_by_label(label, exact=False).first.fill(text)
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_text("The site is yours")).to_be_visible()
    expect(page.get_by_role("link", name="Velenje").first).to_be_visible()
    page.get_by_role("link", name="Make it yours").click()
    axe(page)
    page.get_by_role("link", name="Remove the demonstration").click()
    axe(page)
    page.get_by_role("button", name="Remove the demonstration").click()
    expect(page.get_by_text("The demonstration is removed")).to_be_visible()
    expect(page.get_by_text("This is a demonstration")).to_have_count(0)
