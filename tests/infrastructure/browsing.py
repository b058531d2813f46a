"""A real browser, watched: what a page must never do fails the test that opened it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, Request, Route, expect

from tests.infrastructure import machine

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DESKTOP = {"viewport": {"width": 1280, "height": 900}}

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOCAL = frozenset({"127.0.0.1", "localhost", ""})


class NoBrowser(Exception):
    """There is no browser to drive; the message says what to install."""


def launch(playwright: Playwright) -> Browser:
    """Start Chromium without a window.

    Raises:
        NoBrowser: none is installed.
    """
    path = machine.browser()
    if path is None:
        raise NoBrowser("Chromium is missing: install the package chromium (Debian) and run again.")
    return playwright.chromium.launch(executable_path=path, args=list(FLAGS))


class Watch:
    """Collects what no page may do: script errors, refusals of the content policy, requests that leave the site."""

    def __init__(self, context: BrowserContext) -> None:
        self.faults: list[str] = []
        context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))
        context.on("console", self._console)
        context.route("**/*", self._route)

    def _console(self, message: Any) -> None:
        if "Content Security Policy" in message.text:
            self.faults.append(f"content policy: {message.text}")

    def _route(self, route: Route, request: Request) -> None:
        if urlsplit(request.url).hostname in LOCAL or request.url.startswith(("data:", "blob:")):
            route.continue_()
        else:
            self.faults.append(f"left the site: {request.url}")
            route.abort()


@contextmanager
def watched(browser: Browser, base_url: str, **options: Any) -> Iterator[Page]:
    """A page in a fresh profile; at the end it must have done nothing that no page may do."""
    context = browser.new_context(base_url=base_url, locale="en-GB", reduced_motion="reduce", **options)
    context.set_default_timeout(10_000)
    watch = Watch(context)
    try:
        yield context.new_page()
    finally:
        context.close()
    assert not watch.faults, "\n".join(watch.faults)


def barriers(page: Page) -> list[str]:
    """What axe-core finds on the page as it is now: one line per element."""
    found = Axe().run(page, options={"runOnly": STANDARDS, "resultTypes": ["violations"]})
    return [
        f"{rule['id']} ({rule['impact']}): {' '.join(node['target'][0:1])}: {rule['help']}\n    {node['html'][:160]}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]


def assert_accessible(page: Page, *, schemes: tuple[str, ...] = ("light", "dark")) -> None:
    """axe-core finds nothing on the page, in light and in dark."""
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = barriers(page)
        assert not found, f"{page.url} ({scheme}):\n" + "\n".join(found)
    page.emulate_media(color_scheme=None)


def choose(box: Locator) -> None:
    """Tick a box, or choose one of several, as people do: at its words, which cover the whole card. A click at the box
    itself has to be forced there, and then does not wait for a page that still moves.
    """
    words = box.evaluate_handle("box => box.labels[0]").as_element()
    assert words is not None
    words.click()
    expect(box).to_be_checked()
