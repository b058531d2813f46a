"""People who ask, and those who answer."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories.accounts import sign_in


@pytest.fixture
def visit(web: Flask) -> Callable[[str | None], FlaskClient]:
    """A client without a browser, signed in as the person with this key."""

    def made(key: str | None = None) -> FlaskClient:
        client = web.test_client()
        return client if key is None else sign_in(client, key)

    return made
