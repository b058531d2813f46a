"""What the layout shows on every page. Features register their entries; the layout knows none of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request, url_for
from sqlalchemy.exc import SQLAlchemyError

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.webkit.actor import actor_or_visitor, language, request_path
from stakeholder_hub.webkit.addresses import language_choices
from stakeholder_hub.webkit.downloads import download_urls
from stakeholder_hub.webkit.preferences import CHOICES, preferences

MOST_NAV_ENTRIES = 5


@dataclass(frozen=True)
class NavEntry:
    """One entry of the main navigation. ``prefixes`` are the blueprints it stands for."""

    label: Reason
    endpoint: str
    icon: str
    prefixes: tuple[str, ...]
    position: int


@dataclass(frozen=True)
class NavLink:
    """A navigation entry as a template needs it."""

    label: str
    url: str
    icon: str
    current: bool


@dataclass(frozen=True)
class AccountLink:
    """An entry of the menu of those who have signed in."""

    label: Reason
    url: str
    icon: str


_nav: list[NavEntry] = []
_account_links: list[Callable[[Any], AccountLink | None]] = []
_site_name: list[Callable[[], str]] = []


def add_nav(entry: NavEntry) -> None:
    """Add an entry to the main navigation: never more than five."""
    if entry in _nav:
        return
    if len(_nav) >= MOST_NAV_ENTRIES:
        raise ValueError("the main navigation has five entries at most")
    _nav.append(entry)
    _nav.sort(key=lambda e: e.position)


def add_account_link(source: Callable[[Any], AccountLink | None]) -> None:
    """Add an entry to the account menu; ``source`` is asked with the signed-in person on every page."""
    if source not in _account_links:
        _account_links.append(source)


def _links_of(person: Any) -> list[AccountLink]:
    if not person.is_authenticated:
        return []
    try:
        return [link for link in (source(person) for source in _account_links) if link is not None]
    except SQLAlchemyError:
        return []


def set_site_name(source: Callable[[], str]) -> None:
    """Say where the site's name comes from."""
    _site_name[:] = [source]


def _nav_links() -> list[NavLink]:
    blueprint = request.blueprint or ""
    return [
        NavLink(str(e.label), url_for(e.endpoint), e.icon, blueprint in e.prefixes)
        for e in _nav
        if e.endpoint in current_app.view_functions
    ]


def site_name() -> str:
    """The installation's name; the product's where the database cannot be asked."""
    try:
        return _site_name[0]() if _site_name else "Stakeholder Hub"
    except SQLAlchemyError:
        return "Stakeholder Hub"


def _url_or(endpoint: str, default: str = "/") -> str:
    return url_for(endpoint) if endpoint in current_app.view_functions else default


def _context() -> dict[str, Any]:
    person = actor_or_visitor()
    return {
        "actor": person,
        "account_links": _links_of(person),
        "lang": language(),
        "site_name": site_name(),
        "languages": language_choices(),
        "nav": _nav_links(),
        "prefs": preferences(),
        "prefs_choices": CHOICES,
        "prefs_url": url_for("preferences.save"),
        "here": request_path(),
        "home_url": _url_or("portal.home"),
        "search_url": _url_or("portal.search"),
        "account_urls": {
            "sign_in": _url_or("security.login"),
            "register": _url_or("security.register"),
            "sign_out": _url_or("security.logout"),
            "profile": _url_or("accounts.settings"),
            "desk": _url_or("portal.desk"),
        },
        "request_id": g.get("request_id", ""),
    }


def init_app(app: Flask) -> None:
    """Give the layout its context and templates a few functions."""
    app.context_processor(_context)
    app.jinja_env.globals.update(now=clock.now, today=clock.today, download_urls=download_urls)
