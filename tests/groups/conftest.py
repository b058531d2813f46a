"""Signing in without a password: these tests are about groups."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient


@pytest.fixture
def without_csrf(application: Flask) -> Iterator[None]:
    before = application.config.get("WTF_CSRF_ENABLED", True)
    application.config["WTF_CSRF_ENABLED"] = False
    yield
    application.config["WTF_CSRF_ENABLED"] = before


@pytest.fixture
def browser_of(web: Flask, without_csrf: None) -> Callable[[Any], FlaskClient]:
    """A browser in which a person (by the key of their sessions) has signed in."""

    def sign_in(key: str) -> FlaskClient:
        client = web.test_client()
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = key, True
        return client

    return sign_in
