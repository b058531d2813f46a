"""Vetoes and ratification over HTTP: set in the terms, shown before and after, done by named officials."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.accounts.models import User
from stakeholder_hub.bodies.models import Body
from stakeholder_hub.decisions.models import Ballot, Veto
from stakeholder_hub.decisions.operations import veto_result
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, NotAllowed
from stakeholder_hub.ratifications.models import RatificationAct, RatifyingBody
from stakeholder_hub.ratifications.operations import ratify
from stakeholder_hub.ratifications.rules import Outcome, Standing
from stakeholder_hub.territories.models import Role
from tests.decisions.test_after_close import closed, official_of, vetoing
from tests.decisions.test_hostile_votes import in_parallel
from tests.decisions.test_pages import hidden_in
from tests.factories.accounts import make_user
from tests.factories.bodies import make_body
from tests.factories.consultations import make_consultation
from tests.factories.groups import make_organisation
from tests.factories.territories import give_role


def test_a_coordinator_names_bodies_in_the_terms_and_finds_them_again(web: Flask, visit):
    with web.app_context():
        consultation = make_consultation()
        runner = give_role(make_user(), Role.COORDINATOR, group=consultation.group)
        body = make_body(make_organisation(consultation.territory, name="Town council"))
        far = make_body(make_organisation())
        key, slug = runner.fs_uniquifier, consultation.slug
        near, elsewhere = body.slug, far.slug
    client, new = visit(key), f"/en/consultations/{slug}/ballots/new"
    fields: dict[str, Any] = {
        "title": "Vote",
        "question": "Park?",
        "method": "yes_no",
        "electorate": "everyone",
        "phase": "",
        "opens_at": (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT10:00"),
        "closes_at": (clock.now() + timedelta(days=9)).strftime("%Y-%m-%dT10:00"),
        "veto_bodies": [near],
        "veto_days": "14",
        "veto_override": "2/3",
        "ratify_bodies": [near],
        "ratify_rule": "every",
        "ratify_until": (clock.today() + timedelta(days=200)).isoformat(),
    }
    form = f"{new}?method=yes_no"
    assert "Town council" in client.get(form).text
    wrong = client.post(form, data=hidden_in(client, form, **{**fields, "veto_bodies": [elsewhere]}))
    assert wrong.status_code == 422
    wrong = client.post(form, data=hidden_in(client, form, **{**fields, "ratify_until": ""}))
    assert wrong.status_code == 422
    assert "until which day" in wrong.text
    made = client.post(form, data=hidden_in(client, form, **fields))
    assert made.status_code == 303
    page = client.get(made.location).text
    assert "No veto comes within 14 days after the end. It can come from: Town council." in page
    assert "They are: Town council." in page
    again = client.get(f"{made.location}edit").text
    assert again.count(f'value="{near}"') == 2
    with web.app_context():
        conditions = db.session.scalar(sa.select(Ballot.conditions))
    assert conditions["veto_override"] == "2/3"
    assert conditions["ratify_bodies"] == [near]
    veto, ratified = ("veto_bodies", "No veto comes"), ("ratify_bodies", "They are: Town council.")
    for (left_out, absent), (_kept, present) in ((veto, ratified), (ratified, veto)):
        some = {name: value for name, value in fields.items() if name not in (left_out, "ratify_rule")}
        made = client.post(form, data=hidden_in(client, form, **some))
        page = client.get(made.location).text
        assert present in page
        assert absent not in page


@pytest.fixture
def pending(web: Flask) -> dict[str, Any]:
    with web.app_context():
        ballot, (vetoer,), (ratifier,) = closed(vetoers=1, ratifiers=1)
        return {
            "url": f"/en/ballots/{ballot.reference}/",
            "vetoer": vetoer.slug,
            "ratifier": ratifier.slug,
            "official": official_of(vetoer).fs_uniquifier,
            "other": official_of(ratifier).fs_uniquifier,
        }


def test_what_is_pending_is_told_and_a_veto_shows_its_reasons(web, pending, visit, count_queries):
    reader, url = visit(), pending["url"]
    page = reader.get(url).text
    assert "This result does not bind yet" in page
    assert "Waits for 1 of 1 bodies until" in page
    assert "Adopted, not binding yet" in page
    with count_queries() as seen:
        reader.get(f"{url}?x=1")
    assert len(seen) <= 12, (len(seen), seen)
    official = visit(pending["official"])
    assert "Your body can veto this result" in official.get("/en/desk/").text
    address = f"{url}veto/{pending['vetoer']}"
    assert "Veto for" in official.get(url).text
    empty = official.post(address, data=hidden_in(official, address, reasons="", position="Mayor"))
    assert empty.status_code == 422
    sent = official.post(address, data=hidden_in(official, address, reasons="Too dear", position="Mayor"))
    assert sent.status_code == 303
    page = reader.get(f"{url}?y=1").text
    assert "Too dear" in page
    assert "This result does not bind" in page
    assert "Vetoed by" in page


@pytest.mark.hostile("H02")
@pytest.mark.hostile("H05")
def test_nobody_else_vetoes_and_no_other_body(web, pending, visit):
    """Breaks when the view takes any body, or ``may_veto`` does not ask ``may_act_for``."""
    url = pending["url"]
    for key in (pending["other"], None):
        answer = visit(key).get(f"{url}veto/{pending['vetoer']}")
        assert answer.status_code in ((403,) if key else (302,))
    assert visit(pending["other"]).get(f"{url}veto/{pending['ratifier']}").status_code == 404
    assert visit(pending["other"]).get(f"{url}again").status_code == 403
    with web.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Veto)) == 0


def test_the_voters_are_asked_again_from_the_page_of_the_result(web, visit):
    with web.app_context():
        ballot, (body,), _none = closed(vetoers=1, veto_override=Fraction(1, 2))
        vetoing(ballot, body)
        runner = give_role(make_user(), Role.COORDINATOR, group=ballot.group)
        key, url = runner.fs_uniquifier, f"/en/ballots/{ballot.reference}/"
    client = visit(key)
    assert "Ask the voters again" in client.get(url).text
    address = f"{url}again"
    wrong = client.post(address, data=hidden_in(client, address, opens_at="", closes_at=""))
    assert wrong.status_code == 422
    begin = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT10:00")
    end = (clock.now() + timedelta(days=9)).strftime("%Y-%m-%dT10:00")
    sent = client.post(address, data=hidden_in(client, address, opens_at=begin, closes_at=end))
    assert sent.status_code == 303
    assert "This vote asks again in spite of a veto" in client.get(sent.location).text


def outcome_of(task: Any) -> Any:
    """What became of it: its result, or the refusal."""
    try:
        return task()
    except (Conflict, NotAllowed) as refusal:
        return refusal


def test_two_officials_of_a_body_ratify_at_once_and_one_act_holds(app):
    """Fails when ``hold`` is taken out of ``ratify`` and the index of acts that hold is dropped."""
    _ballot, _none, (body,) = closed(ratifiers=1)
    seat_id = db.session.scalar(sa.select(RatifyingBody.id).where(RatifyingBody.body_id == body.id))
    officials = [official_of(body).id for _ in range(2)]
    db.session.remove()

    def ratifying(user_id: int) -> Any:
        def task() -> Any:
            seat = db.session.get(RatifyingBody, seat_id)
            return ratify(
                seat,
                outcome=Outcome.ADOPTED,
                act=f"Act {user_id}",
                acted_on=clock.today(),
                position="Mayor",
                language="en",
                actor=db.session.get(User, user_id),
            ).id

        return lambda: outcome_of(task)

    answers = in_parallel(app, [ratifying(officials[n % 2]) for n in range(8)], threads=8)
    assert sum(isinstance(answer, int) for answer in answers) == 1, answers
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RatificationAct)) == 1
    ballot_now = db.session.scalar(sa.select(Ballot))
    assert ballot_now.after_close is Standing.HELD


def test_vetoes_at_once_leave_one_of_each_body_and_one_failed_result(app):
    """Fails when ``hold`` is taken out of ``veto_result`` and the unique rule is dropped."""
    ballot, (body,), _none = closed(vetoers=1)
    ballot_id, body_id, official = ballot.id, body.id, official_of(body).id
    db.session.remove()

    def task() -> Any:
        def run() -> Any:
            return veto_result(
                db.session.get(Ballot, ballot_id),
                body=db.session.get(Body, body_id),
                position="Mayor",
                reasons="Why",
                language="en",
                actor=db.session.get(User, official),
            ).id

        return outcome_of(run)

    answers = in_parallel(app, [task] * 6, threads=6)
    assert sum(isinstance(answer, int) for answer in answers) == 1, answers
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Veto)) == 1
