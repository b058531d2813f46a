"""Commitments, texts and ratification over HTTP: reading them, answering, verifying, for everyone who may."""

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from stakeholder_hub.commitments.models import (
    Claim,
    Commitment,
    CommitmentState,
    Evidence,
    Finding,
    TextVersion,
)
from stakeholder_hub.commitments.operations import give_evidence
from stakeholder_hub.commitments.operations.texts import ClauseDraft
from stakeholder_hub.commitments.parts import body_part
from stakeholder_hub.groups.models import Mandate
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import VISITOR
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.ratifications.models import RatificationAct, RatifyingBody
from stakeholder_hub.records.models import Record, Visibility
from tests.commitments.test_texts import answering, putting
from tests.factories.accounts import make_user
from tests.factories.commitments import make_levels


@dataclass(frozen=True)
class Scene:
    """Addresses and keys of a state that decided, and two towns below it."""

    decision: str
    asked: str
    pledged: str
    evidence: str
    places: tuple[str, str]
    bodies: tuple[str, str]
    ministry: str
    minister: str
    mayors: tuple[str, str]
    stranger: str


@pytest.fixture
def scene(web: Flask, without_csrf: None) -> Scene:
    """A commitment that waits for the first town, and one that the second has pledged, with evidence."""
    with web.app_context():
        levels = make_levels()
        asked = levels.ask(0, title="Ten flats")
        pledged = levels.pledge(1, title="A welcome office")
        evidence = give_evidence(
            pledged, claim=Claim.KEPT, text="It is open.", language="en", actor=levels.mayors[1]
        )
        return Scene(
            levels.decision.reference,
            asked.reference,
            pledged.reference,
            evidence.reference,
            tuple(town.slug for town in levels.towns),
            tuple(body.slug for body in levels.councils),
            levels.ministry.slug,
            levels.minister.fs_uniquifier,
            tuple(mayor.fs_uniquifier for mayor in levels.mayors),
            make_user().fs_uniquifier,
        )


def version_of(web: Flask, reference: str) -> int:
    with web.app_context():
        return db.session.scalar(sa.select(Record.version).where(Record.reference == reference))


def state_of(web: Flask, reference: str) -> str:
    with web.app_context():
        return db.session.scalar(sa.select(Record.state).where(Record.reference == reference))


def test_the_register_shows_and_filters_and_can_be_taken_along(scene, visit, count_queries):
    client = visit()
    client.get("/en/commitments/")
    with count_queries() as seen:
        page = client.get("/en/commitments/?q=").get_data(as_text=True)
    assert len(seen) <= 12, seen
    assert "Ten flats" in page
    assert "A welcome office" in page
    assert "csrf_token" not in page
    only = client.get(f"/en/commitments/?body={scene.bodies[0]}&state=asked&level=local").get_data(
        as_text=True
    )
    assert "Ten flats" in only
    assert "A welcome office" not in only
    assert "Nothing matches" in client.get("/en/commitments/?state=overdue").get_data(as_text=True)
    csv = client.get("/en/commitments/?format=csv").get_data(as_text=True)
    assert "A welcome office" in csv
    for odd in ("state=nonsense", "level=x", "body=%27%25", "q=%25_%27--"):
        assert client.get(f"/en/commitments/?{odd}").status_code == 200
    assert client.get("/en/commitments/?after=nonsense").status_code == 400


def test_pages_of_commitments_cost_a_constant_number_of_statements(scene, visit, count_queries):
    client = visit()
    for address in (
        f"/en/commitments/{scene.pledged}/",
        f"/en/decisions/{scene.decision}/",
        f"/en/places/{scene.places[1]}/",
    ):
        client.get(address)
        with count_queries() as seen:
            assert client.get(address + "?x=1").status_code == 200
        assert len(seen) <= 12, (address, len(seen), seen)


