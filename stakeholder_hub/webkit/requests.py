"""What every request goes through: an id for the logs, readers begin read-only, sizes are bounded."""

import re
import secrets
import time

import structlog
from flask import Flask, Response, g, request

from stakeholder_hub.kernel.database import set_read_only
from stakeholder_hub.kernel.errors import NotFound

log = structlog.get_logger("request")

_ID = re.compile(r"^[A-Za-z0-9_-]{8,64}$")


def _begin() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if _ID.fullmatch(given) else secrets.token_hex(8)
    g.begun = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    # Every transaction of a request begins as a reader; an operation begins its own as a writer.
    set_read_only(True)
    # No address of ours holds a NUL, and PostgreSQL takes it in no comparison. Words to look for may hold anything.
    named = [value for name, value in request.args.items() if name != "q"]
    if any("\x00" in value for value in [request.path, *named]):
        raise NotFound()


def _end(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.get("request_id", "")
    log.info(
        "request",
        method=request.method,
        endpoint=request.endpoint,
        status=response.status_code,
        ms=round((time.perf_counter() - g.get("begun", time.perf_counter())) * 1000, 1),
    )
    return response


def _teardown(_error: BaseException | None) -> None:
    set_read_only(False)


def init_app(app: Flask) -> None:
    """Number, bound and log every request."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_teardown)
