"""Two sizes of window, and looking a page over."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.infrastructure import browsing

WINDOWS = {"phone": browsing.PHONE, "desktop": browsing.DESKTOP}


@pytest.fixture(params=list(WINDOWS))
def window(request: pytest.FixtureRequest, open_page: Callable[..., Page]) -> Page:
    """A person's window: a phone's, then a desktop's."""
    return open_page(**WINDOWS[request.param])


@pytest.fixture
def sound(axe: Callable[..., None]) -> Callable[[Page], None]:
    """``sound(page)``: one heading, a title, a language, nothing wider than the window, no barrier in light or dark."""

    def look(page: Page) -> None:
        page.wait_for_load_state("load")
        found = page.evaluate(
            """() => {
              const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
              return {
                headings: document.querySelectorAll("h1").length,
                title: document.title, lang: document.documentElement.lang,
                outside: [...document.querySelectorAll("main *, header *, footer *")]
                  .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
                  .slice(-6).map((element) => [element.getBoundingClientRect().right, element.outerHTML.slice(0, 90)]),
                twice: ids.filter((id, place) => ids.indexOf(id) < place),
                main: document.querySelectorAll("main").length,
                wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
              };
            }"""
        )
        assert found["headings"] == 1, (page.url, "h1", found)
        assert found["title"].strip(), (page.url, found)
        assert found["lang"], (page.url, found)
        assert found["main"] == 1, (page.url, found)
        assert found["twice"] == [], (page.url, "ids that stand twice", found)
        assert found["wide"] <= 0, (page.url, "is wider than its window", found)
        axe(page)

    return look
