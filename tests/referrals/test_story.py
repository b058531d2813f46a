"""One proposal from a town through the state to the consortium, and back down as things to be done: all its journey."""

import itertools
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.actions.models import ActionItem
from stakeholder_hub.actions.operations import add_note, create_action_item
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.journey import journey_of
from stakeholder_hub.records.models import Record
from stakeholder_hub.records.trail import graph_of
from stakeholder_hub.referrals.kinds import Outcome
from stakeholder_hub.referrals.models import Referral
from stakeholder_hub.referrals.operations import translate_answer
from stakeholder_hub.referrals.queries import tip_of
from tests.factories.referrals import acknowledge, make_answer, make_ladder, make_referral
from tests.records.test_whole_journey import data_of, told

MOST_STATEMENTS = 12
TOWN, STATE, CONSORTIUM = "Helyi", "Országos", "Nemzetközi"


@pytest.fixture
def proposal(web: Flask, clock: Any) -> str:
    """The reference of a town's proposal, a year later."""
    with web.app_context():
        clock.set(datetime(2026, 2, 2, 9, 0, tzinfo=UTC))
        ladder = make_ladder()
        clock.advance(days=1)
        first = make_referral(ladder, ladder.state, skip_reason="The flats are the state's.")
        clock.advance(days=1)
        acknowledge(ladder, first)
        clock.advance(days=1)
        make_answer(
            ladder,
            first,
            Outcome.NOT_COMPETENT,
            answer="The programme pays for it.",
            forward_to=ladder.programme.body,
        )
        second = tip_of(first)
        clock.advance(days=1)
        acknowledge(ladder, second)
        clock.advance(days=1)
        renovate = _item(ladder.state.place, "Renovate the flats", second)
        clock.advance(days=1)
        answer = make_answer(ladder, second, Outcome.ACCEPTED_IN_PART, answer="Half of them.", named=renovate)
        translate_answer(answer, language="hu", text="A felét.", actor=ladder.programme.official)
        clock.advance(days=1)
        lists = _item(ladder.town.place, "Make a list", ladder.proposal, answer)
        clock.advance(days=1)
        keys = _item(ladder.town.place, "Hand over the keys", ladder.proposal, answer)
        for item in (lists, renovate, keys):
            clock.advance(days=30)
            add_note(item, body="It stands.", language="en", status="done", actor=SYSTEM)
        return ladder.proposal.reference


def _item(place: Any, title: str, *sources: Record) -> ActionItem:
    return create_action_item(
        title=title, language="en", territory=place, sources=list(sources), actor=SYSTEM
    )


def test_a_visitor_reads_every_step_in_hungarian_at_its_level_and_in_its_order(
    client: FlaskClient, proposal: str, count_queries: Callable[[], Any]
) -> None:
    address = f"/hu/records/{proposal}/journey"
    client.get(address + "?warm")
    with count_queries() as seen:
        page = client.get(address).get_data(as_text=True)
    assert len(seen) <= MOST_STATEMENTS, seen
    story = page[page.index('<ol class="story"') : page.index("</ol>", page.index('<ol class="story"'))]
    steps = [
        " ".join(re.sub(r"<[^>]+>", " ", step).split()) for step in story.split('<li class="story-moment')
    ]
    at = 0
    for level, words in (
        (TOWN, "Flats for young people"),
        (TOWN, "Megkeresés"),
        (TOWN, "Elküldve: válasz várható"),
        (STATE, "Átvétel igazolva"),
        (STATE, "Válasz: nem illetékes, ezért másik testülethez kerül"),
        (STATE, "Továbbítva az illetékes testületnek"),
        (CONSORTIUM, "Átvétel igazolva"),
        (STATE, "Renovate the flats"),
        (CONSORTIUM, "Válasz: részben elfogadva"),
        (TOWN, "Make a list"),
        (TOWN, "Hand over the keys"),
        (TOWN, "Kész"),
        (STATE, "Kész"),
        (TOWN, "Kész"),
    ):
        found = next(
            (n for n in range(at, len(steps)) if words in steps[n] and f"· {level}" in steps[n]), None
        )
        assert found is not None, (level, words, steps[at:])
        at = found + 1
    assert "A felét." in story
    assert "Head of unit" in story


def test_the_tree_the_picture_and_the_data_say_the_same(
    web: Flask, client: FlaskClient, proposal: str
) -> None:
    with web.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.reference == proposal)).one()
        journey = journey_of(record, VISITOR)
        rungs = db.session.scalars(sa.select(Referral).order_by(Referral.id)).all()
        title = rungs[0].title.original.text
        (tree,) = told(journey.roots)
        assert tree[1][0][0] == "Flats for young people"
        done = [["It stands.", []]]
        items = [["Renovate the flats", done], ["Make a list", done], ["Hand over the keys", done]]
        answered = [title, items]
        (way,) = tree[1][0][1]
        assert way[0] == title
        forwarded = next(step for step in way[1] if step[1])
        assert forwarded[0] == title
        assert answered in forwarded[1]
        with web.test_request_context("/hu/"):
            drawing = graph_of(journey).drawing
        assert len(drawing.boxes) == len(list(journey.steps()))
        top = {box.key: box.y for box in drawing.boxes}
        assert all(top[line.source] < top[line.target] for line in drawing.lines)
        assert {(line.source, line.target) for line in drawing.lines} == {
            (edge.source, edge.target) for edge in journey.edges
        }
    data = data_of(client, proposal)
    moments = data["moments"]
    handed = [(m["event"], m["level"], m["direction"]) for m in moments if m["to"] is not None]
    assert handed == [("sent", "local", "up"), ("forwarded", "national", "up")]
    answers = [(m["state"], m["level"], m["text"]) for m in moments if m["event"] == "answered"]
    assert answers == [
        ("not_competent", "national", {"en": "The programme pays for it."}),
        ("accepted_in_part", "transnational", {"en": "Half of them.", "hu": "A felét."}),
    ]
    kinds = {record["reference"]: record["kind"] for record in data["records"]}
    finished = [(kinds[m["record"]], m["level"]) for m in moments if m["state"] == "done"]
    items = [("action_item", level) for level in ("local", "national", "local")]
    assert finished == [*items, ("proposal", "local")]
    assert all(a["at"] <= b["at"] for a, b in itertools.pairwise(moments))
