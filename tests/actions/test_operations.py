"""Action items: where they come from, who may do what, how far they have come."""

import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image
from werkzeug.datastructures import FileStorage

from stakeholder_hub.actions.models import ActionItem, ActionStatus
from stakeholder_hub.actions.operations import (
    add_contributor,
    add_note,
    change_status,
    edit_action_item,
    remove_contributor,
)
from stakeholder_hub.actions.policy import may_create, may_edit, may_report
from stakeholder_hub.actions.queries import Wanted, items_for, waiting_for
from stakeholder_hub.deliberation.operations import follow_record
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.proposals.models import ProposalState
from stakeholder_hub.records.attachments import attachments_of
from stakeholder_hub.records.models import Link, Relation, Visibility
from stakeholder_hub.search.models import SearchEntry
from stakeholder_hub.territories.models import Level, Role
from tests.factories.accounts import make_user
from tests.factories.actions import make_action_item
from tests.factories.consultations import make_consultation
from tests.factories.groups import make_group, make_mandate, make_organisation
from tests.factories.proposals import make_proposal
from tests.factories.territories import give_role, make_region, make_territory


def edited(item: ActionItem, *, version: int, actor: Any = SYSTEM, **values: Any) -> ActionItem:
    fields: dict[str, Any] = {
        "title": "Another title",
        "description": "",
        "language": "en",
        "organisation": None,
        "person": None,
        "starts_on": None,
        "due_on": None,
    }
    return edit_action_item(item, **{**fields, **values}, version=version, actor=actor)


def links(item: ActionItem) -> set[tuple[int, Relation]]:
    rows = db.session.execute(sa.select(Link.source_id, Link.relation).where(Link.target_id == item.id))
    return {(row[0], row[1]) for row in rows}


def test_an_item_from_a_proposal_follows_from_it_and_sets_it_going(app: Flask) -> None:
    proposal = make_proposal()
    item = make_action_item(proposal.territory, group=proposal.group, sources=[proposal])
    assert links(item) == {(proposal.id, Relation.CARRIED_OUT_BY)}
    assert (item.context_id, item.state) == (proposal.consultation_id, ActionStatus.PLANNED)
    assert proposal.state == ProposalState.UNDER_WAY


def test_an_item_is_never_seen_by_more_people_than_what_it_follows_from(app: Flask) -> None:
    proposal = make_proposal(make_consultation(audience=Visibility.MEMBERS), actor=SYSTEM)
    item = make_action_item(proposal.territory, sources=[proposal])
    assert item.visibility is Visibility.MEMBERS
    assert db.session.scalars(items_for(Wanted(), VISITOR)).all() == []


