"""Asking for pages as somebody: signed in by the session, forms sent with everything they hold."""

import re
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_HIDDEN = re.compile(r'<input[^>]*name="(csrf_token|idempotency_key|version)"[^>]*value="([^"]*)"')


def send(client: FlaskClient, url: str, *, page: str | None = None, **values: Any) -> TestResponse:
    """Open ``page`` (the form's own address by default) and send its form to ``url``."""
    html = client.get(page or url).get_data(as_text=True)
    hidden = {name: unescape(value) for name, value in _HIDDEN.findall(html)}
    return client.post(url, data={**hidden, **values})
