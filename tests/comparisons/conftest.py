"""Readers of comparisons."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient


@pytest.fixture
def visit(web: Flask) -> Callable[[str | None], FlaskClient]:
    """A client without a browser, signed in as the person with this key."""

    def made(key: str | None = None) -> FlaskClient:
        client = web.test_client()
        if key is not None:
            with client.session_transaction() as session:
                session["_user_id"], session["_fresh"] = key, True
        return client

    return made