def test_nobody_makes_items_of_what_they_may_not_see(app: Flask) -> None:
    hidden = make_consultation(published=False)
    elsewhere = make_territory()
    runner = give_role(make_user(), Role.COORDINATOR, territory=elsewhere)
    with pytest.raises(NotFound):
        make_action_item(elsewhere, sources=[hidden], actor=runner)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " \u200b "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"starts_on": date(2026, 5, 2), "due_on": date(2026, 5, 1)}, "due_on"),
        ({"due_on": date(1, 1, 1)}, "due_on"),
        ({"starts_on": date(9999, 1, 1)}, "starts_on"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(app: Flask, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        make_action_item(**values)
    assert refusal.value.field == field


@pytest.mark.hostile("H58")
def test_the_second_of_two_editors_is_shown_both_texts(app: Flask) -> None:
    item = make_action_item(title="First")
    seen = item.version
    edited(item, title="Second", version=seen)
    with pytest.raises(Conflict) as refusal:
        edited(item, title="Third", version=seen)
    assert (refusal.value.theirs or {})["title"] == "Second"
    assert (refusal.value.mine or {})["title"] == "Third"
    assert item.title.original.text == "Second"


def test_the_roles_decide_who_hands_out_and_who_reports(app: Flask) -> None:
    region = make_region()
    town = make_territory(parent=region)
    group = make_group(town)
    above = give_role(make_user(), Role.COORDINATOR, territory=region)
    runs_group = give_role(make_user(), Role.COORDINATOR, group=group)
    member, observer = (give_role(make_user(), role, group=group) for role in (Role.MEMBER, Role.OBSERVER))
    body = make_organisation(town)
    delegate = make_mandate(body).user
    responsible, helper, stranger = make_user(), make_user(), make_user()
    item = make_action_item(town, group=group, organisation=body, person=responsible)
    add_contributor(item, user=helper, actor=SYSTEM)

    def who(rule: Any, *subject: Any) -> list[bool]:
        people = (above, runs_group, member, observer, delegate, responsible, helper, stranger, VISITOR)
        return [bool(rule(person, *subject)) for person in people]

    assert who(may_create, town, group) == [True, True, *[False] * 7]
    assert who(may_edit, item) == [True, True, *[False] * 7]
    assert who(may_report, item) == [True, True, False, False, True, True, True, False, False]
    assert "Sign in" in str(may_report(VISITOR, item).reason)
    assert "carry this out" in str(may_report(stranger, item).reason)


@pytest.mark.hostile("H11")
def test_a_mandate_that_has_ended_reports_no_more(app: Flask) -> None:
    body = make_organisation()
    yesterday = clock.today() - timedelta(days=1)
    former = make_mandate(body, starts_on=yesterday - timedelta(days=9), ends_on=yesterday).user
    item = make_action_item(body.territory, organisation=body)
    with pytest.raises(NotAllowed):
        add_note(item, body="Done!", language="en", actor=former)


def test_a_note_that_completes_an_item_is_its_result(app: Flask) -> None:
    proposal = make_proposal()
    item = make_action_item(proposal.territory, sources=[proposal])
    add_note(item, body="The holes are dug.", language="en", progress=40, actor=SYSTEM)
    assert (item.state, item.progress) == (ActionStatus.PLANNED, 40)
    note = add_note(
        item,
        body="All **twelve** trees stand.",
        language="en",
        status=ActionStatus.DONE,
        evidence_url="https://example.org/trees",
        actor=SYSTEM,
    )
    assert (item.state, item.progress, item.result_text) == (
        ActionStatus.DONE,
        100,
        "All **twelve** trees stand.",
    )
    assert links(note) == {(item.id, Relation.RESULTED_IN)}  # type: ignore[arg-type]
    assert (note.status_before, note.status_after) == ("planned", "done")
    assert "<strong>twelve</strong>" in note.body_html
    assert proposal.state == ProposalState.DONE


def test_a_proposal_is_done_when_everything_that_carries_it_out_is(app: Flask) -> None:
    proposal = make_proposal()
    first, second, third = (make_action_item(proposal.territory, sources=[proposal]) for _ in range(3))
    change_status(first, status=ActionStatus.DONE, actor=SYSTEM)
    change_status(second, status=ActionStatus.DROPPED, actor=SYSTEM)
    assert proposal.state == ProposalState.UNDER_WAY
    change_status(third, status=ActionStatus.DONE, actor=SYSTEM)
    assert proposal.state == ProposalState.DONE
    change_status(third, status=ActionStatus.IN_PROGRESS, actor=SYSTEM)
    assert (proposal.state, third.completed_at, third.progress) == (ProposalState.UNDER_WAY, None, 90)


def test_what_is_dropped_is_planned_anew_before_it_is_done(app: Flask) -> None:
    item = make_action_item()
    change_status(item, status=ActionStatus.DROPPED, actor=SYSTEM)
    with pytest.raises(Conflict):
        change_status(item, status=ActionStatus.DONE, actor=SYSTEM)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"body": "  "}, "body"),
        ({"progress": 101}, "progress"),
        ({"progress": -1}, "progress"),
        ({"evidence_url": "javascript:alert(1)"}, "evidence_url"),
        ({"evidence_url": "https://"}, "evidence_url"),
        ({"evidence_url": "http://[broken"}, "evidence_url"),
    ],
)
def test_a_note_that_cannot_be_is_refused_and_leaves_nothing(
    app: Flask, values: dict[str, Any], field: str
) -> None:
    item = make_action_item()
    with pytest.raises(Invalid) as refusal:
        add_note(item, **{"body": "Something", "language": "en", "actor": SYSTEM, **values})
    assert refusal.value.field == field


