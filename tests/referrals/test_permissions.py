"""Who may do what: role by state, on every level. What is not in the table is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from stakeholder_hub.kernel.authorization import VISITOR, Verdict
from stakeholder_hub.kernel.errors import NotAllowed, NotFound
from stakeholder_hub.referrals.kinds import Outcome, Satisfaction
from stakeholder_hub.referrals.models import Referral
from stakeholder_hub.referrals.operations import (
    begin_deliberation,
    conclude_referral,
    judge_answer,
    withdraw_referral,
)
from stakeholder_hub.referrals.policy import (
    may_acknowledge,
    may_answer,
    may_bundle,
    may_conclude,
    may_deliberate,
    may_edit_draft,
    may_judge,
    may_note,
    may_refer,
    may_reopen,
    may_see_inbox,
    may_translate,
    may_withdraw,
)
from stakeholder_hub.referrals.queries import answer_to
from stakeholder_hub.territories.models import Role
from tests.factories.accounts import make_user
from tests.factories.referrals import Ladder, Seat, make_answer, make_draft, make_referral
from tests.factories.territories import give_role

STATES = (
    "drafted",
    "sent",
    "acknowledged",
    "in_deliberation",
    "accepted",
    "declined",
    "judged",
    "implemented",
    "withdrawn",
)

SENDER, OFFICIAL, AUTHOR = "sender", "official", "author"

ALLOWED: dict[str, dict[str, set[str]]] = {
    SENDER: {
        "edit": {"drafted"},
        "withdraw": {"drafted", "sent", "acknowledged"},
    },
    OFFICIAL: {
        "acknowledge": {"sent"},
        "deliberate": {"acknowledged"},
        "answer": {"acknowledged", "in_deliberation"},
        "bundle": {"sent", "acknowledged", "in_deliberation"},
        "conclude": {"accepted"},
    },
    AUTHOR: {
        "judge": {"accepted", "declined", "implemented"},
        "reopen": {"judged"},
    },
}
"""For each role what it may do, and in which states. All others may do none of it in any state."""

ACTIONS: dict[str, Callable[[Any, Referral], Verdict]] = {
    "edit": may_edit_draft,
    "withdraw": may_withdraw,
    "acknowledge": may_acknowledge,
    "deliberate": may_deliberate,
    "answer": may_answer,
    "bundle": may_bundle,
    "conclude": may_conclude,
    "judge": may_judge,
    "reopen": may_reopen,
}


def in_state(ladder: Ladder, seat: Seat, state: str) -> Referral:
    """A referral to ``seat`` that has come so far."""
    reason = "The region is not competent." if seat is not ladder.region else ""
    if state == "drafted":
        return make_draft(ladder, seat, skip_reason=reason)
    referral = make_referral(
        ladder, seat, skip_reason=reason, acknowledged=state not in ("sent", "withdrawn")
    )
    if state == "withdrawn":
        withdraw_referral(referral, actor=ladder.coordinator)
    if state == "in_deliberation":
        begin_deliberation(referral, actor=seat.official)
    if state in ("accepted", "implemented"):
        make_answer(ladder, referral, Outcome.ACCEPTED)
    if state in ("declined", "judged"):
        make_answer(ladder, referral)
    if state == "judged":
        judge_answer(referral, satisfaction=Satisfaction.NO, language="en", actor=ladder.author)
    if state == "implemented":
        conclude_referral(referral, implemented=True, note="Done.", actor=seat.official)
    return referral


@pytest.mark.parametrize("level", ["region", "state", "programme"])
@pytest.mark.parametrize("state", STATES)
def test_each_role_does_what_the_table_says_and_nothing_else(
    app: Flask, ladder: Ladder, level: str, state: str
) -> None:
    seat: Seat = getattr(ladder, level)
    referral = in_state(ladder, seat, state)
    people: dict[str, Any] = {
        SENDER: ladder.coordinator,
        OFFICIAL: seat.official,
        AUTHOR: ladder.author,
        "visitor": VISITOR,
        "citizen": make_user(),
        "member of the group": give_role(make_user(), Role.MEMBER, group=ladder.group),
        "official of the town": ladder.town.official,
        "official of a neighbour": ladder.neighbour.official,
        "coordinator of the place": give_role(make_user(), Role.COORDINATOR, territory=seat.place),
        "moderator of everything": give_role(make_user(), Role.MODERATOR, territory=ladder.programme.place),
    }
    for role, person in people.items():
        for name, policy in ACTIONS.items():
            expected = state in ALLOWED.get(role, {}).get(name, set())
            assert bool(policy(person, referral)) is expected, (role, name, state)


def test_who_may_refer_is_who_acts_for_the_group_or_body(ladder: Ladder) -> None:
    own, body = ladder.group, ladder.town.body
    above = give_role(make_user(), Role.ADMIN, territory=ladder.programme.place)
    expected = {
        "coordinator": (ladder.coordinator, True, False),
        "official": (ladder.town.official, False, True),
        "author": (ladder.author, False, False),
        "above": (above, False, False),
        "visitor": (VISITOR, False, False),
    }
    for name, (person, for_group, for_body) in expected.items():
        assert bool(may_refer(person, ladder.proposal, own)) is for_group, name
        assert bool(may_refer(person, ladder.proposal, body)) is for_body, name
        if not for_group:
            with pytest.raises(NotAllowed):
                make_draft(ladder, actor=person)


def test_a_referral_cannot_itself_be_referred(ladder: Ladder) -> None:
    referral = make_referral(ladder)
    assert "forward it" in str(may_refer(ladder.coordinator, referral, ladder.group).reason)


def test_notes_and_translations_are_for_those_on_the_way(ladder: Ladder) -> None:
    referral = make_referral(ladder, acknowledged=True)
    answer = make_answer(ladder, referral)
    assert answer_to(referral).id == answer.id
    assert may_note(ladder.coordinator, answer, ladder.group)
    assert not may_note(ladder.state.official, answer, ladder.state.body)
    assert not may_note(ladder.author, answer, ladder.group)
    allowed = [ladder.coordinator, ladder.region.official]
    refused = [ladder.author, ladder.state.official, make_user(), VISITOR]
    assert [bool(may_translate(person, answer)) for person in [*allowed, *refused]] == [True] * 2 + [
        False
    ] * 4


def test_an_inbox_is_for_officials(ladder: Ladder) -> None:
    body = ladder.region.body
    runs = give_role(make_user(), Role.COORDINATOR, territory=ladder.region.place)
    people = [ladder.region.official, runs, ladder.state.official, ladder.coordinator, VISITOR]
    assert [bool(may_see_inbox(person, body)) for person in people] == [True] + [False] * 4


def test_there_is_no_answer_to_what_was_not_answered(ladder: Ladder) -> None:
    with pytest.raises(NotFound):
        answer_to(make_referral(ladder))
