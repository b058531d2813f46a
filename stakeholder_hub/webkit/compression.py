"""Compressed pages for visitors.

Pages of signed-in people are left as they are: compressing a body that holds both a secret and what a
stranger can put into an address lets the secret be guessed from the length (BREACH).
"""

import gzip

import brotli
from flask import Flask, Response, request

from stakeholder_hub.webkit.actor import actor_or_visitor

SMALLEST = 800
TEXT = ("text/html", "application/json", "text/calendar")


def _compress(response: Response) -> Response:
    if (
        response.status_code not in (200, 404)
        or response.is_streamed
        or response.mimetype not in TEXT
        or "Content-Encoding" in response.headers
        or actor_or_visitor().is_authenticated
    ):
        return response
    body = response.get_data()
    if len(body) < SMALLEST:
        return response
    accepted = request.accept_encodings
    if accepted["br"]:
        response.set_data(brotli.compress(body, quality=4))
        response.headers["Content-Encoding"] = "br"
    elif accepted["gzip"]:
        response.set_data(gzip.compress(body, 5))
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response


def init_app(app: Flask) -> None:
    """Compress what may be compressed."""
    app.after_request(_compress)