def test_a_commitment_shows_measure_evidence_history_and_journey(scene, visit):
    page = visit().get(f"/en/commitments/{scene.pledged}/").get_data(as_text=True)
    for words in (
        "Keys handed over.",
        "It is open.",
        "Not verified yet",
        "Started",
        "History",
        scene.decision,
    ):
        assert words in page
    assert "Verify this" not in page
    assert "Verify this" in visit(scene.minister).get(f"/en/commitments/{scene.pledged}/").get_data(
        as_text=True
    )
    place = visit().get(f"/en/places/{scene.places[1]}/").get_data(as_text=True)
    assert "A welcome office" in place
    decision = visit().get(f"/en/decisions/{scene.decision}/").get_data(as_text=True)
    assert "What bodies promised" in decision
    assert visit().get(f"/en/evidence/{scene.evidence}/").status_code == 302


def test_an_official_finds_it_on_the_desk_and_accepts(web, scene, visit):
    client = visit(scene.mayors[0])
    assert "Waits for your answer" in client.get("/en/desk/").get_data(as_text=True)
    address = f"/en/commitments/{scene.asked}/accept"
    assert "Ten flats" in client.get(address).get_data(as_text=True)
    answer = client.post(address, data={"version": version_of(web, scene.asked), "reasons": ""})
    assert answer.status_code == 303
    assert state_of(web, scene.asked) == CommitmentState.PLEDGED
    assert "Evidence waits to be verified" in visit(scene.minister).get("/en/desk/").get_data(as_text=True)


def test_another_text_is_offered_and_agreed_to(web, scene, visit):
    due = (clock.today() + timedelta(days=90)).isoformat()
    form = {"title": "Five flats", "text": "", "measure": "Keys", "due_on": due, "reasons": "No land."}
    answer = visit(scene.mayors[0]).post(
        f"/en/commitments/{scene.asked}/amend", data={**form, "version": version_of(web, scene.asked)}
    )
    assert answer.status_code == 303
    minister = visit(scene.minister)
    page = minister.get(f"/en/commitments/{scene.asked}/agree").get_data(as_text=True)
    assert "Five flats" in page
    answer = minister.post(
        f"/en/commitments/{scene.asked}/agree", data={"version": version_of(web, scene.asked)}
    )
    assert answer.status_code == 303
    assert "Five flats" in visit().get(f"/en/commitments/{scene.asked}/").get_data(as_text=True)


@pytest.mark.hostile("H58")
def test_an_answer_to_an_older_version_is_told_with_what_stands_there_now(web, scene, visit):
    """Breaks when the version is not sent, or not compared."""
    answer = visit(scene.mayors[0]).post(
        f"/en/commitments/{scene.asked}/refuse",
        data={"version": version_of(web, scene.asked) + 1, "reasons": "My long reasons"},
    )
    assert answer.status_code == 409
    assert "My long reasons" in answer.get_data(as_text=True)
    assert "Ten flats" in answer.get_data(as_text=True)


def test_a_form_without_reasons_says_so_at_the_field_and_loses_nothing(web, scene, visit):
    answer = visit(scene.mayors[0]).post(
        f"/en/commitments/{scene.asked}/refuse", data={"version": version_of(web, scene.asked), "reasons": ""}
    )
    assert answer.status_code == 422
    assert "Say why the body refuses." in answer.get_data(as_text=True)


def test_a_body_below_is_asked_once_however_often_the_form_is_sent(web, scene, visit):
    client = visit(scene.minister)
    address = f"/en/decisions/{scene.decision}/ask"
    assert client.get(address).status_code == 200
    form = {
        "body": scene.bodies[0],
        "title": "A playground",
        "text": "",
        "measure": "It is open",
        "due_on": (clock.today() + timedelta(days=30)).isoformat(),
        "language": "en",
        "idempotency_key": "once-and-only-once",
    }
    assert client.post(address, data=form).status_code == 303
    client.post(address, data=form)
    with web.app_context():
        titles = [one.title.original.text for one in db.session.scalars(sa.select(Commitment))]
    assert titles.count("A playground") == 1


