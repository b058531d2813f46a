"""What a decision asks of bodies below, what they answer, and what becomes of their promises."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from stakeholder_hub.actions.operations import create_action_item
from stakeholder_hub.bodies.operations import archive_body
from stakeholder_hub.commitments.jobs import remind
from stakeholder_hub.commitments.models import Claim, CommitmentState, Evidence, Finding
from stakeholder_hub.commitments.operations import (
    accept_commitment,
    agree_to_offer,
    amend_commitment,
    declare_broken,
    give_evidence,
    keep_asking,
    refuse_commitment,
    supersede_commitment,
    verify_evidence,
    withdraw_commitment,
)
from stakeholder_hub.commitments.queries import (
    Wanted,
    commitments_for,
    history_of,
    waiting_for_answer,
    waiting_for_finding,
)
from stakeholder_hub.kernel import clock as hub_clock
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotAllowed
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.records.journey import journey_of
from stakeholder_hub.records.models import Link, Relation
from stakeholder_hub.territories.models import Level, Role
from tests.factories.accounts import make_user
from tests.factories.bodies import make_body
from tests.factories.commitments import make_levels, official_of
from tests.factories.groups import make_mandate, make_organisation
from tests.factories.territories import give_role, make_territory

LATER = timedelta(days=90)


def step(do: Any, commitment: Any, **values: Any) -> Any:
    return do(
        commitment, **{"version": commitment.version, "language": "en", "reasons": "Because.", **values}
    )


def amending(commitment: Any, **values: Any) -> Any:
    fields = {
        "title": "Five flats",
        "text": "",
        "measure": "Keys handed over.",
        "due_on": hub_clock.today() + LATER,
        **values,
    }
    return step(amend_commitment, commitment, **fields)


def told(user: Any) -> set[str]:
    return set(db.session.scalars(sa.select(Notification.kind).where(Notification.user_id == user.id)))


def test_a_decision_becomes_a_commitment_with_its_link_history_and_place(app):
    levels = make_levels()
    asked = levels.ask()
    assert asked.reference.split("-")[-1].startswith("M")
    assert (asked.state, asked.territory_id) == (CommitmentState.ASKED, levels.towns[0].id)
    links = db.session.scalars(sa.select(Link.relation).where(Link.target_id == asked.id)).all()
    assert links == [Relation.PROMISED_AS]
    assert [change.after for change in history_of(asked)] == [CommitmentState.ASKED]
    assert "commitments.asked" in told(levels.mayors[0])
    assert "commitments.asked" not in told(levels.mayors[1])
    assert journey_of(asked, VISITOR).roots


def test_a_body_accepts_and_the_one_that_asked_is_told(app):
    levels = make_levels()
    asked = levels.ask()
    accept_commitment(asked, version=asked.version, language="en", actor=levels.mayors[0])
    assert asked.state == CommitmentState.PLEDGED
    assert asked.pledged_at is not None
    assert "commitments.answered" in told(levels.minister)
    with pytest.raises(NotAllowed, match="answered already"):
        step(refuse_commitment, asked, actor=levels.mayors[0])


def test_an_amended_text_holds_once_the_one_that_asks_agrees(app):
    levels = make_levels()
    asked = levels.ask(title="Ten flats")
    amending(asked, actor=levels.mayors[0])
    assert asked.state == CommitmentState.AMENDED
    assert asked.title.original.text == "Ten flats"
    with pytest.raises(NotAllowed):
        step(agree_to_offer, asked, actor=levels.mayors[0])
    step(agree_to_offer, asked, actor=levels.minister)
    assert (asked.state, asked.title.original.text) == (CommitmentState.PLEDGED, "Five flats")
    assert asked.offer is None
    texts = [change.text["title"] for change in history_of(asked)]
    assert texts == ["Ten flats", "Five flats", "Five flats"]


def test_the_one_that_asks_keeps_asking_after_an_offer_and_after_a_refusal(app):
    levels = make_levels()
    asked = levels.ask()
    amending(asked, actor=levels.mayors[0])
    step(keep_asking, asked, actor=levels.minister)
    assert asked.state == CommitmentState.ASKED
    step(refuse_commitment, asked, reasons="No land.", actor=levels.mayors[0])
    step(keep_asking, asked, actor=levels.minister)
    assert [change.reasons for change in history_of(asked)] == [
        "",
        "Because.",
        "Because.",
        "No land.",
        "Because.",
    ]


@pytest.mark.parametrize("do", [refuse_commitment, withdraw_commitment])
def test_refusing_and_taking_back_need_reasons(app, do):
    levels = make_levels()
    asked = levels.ask()
    actor = levels.mayors[0] if do is refuse_commitment else levels.minister
    with pytest.raises(Invalid) as refusal:
        step(do, asked, reasons=" ", actor=actor)
    assert refusal.value.field == "reasons"


def test_an_offer_that_changes_nothing_is_refused(app):
    levels = make_levels()
    asked = levels.ask()
    same = {"title": asked.title.original.text, "text": asked.body_text, "due_on": asked.due_on}
    with pytest.raises(Invalid, match="accept it, or change"):
        amending(asked, **same, actor=levels.mayors[0])


@pytest.mark.hostile("H02")
def test_the_official_of_one_town_does_not_answer_for_another_nor_does_who_runs_the_town(app):
    """Breaks when ``may_answer`` asks who runs the place instead of ``may_act_for``."""
    levels = make_levels()
    asked = levels.ask(0)
    coordinator = give_role(make_user(), Role.COORDINATOR, territory=levels.towns[0])
    for stranger in (levels.mayors[1], levels.minister, coordinator, make_user()):
        with pytest.raises(NotAllowed):
            step(accept_commitment, asked, actor=stranger)
    assert asked.state == CommitmentState.ASKED


@pytest.mark.hostile("H11")
def test_an_expired_mandate_answers_shows_and_verifies_nothing(app):
    """Breaks when ``may_act_for`` is taken out of the policies of commitments."""
    levels = make_levels()
    asked, promised = levels.ask(0), levels.pledge(0)
    today = hub_clock.today()
    past = {"starts_on": today - timedelta(days=9), "ends_on": today - timedelta(days=1)}
    late, late_minister = official_of(levels.councils[0], **past), official_of(levels.ministry, **past)
    with pytest.raises(NotAllowed, match="no mandate in force"):
        step(accept_commitment, asked, actor=late)
    with pytest.raises(NotAllowed, match="no mandate in force"):
        showing(promised, actor=late)
    evidence = showing(promised, actor=levels.mayors[0])
    with pytest.raises(NotAllowed, match="no mandate in force"):
        verifying(evidence, levels.ministry, actor=late_minister)


def test_only_a_body_behind_a_binding_decision_asks_bodies_at_or_below_it(app):
    levels = make_levels()
    with pytest.raises(NotAllowed, match="does not stand behind"):
        levels_of = levels.councils[0]
        ask_as(levels, levels_of, levels.councils[1], levels.mayors[0])
    outside = make_body(make_organisation(make_territory()))
    for body in (outside, levels.ministry):
        with pytest.raises(Invalid) as refusal:
            ask_as(levels, levels.ministry, body, levels.minister)
        assert refusal.value.field == "body"
    operation(lambda: setattr(levels.decision, "state", "pending"))()
    with pytest.raises(NotAllowed, match="that binds"):
        levels.ask()


def ask_as(levels: Any, asker: Any, body: Any, actor: Any) -> Any:
    from_levels = {**vars(levels), "ministry": asker, "councils": [body], "minister": actor}
    return type(levels)(**from_levels).ask()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"measure": ""}, "measure"),
        ({"due_on": hub_clock.today() - timedelta(days=3)}, "due_on"),
        ({"language": "xx"}, "language"),
    ],
)
def test_what_is_missing_is_said_at_its_field(app, wrong, field):
    with pytest.raises(Invalid) as refusal:
        make_levels().ask(**wrong)
    assert refusal.value.field == field


@pytest.mark.hostile("H58")
def test_who_answers_an_older_text_is_told_and_gets_both(app):
    """Breaks when ``hold`` does not compare the version."""
    levels = make_levels()
    asked = levels.ask()
    seen = asked.version
    amending(asked, actor=levels.mayors[0])
    step(keep_asking, asked, actor=levels.minister)
    with pytest.raises(Conflict) as refusal:
        step(accept_commitment, asked, version=seen, actor=levels.mayors[0])
    assert refusal.value.theirs["title"] == asked.title.original.text


def showing(commitment: Any, claim: Claim = Claim.KEPT, **values: Any) -> Evidence:
    fields = {"text": "Ten keys were handed over.", "language": "en", **values}
    return give_evidence(commitment, claim=claim, **fields)


def verifying(evidence: Evidence, body: Any, finding: Finding = Finding.CONFIRMED, **values: Any) -> Evidence:
    return verify_evidence(evidence, body=body, finding=finding, **{"language": "en", **values})


def test_kept_is_what_another_body_has_verified(app):
    levels = make_levels()
    promised = levels.pledge()
    evidence = showing(promised, url="https://example.org/report", actor=levels.mayors[0])
    assert promised.state == CommitmentState.STARTED
    assert "commitments.shown" in told(levels.minister)
    verifying(evidence, levels.ministry, actor=levels.minister)
    assert (promised.state, evidence.finding) == (CommitmentState.KEPT, Finding.CONFIRMED)
    assert "commitments.finding" in told(levels.mayors[0])
    led = db.session.scalar(sa.select(Link.relation).where(Link.source_id == promised.id))
    assert led is Relation.RESULTED_IN
    with pytest.raises(NotAllowed, match="already"):
        verifying(evidence, levels.ministry, actor=levels.minister)


def test_a_body_at_the_side_verifies_too_and_a_dispute_needs_reasons(app):
    levels = make_levels()
    promised = levels.pledge(0)
    evidence = showing(promised, Claim.PARTLY, actor=levels.mayors[0])
    with pytest.raises(Invalid) as refusal:
        verifying(evidence, levels.councils[1], Finding.DISPUTED, actor=levels.mayors[1])
    assert refusal.value.field == "reasons"
    verifying(evidence, levels.councils[1], Finding.DISPUTED, reasons="Empty.", actor=levels.mayors[1])
    assert promised.state == CommitmentState.STARTED
    assert evidence.finding is Finding.DISPUTED


@pytest.mark.hostile("H02")
def test_nobody_verifies_their_own_promise(app):
    """Breaks when ``may_verify`` does not refuse the promising body and those who act for it; the database refuses the
    body as well.
    """
    levels = make_levels()
    promised = levels.pledge(0)
    both = official_of(levels.ministry)
    make_mandate(levels.councils[0].organisation, user=both)
    evidence = showing(promised, actor=levels.mayors[0])
    with pytest.raises(NotAllowed, match="never verifies its own"):
        verifying(evidence, levels.councils[0], actor=levels.mayors[0])
    with pytest.raises(NotAllowed, match="somebody else"):
        verifying(evidence, levels.ministry, actor=both)
    with pytest.raises(NotAllowed, match="nothing to do with the place"):
        far = make_body(make_organisation(make_territory()))
        verifying(evidence, far, actor=official_of(far))
    with pytest.raises(IntegrityError):
        db.session.execute(
            sa.update(Evidence.__table__)
            .where(Evidence.__table__.c.id == evidence.id)
            .values(verifier_body_id=evidence.promiser_id, finding="confirmed")
        )
    db.session.rollback()


def test_overdue_is_flagged_reminded_of_and_breaks_nothing(app, clock):
    levels = make_levels()
    promised = levels.pledge(due_on=hub_clock.today() + timedelta(days=20))
    assert remind() == 0
    clock.advance(days=10)
    assert remind() == 1
    assert remind() == 0
    assert "commitments.due_soon" in told(levels.mayors[0])
    clock.advance(days=15)
    assert remind() == 2
    assert remind() == 0
    assert "commitments.overdue" in told(levels.minister)
    db.session.refresh(promised)
    assert promised.state == CommitmentState.PLEDGED
    assert promised.is_overdue(hub_clock.today())
    found = db.session.scalars(commitments_for(Wanted(state="overdue"), VISITOR)).all()
    assert [one.id for one in found] == [promised.id]


def test_broken_is_said_by_one_of_the_two_bodies_with_reasons(app):
    levels = make_levels()
    promised = levels.pledge(0)
    with pytest.raises(Invalid) as refusal:
        step(declare_broken, promised, body=levels.ministry, reasons="", actor=levels.minister)
    assert refusal.value.field == "reasons"
    with pytest.raises(NotAllowed):
        step(declare_broken, promised, body=levels.councils[1], actor=levels.mayors[1])
    with pytest.raises(NotAllowed):
        step(declare_broken, promised, body=levels.ministry, actor=levels.mayors[0])
    step(declare_broken, promised, body=levels.ministry, actor=levels.minister)
    assert promised.state == CommitmentState.BROKEN
    verifying(showing(promised, actor=levels.mayors[0]), levels.ministry, actor=levels.minister)
    assert promised.state == CommitmentState.KEPT


def test_a_promise_is_taken_back_by_who_gave_it_and_a_question_by_who_asked(app):
    levels = make_levels()
    asked, promised = levels.ask(), levels.pledge()
    with pytest.raises(NotAllowed):
        step(withdraw_commitment, promised, actor=levels.minister)
    step(withdraw_commitment, promised, actor=levels.mayors[0])
    step(withdraw_commitment, asked, actor=levels.minister)
    assert {asked.state, promised.state} == {CommitmentState.WITHDRAWN}


def test_a_later_promise_of_the_same_body_takes_the_place_of_one(app):
    levels = make_levels()
    first, second, other = levels.pledge(0), levels.pledge(0), levels.pledge(1)
    for wrong in (first, other):
        with pytest.raises(Invalid) as refusal:
            step(supersede_commitment, first, successor=wrong, actor=levels.minister)
        assert refusal.value.field == "successor"
    step(supersede_commitment, first, successor=second, actor=levels.minister)
    assert (first.state, first.successor_id) == (CommitmentState.SUPERSEDED, second.id)
    led = db.session.scalar(sa.select(Link.relation).where(Link.source_id == first.id))
    assert led is Relation.REPEATED_AS


def test_action_items_carry_a_commitment_out(app):
    levels = make_levels()
    promised = levels.pledge()
    item = create_action_item(
        title="Renovate", language="en", territory=levels.towns[0], sources=[promised], actor=SYSTEM
    )
    links = sa.select(Link.relation).where(Link.source_id == promised.id, Link.target_id == item.id)
    assert db.session.scalar(links) is Relation.CARRIED_OUT_BY
    steps = journey_of(levels.decision, VISITOR)
    assert steps.roots


def test_the_register_is_filtered_by_level_place_body_and_state(app):
    levels = make_levels()
    first, second = levels.pledge(0), levels.ask(1)

    def found(**wanted: Any) -> list[int]:
        return sorted(one.id for one in db.session.scalars(commitments_for(Wanted(**wanted), VISITOR)))

    assert found() == [first.id, second.id]
    assert found(place=levels.towns[0]) == [first.id]
    assert found(place=levels.state) == [first.id, second.id]
    assert found(level=Level.LOCAL) == [first.id, second.id]
    assert found(level=Level.NATIONAL) == []
    assert found(body=levels.councils[1].slug) == [second.id]
    assert found(state="running") == [first.id]
    assert found(state="asked") == [second.id]
    assert found(words="flats 99999") == []


def test_the_desk_tells_each_side_what_waits_for_it(app):
    levels = make_levels()
    asked = levels.ask(0)
    assert [one.id for one in waiting_for_answer(levels.mayors[0])] == [asked.id]
    assert waiting_for_answer(levels.minister) == []
    amending(asked, actor=levels.mayors[0])
    assert [one.id for one in waiting_for_answer(levels.minister)] == [asked.id]
    step(agree_to_offer, asked, actor=levels.minister)
    evidence = showing(asked, actor=levels.mayors[0])
    assert [one.id for one in waiting_for_finding(levels.minister)] == [evidence.id]
    assert waiting_for_finding(levels.mayors[0]) == []
    assert waiting_for_answer(VISITOR) == []


def test_what_a_body_promised_that_has_ended_is_taken_back_by_who_asked(app):
    """Else a town that was merged could only be said to have broken what it promised."""
    levels = make_levels()
    promised = levels.pledge()
    terms = {"reasons": "Merged.", "version": promised.version, "language": "en"}
    with pytest.raises(NotAllowed):
        withdraw_commitment(promised, **terms, actor=levels.minister)
    archive_body(levels.councils[0], actor=SYSTEM)
    withdraw_commitment(promised, **terms, actor=levels.minister)
    assert promised.state == CommitmentState.WITHDRAWN
