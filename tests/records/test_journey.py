"""The journey tells where something came from and what became of it, however much hangs on it."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.decisions.models import Decision
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.records.journey import SHOWN_ALIKE, Step, journey_of
from stakeholder_hub.records.models import Moderation, Record, Relation
from stakeholder_hub.records.operations import add_link
from stakeholder_hub.records.trail import journey_steps
from tests.factories.consultations import make_consultation
from tests.factories.decisions import make_ballot, make_ballot_proposal
from tests.factories.proposals import make_proposal


@operation
def link(source: Record, relation: Relation, target: Record) -> None:
    add_link(source, relation, target, actor=SYSTEM)


def steps(roots: list[Step]) -> list[Step]:
    return [found for root in roots for found in (root, *steps(root.next))]


@pytest.fixture
def crowd(app: Flask) -> tuple[Any, list[Any]]:
    """A consultation with twenty proposals."""
    consultation = make_consultation()
    return consultation, [make_proposal(consultation) for _ in range(20)]


def test_many_that_stand_alike_are_told_as_a_few_and_a_number(crowd: tuple[Any, list[Any]]) -> None:
    consultation, proposals = crowd
    trail = journey_of(consultation, VISITOR)
    (root,) = trail.roots
    assert [step.record for step in root.next] == proposals[:SHOWN_ALIKE]
    assert (root.next[-1].alike, root.count(), trail.truncated) == (17, 21, False)


def test_one_that_led_to_something_of_its_own_is_always_told(crowd: tuple[Any, list[Any]]) -> None:
    consultation, proposals = crowd
    sequel = make_consultation(consultation.group)
    link(proposals[-1], Relation.CARRIED_OUT_BY, sequel)
    (root,) = journey_of(consultation, VISITOR).roots
    last = root.next[-1]
    assert (last.record, [step.record for step in last.next]) == (proposals[-1], [sequel])


def test_what_somebody_may_not_see_is_not_even_counted(crowd: tuple[Any, list[Any]]) -> None:
    consultation, proposals = crowd
    for hidden in proposals[3:13]:
        hidden.moderation = Moderation.HIDDEN
    db.session.flush()
    (root,) = journey_of(consultation, VISITOR).roots
    assert root.count() == 11


def test_brothers_are_not_on_the_way_of_a_proposal(crowd: tuple[Any, list[Any]]) -> None:
    consultation, proposals = crowd
    found = steps(journey_of(proposals[5], VISITOR).roots)
    assert [(step.record, step.is_here) for step in found] == [(consultation, False), (proposals[5], True)]


def test_a_ballot_of_many_proposals_names_a_few_and_itself_once(app: Flask) -> None:
    ballot = make_ballot(costs=[None] * 12)
    found = steps(journey_of(ballot, VISITOR).roots)
    assert [step.is_here for step in found].count(True) == 1
    assert sum(step.record.kind == "proposal" for step in found) == SHOWN_ALIKE
    assert sum(step.alike for step in found) == 12 - SHOWN_ALIKE


def told(roots: list[Step]) -> list[Any]:
    """``[name, [what follows]]`` of each step."""
    return [[step.record.title.original.text, told(step.next)] for step in roots]


@pytest.fixture
def voted(app: Flask) -> dict[str, Any]:
    """Five proposals, a ballot, a decision, and two action items for the two that won."""
    consultation = make_consultation(title="Question")
    proposals = [make_ballot_proposal(consultation, title=f"P{n}") for n in range(5)]
    ballot = make_ballot(consultation, proposals=proposals, winners_wanted=2, closed=True)
    decision = db.session.scalars(sa.select(Decision)).one()
    items = [make_consultation(consultation.group, title=f"Carries out P{n}") for n in (0, 1)]
    for proposal, item in zip(proposals, items, strict=False):
        link(proposal, Relation.CARRIED_OUT_BY, item)
        link(decision, Relation.CARRIED_OUT_BY, item)
    return {
        "question": consultation,
        "proposals": proposals,
        "ballot": ballot,
        "decision": decision,
        "items": items,
    }


def test_from_the_question_every_branch_stands_once_and_where_it_says_most(voted: dict[str, Any]) -> None:
    decision = voted["decision"].title.original.text
    assert told(journey_of(voted["question"], VISITOR).roots) == [
        [
            "Question",
            [
                ["P0", [["Carries out P0", []]]],
                ["P1", [["Carries out P1", []]]],
                ["P2", []],
                ["P3", []],
                ["P4", []],
                ["Which proposal?", [[decision, []]]],
            ],
        ]
    ]


@pytest.mark.parametrize("seen_from", ["proposals", "items"])
def test_from_a_proposal_or_its_action_item_the_way_leads_through_ballot_and_decision(
    voted: dict[str, Any], seen_from: str
) -> None:
    decision = voted["decision"].title.original.text
    way = ["Question", [["P1", [["Which proposal?", [[decision, [["Carries out P1", []]]]]]]]]]
    assert told(journey_of(voted[seen_from][1], VISITOR).roots) == [way]


def test_from_the_ballot_its_proposals_and_everything_that_was_decided(voted: dict[str, Any]) -> None:
    (root,) = journey_of(voted["ballot"], VISITOR).roots
    names = {step.record.title.original.text for step in steps([root])}
    assert {"Question", "P0", "P4", "Which proposal?", "Carries out P0", "Carries out P1"} <= names
    assert [name for name, _next in told(root.next)][-1] == "Which proposal?"


def test_a_ring_of_links_ends(app: Flask) -> None:
    consultation = make_consultation()
    one, other = make_proposal(consultation), make_proposal(consultation)
    link(one, Relation.RELATES_TO, other)
    link(other, Relation.RELATES_TO, one)
    assert {step.record for step in steps(journey_of(one, VISITOR).roots)} == {consultation, one, other}


def test_it_costs_three_statements_however_long(crowd: tuple[Any, list[Any]], count_queries: Any) -> None:
    consultation, _proposals = crowd
    assert consultation.kind == "consultation"  # read before it is counted
    with count_queries() as seen:
        journey_of(consultation, VISITOR)
    assert len(seen) == 3


def test_beside_other_things_a_long_trail_is_cut_below_and_says_how_much_follows(app: Flask) -> None:
    parent = make_consultation()
    for _place in range(6):
        local = make_consultation(parent.group)
        link(parent, Relation.RUN_AS, local)
        for _number in range(3):
            link(make_proposal(local), Relation.CARRIED_OUT_BY, make_consultation(parent.group))
    with app.test_request_context("/en/"):
        (whole,), (near,) = (journey_steps(journey_of(parent, VISITOR), near=n) for n in (False, True))
    assert [len(place["children"]) for place in whole["children"]] == [3] * 6
    assert [(len(p["children"]), p["further"]) for p in near["children"]] == [(0, 6)] * 6


def test_a_short_trail_is_told_whole_everywhere(crowd: tuple[Any, list[Any]], app: Flask) -> None:
    trail = journey_of(crowd[0], VISITOR)
    with app.test_request_context("/en/"):
        assert journey_steps(trail, near=True) == journey_steps(trail)