@pytest.mark.hostile("H18")
def test_evidence_is_a_picture_without_what_its_camera_wrote(app: Flask) -> None:
    data = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Camera of Zala"
    Image.new("RGB", (50, 40), "green").save(data, "JPEG", exif=exif)
    upload = FileStorage(io.BytesIO(data.getvalue()), filename="trees.jpg", content_type="image/jpeg")
    note = add_note(make_action_item(), body="Look.", language="en", uploads=[upload], actor=SYSTEM)
    (kept,) = attachments_of(note)
    assert kept.media_type.startswith("image/")
    stored = [path.read_bytes() for path in (Path(app.instance_path) / "files").rglob("*") if path.is_file()]
    assert stored
    assert not any(b"Zala" in data for data in stored)


def test_helpers_are_named_once_and_taken_away_only_from_their_own_item(app: Flask) -> None:
    item, other, person = make_action_item(), make_action_item(), make_user()
    helper = add_contributor(item, user=person, actor=SYSTEM)
    with pytest.raises(Invalid):
        add_contributor(item, user=person, actor=SYSTEM)
    with pytest.raises(Invalid):
        add_contributor(item, actor=SYSTEM)
    remove_contributor(other, contributor_id=helper.id, actor=SYSTEM)
    assert [c.user for c in item.contributors] == [person]
    remove_contributor(item, contributor_id=helper.id, actor=SYSTEM)
    assert item.contributors == []


def test_the_responsible_person_is_told_and_followers_hear_of_progress(app: Flask) -> None:
    person = make_user()
    item = make_action_item(person=person)
    db.session.flush()
    told = db.session.scalars(sa.select(Notification.kind).where(Notification.user_id == person.id)).all()
    assert "actions.assigned" in told
    assert db.session.scalar(sa.select(SearchEntry).where(SearchEntry.record_id == item.id)) is not None


def test_each_follower_is_told_of_each_item_once_whatever_they_follow_of_it(app: Flask) -> None:
    """Of two items that carry the same out there are two different messages, each leading to its item."""
    follower = make_user()
    one, two = make_proposal(), make_proposal()
    for proposal in (one, two):
        follow_record(proposal, actor=follower)
    items = [make_action_item(sources=[one, two]) for _ in range(2)]
    told = sa.select(Notification.record_id).where(
        Notification.user_id == follower.id, Notification.kind == "actions.created_from"
    )
    assert list(db.session.scalars(told.order_by(Notification.id))) == [item.id for item in items]


def test_an_item_is_overdue_from_the_midnight_of_its_own_town(app: Flask) -> None:
    """At 22:30 UTC on the 9th it is the 10th in Kyiv (UTC+2) and still the 9th in Vienna."""
    due = date(2026, 11, 9)
    east, west = (make_territory(timezone=zone) for zone in ("Europe/Kyiv", "Europe/Vienna"))
    items = [make_action_item(town, due_on=due) for town in (east, west)]
    with clock.frozen(datetime(2026, 11, 9, 22, 30, tzinfo=UTC)):
        late = [item.is_overdue(clock.today(item.territory.timezone)) for item in items]
    assert late == [True, False]


def test_a_subtree_holds_everything_below_it(app: Flask) -> None:
    region = make_region()
    nation = make_territory(parent=region, level=Level.NATIONAL)
    town, other = make_territory(parent=nation), make_territory()
    here, _there = make_action_item(town), make_action_item(other)
    assert db.session.scalars(items_for(Wanted(place=nation), VISITOR)).all() == [here]
    assert db.session.scalars(items_for(Wanted(place=region, status="open"), VISITOR)).all() == [here]
    assert db.session.scalars(items_for(Wanted(place=region, status="done"), VISITOR)).all() == []


def test_what_waits_for_somebody_is_open_and_theirs(app: Flask) -> None:
    person = make_user()
    mine = make_action_item(person=person)
    done = make_action_item(person=person)
    change_status(done, status=ActionStatus.DONE, actor=SYSTEM)
    make_action_item(person=make_user())
    assert db.session.scalars(waiting_for(person)).all() == [mine]
