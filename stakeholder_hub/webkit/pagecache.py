"""A short cache for pages that everybody without an account sees alike.

Only successful GETs of visitors without a session are kept, for a few seconds, per process; the key is the
whole address with its query, the host, how the page is to look, the language cookie and the encoding, so that people,
languages and territories never mix. Every such page carries an ETag. The cache stands before the application and
keeps what was sent, compressed and with its headers: a page that is kept costs less than a page that says nothing.
"""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any

import structlog
from flask import Flask, Response, g, request, session
from werkzeug.http import parse_accept_header, parse_cookie, parse_etags

from stakeholder_hub.webkit.addresses import LANGUAGE_COOKIE
from stakeholder_hub.webkit.preferences import COOKIE, Preferences

LARGEST = 512
BIGGEST_BODY = 1_000_000
SHAREABLE = "stakeholder_hub.shareable"
"""Set by the application where every visitor would be sent the same."""

PRIVATE = frozenset({"hub_session", "remember_token"})
"""Cookies of which each says that the request is one person's."""

NOT_WHEN_UNCHANGED = frozenset({"content-length", "content-type", "content-encoding"})
OWN_TO_A_REQUEST = frozenset({"x-request-id", "date"})

Key = tuple[str, ...]
Headers = list[tuple[str, str]]

log = structlog.get_logger("request")


@dataclass(frozen=True)
class _Kept:
    until: float
    body: bytes
    headers: Headers
    etag: str


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

    def put(self, key: Key, body: bytes, headers: Headers) -> _Kept:
        """Keep a page; the one longest unused goes when there are too many."""
        lasting = [(name, value) for name, value in headers if name.lower() not in OWN_TO_A_REQUEST]
        etag = next((value for name, value in headers if name.lower() == "etag"), "")
        kept = _Kept(time.monotonic() + self.seconds, body, lasting, etag)
        if self.seconds > 0 and len(body) <= BIGGEST_BODY:
            with self._lock:
                self._pages[key] = kept
                self._pages.move_to_end(key)
                while len(self._pages) > LARGEST:
                    self._pages.popitem(last=False)
        return kept


def key_of(environ: dict[str, Any]) -> Key | None:
    """What tells one shareable request from another; ``None`` where it could be one person's."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return None
    if "HTTP_AUTHORIZATION" in environ or "HTTP_AUTHENTICATION_TOKEN" in environ:
        return None
    look = language = ""
    if raw := environ.get("HTTP_COOKIE"):
        cookies = parse_cookie(raw)
        if not PRIVATE.isdisjoint(cookies):
            return None
        look = Preferences.parse(cookies.get(COOKIE)).encode()
        language = cookies.get(LANGUAGE_COOKIE, "")[:8]
    return (
        environ.get("HTTP_HOST", ""),
        environ["wsgi.url_scheme"],
        environ.get("SCRIPT_NAME", ""),
        environ.get("PATH_INFO", ""),
        environ.get("QUERY_STRING", ""),
        look,
        language,
        environ.get("HTTP_ACCEPT", "")[:200],
        _encoding(environ.get("HTTP_ACCEPT_ENCODING", "")),
    )


def _encoding(accepted: str) -> str:
    if not accepted:
        return ""
    wanted = parse_accept_header(accepted)
    return "br" if wanted["br"] else "gzip" if wanted["gzip"] else ""


class Front:
    """The cache before ``app``: answers from it where it can, and keeps what may be kept."""

    def __init__(self, wsgi_app: Callable[..., Iterable[bytes]], app: Flask) -> None:
        self.wsgi_app = wsgi_app
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        key = key_of(environ)
        if key is None:
            return self.wsgi_app(environ, start_response)
        cache: PageCache = self.app.extensions["hub_page_cache"]
        kept = cache.get(key)
        if kept is None:
            return self._made(cache, key, environ, start_response)
        log.info("request", method=environ["REQUEST_METHOD"], status=200, kept=True)
        return _send(kept, environ, start_response, [("X-Request-ID", secrets.token_hex(8))])

    def _made(
        self, cache: PageCache, key: Key, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        said: list[Any] = []
        answer = self.wsgi_app(environ, lambda *args: said.extend(args))
        if not environ.get(SHAREABLE) or environ["REQUEST_METHOD"] != "GET" or _is_personal(said):
            start_response(*said)
            return answer
        body = b"".join(answer)
        if close := getattr(answer, "close", None):
            close()
        own = [(name, value) for name, value in said[1] if name.lower() in OWN_TO_A_REQUEST]
        return _send(cache.put(key, body, said[1]), environ, start_response, own)


def _is_personal(said: list[Any]) -> bool:
    """Whether the answer is no plain page, or sets a cookie after all."""
    return not said[0].startswith("200") or any(name.lower() == "set-cookie" for name, _value in said[1])


def _send(
    kept: _Kept, environ: dict[str, Any], start_response: Callable[..., Any], own: Headers
) -> list[bytes]:
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known and parse_etags(known).contains_weak(kept.etag.removeprefix("W/").strip('"')):
        rest = [pair for pair in kept.headers if pair[0].lower() not in NOT_WHEN_UNCHANGED]
        start_response("304 NOT MODIFIED", rest + own)
        return []
    start_response("200 OK", kept.headers + own)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [kept.body]


def _mark(response: Response) -> Response:
    """Say of a page whether everybody may be sent it."""
    if key_of(request.environ) is None or response.status_code != 200 or response.is_streamed:
        return response
    if not (response.mimetype or "").startswith("text/html") or "Set-Cookie" in response.headers:
        return response
    # The session is saved after this: one that was changed would put this visitor's cookie on a shared page.
    if session.modified or response.headers.get("Cache-Control") or g.get("hub_uncacheable"):
        return response
    response.headers["Cache-Control"] = "public, max-age=0, s-maxage=5, must-revalidate"
    response.vary.update(("Cookie", "Accept", "Accept-Encoding"))
    response.add_etag(weak=True)
    request.environ[SHAREABLE] = True
    return response


def not_shared() -> None:
    """Say that this page is not the same for every visitor (it holds a form's secret, or depends on time)."""
    g.hub_uncacheable = True


def init_app(app: Flask, seconds: float) -> None:
    """Keep visitors' pages for ``seconds`` (0: only ETags, nothing kept)."""
    if app.config["SESSION_COOKIE_NAME"] not in PRIVATE:
        raise RuntimeError("the session's cookie has another name: pages of people would be shared")
    app.extensions["hub_page_cache"] = PageCache(seconds)
    app.after_request(_mark)
    app.wsgi_app = Front(app.wsgi_app, app)  # type: ignore[method-assign]
