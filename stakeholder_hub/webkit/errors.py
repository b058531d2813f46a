"""Error pages: what happened, why, and what can be done next, in the reader's language; never a stack trace."""

from typing import Any

import structlog
from flask import Flask, jsonify, render_template, request, url_for
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, HubError, NotAllowed, Reason, TooMany
from stakeholder_hub.kernel.i18n import _, _l
from stakeholder_hub.webkit.actor import actor_or_visitor, request_path
from stakeholder_hub.webkit.addresses import with_language_prefix
from stakeholder_hub.webkit.forms import is_htmlless
from stakeholder_hub.webkit.idempotency import AlreadyDone, answer_again

log = structlog.get_logger(__name__)

HEADINGS: dict[int, Reason] = {
    400: _l("This request could not be understood"),
    401: _l("Please sign in"),
    403: _l("You may not do this"),
    404: _l("There is nothing here"),
    405: _l("This is not possible here"),
    409: _l("Somebody was faster"),
    410: _l("This is no longer here"),
    413: _l("This is too large"),
    415: _l("This kind of content is not taken"),
    422: _l("This could not be accepted"),
    429: _l("Too many tries"),
    500: _l("Something went wrong on our side"),
    503: _l("The site is busy or being repaired"),
}

REASONS: dict[int, Reason] = {
    400: _l("The address or the form was not complete. Go back and try again."),
    401: _l("This page is for people who have signed in."),
    403: _l("Your account does not have the right to do this."),
    404: _l("The address may be mistyped, or the page is not public."),
    405: _l("Go back and use the buttons of the page."),
    409: _l("Look at the page again and repeat what you meant to do."),
    413: _l("Choose a smaller file or a shorter text. What you typed is still in your browser: go back."),
    415: _l("Choose another kind of file."),
    422: _l("Go back and correct what you sent."),
    429: _l("Wait a little, then try again."),
    500: _l("It has been noted. Nothing of what was stored is lost. Please try again in a while."),
    503: _l("Please try again in a minute. Nothing of what was stored is lost."),
}


def respond(status: int, reason: Reason = "", **context: Any) -> tuple[str | Response, int, dict[str, str]]:
    """An error page, or the same as JSON for whoever asked for that."""
    heading, text = HEADINGS.get(status, HEADINGS[500 if status >= 500 else 400]), str(reason or "")
    text = text or str(REASONS.get(status, ""))
    headers = {"Cache-Control": "private, no-store"}
    if is_htmlless():
        return jsonify(status=status, error=str(heading), reason=text), status, headers
    body = render_template("webkit/error.html", status=status, heading=heading, reason=text, **context)
    return body, status, headers


def _hub_error(error: HubError) -> Any:
    db.session.rollback()
    if isinstance(error, AlreadyDone):
        return answer_again(error) or respond(409, error.reason)
    context: dict[str, Any] = {}
    if isinstance(error, NotAllowed) and error.sign_in:
        if not actor_or_visitor().is_authenticated:
            context["sign_in_url"] = url_for("security.login", next=_way_back())
    if isinstance(error, Conflict):
        context.update(theirs=error.theirs, mine=error.mine)
    answer = respond(error.status, error.reason, **context)
    if isinstance(error, TooMany):
        answer[2]["Retry-After"] = str(error.retry_after)
    return answer


def _way_back() -> str:
    return request_path() if request.method == "GET" else (request.path.rsplit("/", 1)[0] or "/")


def _http_error(error: HTTPException) -> Any:
    status = error.code or 500
    if error.response is not None or 300 <= status < 400:
        return error
    if status == 404 and (redirected := with_language_prefix()) is not None:
        return redirected
    ours = (
        str(error.description)
        if getattr(error, "description", None).__class__.__name__ == "LazyString"
        else ""
    )
    answer = respond(status, ours)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            answer[2][name] = value
    return answer


def _csrf_error(_error: CSRFError) -> Any:
    return respond(
        400, _("The page was open for too long or in another window. Go back, load it again and repeat it.")
    )


def _rate_limited(error: RateLimitExceeded) -> Any:
    answer = respond(429)
    answer[2]["Retry-After"] = str(
        getattr(error.limit, "limit", None) and error.limit.limit.get_expiry() or 60
    )
    return answer


def _database_error(error: SQLAlchemyError) -> Any:
    try:
        db.session.rollback()
    except SQLAlchemyError:
        log.warning("rollback_failed")
    busy = isinstance(error, OperationalError | InterfaceError | DisconnectionError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )
    log.error("database_error", kind=type(error).__name__, busy=busy, exc_info=not busy)
    answer = respond(503 if busy else 500, minimal=True)
    if busy:
        answer[2]["Retry-After"] = "30"
    return answer


def _unexpected(error: Exception) -> Any:
    log.exception("unexpected_error", kind=type(error).__name__)
    try:
        db.session.rollback()
    except SQLAlchemyError:
        log.warning("rollback_failed")
    return respond(500)


def init_app(app: Flask) -> None:
    """Answer every kind of error in our own way."""
    app.register_error_handler(HubError, _hub_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(RateLimitExceeded, _rate_limited)
    app.register_error_handler(SQLAlchemyError, _database_error)
    app.register_error_handler(Exception, _unexpected)
