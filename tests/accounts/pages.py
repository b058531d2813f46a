"""Forms as a browser sends them: with the hidden fields that the page holds."""

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.infrastructure.mail import Mail

_INPUT = re.compile(r'<input[^>]*type="hidden"[^>]*>')
_NAME, _VALUE = re.compile(r'name="([^"]*)"'), re.compile(r'value="([^"]*)"')

SECRETS = re.compile(r'<input[^>]*name="(?:csrf_token|idempotency_key)"[^>]*>')


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms."""
    found = {}
    for tag in _INPUT.findall(page):
        name, value = _NAME.search(tag), _VALUE.search(tag)
        if name:
            found[name[1]] = value[1] if value else ""
    return found


def send(client: FlaskClient, path: str, /, **values: Any) -> TestResponse:
    """Open the page at ``path``, fill its form in and send it."""
    page = client.get(path)
    assert page.status_code == 200, (path, page.status_code)
    return client.post(path, data={**hidden(page.text), **values})


def press(client: FlaskClient, mail: Mail, /, **values: Any) -> TestResponse:
    """Open the link in a letter and press its button."""
    return send(client, mail.paths[0], **values)


def signed_in_as(client: FlaskClient) -> str | None:
    """The address of the account this browser is signed in to."""
    page = client.get("/en/account/")
    if page.status_code != 200:
        return None
    found = re.search(r"[\w.+-]+@[\w.-]+", page.text)
    return found[0] if found else None
