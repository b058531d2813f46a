"""People with a session, for pages of representation."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories.accounts import sign_in


@pytest.fixture
def browser_of(web: Flask) -> Iterator[Callable[[str], FlaskClient]]:
    """A browser in which a person (by the key of their sessions) has signed in; forms need no token."""
    web.config["WTF_CSRF_ENABLED"] = False
    yield lambda key: sign_in(web.test_client(), key)
    web.config["WTF_CSRF_ENABLED"] = True
