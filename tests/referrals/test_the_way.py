"""Forwarded, escalated, joined: every rung keeps its clock, nobody has a matter twice, the answer walks back down."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.actions.models import ActionStatus
from stakeholder_hub.actions.operations import change_status
from stakeholder_hub.bodies.models import Topic
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotAllowed
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.records.models import Relation
from stakeholder_hub.referrals.jobs import escalate, remind
from stakeholder_hub.referrals.kinds import JoinState, Outcome, ReferralState, Satisfaction, Step
from stakeholder_hub.referrals.models import Bundling, JoinRequest, Referral, ReferralStop
from stakeholder_hub.referrals.operations import (
    add_local_note,
    ask_to_join,
    begin_deliberation,
    decide_joining,
    judge_answer,
    reopen_referral,
    withdraw_referral,
)
from stakeholder_hub.referrals.operations.holding import stop_at
from stakeholder_hub.referrals.queries import chain_of, figures_of, similar_to, tip_of
from stakeholder_hub.territories.models import Role
from tests.factories.accounts import make_user
from tests.factories.actions import make_action_item
from tests.factories.consultations import make_consultation
from tests.factories.deliberation import make_comment
from tests.factories.groups import make_group, make_mandate
from tests.factories.proposals import make_proposal
from tests.factories.referrals import (
    Ladder,
    Seat,
    acknowledge,
    make_answer,
    make_ladder,
    make_referral,
)
from tests.factories.territories import give_role
from tests.referrals.test_operations import links, told

START = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)


def forward(ladder: Ladder, referral: Referral, to: Seat, **values: Any) -> Referral:
    make_answer(ladder, referral, Outcome.NOT_COMPETENT, forward_to=to.body, **values)
    return tip_of(referral)


# -- Forwarding --------------------------------------------------------------------------------------------------------


def test_forwarding_keeps_the_chain_and_the_first_clock(ladder: Ladder) -> None:
    with clock.frozen(START):
        first = make_referral(ladder, acknowledged=True)
    with clock.frozen(START + timedelta(days=20)):
        onward = forward(ladder, first, ladder.state)
    assert (onward.step, onward.previous_id, onward.root_id) == (Step.FORWARDED, first.id, first.id)
    assert onward.from_body_id == ladder.region.body.id
    assert onward.reply_by is not None
    assert first.reply_by is not None
    assert onward.reply_by - first.reply_by == timedelta(days=20)
    assert (first.state, first.outcome, first.answer_days) == ("answered", "not_competent", 20)
    assert (first.id, Relation.FORWARDED_AS, onward.id) in links()
    assert told(ladder.state.official)[-1] == "referrals.asked"
    assert told(ladder.author)[-1] == "referrals.forwarded"


def test_not_competent_names_who_is(ladder: Ladder) -> None:
    referral = make_referral(ladder, acknowledged=True)
    with pytest.raises(Invalid, match="competent") as refusal:
        make_answer(ladder, referral, Outcome.NOT_COMPETENT)
    assert refusal.value.field == "forward_to"


def test_forwarding_past_a_level_needs_a_reason(ladder: Ladder) -> None:
    referral = make_referral(ladder, acknowledged=True)
    with pytest.raises(Invalid, match="pass by"):
        forward(ladder, referral, ladder.programme)
    assert referral.state == ReferralState.ACKNOWLEDGED
    forward(ladder, referral, ladder.programme, skip_reason="It is a matter of the programme.")
    assert told(ladder.state.official) == ["referrals.skipped"]


def test_a_matter_never_comes_back_to_a_body_that_has_had_it(ladder: Ladder) -> None:
    first = make_referral(ladder, sender=ladder.town.body, actor=ladder.town.official, acknowledged=True)
    second = acknowledge(ladder, forward(ladder, first, ladder.state))
    for seat in (ladder.region, ladder.town):
        with pytest.raises(Invalid, match="cannot come back") as refusal:
            forward(ladder, second, seat, skip_reason="Back")
        assert refusal.value.field == "forward_to"
    with pytest.raises(Invalid, match="cannot come back"):
        forward(ladder, second, ladder.state)
    stops = db.session.scalars(sa.select(ReferralStop.body_id).where(ReferralStop.root_id == first.id)).all()
    assert sorted(stops) == sorted([ladder.town.body.id, ladder.region.body.id, ladder.state.body.id])


def test_the_database_itself_refuses_a_second_stop(ladder: Ladder) -> None:
    """The key of the stops holds where no check was made before; ``stop_at`` says so in words. Fails without the key,
    and when ``stop_at`` does not look whether it could stop.
    """
    referral = make_referral(ladder)

    @operation
    def stop_again() -> None:
        db.session.add(ReferralStop(root_id=referral.id, body_id=ladder.region.body.id))
        db.session.flush()

    with pytest.raises(Conflict):
        stop_again()
    with pytest.raises(Conflict, match="cannot come back"):
        operation(lambda: stop_at(referral, ladder.region.body))()


def test_the_answer_walks_back_down_every_rung(ladder: Ladder) -> None:
    follower = make_user()
    make_comment(ladder.proposal, actor=follower)
    first = make_referral(ladder, acknowledged=True)
    second = acknowledge(ladder, forward(ladder, first, ladder.state))
    third = acknowledge(ladder, forward(ladder, second, ladder.programme))
    answer = make_answer(ladder, third, Outcome.ACCEPTED)
    for rung in chain_of(first):
        assert rung.answer_id == answer.id
        assert (rung.id, Relation.ANSWERED_BY, answer.id) in links()
    assert told(follower)[-1] == "referrals.answered_accepted"
    for official in (ladder.region.official, ladder.state.official, ladder.coordinator):
        assert told(official)[-1] == "referrals.passed_down"
    for speaker, actor in (
        (ladder.region.body, ladder.region.official),
        (ladder.state.body, ladder.state.official),
        (ladder.group, ladder.coordinator),
    ):
        add_local_note(answer, speaker=speaker, text="Here it means: yes.", language="en", actor=actor)
    assert len(answer.notes) == 3
    with pytest.raises(NotAllowed):
        judge_answer(second, satisfaction=Satisfaction.NO, language="en", actor=ladder.author)
    judge_answer(first, satisfaction=Satisfaction.NO, language="en", actor=ladder.author)
    again = reopen_referral(first, reason="By when?", actor=ladder.author)
    assert again.id == third.id
    assert first.answer_id is None
    second_answer = make_answer(ladder, third, Outcome.DECLINED)
    assert {rung.answer_id for rung in chain_of(first)} == {second_answer.id}


# -- Silence -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "zone", ["Europe/Ljubljana", "Europe/Bucharest", "Pacific/Auckland", "America/New_York"]
)
@pytest.mark.hostile("H51")
def test_the_clock_strikes_at_midnight_where_the_body_works(app: Flask, zone: str) -> None:
    """A millisecond before, at, and a millisecond after the end of the day. Fails when days are counted in UTC."""
    with clock.frozen(START):
        ladder = make_ladder()
        ladder.region.place.timezone = zone
        db.session.flush()
        referral = make_referral(ladder)
    due, up = referral.due_at, referral.escalate_at
    assert due is not None
    assert up is not None
    assert clock.to_local(due, zone).strftime("%H:%M") == "00:00"
    tick = timedelta(milliseconds=1)
    assert not referral.is_overdue(due - tick)
    assert referral.is_overdue(due)
    assert (referral.days_over(due), referral.days_over(due + timedelta(days=3, hours=2))) == (1, 4)
    with clock.frozen(up - tick):
        assert escalate() == 0
    with clock.frozen(up):
        assert escalate() == 1
    with clock.frozen(up + tick):
        assert escalate() == 0


def test_officials_are_reminded_before_and_after_once(ladder: Ladder) -> None:
    with clock.frozen(START):
        referral = make_referral(ladder)
    official, due = ladder.region.official, referral.due_at
    assert due is not None
    with clock.frozen(due - timedelta(days=7, milliseconds=1)):
        assert remind() == 0
    for moment, kind in ((due - timedelta(days=7), "due_soon"), (due, "overdue")):
        with clock.frozen(moment):
            assert (remind(), remind()) == (1, 0)
            assert told(official)[-1] == f"referrals.{kind}"
    assert told(ladder.coordinator)[-1] == "referrals.overdue"


def test_what_nobody_answers_goes_up_rung_by_rung(ladder: Ladder) -> None:
    with clock.frozen(START):
        first = make_referral(ladder, acknowledged=True)
    moment = START
    for seat in (ladder.state, ladder.programme):
        moment += timedelta(days=92)
        with clock.frozen(moment):
            assert (escalate(), escalate()) == (1, 0)
        tip = tip_of(first)
        assert (tip.to_body_id, tip.step) == (seat.body.id, Step.ESCALATED)
        assert told(seat.official)[-1] == "referrals.asked"
        assert told(ladder.author)[-1] == "referrals.escalated"
    assert [rung.state for rung in chain_of(first)] == ["lapsed", "lapsed", "sent"]
    with clock.frozen(moment + timedelta(days=92)):
        assert (escalate(), escalate()) == (0, 0)
        assert tip_of(first).is_overdue(clock.now())
    assert figures_of(ladder.region.body).in_time == 0.0
    with pytest.raises(NotAllowed):
        begin_deliberation(first, actor=ladder.region.official)
    answer = make_answer(ladder, acknowledge(ladder, tip_of(first)))
    assert {rung.answer_id for rung in chain_of(first)} == {answer.id}


def test_what_nobody_answers_goes_past_a_body_that_has_had_it(ladder: Ladder) -> None:
    """Fails when ``_one_level_up`` does not leave out who has had the matter: the stop is refused, and it stays."""
    with clock.frozen(START):
        first = make_referral(ladder, sender=ladder.state.body, actor=ladder.state.official)
    with clock.frozen(START + timedelta(days=92)):
        assert escalate() == 1
    assert tip_of(first).to_body_id == ladder.programme.body.id


# -- Joining -----------------------------------------------------------------------------------------------------------


def second_town(ladder: Ladder, title: str = "Flats, here as well") -> tuple[Any, Any, Any]:
    """The neighbour's group, its coordinator and the author of its proposal."""
    group = make_group(ladder.neighbour.place)
    author = make_user()
    proposal = make_proposal(make_consultation(group), title=title, actor=author)
    coordinator = give_role(make_user(), Role.COORDINATOR, group=group)
    referral = make_referral(
        ladder,
        source=proposal,
        sender=group,
        actor=coordinator,
        request="Let empty flats of the state to young people here too.",
    )
    return referral, coordinator, author


