"""A short cache for pages that everybody without an account sees alike.

Only successful GETs of visitors without a session are kept, for a few seconds, per process; the key is the
whole address with its query, the host, how the page is to look and the language cookie, so that people, languages and
territories never mix. Every such page carries an ETag.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from flask import Flask, Response, current_app, g, request, session
from werkzeug.wrappers import Response as BaseResponse

from stakeholder_hub.webkit.addresses import LANGUAGE_COOKIE
from stakeholder_hub.webkit.preferences import COOKIE, Preferences

LARGEST = 512
BIGGEST_BODY = 1_000_000

Key = tuple[str, ...]


@dataclass(frozen=True)
class _Kept:
    until: float
    body: bytes
    headers: tuple[tuple[str, str], ...]


class PageCache:
    """Least recently used pages of one process. Safe among threads."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._pages: OrderedDict[Key, _Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> _Kept | None:
        """The page kept under ``key``, unless its time is over."""
        with self._lock:
            kept = self._pages.get(key)
            if kept is None or kept.until < time.monotonic():
                self._pages.pop(key, None)
                return None
            self._pages.move_to_end(key)
            return kept

    def put(self, key: Key, body: bytes, headers: tuple[tuple[str, str], ...]) -> None:
        """Keep a page; the one longest unused goes when there are too many."""
        with self._lock:
            self._pages[key] = _Kept(time.monotonic() + self.seconds, body, headers)
            self._pages.move_to_end(key)
            while len(self._pages) > LARGEST:
                self._pages.popitem(last=False)


def _is_shareable() -> bool:
    """Whether this request is one that anybody could have made: a plain GET without session or credentials."""
    session_cookie = current_app.config["SESSION_COOKIE_NAME"]
    return (
        request.method in ("GET", "HEAD")
        and session_cookie not in request.cookies
        and "remember_token" not in request.cookies
        and "Authorization" not in request.headers
        and "Authentication-Token" not in request.headers
    )


def _key() -> Key:
    return (
        request.host,
        request.scheme,
        request.full_path,
        Preferences.parse(request.cookies.get(COOKIE)).encode(),
        request.cookies.get(LANGUAGE_COOKIE, "")[:8],
        request.headers.get("Accept", "")[:200],
    )


def _serve() -> BaseResponse | None:
    cache: PageCache = current_app.extensions["hub_page_cache"]
    if cache.seconds <= 0 or not _is_shareable():
        return None
    kept = cache.get(_key())
    if kept is None:
        return None
    g.hub_from_cache = True
    response = Response(kept.body, headers=list(kept.headers))
    return response.make_conditional(request)


def _keep(response: Response) -> BaseResponse:
    if g.get("hub_from_cache") or not _is_shareable() or response.status_code != 200 or response.is_streamed:
        return response
    if not (response.mimetype or "").startswith("text/html") or "Set-Cookie" in response.headers:
        return response
    # The session is saved after this: one that was changed would put this visitor's cookie on a shared page.
    if session.modified or response.headers.get("Cache-Control") or g.get("hub_uncacheable"):
        return response
    response.headers["Cache-Control"] = "public, max-age=0, s-maxage=5, must-revalidate"
    response.vary.update(("Cookie", "Accept", "Accept-Encoding"))
    response.add_etag(weak=True)
    cache: PageCache = current_app.extensions["hub_page_cache"]
    if cache.seconds > 0 and request.method == "GET":
        body = response.get_data()
        if len(body) <= BIGGEST_BODY:
            cache.put(_key(), body, tuple(response.headers.items()))
    return response.make_conditional(request)


def not_shared() -> None:
    """Say that this page is not the same for every visitor (it holds a form's secret, or depends on time)."""
    g.hub_uncacheable = True


def init_app(app: Flask, seconds: float) -> None:
    """Keep visitors' pages for ``seconds`` (0: only ETags, nothing kept)."""
    app.extensions["hub_page_cache"] = PageCache(seconds)
    app.before_request(_serve)
    app.after_request(_keep)
