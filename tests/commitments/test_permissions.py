"""Who may do what with commitments: role by state, on every level. What is not in the table is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from stakeholder_hub.commitments.models import Claim, Commitment, Finding
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
from stakeholder_hub.commitments.policy import (
    may_agree,
    may_answer,
    may_ask,
    may_declare_broken,
    may_keep_asking,
    may_show,
    may_supersede,
    may_verify,
    may_withdraw,
)
from stakeholder_hub.kernel.authorization import VISITOR, Verdict
from stakeholder_hub.kernel.errors import NotAllowed
from stakeholder_hub.territories.models import Level, Role
from tests.commitments.test_commitments import amending, step
from tests.factories.accounts import make_user
from tests.factories.commitments import Levels, make_levels
from tests.factories.territories import give_role

STATES = (
    "asked",
    "amended",
    "refused",
    "pledged",
    "started",
    "partly",
    "kept",
    "broken",
    "withdrawn",
    "superseded",
)
ASKER, PROMISER = "official of who asks", "official of who promises"
PROMISED = {"pledged", "started"}

ALLOWED: dict[str, dict[str, set[str]]] = {
    ASKER: {
        "agree": {"amended"},
        "keep asking": {"amended", "refused"},
        "withdraw": {"asked", "amended"},
        "declare broken": {*PROMISED, "partly"},
        "supersede": {*PROMISED, "partly", "broken"},
    },
    PROMISER: {
        "answer": {"asked"},
        "withdraw": PROMISED,
        "show": {*PROMISED, "partly", "broken"},
        "admit broken": {*PROMISED, "partly"},
    },
}
"""For each role what it may do, and in which states. All others may do none of it in any state."""

ACTIONS: dict[str, Callable[[Any, Commitment], Verdict]] = {
    "answer": may_answer,
    "agree": may_agree,
    "keep asking": may_keep_asking,
    "withdraw": may_withdraw,
    "show": may_show,
    "declare broken": lambda actor, commitment: may_declare_broken(actor, commitment, commitment.asker),
    "admit broken": lambda actor, commitment: may_declare_broken(actor, commitment, commitment.body),
    "supersede": may_supersede,
}


def in_state(levels: Levels, state: str) -> Commitment:
    """A commitment of the first town that has come so far."""
    mayor, minister = levels.mayors[0], levels.minister
    asked = levels.ask()
    if state == "amended":
        return amending(asked, actor=mayor)
    if state == "refused":
        return step(refuse_commitment, asked, actor=mayor)
    if state == "withdrawn":
        return step(withdraw_commitment, asked, actor=minister)
    if state == "asked":
        return asked
    step(accept_commitment, asked, actor=mayor)
    claims = {"started": Claim.STARTED, "partly": Claim.PARTLY, "kept": Claim.KEPT}
    if state in claims:
        shown = give_evidence(asked, claim=claims[state], text="Look.", language="en", actor=mayor)
        if state != "started":
            verify_evidence(
                shown, body=levels.ministry, finding=Finding.CONFIRMED, language="en", actor=minister
            )
    if state == "broken":
        step(declare_broken, asked, body=levels.ministry, actor=minister)
    if state == "superseded":
        step(supersede_commitment, asked, successor=levels.pledge(), actor=minister)
    return asked


def everybody(levels: Levels) -> dict[str, Any]:
    return {
        ASKER: levels.minister,
        PROMISER: levels.mayors[0],
        "visitor": VISITOR,
        "citizen": make_user(),
        "official of a neighbour": levels.mayors[1],
        "coordinator of the group that decided": give_role(
            make_user(), Role.COORDINATOR, group=levels.decision.group
        ),
        "coordinator of the place that asks": give_role(
            make_user(), Role.COORDINATOR, territory=levels.state
        ),
        "coordinator of the place that promises": give_role(
            make_user(), Role.COORDINATOR, territory=levels.towns[0]
        ),
        "admin of everything": give_role(make_user(), Role.ADMIN, territory=levels.state),
    }


@pytest.mark.parametrize("level", [Level.REGIONAL, Level.NATIONAL, Level.TRANSNATIONAL])
@pytest.mark.parametrize("state", STATES)
def test_each_role_does_what_the_table_says_and_nothing_else(app: Flask, level: Level, state: str) -> None:
    levels = make_levels(level=level)
    commitment = in_state(levels, state)
    assert commitment.state == state
    for role, person in everybody(levels).items():
        for name, policy in ACTIONS.items():
            expected = state in ALLOWED.get(role, {}).get(name, set())
            assert bool(policy(person, commitment)) is expected, (role, name, state)


@pytest.mark.parametrize(
    ("do", "state"),
    [
        (accept_commitment, "asked"),
        (amending, "asked"),
        (refuse_commitment, "asked"),
        (agree_to_offer, "amended"),
        (keep_asking, "amended"),
        (keep_asking, "refused"),
        (withdraw_commitment, "asked"),
        (withdraw_commitment, "pledged"),
        (declare_broken, "pledged"),
        (supersede_commitment, "pledged"),
    ],
)
def test_every_step_asks_for_its_right_itself(app: Flask, do: Any, state: str) -> None:
    """Whatever the page has asked before. Breaks when the operation does not require it."""
    levels = make_levels()
    commitment = in_state(levels, state)
    values: dict[str, Any] = {"actor": levels.mayors[1]}
    if do is declare_broken:
        values["body"] = levels.councils[0]
    if do is supersede_commitment:
        values["successor"] = levels.pledge()
    with pytest.raises(NotAllowed):
        amending(commitment, **values) if do is amending else step(do, commitment, **values)
    assert commitment.state == state


@pytest.mark.parametrize("level", [Level.REGIONAL, Level.NATIONAL, Level.TRANSNATIONAL])
def test_asking_and_verifying_are_for_officials_of_the_right_body(app: Flask, level: Level) -> None:
    """Who asks stands behind the decision; who verifies is another body than the one that promised."""
    levels = make_levels(level=level)
    promise = levels.pledge()
    shown = give_evidence(promise, claim=Claim.KEPT, text="Look.", language="en", actor=levels.mayors[0])
    ministry, council, neighbour = levels.ministry, *levels.councils
    for role, person in everybody(levels).items():
        assert bool(may_ask(person, levels.decision, ministry)) is (role == ASKER), role
        assert not may_ask(person, levels.decision, council), role
        assert bool(may_verify(person, shown, ministry)) is (role == ASKER), role
        assert bool(may_verify(person, shown, neighbour)) is (role == "official of a neighbour"), role
        assert not may_verify(person, shown, council), role
    verify_evidence(shown, body=ministry, finding=Finding.CONFIRMED, language="en", actor=levels.minister)
    assert not any(may_verify(person, shown, neighbour) for person in everybody(levels).values())
