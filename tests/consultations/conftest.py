"""Signing in without a password: these tests are about consultations."""

from typing import Any

import pytest

from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.territories.models import Role, RoleGrant, Territory


@pytest.fixture(autouse=True)
def _csrf_is_tested_elsewhere(without_csrf: None) -> None:
    """Every form here is sent without its token."""


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