def asked(ladder: Ladder, one: Referral, *others: Referral) -> dict[int, JoinRequest]:
    bundling = ask_to_join(
        one,
        others=others,
        request="Let the empty flats to young people.",
        reason="It is one question.",
        language="en",
        actor=ladder.region.official,
    )
    return {request.referral_id: request for request in bundling.requests}


def test_similar_matters_are_those_about_the_same_with_the_same_words(ladder: Ladder) -> None:
    one = make_referral(ladder)
    two, _coordinator, _author = second_town(ladder)
    other = make_referral(ladder, request="Something wholly different", reason="Buses.")
    elsewhere = make_referral(ladder, topic=Topic.MOBILITY)
    found = similar_to(one, ladder.region.official)
    assert [r.id for r in found] == [two.id, other.id]
    assert elsewhere.id not in [r.id for r in found]


def test_towns_that_agree_are_answered_together_and_one_that_refuses_alone(ladder: Ladder) -> None:
    one, (two, coordinator, author) = make_referral(ladder), second_town(ladder)
    three, third, _author = second_town(ladder, "And here")
    requests = asked(ladder, one, two, three)
    assert told(coordinator)[-1] == "referrals.join_asked"
    with pytest.raises(NotAllowed):
        decide_joining(requests[two.id], agreed=True, actor=ladder.coordinator)
    decide_joining(requests[one.id], agreed=True, actor=ladder.coordinator)
    decide_joining(requests[two.id], agreed=True, actor=coordinator)
    decide_joining(requests[three.id], agreed=False, reason="Ours is different.", actor=third)
    bundle = db.session.get_one(Bundling, requests[one.id].bundling_id).bundle
    assert bundle is not None
    assert (one.bundle_id, two.bundle_id, three.bundle_id) == (bundle.id, bundle.id, None)
    assert (one.id, Relation.JOINED_IN, bundle.id) in links()
    assert (two.id, Relation.JOINED_IN, bundle.id) in links()
    assert bundle.reply_by == one.reply_by
    with pytest.raises(NotAllowed, match="answered there"):
        make_answer(ladder, one)
    answer = make_answer(ladder, bundle, Outcome.ACCEPTED)
    assert (one.answer_id, two.answer_id, three.answer_id) == (answer.id, answer.id, None)
    assert (one.state, two.state, three.state) == ("answered", "answered", "sent")
    for person in (ladder.author, author):
        assert told(person)[-1] == "referrals.answered_accepted"
    add_local_note(answer, speaker=ladder.group, text="Good.", language="en", actor=ladder.coordinator)


