"""Colours change at once when the device goes from light to dark, also where motion is welcome."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.factories.consultations import make_consultation

COLOURS = """() => [...document.querySelectorAll('a, .btn, .btn span, .form-control')]
    .map(one => getComputedStyle(one)).map(style => style.color + ' ' + style.backgroundColor)"""


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nothing_stands_between_light_and_dark(web: Flask, open_page: Callable[..., Page]) -> None:
    """Fails when links or buttons have a transition of their own: halfway neither can be read."""
    with web.app_context():
        slug = make_consultation(title="Question").slug
    page = open_page(viewport={"width": 1280, "height": 800})
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    page.goto(f"/en/consultations/{slug}/")
    page.wait_for_load_state("networkidle")
    light = page.evaluate(COLOURS)
    page.emulate_media(color_scheme="dark")
    at_once = page.evaluate(COLOURS)
    page.wait_for_timeout(400)
    assert at_once == page.evaluate(COLOURS)
    assert at_once != light
