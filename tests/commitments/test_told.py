"""What the journey tells of commitments."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.accounts.operations import erase_person
from stakeholder_hub.commitments.models import Claim, Commitment, Evidence, Finding
from stakeholder_hub.commitments.operations import (
    accept_commitment,
    agree_to_offer,
    declare_broken,
    give_evidence,
    keep_asking,
    refuse_commitment,
    supersede_commitment,
    verify_evidence,
    withdraw_commitment,
)
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.moderation.operations import hide_record
from stakeholder_hub.records.timeline import Moment, timeline_of
from tests.commitments.test_commitments import amending, step
from tests.factories.commitments import Levels, make_levels

MOST_STATEMENTS = 12


def moments(commitment: Commitment, actor: Any = VISITOR) -> list[Moment]:
    """What is told of the commitment itself, as read on the journey of the decision it came of."""
    told = timeline_of(commitment.decision, actor).moments
    return [m for m in told if m.record.id == commitment.id and not m.is_beginning]


def said(commitment: Commitment, actor: Any = VISITOR) -> list[tuple[str, str, str]]:
    return [
        (m.key, _name(m), m.text.original.text if m.text is not None else "")
        for m in moments(commitment, actor)
    ]


def _name(moment: Moment) -> str:
    name = moment.by.name
    return name.original.text if isinstance(name, Multilingual) else str(name)


def shown(levels: Levels, commitment: Commitment, claim: Claim = Claim.KEPT, **values: Any) -> Evidence:
    fields: dict[str, Any] = {"text": "See the keys.", "language": "en", "actor": levels.mayors[0], **values}
    return give_evidence(commitment, claim=claim, **fields)


def verified(levels: Levels, evidence: Evidence, finding: Finding, reasons: str = "") -> None:
    verify_evidence(
        evidence,
        body=levels.ministry,
        finding=finding,
        reasons=reasons,
        language="en",
        actor=levels.minister,
    )


@pytest.mark.usefixtures("app")
def test_each_step_of_a_promise_is_told_with_its_reasons_by_the_body_that_took_it(clock: Any) -> None:
    levels = make_levels()
    ministry, council = levels.ministry.name.original.text, levels.councils[0].name.original.text
    asked = levels.ask()
    clock.advance(days=1)
    step(refuse_commitment, asked, reasons="No land.", actor=levels.mayors[0])
    clock.advance(days=1)
    step(keep_asking, asked, reasons="There is land.", actor=levels.minister)
    clock.advance(days=1)
    amending(asked, reasons="Five are possible.", actor=levels.mayors[0])
    clock.advance(days=1)
    step(agree_to_offer, asked, reasons="", actor=levels.minister)
    clock.advance(days=1)
    first = shown(levels, asked)
    clock.advance(days=1)
    verified(levels, first, Finding.DISPUTED, "Three keys are missing.")
    clock.advance(days=1)
    second = shown(levels, asked, Claim.PARTLY, text="Three keys.")
    clock.advance(days=1)
    verified(levels, second, Finding.CONFIRMED)
    clock.advance(days=1)
    step(declare_broken, asked, body=levels.ministry, reasons="Two never came.", actor=levels.minister)
    assert said(asked) == [
        ("state:asked", ministry, ""),
        ("state:refused", council, "No land."),
        ("state:asked", ministry, "There is land."),
        ("state:amended", council, "Five are possible."),
        ("state:pledged", ministry, ""),
        ("evidence:kept", council, "See the keys."),
        ("state:started", council, ""),
        ("finding:disputed", ministry, "Three keys are missing."),
        ("finding:confirmed", ministry, ""),
        ("state:partly", ministry, ""),
        ("state:broken", ministry, "Two never came."),
    ]
    begin = moments(asked)[0]
    assert (begin.place, begin.to is not None, begin.until) == (levels.state, True, asked.due_on)
    assert str(moments(asked)[2].said) == "Asked again"


@pytest.mark.usefixtures("app")
def test_what_is_taken_back_or_superseded_is_told() -> None:
    levels = make_levels()
    one, other, third = levels.pledge(), levels.pledge(), levels.ask()
    step(supersede_commitment, one, successor=other, reasons="A better one.", actor=levels.minister)
    step(withdraw_commitment, third, reasons="No longer needed.", actor=levels.minister)
    assert said(one)[-1][::2] == ("state:superseded", "A better one.")
    assert said(third)[-1][::2] == ("state:withdrawn", "No longer needed.")


@pytest.mark.usefixtures("app")
def test_hidden_evidence_is_told_to_nobody() -> None:
    levels = make_levels()
    pledged = levels.pledge()
    evidence = shown(levels, pledged, text="canary")
    hide_record(evidence, reason="Insulting", actor=SYSTEM)
    for actor in (VISITOR, SYSTEM):
        assert not any(
            "canary" in text or key.startswith("evidence") for key, _by, text in said(pledged, actor)
        )


@pytest.mark.usefixtures("app")
def test_of_a_hidden_promise_nothing_is_told() -> None:
    levels = make_levels()
    asked = levels.ask()
    step(refuse_commitment, asked, reasons="canary", actor=levels.mayors[0])
    hide_record(asked, reason="Insulting", actor=SYSTEM)
    assert (said(asked), said(asked, SYSTEM)) == ([], [])


def test_officials_are_never_named_and_it_costs_the_same_for_many(
    web: Flask, client: FlaskClient, count_queries: Callable[[], Any]
) -> None:
    """A body speaks: also after the person who acted for it has left."""
    counts = []
    for number in (1, 4):
        with web.app_context():
            levels = make_levels(towns=number)
            for town in range(number):
                promise = levels.pledge(town)
                verified(levels, shown(levels, promise, actor=levels.mayors[town]), Finding.CONFIRMED)
            names = [levels.minister.name, *[mayor.name for mayor in levels.mayors]]
            erase_person(levels.minister, actor=levels.minister)
            reference = levels.decision.reference
        for form in ("/en/records/{}/journey", "/api/v1/records/{}/journey"):
            client.get(form.format(reference) + "?warm")
            with count_queries() as seen:
                page = client.get(form.format(reference)).get_data(as_text=True)
            counts.append(len(seen))
            assert not [name for name in names if name in page]
    assert counts[:2] == counts[2:]
    assert max(counts) <= MOST_STATEMENTS, counts


def test_acceptance_is_told_in_the_place_of_the_body(web: Flask) -> None:
    with web.app_context():
        levels = make_levels()
        asked = levels.ask()
        accept_commitment(asked, version=asked.version, language="en", actor=levels.mayors[0])
        assert [m.place for m in moments(asked)] == [levels.state, levels.towns[0]]