@pytest.mark.hostile("H07")
@pytest.mark.hostile("H08")
def test_foreign_bodies_states_and_authors_in_a_form_change_nothing(web, scene, visit):
    """Breaks when the form takes a body that is not offered, or an operation takes fields that no form has."""
    form = {
        "body": scene.ministry,
        "title": "X",
        "measure": "Y",
        "due_on": (clock.today() + timedelta(days=30)).isoformat(),
        "language": "en",
    }
    refused = visit(scene.minister).post(f"/en/decisions/{scene.decision}/ask", data=form)
    assert refused.status_code == 422
    assert "Choose from the list." in refused.get_data(as_text=True)
    visit(scene.minister).post(
        f"/en/decisions/{scene.decision}/ask",
        data={**form, "body": scene.bodies[0], "state": "kept", "author_id": 1, "asker_id": 99, "version": 7},
    )
    with web.app_context():
        made = db.session.scalars(sa.select(Commitment).order_by(Commitment.id.desc())).first()
        assert (made.state, made.asker.slug) == ("asked", scene.ministry)
        minister = made.author
        assert minister.fs_uniquifier == scene.minister


@pytest.mark.hostile("H02")
@pytest.mark.parametrize("who", ["mayors", "stranger"])
def test_the_wrong_official_gets_403_at_every_step(web, scene, visit, who):
    """Breaks when a view forgets ``require``."""
    key = scene.mayors[1] if who == "mayors" else scene.stranger
    client = visit(key)
    for name in (
        "accept",
        "amend",
        "refuse",
        "agree",
        "ask-again",
        "withdraw",
        "broken",
        "supersede",
        "evidence",
    ):
        address = f"/en/commitments/{scene.asked}/{name}"
        assert client.get(address).status_code == 403, name
        assert client.post(address, data={"reasons": "x", "version": 1}).status_code == 403, name
    assert client.get(f"/en/commitments/{scene.asked}/nonsense").status_code == 404
    assert client.get(f"/en/decisions/{scene.decision}/ask").status_code == 403
    assert client.get(f"/en/decisions/{scene.decision}/text/edit").status_code == 403
    if who == "mayors":
        assert client.get(f"/en/evidence/{scene.evidence}/verify").status_code == 403
    assert state_of(web, scene.asked) == CommitmentState.ASKED


@pytest.mark.hostile("H05")
def test_what_is_private_is_404_through_every_representation(web, scene, visit):
    """Breaks when a query forgets ``visible_to``."""

    @operation
    def hide() -> None:
        for record in db.session.scalars(
            sa.select(Record).where(Record.kind.in_(("commitment", "evidence", "decision")))
        ):
            record.visibility = Visibility.PRIVATE

    with web.app_context():
        hide()
    client = visit(scene.stranger)
    for address in (
        f"commitments/{scene.asked}/",
        f"commitments/{scene.asked}/accept",
        f"evidence/{scene.evidence}/",
        f"evidence/{scene.evidence}/verify",
        f"decisions/{scene.decision}/",
        f"decisions/{scene.decision}/text",
        f"ratifications/{scene.decision}/{scene.bodies[0]}",
    ):
        assert client.get(f"/en/{address}").status_code == 404, address
    assert "Ten flats" not in client.get("/en/commitments/").get_data(as_text=True)
    assert "Ten flats" not in client.get("/en/commitments/?format=csv").get_data(as_text=True)
    assert "Ten flats" not in client.get("/en/search?q=flats").get_data(as_text=True)


def picture() -> tuple[io.BytesIO, str]:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(out, "PNG")
    out.seek(0)
    return out, "keys.png"