def test_who_does_not_decide_in_time_stays_alone(ladder: Ladder) -> None:
    one, (two, _coordinator, _author) = make_referral(ladder), second_town(ladder)
    requests = asked(ladder, one, two)
    decide_joining(requests[one.id], agreed=True, actor=ladder.coordinator)
    bundle = requests[one.id].bundling.bundle
    assert bundle is not None
    make_answer(ladder, bundle)
    db.session.refresh(requests[two.id])
    assert (requests[two.id].state, two.answer_id) == (JoinState.CLOSED, None)


def test_a_matter_is_asked_to_join_once_at_a_time(ladder: Ladder) -> None:
    one, (two, _coordinator, _author) = make_referral(ladder), second_town(ladder)
    asked(ladder, one, two)
    with pytest.raises(Conflict, match="asked already"):
        asked(ladder, two, one)
    with pytest.raises(Invalid, match="at least one other"):
        asked(ladder, make_referral(ladder))


def test_only_matters_of_one_body_are_joined(ladder: Ladder) -> None:
    """Fails when ``ask_to_join`` does not compare the bodies: who acts for both may ask about either."""
    one = make_referral(ladder)
    other = make_referral(ladder, ladder.state, skip_reason="The region owns no flats.")
    owner = ladder.state.body.organisation
    assert owner is not None
    make_mandate(owner, user=ladder.region.official)
    with pytest.raises(Invalid, match="with another body") as refusal:
        asked(ladder, one, other)
    assert refusal.value.field == "others"


