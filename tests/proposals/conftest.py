"""A town with a consultation, and people who look at it."""

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.territories.models import Role, RoleGrant
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation
from tests.factories.groups import make_group
from tests.factories.proposals import make_proposal
from tests.factories.territories import make_territory


@dataclass(frozen=True)
class Scene:
    """What the tests of pages look at: addresses and keys, no rows that outlive their session."""

    slug: str
    reference: str
    author: str
    coordinator: str
    other: str


@operation
def seat(user: Any, group: Group, role: Role) -> None:
    """Give somebody a role in a group."""
    db.session.add(RoleGrant(user_id=user.id, group_id=group.id, role=role))


@pytest.fixture
def scene(web: Flask) -> Scene:
    """A public consultation with one proposal, its author, a coordinator and somebody else."""
    with web.app_context():
        town = make_territory(latitude=46.36, longitude=15.11)
        group, author, coordinator = make_group(town), make_user(name="Ana Author"), make_user()
        seat(coordinator, group, Role.COORDINATOR)
        consultation = make_consultation(group, categories=[], budget=100_000_00)
        proposal = make_proposal(
            consultation, title="More trees", actor=author, latitude=46.37, longitude=15.12
        )
        keys = author.fs_uniquifier, coordinator.fs_uniquifier, make_user().fs_uniquifier
        found = Scene(str(consultation.slug), proposal.reference, *keys)
        db.session.remove()
    return found