def test_evidence_with_a_file_is_shown_and_verified_by_another_body(web, scene, visit):
    form = {"claim": "kept", "text": "Photos of keys", "url": "https://example.org/", "uploads": picture()}
    mayor = visit(scene.mayors[1])
    assert mayor.get(f"/en/commitments/{scene.pledged}/evidence").status_code == 200
    answer = mayor.post(f"/en/commitments/{scene.pledged}/evidence", data=form)
    assert answer.status_code == 303
    wrong = mayor.post(
        f"/en/commitments/{scene.pledged}/evidence",
        data={"claim": "kept", "text": "X", "url": "javascript:alert(1)"},
    )
    assert wrong.status_code == 422
    minister = visit(scene.minister)
    address = f"/en/evidence/{scene.evidence}/verify"
    assert "It is open." in minister.get(address).get_data(as_text=True)
    answer = minister.post(address, data={"body": scene.ministry, "finding": "disputed", "reasons": ""})
    assert answer.status_code == 422
    answer = minister.post(address, data={"body": scene.ministry, "finding": "confirmed", "reasons": ""})
    assert answer.status_code == 303
    assert state_of(web, scene.pledged) == CommitmentState.KEPT
    page = visit().get(f"/en/commitments/{scene.pledged}/").get_data(as_text=True)
    assert "keys.png" in page
    with web.app_context():
        found = db.session.scalar(sa.select(Evidence.finding).where(Evidence.reference == scene.evidence))
        assert found is Finding.CONFIRMED


@pytest.fixture
def text_scene(web: Flask, without_csrf: None) -> dict[str, Any]:
    """A text in two clauses, one for each town; the first town has ratified it."""
    with web.app_context():
        levels = make_levels()
        first, second = levels.councils
        putting(levels, ClauseDraft("Ten flats", [first]), ClauseDraft("Five flats", [second]))
        answering(levels, 0)
        return {
            "reference": levels.decision.reference,
            "bodies": [first.slug, second.slug],
            "minister": levels.minister.fs_uniquifier,
            "mayors": [mayor.fs_uniquifier for mayor in levels.mayors],
        }


ACT = {
    "outcome": "adopted",
    "act": "Resolution 5",
    "acted_on": "",
    "position": "Mayor",
    "reasons": "",
}


def test_an_official_ratifies_and_everybody_reads_act_day_and_signatory(web, text_scene, visit):
    reference, slug = text_scene["reference"], text_scene["bodies"][1]
    client = visit(text_scene["mayors"][1])
    assert "Waits for your body to ratify it" in client.get("/en/desk/").get_data(as_text=True)
    address = f"/en/ratifications/{reference}/{slug}"
    assert "Head" in client.get(address).get_data(as_text=True)
    assert client.post(address, data=ACT).status_code == 422
    day = {"acted_on": clock.today().isoformat()}
    assert client.post(address, data={**ACT, **day, "outcome": "rejected"}).status_code == 422
    assert client.post(address, data={**ACT, **day}).status_code == 303
    assert client.post(address, data={**ACT, **day}).status_code == 403
    page = visit().get(f"/en/decisions/{reference}/").get_data(as_text=True)
    for words in ("Resolution 5", "Mayor", "Ratified by 2 of 2 bodies.", "Ten flats"):
        assert words in page


@pytest.mark.hostile("H02")
def test_no_official_ratifies_for_another_body(text_scene, visit):
    """Breaks when the view forgets ``may_ratify``; that ``ratify`` asks too has a test of its own."""
    reference = text_scene["reference"]
    form = {**ACT, "acted_on": clock.today().isoformat()}
    for key in (text_scene["mayors"][0], text_scene["minister"]):
        address = f"/en/ratifications/{reference}/{text_scene['bodies'][1]}"
        assert visit(key).get(address).status_code == 403
        assert visit(key).post(address, data=form).status_code == 403
    assert visit(text_scene["mayors"][0]).get(f"/en/ratifications/{reference}/nobody").status_code == 404


