"""All places compared, seen with a browser: on the smallest phone and on a desk, in light and dark."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from stakeholder_hub.consultations.operations import close_consultation
from stakeholder_hub.editions.models import Core
from stakeholder_hub.kernel.authorization import SYSTEM
from tests.factories.comparisons import answer, attend, make_place
from tests.factories.editions import make_core, make_invitation
from tests.infrastructure import browsing

WIDTHS = {"320": {"viewport": {"width": 320, "height": 640}}, "1280": browsing.DESKTOP}


def six_towns() -> Core:
    """Five that have voted and do not come to the same however one adds up, and one that is invited."""
    core = make_core()
    towns = (
        ("Velenje", "SI", 33_000, (300, 60), 46.36, 15.11),
        ("Ptuj", "SI", 23_000, (21, 64), 46.42, 15.87),
        ("Kőszeg", "HU", 11_500, (18, 54), 47.39, 16.54),
        ("Gyula", "HU", 29_000, (31, 44), 46.65, 21.28),
        ("Kotor", "ME", 13_500, (3, 4), 42.42, 18.77),
    )
    for name, country, people, votes, north, east in towns:
        place = {"name": name, "country": country, "population": people, "latitude": north, "longitude": east}
        edition = make_place(core, **place)
        attend(edition.consultation, citizen=40, business=12, academia=4, administration=7, civil_society=15)
        answer(edition, *votes, 2)
        answer(edition, 31, 24, key="reason")
        assert edition.consultation is not None
        close_consultation(edition.consultation, actor=SYSTEM)
    make_invitation(core)
    return core


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("width", list(WIDTHS))
def test_every_page_of_a_comparison_is_sound(
    web: Flask, open_page: Callable[..., Page], sound: Callable[[Page], None], width: str
) -> None:
    with web.app_context():
        slug = six_towns().consultation.slug
    page = open_page(**WIDTHS[width])
    for address in ("", "stay/", "reason/"):
        answered = page.goto(f"/hu/consultations/{slug}/compare/{address}")
        assert answered is not None
        assert answered.status == 200
        sound(page)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_reader_finds_from_the_consultation_to_one_question_in_every_place(
    web: Flask, open_page: Callable[..., Page]
) -> None:
    with web.app_context():
        slug = six_towns().consultation.slug
    page = open_page(**browsing.PHONE)
    page.goto(f"/en/consultations/{slug}/")
    page.get_by_role("link", name="Compare 5 places").click()
    expect(page.get_by_role("heading", name="All places compared")).to_be_visible()
    expect(page.get_by_text("The ways of adding up disagree")).to_be_visible()
    page.get_by_role("link", name="In every place").first.click()
    expect(page.get_by_role("heading", name="Staying")).to_be_visible()
    expect(page.get_by_text("Agreed in 1 of 4 places")).to_be_visible()
    with page.expect_download() as taken:
        page.get_by_role("link", name="PDF").click()
    assert taken.value.suggested_filename.endswith("-compared.pdf")
