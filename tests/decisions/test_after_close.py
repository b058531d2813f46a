"""After the close: named bodies veto or ratify, and a result binds only when nothing stands against it any more."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa

from stakeholder_hub.actions.operations import create_action_item
from stakeholder_hub.bodies.models import Body
from stakeholder_hub.decisions.after_told import after_in_words
from stakeholder_hub.decisions.aftermath import named_with_vetoes, second_vote, vetoes_of, waiting_for_veto
from stakeholder_hub.decisions.binding import binds
from stakeholder_hub.decisions.conditions_told import checks_in_words, conditions_in_words
from stakeholder_hub.decisions.counting import chosen_proposals
from stakeholder_hub.decisions.evidence.publishing import archive_of
from stakeholder_hub.decisions.evidence.verify import check
from stakeholder_hub.decisions.jobs import settle_after_veto
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.methods.conditions import Conditions
from stakeholder_hub.decisions.models import Ballot, Decision, Electorate, Veto
from stakeholder_hub.decisions.operations import (
    ask_again,
    cast_vote,
    close_ballot,
    edit_ballot,
    open_ballot,
    veto_result,
    write_list,
)
from stakeholder_hub.decisions.operations.afterwards import settle_if_due, settle_result
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid, NotAllowed
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.ratifications.jobs import lapse_due
from stakeholder_hub.ratifications.operations import begin_ratification, ratify
from stakeholder_hub.ratifications.queries import ratification_of
from stakeholder_hub.ratifications.rules import Outcome, Rule, Standing
from stakeholder_hub.records.models import Record
from tests.factories.accounts import make_user
from tests.factories.bodies import make_body
from tests.factories.consultations import make_consultation
from tests.factories.decisions import make_ballot
from tests.factories.groups import make_mandate, make_organisation

YES, NO = [1], [2]


def official_of(body: Body, **mandate: Any) -> Any:
    person = make_user()
    make_mandate(body.organisation, user=person, **mandate)
    return person


def bodies_in(consultation: Any, number: int) -> list[Body]:
    return [make_body(make_organisation(consultation.territory)) for _ in range(number)]


def asking(*, vetoers: int = 0, ratifiers: int = 0, **terms: Any) -> tuple[Ballot, list[Body], list[Body]]:
    """An open question in whose result bodies have a say, with one yes in it."""
    consultation = make_consultation()
    veto, ratifying = bodies_in(consultation, vetoers), bodies_in(consultation, ratifiers)
    wanted: dict[str, Any] = {}
    if veto:
        wanted |= {"veto_bodies": tuple(b.slug for b in veto), "veto_days": 10}
    if ratifying:
        until = clock.now() + timedelta(days=40)
        wanted |= {
            "ratify_bodies": tuple(b.slug for b in ratifying),
            "ratify_rule": Rule.EVERY,
            "ratify_until": until.date().isoformat(),
        }
    conditions = Conditions(**{**wanted, **terms})
    ballot = make_ballot(consultation, method=Method.YES_NO, titles=["Park"], conditions=conditions)
    cast_vote(ballot, choices=YES, actor=make_user())
    return ballot, veto, ratifying


def closed(**terms: Any) -> tuple[Ballot, list[Body], list[Body]]:
    ballot, veto, ratifying = asking(**terms)
    close_ballot(ballot, actor=SYSTEM)
    return ballot, veto, ratifying


def vetoing(ballot: Ballot, body: Body, official: Any = None, **values: Any) -> Veto:
    fields = {"position": "Mayor", "reasons": "It costs too much.", "language": "en", **values}
    return veto_result(ballot, body=body, actor=official or official_of(body), **fields)


def answering(record: Record, body: Body, outcome: Outcome = Outcome.ADOPTED, **values: Any) -> None:
    ratification = ratification_of(record)
    seat = next(s for s in ratification.seats if s.body_id == body.id)
    fields = {
        "act": "Resolution 12/2026",
        "acted_on": clock.today(),
        "position": "Mayor",
        "reasons": "" if outcome is Outcome.ADOPTED else "Not as it stands.",
        "language": "en",
        **values,
    }
    actor = fields.pop("actor", None) or official_of(body)
    ratify(seat, outcome=outcome, actor=actor, **fields)


def proposal_on(ballot: Ballot) -> Proposal:
    return db.session.get(Proposal, ballot.options[0].proposal_id)


def decision_state() -> str:
    return db.session.scalar(sa.select(Decision.state).order_by(Decision.id))


def told(ballot: Ballot) -> list[Any]:
    named, vetoes = named_with_vetoes(ballot)
    assert vetoes == list(vetoes_of(ballot))
    return after_in_words(ballot, vetoes, second_vote(ballot), ratification_of(ballot), named)


def test_a_result_waits_for_the_time_of_a_veto_and_binds_when_none_came(app, clock):
    ballot, _veto, _none = closed(vetoers=1)
    assert ballot.after_close is Standing.PENDING
    assert not binds(ballot)
    assert chosen_proposals(ballot) == []
    assert decision_state() == "pending"
    assert proposal_on(ballot).state == ProposalState.ON_BALLOT
    assert "A veto can come until" in told(ballot)[0].reached
    clock.advance(days=10)
    settle_after_veto()
    db.session.expire_all()
    assert binds(ballot)
    assert decision_state() == "adopted"
    assert proposal_on(ballot).state == ProposalState.SELECTED
    assert told(ballot)[0].standing is Standing.HELD


def test_a_veto_blocks_and_says_which_body_and_why(app):
    ballot, (body,), _none = closed(vetoers=1)
    veto = vetoing(ballot, body)
    assert ballot.after_close is Standing.FAILED
    assert not binds(ballot)
    assert decision_state() == "failed"
    assert proposal_on(ballot).state == ProposalState.NOT_SELECTED
    assert veto.reasons == "It costs too much."
    assert veto.official is not None
    one = told(ballot)[0]
    assert one.standing is Standing.FAILED
    assert body.name.original.text in one.reached
    kinds = set(db.session.scalars(sa.select(Notification.kind)))
    assert {"decisions.vetoed", "decisions.result_failed"} <= kinds


@pytest.mark.parametrize(
    ("reasons", "position", "field"), [("", "Mayor", "reasons"), ("Why", " ", "position")]
)
def test_a_veto_needs_reasons_and_a_position(app, reasons, position, field):
    ballot, (body,), _none = closed(vetoers=1)
    with pytest.raises(Invalid) as refusal:
        vetoing(ballot, body, reasons=reasons, position=position)
    assert refusal.value.field == field
    assert ballot.after_close is Standing.PENDING


@pytest.mark.hostile("H51")
@pytest.mark.parametrize(("late", "counts"), [(-1, True), (0, False), (1, False)])
def test_a_veto_counts_to_the_last_millisecond_before_its_end(app, late, counts):
    """Breaks when ``may_veto`` lets the end itself in, or asks the sweep instead of the clock."""
    ballot, (body,), _none = closed(vetoers=1)
    official, end = official_of(body), ballot.veto_until
    with clock.frozen(end + timedelta(milliseconds=late)):
        if counts:
            vetoing(ballot, body, official)
            assert ballot.after_close is Standing.FAILED
        else:
            with pytest.raises(NotAllowed, match="time for a veto is over"):
                vetoing(ballot, body, official)


@pytest.mark.hostile("H11")
def test_an_expired_mandate_neither_vetoes_nor_ratifies(app):
    """Breaks when ``may_act_for`` is taken out of ``may_veto`` or ``may_ratify``."""
    ballot, (vetoer,), (ratifier,) = closed(vetoers=1, ratifiers=1)
    today = clock.today()
    past = {"starts_on": today - timedelta(days=9), "ends_on": today - timedelta(days=1)}
    with pytest.raises(NotAllowed, match="no mandate in force"):
        vetoing(ballot, vetoer, official_of(vetoer, **past))
    with pytest.raises(NotAllowed, match="no mandate in force"):
        answering(ballot, ratifier, actor=official_of(ratifier, **past))


def test_only_a_body_that_the_terms_name_can_veto_and_only_once(app):
    ballot, (body, other), _none = closed(vetoers=2)
    stranger = make_body(make_organisation(ballot.territory))
    with pytest.raises(NotAllowed, match="cannot veto"):
        vetoing(ballot, stranger)
    vetoing(ballot, body)
    with pytest.raises(NotAllowed):
        vetoing(ballot, body)
    with pytest.raises(NotAllowed, match="failed already"):
        vetoing(ballot, other)


def test_a_second_vote_overrides_a_veto_where_the_terms_say_so(app):
    ballot, (body,), _none = closed(vetoers=1, veto_override=Fraction(2, 3))
    vetoing(ballot, body)
    now = clock.now()
    second = ask_again(ballot, opens_at=now, closes_at=now + timedelta(days=3), actor=SYSTEM)
    assert "In spite of the veto" in second.title.original.text
    with pytest.raises(NotAllowed, match="second time already"):
        ask_again(ballot, opens_at=now, closes_at=now + timedelta(days=3), actor=SYSTEM)
    open_ballot(second, actor=SYSTEM)
    for choice in (YES, YES, NO):
        cast_vote(second, choices=choice, actor=make_user())
    close_ballot(second, actor=SYSTEM)
    db.session.expire_all()
    assert binds(second)
    assert binds(ballot)
    assert decision_state() == "adopted"
    assert proposal_on(ballot).state == ProposalState.SELECTED
    assert "second vote overrode" in told(ballot)[0].reached


def test_a_second_vote_that_misses_its_share_leaves_the_veto_standing(app):
    ballot, (body,), _none = closed(vetoers=1, veto_override=Fraction(2, 3))
    vetoing(ballot, body)
    now = clock.now()
    second = ask_again(ballot, opens_at=now, closes_at=now + timedelta(days=3), actor=SYSTEM)
    open_ballot(second, actor=SYSTEM)
    for choice in (YES, NO):
        cast_vote(second, choices=choice, actor=make_user())
    close_ballot(second, actor=SYSTEM)
    assert not binds(ballot)
    assert ballot.after_close is Standing.FAILED


def edited(ballot: Ballot, **values: Any) -> Ballot:
    """The ballot with the terms that a form sends for it, but for ``values``."""
    terms = {
        "title": ballot.title,
        "question": ballot.question,
        "method": ballot.method,
        "electorate": ballot.electorate,
        "secret": ballot.secret,
        "conditions": Conditions.from_json(ballot.conditions),
        "opens_at": ballot.opens_at,
        "closes_at": ballot.closes_at,
        **values,
    }
    return edit_ballot(ballot, version=ballot.version, actor=SYSTEM, **terms)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("conditions", Conditions(threshold=Fraction(1, 2))),
        ("method", Method.GRADIENTS),
        ("electorate", Electorate.MEMBERS),
        ("secret", False),
        ("question", Multilingual.of("Is the park green?", "en")),
    ],
)
def test_a_second_vote_asks_the_same_voters_the_same_with_the_share_of_the_terms(app, field, value):
    ballot, (body,), _none = closed(vetoers=1, veto_override=Fraction(3, 4))
    vetoing(ballot, body)
    now = clock.now()
    second = ask_again(ballot, opens_at=now, closes_at=now + timedelta(days=3), actor=SYSTEM)
    with clock.frozen(now - timedelta(minutes=1)), pytest.raises(Invalid, match="first vote") as refusal:
        edited(second, **{field: value})
    assert refusal.value.field == field


def test_the_dates_of_a_second_vote_can_be_changed_and_nothing_else_of_it(app):
    ballot, (body,), _none = closed(vetoers=1, veto_override=Fraction(3, 4))
    vetoing(ballot, body)
    now = clock.now()
    second = ask_again(
        ballot, opens_at=now + timedelta(days=1), closes_at=now + timedelta(days=3), actor=SYSTEM
    )
    edited(second, closes_at=now + timedelta(days=9))
    assert second.closes_at == now + timedelta(days=9)
    assert Conditions.from_json(second.conditions) == Conditions(threshold=Fraction(3, 4))


def test_a_second_vote_takes_the_list_of_voters_over_and_keeps_it(app):
    consultation = make_consultation()
    (body,) = bodies_in(consultation, 1)
    terms = Conditions(veto_bodies=(body.slug,), veto_days=10, veto_override=Fraction(1, 2))
    ballot = make_ballot(
        consultation,
        method=Method.YES_NO,
        titles=["Park"],
        conditions=terms,
        electorate=Electorate.LIST,
        opened=False,
    )
    listed, stranger = make_user(), make_user()
    write_list(ballot, addresses=[listed.email], actor=SYSTEM)
    open_ballot(ballot, actor=SYSTEM)
    cast_vote(ballot, choices=YES, actor=listed)
    close_ballot(ballot, actor=SYSTEM)
    vetoing(ballot, body)
    now = clock.now()
    second = ask_again(ballot, opens_at=now, closes_at=now + timedelta(days=3), actor=SYSTEM)
    with pytest.raises(NotAllowed, match="its list stands"):
        write_list(second, addresses=[stranger.email], actor=SYSTEM)
    cast_vote(second, choices=YES, actor=listed)
    with pytest.raises(NotAllowed, match="not on the list"):
        cast_vote(second, choices=NO, actor=stranger)
    close_ballot(second, actor=SYSTEM)
    assert (second.entitled, second.roll_checksum) == (1, ballot.roll_checksum)
    assert binds(ballot)


@pytest.mark.parametrize(
    ("outcome", "decided", "proposal", "kinds"),
    [
        (Outcome.ADOPTED, "adopted", ProposalState.SELECTED, {"decisions.result_binds"}),
        (Outcome.REJECTED, "failed", ProposalState.NOT_SELECTED, set()),
    ],
)
def test_a_veto_that_is_overridden_leaves_the_result_waiting_for_the_other_bodies(
    app, outcome, decided, proposal, kinds
):
    ballot, (vetoer,), (ratifier,) = closed(vetoers=1, ratifiers=1, veto_override=Fraction(1, 2))
    vetoing(ballot, vetoer)
    assert decision_state() == "failed"
    now = clock.now()
    second = ask_again(ballot, opens_at=now, closes_at=now + timedelta(days=3), actor=SYSTEM)
    open_ballot(second, actor=SYSTEM)
    cast_vote(second, choices=YES, actor=make_user())
    close_ballot(second, actor=SYSTEM)
    assert ballot.after_close is Standing.PENDING
    assert decision_state() == "pending"
    assert proposal_on(ballot).state == ProposalState.NOT_SELECTED
    assert told_of(ballot) == {"decisions.result_failed"}
    answering(ballot, ratifier, outcome)
    assert binds(ballot) is (outcome is Outcome.ADOPTED)
    assert decision_state() == decided
    assert proposal_on(ballot).state == proposal
    assert told_of(ballot) == {"decisions.result_failed"} | kinds


def told_of(ballot: Ballot) -> set[str]:
    """What was told of the end of the result so far."""
    found = sa.select(Notification.kind).where(
        Notification.record_id == ballot.id, Notification.kind.like("decisions.result%")
    )
    return set(db.session.scalars(found))


def test_what_is_settled_is_not_settled_again(app):
    plain, _veto, _none = closed()
    ballot, (body,), _none = closed(vetoers=1)
    assert settle_result(plain, actor=SYSTEM) is None
    assert settle_result(ballot, actor=SYSTEM) is Standing.PENDING
    assert settle_if_due(ballot.id) == 0
    vetoing(ballot, body)
    version = ballot.version
    assert settle_result(ballot, actor=SYSTEM) is Standing.FAILED
    assert (settle_if_due(ballot.id), settle_if_due(plain.id), settle_if_due(0)) == (0, 0, 0)
    assert (ballot.version, plain.after_close) == (version, None)


def test_what_bodies_ratify_besides_a_result_leaves_the_result_alone(app):
    ballot, _veto, (body,) = closed(ratifiers=1)
    decision = db.session.scalar(sa.select(Decision))
    begin_ratification(
        decision, bodies=[body], rule=Rule.EVERY, due_at=clock.now() + timedelta(days=9), actor=SYSTEM
    )
    answering(decision, body, Outcome.REJECTED)
    assert ratification_of(decision).standing is Standing.FAILED
    assert ballot.after_close is Standing.PENDING


def test_without_such_terms_a_veto_is_final(app):
    ballot, (body,), _none = closed(vetoers=1)
    vetoing(ballot, body)
    now = clock.now()
    with pytest.raises(NotAllowed, match="a veto is final"):
        ask_again(ballot, opens_at=now, closes_at=now + timedelta(days=3), actor=SYSTEM)


def test_every_named_body_ratifies_one_after_the_other_until_the_result_binds(app):
    ballot, _none, (first, second) = closed(ratifiers=2)
    answering(ballot, first)
    assert not binds(ballot)
    assert "Waits for 1 of 2 bodies until" in told(ballot)[0].reached
    answering(ballot, second, Outcome.RESERVATIONS)
    assert binds(ballot)
    assert decision_state() == "adopted"
    assert told(ballot)[0].reached == "Ratified by 2 of 2 bodies."
    act = ratification_of(ballot).seats[1].act
    assert (act.act, act.position, act.reasons) == ("Resolution 12/2026", "Mayor", "Not as it stands.")
    assert act.signatory is not None


def test_n_of_m_holds_with_n_and_fails_once_too_few_are_left(app):
    some = {"ratify_rule": Rule.SOME, "ratify_needed": 2}
    ballot, _none, bodies = closed(ratifiers=3, **some)
    answering(ballot, bodies[0], Outcome.REJECTED)
    assert ballot.after_close is Standing.PENDING
    answering(ballot, bodies[1], Outcome.REJECTED)
    assert ballot.after_close is Standing.FAILED
    assert told(ballot)[0].reached == "Ratified by 0 of 3 bodies. 2 bodies are missing."
    with pytest.raises(NotAllowed, match="this is decided"):
        answering(ballot, bodies[2])


def test_who_is_silent_until_the_end_of_the_day_has_let_it_lapse(app, clock):
    ballot, _none, (first, second) = closed(ratifiers=2)
    answering(ballot, first)
    official, end = official_of(second), ratification_of(ballot).due_at
    clock.set(end)
    with pytest.raises(NotAllowed, match="time to ratify is over"):
        answering(ballot, second, actor=official)
    lapse_due()
    db.session.expire_all()
    assert [seat.outcome for seat in ratification_of(ballot).seats] == [Outcome.ADOPTED, Outcome.LAPSED]
    assert ballot.after_close is Standing.FAILED
    assert decision_state() == "failed"


def test_veto_and_ratification_both_have_to_hold(app, clock):
    ballot, _veto, (ratifier,) = closed(vetoers=1, ratifiers=1)
    answering(ballot, ratifier)
    assert ballot.after_close is Standing.PENDING
    assert [one.standing for one in told(ballot)] == [Standing.PENDING, Standing.HELD]
    clock.advance(days=10)
    settle_after_veto()
    db.session.expire_all()
    assert binds(ballot)


def test_a_vote_that_came_to_nothing_asks_no_body(app):
    ballot, _veto, _ratify = asking(vetoers=1, ratifiers=1, quorum_votes=9)
    close_ballot(ballot, actor=SYSTEM)
    assert ballot.after_close is None
    assert not binds(ballot)
    assert ratification_of(ballot) is None
    assert decision_state() == "rejected"
    assert all("No body was asked" in one.reached for one in told(ballot))
    assert len(checks_in_words(ballot)) == 1


def test_what_bodies_have_to_say_stands_among_the_conditions_before_the_vote(app):
    ballot, (vetoer,), (ratifier,) = asking(
        vetoers=1, ratifiers=1, quorum_votes=1, veto_override=Fraction(2, 3)
    )
    quorum, veto, ratification = conditions_in_words(ballot)
    assert "At least 1 person votes." in quorum
    assert vetoer.name.original.text in veto
    assert "10 days" in veto
    assert "with at least two thirds of yes and no" in veto
    assert ratifier.name.original.text in ratification


def test_terms_about_bodies_are_refused_at_their_field(app):
    consultation = make_consultation()
    near, far = bodies_in(consultation, 1)[0], make_body(make_organisation())
    day = (clock.now() + timedelta(days=40)).date().isoformat()
    early = (clock.now() + timedelta(days=2)).date().isoformat()
    for terms, field in (
        ({"veto_bodies": (far.slug,), "veto_days": 5}, "veto_bodies"),
        ({"veto_bodies": (near.slug,), "veto_days": 0}, "veto_days"),
        ({"veto_days": 5}, "veto_bodies"),
        ({"veto_bodies": (near.slug,), "veto_days": 5, "veto_override": Fraction(1, 3)}, "veto_override"),
        ({"ratify_bodies": (far.slug,), "ratify_rule": Rule.EVERY, "ratify_until": day}, "ratify_bodies"),
        ({"ratify_bodies": (near.slug,), "ratify_rule": Rule.EVERY}, "ratify_until"),
        ({"ratify_bodies": (near.slug,), "ratify_rule": Rule.EVERY, "ratify_until": early}, "ratify_until"),
        (
            {
                "ratify_bodies": (near.slug,),
                "ratify_rule": Rule.SOME,
                "ratify_needed": 2,
                "ratify_until": day,
            },
            "ratify_needed",
        ),
        ({"ratify_rule": Rule.EVERY}, "ratify_bodies"),
        ({"veto_days": 5, "ratify_bodies": (near.slug,), "ratify_until": day}, "veto_bodies"),
        ({"veto_bodies": (near.slug,), "veto_days": 5, "ratify_until": day}, "ratify_bodies"),
    ):
        with pytest.raises(Invalid) as refusal:
            make_ballot(consultation, method=Method.YES_NO, titles=["X"], conditions=Conditions(**terms))
        assert refusal.value.field == field, terms


def test_nothing_is_carried_out_before_the_result_binds(app):
    ballot, (body,), _none = closed(vetoers=1)
    decision = db.session.scalar(sa.select(Decision))
    for _step in range(2):
        with pytest.raises(Invalid, match="does not bind"):
            create_action_item(
                title="Plant", language="en", territory=ballot.territory, sources=[decision], actor=SYSTEM
            )
        if ballot.after_close is Standing.PENDING:
            vetoing(ballot, body)


def test_the_archive_holds_the_terms_and_what_the_votes_came_to_and_stays_right(app):
    ballot, (body,), _none = closed(vetoers=1, ratifiers=1, quorum_votes=1)
    before = archive_of(ballot)
    assert check(before).problems == []
    vetoing(ballot, body)
    assert archive_of(ballot) == before


def test_the_desk_knows_which_results_a_body_can_veto(app):
    ballot, (body,), _none = closed(vetoers=1)
    official = official_of(body)
    assert [(b.id, found.id) for b, found in waiting_for_veto(official)] == [(ballot.id, body.id)]
    assert waiting_for_veto(make_user()) == []
    vetoing(ballot, body, official)
    assert waiting_for_veto(official) == []
