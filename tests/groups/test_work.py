"""A group's page shows what the group does, to those who may see it."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.actions.operations import create_action_item
from stakeholder_hub.groups.operations import add_member
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.models import Visibility
from stakeholder_hub.territories.models import Role
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation
from tests.factories.groups import make_group


def test_what_a_group_does_stands_on_its_page_and_its_coordinator_begins_more_there(
    web: Flask, client: FlaskClient, browser_of: Callable[[str], FlaskClient]
) -> None:
    with web.app_context():
        group = make_group()
        chief = make_user()
        add_member(group, user=chief, role=Role.COORDINATOR, sector=None, actor=SYSTEM)
        make_consultation(group, title="Housing for the young")
        make_consultation(group, title="Only among us", audience=Visibility.MEMBERS)
        make_consultation(make_group(), title="Somebody else's")
        create_action_item(
            title="Count the empty flats", territory=group.territory, group=group, language="en", actor=SYSTEM
        )
        address, key = f"/en/groups/{group.slug}/", chief.fs_uniquifier
        db.session.remove()
    seen = client.get(address).get_data(as_text=True)
    for words in ("Housing for the young", "Open now", "Count the empty flats", "Planned"):
        assert words in seen
    for words in ("Only among us", "Somebody else", "New consultation", "csrf_token"):
        assert words not in seen
    own = browser_of(key).get(address).get_data(as_text=True)
    for words in ("Only among us", "New consultation", "New action item"):
        assert words in own
