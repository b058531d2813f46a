"""Signing in without a password: these tests are about consultations."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.territories.models import Role, RoleGrant, Territory


@pytest.fixture(autouse=True)
def _csrf_is_tested_elsewhere(application: Flask) -> Iterator[None]:
    before = application.config.get("WTF_CSRF_ENABLED", True)
    application.config["WTF_CSRF_ENABLED"] = False
    yield
    application.config["WTF_CSRF_ENABLED"] = before


@pytest.fixture
def browser_of(web: Flask) -> Callable[[str], FlaskClient]:
    """A browser in which the person with this key has signed in."""

    def sign_in(key: str) -> FlaskClient:
        client = web.test_client()
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = key, True
        return client

    return sign_in


@operation
def give_role(
    user: Any, role: Role, *, territory: Territory | None = None, group: Group | None = None
) -> Any:
    """The person with one more role."""
    db.session.add(
        RoleGrant(
            user_id=user.id,
            role=role,
            territory_id=territory.id if territory else None,
            group_id=group.id if group else None,
        )
    )
    db.session.flush()
    db.session.expire(user, ["grants"])
    return user
