"""The whole journey of a record: a page, a command and an address for machines tell the same, to whoever may see it."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from stakeholder_hub.accounts.models import User
from stakeholder_hub.accounts.operations import erase_person
from stakeholder_hub.actions.operations import add_note, create_action_item
from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.decisions.models import Decision
from stakeholder_hub.decisions.operations import explain_decision
from stakeholder_hub.groups.models import Group
from stakeholder_hub.groups.operations import remove_member
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.moderation.operations import hide_record
from stakeholder_hub.proposals.operations import answer_proposal, submit_proposal
from stakeholder_hub.records.cli import journey as command
from stakeholder_hub.records.journey import journey_of
from stakeholder_hub.records.models import Record, Relation, Visibility
from stakeholder_hub.records.operations import add_link
from stakeholder_hub.records.timeline import Direction, timeline_of
from stakeholder_hub.territories.models import Level, Role
from tests.factories.accounts import make_user, sign_in
from tests.factories.consultations import make_consultation
from tests.factories.decisions import make_ballot, make_ballot_proposal
from tests.factories.deliberation import make_comment
from tests.factories.groups import make_group
from tests.factories.proposals import make_proposal
from tests.factories.territories import give_role, make_region, make_territory
from tests.hostile.corpus.xss import XSS

MOST_STATEMENTS = 12
MOMENT = {
    *("at", "local", "event", "state", "record", "by", "position", "level", "place", "to", "until"),
    *("direction", "text"),
}


@operation
def link(source: Record, relation: Relation, target: Record) -> None:
    add_link(source, relation, target, actor=SYSTEM)


def told(steps: Any) -> list[Any]:
    """``[name, [what follows]]`` of each step."""
    return [[step.record.title.original.text, told(step.next)] for step in steps]


def data_of(client: FlaskClient, reference: str) -> Any:
    answer = client.get(f"/api/v1/records/{reference}/journey")
    assert answer.status_code == 200
    return answer.get_json()


class Upstream:
    """A town's proposal that went up to the state, was answered, and came down as something to be done.

    Other kinds stand in for referrals and answers: the journey knows nothing of kinds.
    """

    def __init__(self, towns: int = 1) -> None:
        region = make_region(name="Danube")
        nation = make_territory(parent=region, level=Level.NATIONAL, name="Slovenia")
        state = make_group(nation)
        self.towns = []
        self.answer = make_consultation(state, title="Answer")
        gathered = make_consultation(state, title="Gathered") if towns > 1 else None
        for number in range(towns):
            group = make_group(make_territory(parent=nation, name=f"Town {number}"))
            question = make_consultation(group, title=f"Question {number}")
            proposal = make_ballot_proposal(question, title=f"Proposal {number}")
            referral = make_consultation(state, title=f"Referral {number}")
            link(proposal, Relation.REFERRED_AS, referral)
            if gathered is not None:
                link(referral, Relation.JOINED_IN, gathered)
            self.towns.append((group, question, proposal, referral))
        link(gathered or self.towns[0][3], Relation.ANSWERED_BY, self.answer)
        self.items = []
        for number, (group, _question, proposal, _referral) in enumerate(self.towns):
            item = make_consultation(group, title=f"Item {number}")
            link(proposal, Relation.CARRIED_OUT_BY, item)
            link(self.answer, Relation.CARRIED_OUT_BY, item)
            self.items.append(item)


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("seen_from", ["proposal", "item", "answer"])
def test_what_goes_up_and_comes_down_reads_in_that_order(seen_from: str) -> None:
    world = Upstream()
    _group, _question, proposal, _referral = world.towns[0]
    here = {"proposal": proposal, "item": world.items[0], "answer": world.answer}[seen_from]
    way = ["Question 0", [["Proposal 0", [["Referral 0", [["Answer", [["Item 0", []]]]]]]]]]
    assert told(journey_of(here, VISITOR).roots) == [way]
    moments = [moment for moment in timeline_of(here, VISITOR).moments if moment.is_beginning]
    directions = {moment.record.title.original.text: moment.direction for moment in moments}
    assert directions == {
        "Question 0": None,
        "Proposal 0": None,
        "Referral 0": Direction.UP,
        "Answer": None,
        "Item 0": Direction.DOWN,
    }


@pytest.mark.usefixtures("app")
def test_other_towns_that_were_answered_together_are_not_on_the_way_of_one() -> None:
    world = Upstream(towns=3)
    for here in (world.towns[1][2], world.items[1]):
        names = {step.record.title.original.text for step in journey_of(here, VISITOR).steps()}
        assert names == {"Question 1", "Proposal 1", "Referral 1", "Gathered", "Answer", "Item 1"}
    everything = {step.record.title.original.text for step in journey_of(world.answer, VISITOR).steps()}
    assert {"Proposal 0", "Proposal 1", "Proposal 2", "Item 0", "Item 2"} <= everything


@pytest.mark.usefixtures("app")
def test_a_comment_stands_under_what_it_is_about_and_leads_to_what_it_prompted() -> None:
    consultation = make_consultation(title="Question")
    comment = make_comment(consultation)
    (root,) = journey_of(comment, VISITOR).roots
    assert (root.record, [step.record for step in root.next]) == (consultation, [comment])
    proposal = make_proposal(consultation, title="Proposal", prompted_by=comment)
    journey = journey_of(comment, VISITOR)
    assert [step.record for step in journey.steps()] == [consultation, comment, proposal]
    moment = next(m for m in timeline_of(proposal, VISITOR).moments if m.record == proposal)
    assert {cause.kind for _edge, cause in moment.causes} == {"consultation", "comment"}


@pytest.mark.hostile("H07")
@pytest.mark.usefixtures("app")
def test_what_was_said_elsewhere_prompts_nothing_here() -> None:
    """Fails when ``submit_proposal`` no longer looks where the comment stands."""
    consultation, foreign = make_consultation(), make_comment(make_consultation())
    with pytest.raises(NotFound):
        submit_proposal(
            consultation, title="T", body="B", language="en", prompted_by=foreign, actor=make_user()
        )
    assert consultation.proposal_count == 0


@pytest.fixture
def story(web: Flask, clock: Any) -> dict[str, Any]:
    """From a first comment to a result, in a town whose clocks are an hour ahead."""
    with web.app_context():
        clock.set(datetime(2026, 1, 10, 23, 30, tzinfo=UTC))
        author = make_user(name="Ana Kovač")
        group = make_group(make_territory(name="Velenje", timezone="Europe/Ljubljana"))
        consultation = make_consultation(group, title="What should we do?")
        proposal = make_proposal(consultation, title="Več dreves", language="sl", actor=author)
        clock.advance(days=1)
        make_comment(proposal)
        make_comment(proposal)
        clock.advance(days=1)
        answer_proposal(proposal, answer="Ja, **radi**.", language="sl", actor=SYSTEM)
        clock.advance(days=1)
        ballot = make_ballot(consultation, proposals=[proposal], closed=True)
        decision = db.session.scalars(sa.select(Decision)).one()
        clock.advance(hours=1)
        explain_decision(
            decision, reasons="Everybody wanted it.", language="en", version=decision.version, actor=SYSTEM
        )
        clock.advance(days=1)
        item = create_action_item(
            title="Plant them",
            language="en",
            territory=group.territory,
            group=group,
            sources=[proposal, decision],
            actor=SYSTEM,
        )
        clock.advance(days=30)
        add_note(item, body="Half of them stand.", language="en", actor=SYSTEM)
        clock.advance(days=30)
        add_note(item, body="All of them stand.", language="en", status="done", actor=SYSTEM)
        return {
            "proposal": proposal.reference,
            "consultation": consultation.reference,
            "comment": db.session.scalars(
                sa.select(Record.reference).where(Record.kind == "comment")
            ).first(),
            "ballot": ballot.reference,
            "decision": decision.reference,
            "item": item.reference,
            "author": author.id,
        }


def test_the_page_tells_everything_in_its_order(client: FlaskClient, story: dict[str, Any]) -> None:
    page = client.get(f"/en/records/{story['proposal']}/journey").get_data(as_text=True)
    wanted = [
        "Published: people could take part",
        "Ana Kovač",
        "The discussion began: 2 comments",
        "Official answer",
        "Ja, radi.",
        "put to the vote",
        "Voting ended, and the votes were counted",
        "Not selected",
        "Everybody wanted it.",
        "Plant them",
        "Half of them stand.",
        "All of them stand.",
    ]
    text = re.sub(r"<[^>]+>", "", page[page.index('id="step-by-step"') : page.index('id="picture"')])
    at = 0
    for words in wanted:
        at = text.find(words, at)
        assert at >= 0, words
    assert 'lang="sl"' in page


def test_it_is_told_in_the_time_of_the_place(client: FlaskClient, story: dict[str, Any]) -> None:
    """Half past eleven at night, UTC, is already the next day there."""
    page = client.get(f"/en/records/{story['proposal']}/journey").get_data(as_text=True)
    assert "11 January 2026, 00:30" in page
    (first, *_rest) = data_of(client, story["proposal"])["moments"]
    assert first["at"].startswith("2026-01-10T23:30:00")
    assert first["local"].startswith("2026-01-11T00:30:00")
    assert first["local"].endswith("+01:00")


@pytest.mark.parametrize("kind", ["proposal", "consultation", "ballot", "decision", "item", "comment"])
def test_every_record_has_its_journey_and_its_page_leads_there(
    client: FlaskClient, web: Flask, story: dict[str, Any], kind: str
) -> None:
    address = f"/en/records/{story[kind]}/journey"
    assert client.get(address).status_code == 200
    with web.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.reference == story[kind])).one()
        with web.test_request_context("/en/"):
            own = web.jinja_env.globals["record_url"](record)  # type: ignore[operator]
    assert address in client.get(own).get_data(as_text=True)


# -- For machines ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"), [([], "(--everything"), (["--everything"], "There is no record")]
)
def test_the_command_says_which_record_there_is_not(app: Flask, options: list[str], said: str) -> None:
    result = CliRunner().invoke(command, ["NOPE-2026-P1", *options])
    assert result.exit_code == 1
    assert "There is no record NOPE-2026-P1" in result.output
    assert said in result.output


def test_the_command_and_the_address_for_machines_tell_the_same(
    web: Flask, client: FlaskClient, story: dict[str, Any]
) -> None:
    with web.app_context():
        result = CliRunner().invoke(command, [story["proposal"], "--json"])
    assert result.exit_code == 0, result.output
    answer = client.get(f"/api/v1/records/{story['proposal']}/journey")
    assert result.output == answer.get_data(as_text=True)
    told_by = json.loads(result.output)
    assert set(told_by) == {"version", "here", "truncated", "records", "links", "moments"}
    assert {
        "reference",
        "kind",
        "title",
        "language",
        "state",
        "hidden",
        "level",
        "place",
        "timezone",
        "by",
        "created_at",
        "withdrawn_at",
        "address",
        "alike",
    } == set(told_by["records"][0])
    assert {"source", "relation", "target", "at"} == set(told_by["links"][0])
    assert set(told_by["moments"][0]) == MOMENT
    answered = next(moment for moment in told_by["moments"] if moment["event"] == "answered")
    assert answered["text"] == {"sl": "Ja, radi."}
    title = next(r["title"] for r in told_by["records"] if r["reference"] == story["proposal"])
    assert title == {"sl": "Več dreves"}
    for moment in told_by["moments"]:
        assert datetime.fromisoformat(moment["at"]) == datetime.fromisoformat(moment["local"])


def test_the_command_tells_it_in_lines(web: Flask, story: dict[str, Any]) -> None:
    with web.app_context():
        result = CliRunner().invoke(command, [story["proposal"]])
    assert "Velenje (Local)" in result.output
    assert "Ja, radi." in result.output
    assert result.output.index("Več dreves") < result.output.index("Plant them")


def test_what_has_not_changed_is_not_sent_again(client: FlaskClient, story: dict[str, Any]) -> None:
    address = f"/api/v1/records/{story['proposal']}/journey"
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    assert "Cookie" in first.headers["Vary"]


def test_what_is_not_there_is_told_as_data(client: FlaskClient) -> None:
    answer = client.get("/api/v1/records/NO-2026-P1/journey")
    assert (answer.status_code, answer.mimetype) == (404, "application/json")


def test_the_address_for_machines_only_reads(client: FlaskClient, story: dict[str, Any]) -> None:
    assert client.post(f"/api/v1/records/{story['proposal']}/journey").status_code in (400, 405)


# -- Who may see it ----------------------------------------------------------------------------------------------------


@pytest.mark.hostile("H04", "H05")
def test_what_is_private_stands_in_no_journey(web: Flask, client: FlaskClient) -> None:
    """A private edition of a public question: neither its page nor its name. Fails without ``visible_to``."""
    with web.app_context():
        public = make_consultation(title="Public question")
        private = make_consultation(title="canary", published=False)
        link(public, Relation.RUN_AS, private)
        references = public.reference, private.reference
    for form in ("/en/records/{}/journey", "/api/v1/records/{}/journey"):
        assert "canary" not in client.get(form.format(references[0])).get_data(as_text=True)
        assert client.get(form.format(references[1])).status_code == 404
    with web.app_context():
        shown = CliRunner().invoke(command, [references[0], "--json"]).output
        assert "canary" not in shown
        assert "canary" in CliRunner().invoke(command, [references[0], "--json", "--everything"]).output


@pytest.mark.hostile("H10")
def test_who_is_removed_from_a_group_loses_its_journeys_at_once(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        group = make_group()
        member = give_role(make_user(), Role.MEMBER, group=group)
        inside = make_consultation(group, title="Among us", audience=Visibility.MEMBERS)
        address, key = f"/records/{inside.reference}/journey", member.fs_uniquifier
        member_id, group_id = member.id, group.id
    sign_in(client, key)
    assert client.get("/en" + address).status_code == 200
    assert client.get("/api/v1" + address).status_code == 200
    with web.app_context():
        remove_member(
            db.session.get_one(Group, group_id), user=db.session.get_one(User, member_id), actor=SYSTEM
        )
    assert client.get("/en" + address).status_code == 404
    assert client.get("/api/v1" + address).status_code == 404


def test_who_has_left_has_no_name_any_more(web: Flask, client: FlaskClient, story: dict[str, Any]) -> None:
    with web.app_context():
        person = db.session.get_one(User, story["author"])
        erase_person(person, actor=person)
    page = client.get(f"/en/records/{story['proposal']}/journey").get_data(as_text=True)
    assert "Ana Kovač" not in page
    assert "Somebody who has left" in page
    assert "Ana Kovač" not in client.get(f"/api/v1/records/{story['proposal']}/journey").get_data(
        as_text=True
    )


def test_what_a_moderator_hid_is_told_to_nobody_else(
    web: Flask, client: FlaskClient, story: dict[str, Any]
) -> None:
    with web.app_context():
        proposal = db.session.scalars(sa.select(Record).where(Record.reference == story["proposal"])).one()
        hide_record(proposal, reason="Insulting", actor=SYSTEM)
    for form in ("/en/records/{}/journey", "/api/v1/records/{}/journey"):
        assert client.get(form.format(story["proposal"])).status_code == 410
        assert "Več dreves" not in client.get(form.format(story["consultation"])).get_data(as_text=True)
    with web.app_context():
        everything = CliRunner().invoke(command, [story["consultation"], "--json", "--everything"])
        assert "Več dreves" not in everything.output
        assert '"hidden": true' in everything.output


# -- Size --------------------------------------------------------------------------------------------------------------


def large(number: int) -> Consultation:
    """A question with many proposals, each of which led to something of its own."""
    consultation = make_consultation(title="Large")

    @operation
    def fill() -> None:
        for n in range(number):
            proposal = make_ballot_proposal(consultation, title=f"Proposal {n}")
            item = create_action_item(
                title=f"Item {n}",
                language="en",
                territory=consultation.territory,
                sources=[proposal],
                actor=SYSTEM,
            )
            if n % 2:
                add_note(item, body="Done", language="en", status="done", actor=SYSTEM)

    fill()
    return consultation


def test_it_costs_the_same_however_long_it_is(
    web: Flask, client: FlaskClient, count_queries: Callable[[], Any]
) -> None:
    counts = []
    for number in (2, 60):
        with web.app_context():
            reference = large(number).reference
        for address in (f"/en/records/{reference}/journey", f"/api/v1/records/{reference}/journey"):
            client.get(address + "?warm")
            with count_queries() as seen:
                assert client.get(address).status_code == 200
            counts.append(len(seen))
    assert counts[:2] == counts[2:]
    assert max(counts) <= MOST_STATEMENTS, counts


def test_a_journey_of_hundreds_is_still_read(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        reference = large(130).reference
    page = client.get(f"/en/records/{reference}/journey").get_data(as_text=True)
    assert "The trail is long: only its nearest part is shown." in page
    assert data_of(client, reference)["truncated"] is True
    width = int(re.search(r'<svg class="graph" width="(\d+)"', page)[1])  # type: ignore[index]
    assert width < 3000


def test_many_votes_of_a_proposal_stay_one_box(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        ballot = make_ballot(costs=[None] * 40, closed=True)
        reference = ballot.reference
    page = client.get(f"/en/records/{reference}/journey").get_data(as_text=True)
    assert "37 more" in page
    assert page.count('class="graph-box"') < 10


# -- Hostile titles, and the browser -----------------------------------------------------------------------------------


@pytest.mark.hostile("H22")
def test_braces_in_titles_stay_literal(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        reference = make_consultation(title="{{7*7}} {0.__class__} %(num)s").reference
    for form in ("/en/records/{}/journey", "/api/v1/records/{}/journey"):
        assert "{{7*7}} {0.__class__} %(num)s" in client.get(form.format(reference)).get_data(as_text=True)


@pytest.mark.hostile("H19")
def test_titles_in_the_drawing_never_become_markup(web: Flask, client: FlaskClient) -> None:
    """Fails when the drawing is put together outside the templates that escape."""
    with web.app_context():
        consultation = make_consultation(title="Question")
        for text in XSS:
            if title := text.replace("\x00", "").replace("\n", " ").strip()[:190]:
                proposal = make_ballot_proposal(consultation, title=title)
                link(proposal, Relation.CARRIED_OUT_BY, make_consultation(consultation.group, title=title))
        reference = consultation.reference
    page = client.get(f"/en/records/{reference}/journey").get_data(as_text=True)
    inside = page[page.index("<main") : page.index("</main>")]
    tags = set(re.findall(r"<([a-zA-Z][\w-]*)", inside))
    assert not tags & {"script", "img", "iframe", "object", "embed", "style", "base", "form", "foreignObject"}
    assert not re.search(r"<[^>]+\son\w+=", inside)
    assert "javascript:" not in "".join(re.findall(r'href="([^"]*)"', inside))


@pytest.mark.hostile("H19")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_is_sound_in_a_browser(
    web: Flask, open_page: Callable[..., Page], axe: Callable[[Page], None], width: int
) -> None:
    """No barrier in light and dark, nothing wider than the window, boxes reached by keyboard, no script runs."""
    with web.app_context():
        world = Upstream(towns=2)
        make_proposal(world.towns[0][1], title="<svg onload=alert(1)><script>alert(1)</script>")
        reference = world.towns[0][1].reference
    page = open_page(viewport={"width": width, "height": 800})
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(f"/en/records/{reference}/journey")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    boxes = page.locator("svg.graph a")
    first = boxes.first
    first.focus()
    expect(first).to_be_focused()
    region = page.get_by_role("region", name="Picture of the journey")
    expect(region).to_have_attribute("tabindex", "0")
    expect(page.get_by_role("img", name=f"The journey of {reference}")).to_have_count(1)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "/journey" not in page.url
    assert not dialogs


def test_the_drawing_tells_no_style_of_its_own(client: FlaskClient, story: dict[str, Any]) -> None:
    page = client.get(f"/en/records/{story['proposal']}/journey").get_data(as_text=True)
    drawing = page[page.index('<svg class="graph"') : page.index("</svg>", page.index('<svg class="graph"'))]
    assert "style" not in drawing
    assert "fill=" not in drawing