def test_what_was_decided_about_joining_stays_decided(ladder: Ladder) -> None:
    """Fails when ``may_consent`` does not look whether it has been decided: who refused could agree after all."""
    one, (two, _coordinator, _author) = make_referral(ladder), second_town(ladder)
    requests = asked(ladder, one, two)
    decide_joining(requests[one.id], agreed=False, actor=ladder.coordinator)
    with pytest.raises(NotAllowed, match="decided already"):
        decide_joining(requests[one.id], agreed=True, actor=ladder.coordinator)


def test_what_joins_several_or_was_reopened_is_joined_in_nothing(ladder: Ladder) -> None:
    """Fails when ``may_bundle`` does not ask for the step, or for the round."""
    one, (two, _coordinator, _author) = make_referral(ladder), second_town(ladder)
    third, _third, _other = second_town(ladder, "And here")
    requests = asked(ladder, one, two)
    decide_joining(requests[one.id], agreed=True, actor=ladder.coordinator)
    bundle = requests[one.id].bundling.bundle
    assert bundle is not None
    with pytest.raises(NotAllowed, match="joins several matters already"):
        asked(ladder, bundle, third)
    make_answer(ladder, bundle)
    judge_answer(one, satisfaction=Satisfaction.NO, language="en", actor=ladder.author)
    reopen_referral(one, reason="And here?", actor=ladder.author)
    with pytest.raises(NotAllowed, match="answered on its own"):
        asked(ladder, one, third)


def test_what_was_handed_on_or_joined_is_not_taken_back(ladder: Ladder) -> None:
    """Fails when ``may_withdraw`` does not ask for the step; of what was joined it says where it is answered."""
    onward = forward(ladder, make_referral(ladder, acknowledged=True), ladder.state)
    with pytest.raises(NotAllowed, match="handed on by a body"):
        withdraw_referral(onward, actor=ladder.region.official)
    one, (two, _coordinator, _author) = make_referral(ladder), second_town(ladder)
    decide_joining(asked(ladder, one, two)[one.id], agreed=True, actor=ladder.coordinator)
    with pytest.raises(NotAllowed, match="answered there"):
        withdraw_referral(one, actor=ladder.coordinator)


