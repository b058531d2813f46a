"""People who vote."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.kernel.sectors import Sector
from tests.factories.accounts import make_user


@pytest.fixture
def voters() -> Callable[..., list[Any]]:
    """``voters(12, sector=Sector.BUSINESS)``: confirmed people of one sector."""

    def made(number: int, *, sector: Sector = Sector.CITIZEN) -> list[Any]:
        return [make_user(sector=sector) for _ in range(number)]

    return made


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
