"""Action items over HTTP: finding, handing out, reporting, for everyone who may."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from stakeholder_hub.actions.models import ActionItem
from stakeholder_hub.actions.operations import change_status
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.models import Visibility
from stakeholder_hub.territories.models import Role
from tests.factories.accounts import make_user, sign_in
from tests.factories.actions import make_action_item
from tests.factories.decisions import make_ballot
from tests.factories.groups import make_group, make_organisation
from tests.factories.proposals import make_proposal
from tests.factories.territories import give_role, make_region, make_territory


@dataclass(frozen=True)
class Scene:
    """Addresses and keys of a town, its group, a proposal and an item."""

    town: str
    elsewhere: str
    group: str
    proposal: str
    item: str
    body: int
    coordinator: str
    person: str
    stranger: str


@pytest.fixture
def scene(web: Flask, without_csrf: None) -> Scene:
    """A group with a coordinator and a responsible person; an item that is overdue."""
    with web.app_context():
        region = make_region()
        town, elsewhere = make_territory(parent=region), make_territory(parent=region)
        group, body = make_group(town), make_organisation(town)
        coordinator = give_role(make_user(), Role.COORDINATOR, group=group)
        person = give_role(make_user(name="Petra Responsible"), Role.MEMBER, group=group)
        proposal = make_proposal(title="A swimming pool")
        item = make_action_item(
            town,
            title="Dig the pool",
            group=group,
            organisation=body,
            person=person,
            due_on=clock.today() - timedelta(days=3),
        )
        make_action_item(elsewhere, title="Paint the bridge", due_on=clock.today() + timedelta(days=3))
        make_action_item(town, title="Secret talks", visibility=Visibility.PRIVATE)
        give_role(coordinator, Role.COORDINATOR, group=proposal.group)
        keys = coordinator.fs_uniquifier, person.fs_uniquifier, make_user().fs_uniquifier
        return Scene(
            town.slug, elsewhere.slug, group.slug, proposal.reference, item.reference, body.id, *keys
        )


def text_of(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("view", ["", "board", "calendar"])
def test_a_visitor_sees_what_is_public_and_what_is_late(client: FlaskClient, scene: Scene, view: str) -> None:
    text = text_of(client, f"/en/actions/{view}")
    assert "Dig the pool" in text
    assert "Secret talks" not in text
    assert "csrf_token" not in text
    if view != "calendar":
        assert "Overdue since" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("place={town}", {"Dig the pool"}),
        ("place={elsewhere}", {"Paint the bridge"}),
        ("status=overdue", {"Dig the pool"}),
        ("status=open", {"Dig the pool", "Paint the bridge"}),
        ("status=done", set()),
        ("organisation={body}", {"Dig the pool"}),
        ("q=BRIDGE", {"Paint the bridge"}),
        ("q=100%25", set()),
        ("status=nonsense&organisation=abc&month=0000-99", {"Dig the pool", "Paint the bridge"}),
    ],
)
@pytest.mark.parametrize("view", ["", "board"])
def test_filters_narrow_every_view_alike(
    client: FlaskClient, scene: Scene, query: str, found: set[str], view: str
) -> None:
    text = text_of(client, f"/en/actions/{view}?" + query.format(**vars(scene)))
    assert {name for name in ("Dig the pool", "Paint the bridge") if name in text} == found


def test_another_month_shows_another_month(client: FlaskClient, scene: Scene) -> None:
    text = text_of(client, "/en/actions/calendar?month=2031-02")
    assert "February 2031" in text
    assert "month=2031-01" in text
    assert "month=2031-03" in text
    assert "Dig the pool" not in text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_list_is_taken_along_as_a_table(client: FlaskClient, scene: Scene, kind: str) -> None:
    answer = client.get(f"/en/actions/?format={kind}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    if kind == "csv":
        assert "Dig the pool" in answer.data.decode("utf-8-sig")


@pytest.mark.parametrize("view", ["", "board", "calendar", "{item}/"])
def test_a_page_costs_the_same_however_much_there_is(
    web: Flask, client: FlaskClient, scene: Scene, count_queries: Callable[[], Any], view: str
) -> None:
    address = f"/en/actions/{view.format(item=scene.item)}"
    client.get(address)
    with count_queries() as few:
        client.get(address)
    with web.app_context():
        for number in range(25):
            town = make_territory()
            make_action_item(
                town,
                organisation=make_organisation(town),
                person=make_user(),
                due_on=clock.today() + timedelta(days=number % 9),
            )
    with count_queries() as many:
        client.get(address)
    assert len(many) == len(few)
    assert len(many) <= 12


def test_the_page_of_an_item_says_who_does_what_by_when(client: FlaskClient, scene: Scene) -> None:
    text = text_of(client, f"/en/actions/{scene.item}/")
    for words in (
        "Dig the pool",
        "Petra Responsible",
        "Overdue since",
        "The journey",
        "Nothing reported yet",
    ):
        assert words in text
    assert '<form method="post"' not in text


def test_a_private_item_is_unknown_to_others(web: Flask, client: FlaskClient, scene: Scene) -> None:
    with web.app_context():
        secret = db.session.scalars(
            sa.select(ActionItem).where(ActionItem.visibility == Visibility.PRIVATE)
        ).one()
        address = f"/en/actions/{secret.reference}/"
    assert client.get(address).status_code == 404
    assert sign_in(web.test_client(), scene.stranger).get(address).status_code == 404


def test_a_coordinator_hands_out_what_follows_from_a_proposal(web: Flask, scene: Scene) -> None:
    browser = sign_in(web.test_client(), scene.coordinator)
    page = text_of(browser, f"/en/proposals/{scene.proposal}/")
    address = f"/en/actions/new?from={scene.proposal}"
    assert address in page.replace("&amp;", "&")
    form = text_of(browser, address)
    assert 'value="A swimming pool"' in form
    answer = browser.post(
        address,
        data={"title": "Find a place for the pool", "organisation": "0", "person": "0", "language": "en"},
    )
    assert answer.status_code == 303
    made = text_of(browser, answer.headers["Location"])
    assert "The action item has been added." in made
    assert "A swimming pool" in made
    assert "Under way" in text_of(browser, f"/en/proposals/{scene.proposal}/")


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(web: Flask, scene: Scene) -> None:
    browser = sign_in(web.test_client(), scene.coordinator)
    data = {
        "title": "",
        "description": "We dig **here**.",
        "organisation": "0",
        "person": "0",
        "language": "en",
        "starts_on": "2026-12-05",
        "due_on": "2026-12-01",
    }
    answer = browser.post(f"/en/actions/new?group={scene.group}", data=data)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Say in a few words what is to be done." in text
    assert "We dig **here**." in text
    answer = browser.post(f"/en/actions/new?group={scene.group}", data={**data, "title": "Dig"})
    assert "It cannot be due before it begins." in answer.get_data(as_text=True)
    assert re.search(r'<input(?=[^>]*name="due_on")[^>]*aria-invalid="true"', answer.get_data(as_text=True))


def test_nobody_is_made_responsible_who_is_not_offered(web: Flask, scene: Scene) -> None:
    browser = sign_in(web.test_client(), scene.coordinator)
    data = {"title": "Dig", "organisation": "0", "person": "999999", "language": "en"}
    assert browser.post(f"/en/actions/new?group={scene.group}", data=data).status_code == 422


@pytest.mark.parametrize("path", ["new?group={group}", "{item}/edit", "{item}/contributors"])
def test_only_coordinators_hand_out_and_change(web: Flask, scene: Scene, path: str) -> None:
    address = "/en/actions/" + path.format(**vars(scene))
    assert web.test_client().get(address).status_code == 302
    answer = sign_in(web.test_client(), scene.person).get(address)
    assert answer.status_code == 403
    assert "Only the coordinators of this group or place" in answer.get_data(as_text=True)
    assert sign_in(web.test_client(), scene.coordinator).get(address).status_code == 200


def test_the_responsible_person_reports_with_a_photo(web: Flask, scene: Scene) -> None:
    browser = sign_in(web.test_client(), scene.person)
    assert f"/en/actions/{scene.item}/report" in text_of(browser, f"/en/actions/{scene.item}/")
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "blue").save(picture, "JPEG")
    answer = browser.post(
        f"/en/actions/{scene.item}/report",
        data={
            "body": "The pool is full of water.",
            "status": "done",
            "progress": "80",
            "evidence_url": "https://example.org/pool",
            "uploads": (io.BytesIO(picture.getvalue()), "pool.jpg"),
        },
        content_type="multipart/form-data",
    )
    assert answer.status_code == 303
    text = text_of(browser, answer.headers["Location"])
    for words in ("The pool is full of water.", "https://example.org/pool", "100%", "resulted in", "<img"):
        assert words in text
    assert "Overdue since" not in text


def test_progress_that_is_no_number_keeps_the_report(web: Flask, scene: Scene) -> None:
    browser = sign_in(web.test_client(), scene.person)
    answer = browser.post(
        f"/en/actions/{scene.item}/report",
        data={"body": "Half of it.", "status": "planned", "progress": "150"},
    )
    assert answer.status_code == 422
    assert "Half of it." in answer.get_data(as_text=True)
    assert "Progress is a number from 0 to 100." in answer.get_data(as_text=True)


@pytest.mark.hostile("H58")
def test_two_who_edit_at_once_see_each_others_words(web: Flask, scene: Scene) -> None:
    browser = sign_in(web.test_client(), scene.coordinator)
    address = f"/en/actions/{scene.item}/edit"
    version = re.search(r'name="version"[^>]*value="(\d+)"', text_of(browser, address))
    assert version is not None
    data = {"organisation": "0", "person": "0", "language": "en", "version": version[1]}
    assert browser.post(address, data={**data, "title": "Dig deeper"}).status_code == 303
    answer = browser.post(address, data={**data, "title": "Dig wider"})
    assert answer.status_code == 409
    assert "Dig deeper" in answer.get_data(as_text=True)
    assert "Dig wider" in answer.get_data(as_text=True)


def test_helpers_are_named_and_taken_away(web: Flask, scene: Scene) -> None:
    browser = sign_in(web.test_client(), scene.coordinator)
    address = f"/en/actions/{scene.item}/contributors"
    assert browser.post(address, data={"contributor": f"body-{scene.body}"}).status_code == 303
    page = text_of(browser, address)
    remove = re.search(r'action="([^"]+/remove)"', page)
    assert remove is not None
    assert browser.post(remove[1]).status_code == 303
    assert "Nobody has been named yet." in text_of(browser, address)


def test_a_counted_vote_leads_its_coordinator_to_what_is_to_be_done(web: Flask, scene: Scene) -> None:
    with web.app_context():
        ballot = make_ballot(
            titles=["Winner of the vote", "Loser of the vote"], closed=True, winners_wanted=1
        )
        # Nobody voted, so nothing won; an approval ballot without a limit takes whatever got a vote.
        assert ballot.result is not None
        ballot.result = {**ballot.result, "winners": ["1"]}
        runner = give_role(make_user(), Role.COORDINATOR, group=ballot.group)
        db.session.commit()
        key, reference = runner.fs_uniquifier, ballot.reference
    browser = sign_in(web.test_client(), key)
    result = text_of(browser, f"/en/ballots/{reference}/")
    assert f"/en/actions/from/{reference}/" in result
    page = text_of(browser, f"/en/actions/from/{reference}/")
    assert "Winner of the vote" in page
    assert "Loser of the vote" not in page
    link = re.search(r'href="(/en/actions/new\?from=[A-Z0-9-]+)"', page)
    assert link is not None
    answer = browser.post(
        link[1], data={"title": "Carry out the winner", "organisation": "0", "person": "0", "language": "en"}
    )
    assert answer.status_code == 303
    assert "Carry out the winner" in text_of(browser, f"/en/actions/from/{reference}/")
    item = text_of(browser, answer.headers["Location"])
    for words in ("Winner of the vote", "put to the vote", "decided by", "carried out by"):
        assert words in item
    assert web.test_client().get(f"/en/actions/from/{reference}/").status_code in (302, 403)
    assert f"/en/actions/from/{reference}/" not in text_of(web.test_client(), f"/en/ballots/{reference}/")


def test_the_calendar_begins_the_week_as_the_language_does(client: FlaskClient, scene: Scene) -> None:
    german = text_of(client, "/de/actions/calendar?month=2026-11")
    assert german.index("Mo") < german.index("So")


def test_finished_items_stay_and_the_board_has_a_column_for_each_status(
    web: Flask, client: FlaskClient, scene: Scene
) -> None:
    with web.app_context():
        item = db.session.scalars(sa.select(ActionItem).where(ActionItem.reference == scene.item)).one()
        change_status(item, status="done", actor=SYSTEM)  # type: ignore[arg-type]
    text = text_of(client, "/en/actions/board")
    assert "Dig the pool" in text
    for column in ("Planned", "In progress", "Blocked", "Done", "Dropped"):
        assert column in text


def test_dates_are_written_as_the_reader_writes_them(web: Flask, client: FlaskClient, scene: Scene) -> None:
    with web.app_context():
        reference = make_action_item(due_on=date(2031, 3, 9)).reference
    assert "9 March 2031" in text_of(client, f"/en/actions/{reference}/")
    assert "9. März 2031" in text_of(client, f"/de/actions/{reference}/")