def test_what_was_taken_back_is_joined_nowhere(ladder: Ladder) -> None:
    """Fails when ``withdraw_referral`` does not close what the place is asked."""
    one, (two, _coordinator, _author) = make_referral(ladder), second_town(ladder)
    requests = asked(ladder, one, two)
    withdraw_referral(one, actor=ladder.coordinator)
    with pytest.raises(NotAllowed, match="decided already"):
        decide_joining(requests[one.id], agreed=True, actor=ladder.coordinator)
    assert (one.bundle_id, requests[one.id].state) == (None, JoinState.CLOSED)


def test_nobody_joins_a_matter_that_has_gone_one_level_up(ladder: Ladder) -> None:
    """Fails when ``escalate_referral`` does not close what places are asked."""
    with clock.frozen(START):
        one = make_referral(ladder)
    with clock.frozen(START + timedelta(days=60)):
        two, coordinator, _author = second_town(ladder)
        requests = asked(ladder, one, two)
        decide_joining(requests[one.id], agreed=True, actor=ladder.coordinator)
    with clock.frozen(START + timedelta(days=92)):
        assert escalate() == 1
        with pytest.raises(NotAllowed, match="decided already"):
            decide_joining(requests[two.id], agreed=True, actor=coordinator)
    assert two.bundle_id is None


def test_a_joined_matter_that_is_forwarded_comes_back_to_every_town(ladder: Ladder) -> None:
    one, (two, coordinator, author) = make_referral(ladder), second_town(ladder)
    requests = asked(ladder, one, two)
    decide_joining(requests[one.id], agreed=True, actor=ladder.coordinator)
    decide_joining(requests[two.id], agreed=True, actor=coordinator)
    bundle = requests[one.id].bundling.bundle
    assert bundle is not None
    onward = acknowledge(ladder, forward(ladder, bundle, ladder.state))
    stops = db.session.execute(sa.select(ReferralStop.root_id, ReferralStop.body_id)).all()
    assert {(root.id, ladder.state.body.id) for root in (one, two, bundle)} <= {(r[0], r[1]) for r in stops}
    answer = make_answer(ladder, onward)
    assert {one.answer_id, two.answer_id, bundle.answer_id, onward.answer_id} == {answer.id}
    assert told(author)[-1] == "referrals.answered_declined"
    judge_answer(two, satisfaction=Satisfaction.NO, language="en", actor=author)
    again = reopen_referral(two, reason="What about us?", actor=author)
    assert (again.id, again.bundle_id, one.answer_id) == (two.id, None, answer.id)


def test_a_joined_matter_escalates_for_all(ladder: Ladder) -> None:
    with clock.frozen(START):
        one, (two, coordinator, _author) = make_referral(ladder), second_town(ladder)
        requests = asked(ladder, one, two)
        decide_joining(requests[one.id], agreed=True, actor=ladder.coordinator)
        decide_joining(requests[two.id], agreed=True, actor=coordinator)
    with clock.frozen(START + timedelta(days=92)):
        assert (escalate(), escalate()) == (1, 0)
    assert (one.state, two.state) == ("in_deliberation", "in_deliberation")
    assert told(coordinator)[-1] == "referrals.escalated"


def test_what_is_done_about_a_joined_matter_is_done_for_every_town(ladder: Ladder) -> None:
    one, (two, coordinator, _author) = make_referral(ladder), second_town(ladder)
    requests = asked(ladder, one, two)
    decide_joining(requests[one.id], agreed=True, actor=ladder.coordinator)
    decide_joining(requests[two.id], agreed=True, actor=coordinator)
    bundle = requests[one.id].bundling.bundle
    assert bundle is not None
    item = make_action_item(ladder.region.place)
    make_answer(ladder, bundle, Outcome.ACCEPTED, named=item)
    change_status(item, status=ActionStatus.DONE, actor=SYSTEM)
    assert (one.state, two.state, bundle.state) == ("implemented", "implemented", "implemented")
    change_status(item, status=ActionStatus.IN_PROGRESS, actor=SYSTEM)
    assert (one.state, bundle.state) == ("answered", "answered")