def test_a_new_version_shows_what_changed_and_which_ratifications_stay(web, text_scene, visit, count_queries):
    reference, (first, second) = text_scene["reference"], text_scene["bodies"]
    client = visit(text_scene["minister"])
    address = f"/en/decisions/{reference}/text/edit"
    assert "Ten flats" in client.get(address).get_data(as_text=True)
    form = {
        "clauses-0-key": "1",
        "clauses-0-text": "Twelve flats",
        "clauses-0-bodies": [first],
        "clauses-0-material": "y",
        "clauses-1-key": "2",
        "clauses-1-text": "Five flats, please",
        "clauses-1-bodies": [second],
        "clauses-2-key": "",
        "clauses-2-text": "",
        "version": "1",
        "note": "The first is new; the second is politer.",
    }
    assert client.post(address, data={**form, "note": ""}).status_code == 422
    assert client.post(address, data=form).status_code == 303
    stale = client.post(address, data=form)
    assert stale.status_code == 409
    assert "Twelve flats" in stale.get_data(as_text=True)
    page = visit().get(f"/en/decisions/{reference}/text").get_data(as_text=True)
    for words in (
        "What version 2 changed",
        "Changed materially",
        "Worded anew, not material",
        "Asked again, because a clause addressed to them changed materially:",
        "1 earlier answer that holds no more",
        "<del>Ten flats</del>",
    ):
        assert words in page
    reader = visit()
    with count_queries() as seen:
        reader.get(f"/en/decisions/{reference}/text?x=1")
    assert len(seen) <= 12, seen


def test_a_first_text_is_put_to_bodies_over_http(web, scene, visit):
    client = visit(scene.minister)
    address = f"/en/decisions/{scene.decision}/text/edit"
    assert client.get(address).status_code == 200
    form = {
        "clauses-0-text": "Each town builds ten flats.",
        "clauses-1-text": "Costs are shared.",
        "clauses-1-bodies": [scene.bodies[0]],
        "bodies": list(scene.bodies),
        "rule": "some",
        "needed": "1",
        "until": (clock.today() + timedelta(days=30)).isoformat(),
    }
    wrong = client.post(address, data={**form, "needed": "9"})
    assert wrong.status_code == 422
    assert "Each town builds ten flats." in wrong.get_data(as_text=True)
    assert client.post(address, data=form).status_code == 303
    with web.app_context():
        text = db.session.scalar(sa.select(TextVersion))
        assert [bool(clause["bodies"]) for clause in text.clauses] == [False, True]
        seats = db.session.scalars(sa.select(RatifyingBody)).all()
        assert len(seats) == 2


def test_the_page_of_a_body_gets_its_promises_and_acts(web, text_scene):
    with web.test_request_context("/en/"):
        seat = db.session.scalars(sa.select(RatifyingBody).order_by(RatifyingBody.id)).first()
        part = body_part(seat.body, VISITOR)
        assert [label for _seat, label, _look in part["acts"]] == ["Ratified"]
        assert part["commitments"] == []


@pytest.mark.hostile("H10")
def test_whoever_loses_the_mandate_acts_no_more_and_has_nothing_on_the_desk(web, text_scene, visit):
    """Breaks when ``bodies_acted_for`` or ``may_act_for`` keeps what was revoked."""

    @operation
    def revoke() -> None:
        for mandate in db.session.scalars(sa.select(Mandate)):
            mandate.revoked_at = clock.now()

    with web.app_context():
        revoke()
    client = visit(text_scene["mayors"][1])
    assert "Waits for your body" not in client.get("/en/desk/").get_data(as_text=True)
    address = f"/en/ratifications/{text_scene['reference']}/{text_scene['bodies'][1]}"
    form = {**ACT, "acted_on": clock.today().isoformat()}
    assert client.get(address).status_code == 403
    assert client.post(address, data=form).status_code == 403
    with web.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(RatificationAct)) == 1
