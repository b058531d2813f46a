"""What the journey tells after a vote: vetoes, ratifications, how it ended. Of an open vote it tells nothing."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.accounts.operations import erase_person
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.decisions.operations import close_ballot
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.ratifications.jobs import lapse_due
from stakeholder_hub.ratifications.rules import Outcome
from stakeholder_hub.records.timeline import Moment, timeline_of
from tests.decisions.test_after_close import answering, asking, closed, official_of, vetoing


def moments(ballot: Ballot) -> list[Moment]:
    return [
        m for m in timeline_of(ballot, VISITOR).moments if m.record.id == ballot.id and not m.is_beginning
    ]


def said(ballot: Ballot) -> list[tuple[str, str, str]]:
    """What, by whom, with which words: of what comes after the close."""
    told = [m for m in moments(ballot) if m.key not in ("opened", "closed")]
    return [(m.key, _name(m), m.text.original.text if m.text else "") for m in told]


def _name(moment: Moment) -> str:
    name = moment.by.name
    return name.original.text if isinstance(name, Multilingual) else str(name)


@pytest.mark.usefixtures("app")
def test_a_veto_is_told_with_its_reasons_and_what_it_did(clock: Any) -> None:
    ballot, (body,), _none = closed(vetoers=1)
    clock.advance(days=1)
    vetoing(ballot, body)
    assert said(ballot)[0] == ("vetoed", body.name.original.text, "It costs too much.")
    assert said(ballot)[1][0] == "result:failed"
    veto = next(m for m in moments(ballot) if m.key == "vetoed")
    assert (veto.position, veto.place) == ("Mayor", body.territory)


@pytest.mark.usefixtures("app")
def test_each_body_that_ratifies_refuses_or_is_silent_is_told(clock: Any) -> None:
    ballot, _none, bodies = closed(ratifiers=3)
    names = [body.name.original.text for body in bodies]
    clock.advance(days=1)
    answering(ballot, bodies[0])
    clock.advance(days=1)
    answering(ballot, bodies[1], Outcome.RESERVATIONS)
    clock.advance(days=60)
    lapse_due()
    told = said(ballot)
    assert [(key, by) for key, by, _text in told if key.startswith("ratified")] == [
        ("ratified:adopted", names[0]),
        ("ratified:reservations", names[1]),
        ("ratified:lapsed", names[2]),
    ]
    assert ("ratified:adopted", names[0], "Resolution 12/2026") in told
    assert ("ratified:reservations", names[1], "Resolution 12/2026: Not as it stands.") in told
    assert [key for key, _by, _text in told if key.startswith(("ratification", "result"))] == [
        "ratification",
        "ratification:failed",
        "result:failed",
    ]
    begun = next(m for m in moments(ballot) if m.key == "ratification")
    assert begun.until is not None


@pytest.mark.usefixtures("app")
def test_a_body_that_refuses_is_told_with_its_reasons() -> None:
    ballot, _none, bodies = closed(ratifiers=1)
    answering(ballot, bodies[0], Outcome.REJECTED)
    assert (
        "ratified:rejected",
        bodies[0].name.original.text,
        "Resolution 12/2026: Not as it stands.",
    ) in said(ballot)


@pytest.mark.hostile("H54")
@pytest.mark.usefixtures("app")
def test_of_an_open_vote_nothing_is_told_but_that_it_began() -> None:
    """The votes stand in the audit as well. Fails when an event of an open vote (``decisions.vote_cast``) is told."""
    ballot, _veto, _ratify = asking(vetoers=1, ratifiers=1)
    assert [m.key for m in moments(ballot)] == ["opened"]
    close_ballot(ballot, actor=SYSTEM)
    assert {"closed", "ratification"} <= {m.key for m in moments(ballot)}


def test_who_signed_for_a_body_is_named_by_position_alone(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        ballot, (body,), _none = closed(vetoers=1)
        person = official_of(body)
        vetoing(ballot, body, person)
        name, reference = person.name, ballot.reference
        erase_person(person, actor=person)
    for form in ("/en/records/{}/journey", "/api/v1/records/{}/journey"):
        page = client.get(form.format(reference)).get_data(as_text=True)
        assert "It costs too much." in page
        assert name not in page
