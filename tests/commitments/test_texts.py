"""Texts that bodies ratify: a new version resets only what its changes are material to."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from stakeholder_hub.commitments.operations import put_to_ratification, revise_text
from stakeholder_hub.commitments.operations.texts import ClauseDraft
from stakeholder_hub.commitments.queries import current_text
from stakeholder_hub.kernel import clock as hub_clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotAllowed
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.ratifications.jobs import lapse_due, remind
from stakeholder_hub.ratifications.operations import ratify
from stakeholder_hub.ratifications.queries import ratification_of, waiting_for_act
from stakeholder_hub.ratifications.rules import Outcome, Rule, Seat, Standing, tally
from tests.factories.bodies import make_body
from tests.factories.commitments import Levels, make_levels
from tests.factories.groups import make_organisation
from tests.factories.territories import make_territory


def putting(levels: Levels, *clauses: ClauseDraft, **values: Any) -> Any:
    fields = {
        "asker": levels.ministry,
        "clauses": clauses or [ClauseDraft("Each town builds ten flats."), ClauseDraft("Costs are shared.")],
        "bodies": levels.councils,
        "rule": Rule.EVERY,
        "until": hub_clock.today() + timedelta(days=30),
        "language": "en",
        "actor": levels.minister,
        **values,
    }
    return put_to_ratification(levels.decision, **fields)


def answering(levels: Levels, number: int, outcome: Outcome = Outcome.ADOPTED, actor: Any = None) -> None:
    seat = ratification_of(levels.decision).seats[number]
    ratify(
        seat,
        outcome=outcome,
        act="Act 7",
        acted_on=hub_clock.today(),
        position="Mayor",
        reasons="" if outcome is Outcome.ADOPTED else "Why",
        language="en",
        actor=actor or levels.mayors[number],
    )


def revising(levels: Levels, *clauses: ClauseDraft, **values: Any) -> Any:
    fields = {"note": "Why", "version": 1, "language": "en", "actor": levels.minister, **values}
    return revise_text(levels.decision, clauses=clauses, **fields)


def outcomes(levels: Levels) -> list[Outcome]:
    return [seat.outcome for seat in ratification_of(levels.decision).seats]


def test_every_body_ratifies_a_text_clause_by_clause(app):
    levels = make_levels()
    text = putting(levels)
    assert [clause["key"] for clause in text.clauses] == [1, 2]
    assert [seat.body_id for seat in waiting_for_act(levels.mayors[0])] == [levels.councils[0].id]
    answering(levels, 0)
    assert ratification_of(levels.decision).standing is Standing.PENDING
    answering(levels, 1, Outcome.RESERVATIONS)
    assert ratification_of(levels.decision).standing is Standing.HELD
    assert waiting_for_act(levels.mayors[0]) == []


def test_a_material_change_resets_only_those_it_concerns(app):
    levels = make_levels()
    first, second = levels.councils
    putting(levels, ClauseDraft("Ten flats", [first]), ClauseDraft("Five flats", [second]))
    answering(levels, 0)
    answering(levels, 1)
    text = revising(
        levels,
        ClauseDraft("Twelve flats", [first], key=1, material=True),
        ClauseDraft("Five flats, please", [second], key=2),
    )
    assert outcomes(levels) == [Outcome.WAITING, Outcome.ADOPTED]
    assert (text.number, text.material, text.reset_bodies) == (2, [1], [first.id])
    ratification = ratification_of(levels.decision)
    assert ratification.standing is Standing.PENDING
    assert (ratification.seats[0].earlier[0].reset_by, ratification.seats[0].act) == (2, None)
    kinds = sa.select(Notification.kind).where(Notification.user_id == levels.mayors[1].id)
    assert "commitments.text_changed" in set(db.session.scalars(kinds))
    answering(levels, 0)
    assert ratification_of(levels.decision).standing is Standing.HELD


def test_a_clause_that_is_new_or_taken_out_resets_without_being_called_material(app):
    levels = make_levels()
    putting(levels, ClauseDraft("Ten flats"), ClauseDraft("A school", [levels.councils[1]]))
    answering(levels, 0)
    answering(levels, 1)
    revising(levels, ClauseDraft("Ten flats", key=1))
    assert outcomes(levels) == [Outcome.ADOPTED, Outcome.WAITING]
    text = revising(levels, ClauseDraft("Ten flats", key=1), ClauseDraft("A bridge"), version=2)
    assert outcomes(levels) == [Outcome.WAITING, Outcome.WAITING]
    assert [clause["key"] for clause in text.clauses] == [1, 3]


@pytest.mark.hostile("H02")
def test_who_acts_for_another_body_or_asks_does_not_ratify(app):
    """Breaks when ``ratify`` forgets ``may_ratify``, or that forgets ``may_act_for``."""
    levels = make_levels()
    putting(levels)
    for stranger in (levels.mayors[1], levels.minister):
        with pytest.raises(NotAllowed):
            answering(levels, 0, actor=stranger)
    assert outcomes(levels) == [Outcome.WAITING, Outcome.WAITING]


def test_what_can_hold_no_more_or_is_over_is_ratified_by_nobody(app, clock):
    """Breaks when ``may_ratify`` does not ask how it stands, whether the body has answered, or what time it is."""
    levels = make_levels()
    putting(levels)
    answering(levels, 0, Outcome.REJECTED)
    with pytest.raises(NotAllowed, match="answered already"):
        answering(levels, 0)
    with pytest.raises(NotAllowed, match="decided"):
        answering(levels, 1)
    late = make_levels()
    putting(late, rule=Rule.SOME, needed=1)
    answering(late, 0)
    clock.advance(days=40)
    with pytest.raises(NotAllowed, match="is over"):
        answering(late, 1)
    with pytest.raises(Invalid, match="from the list"):
        answering(putting_anew(), 0, Outcome.LAPSED)


def putting_anew() -> Levels:
    levels = make_levels()
    putting(levels)
    return levels


def test_n_of_m_and_every_level_decide_when_it_holds(app):
    waiting, yes, no = Outcome.WAITING, Outcome.ADOPTED, Outcome.REJECTED
    some = tally(Rule.SOME, 2, [Seat("local", yes), Seat("local", waiting), Seat("local", no)])
    assert (some.standing, some.missing) == (Standing.PENDING, 1)
    levels = [Seat("local", yes), Seat("local", yes), Seat("local", no), Seat("regional", waiting)]
    told = tally(Rule.LEVELS, 0, levels)
    assert (told.standing, told.ratified, told.needed) == (Standing.PENDING, 1, 2)
    failed = tally(Rule.LEVELS, 0, [*levels[:3], Seat("regional", no)])
    assert failed.standing is Standing.FAILED
    assert tally(Rule.LEVELS, 0, [*levels[:3], Seat("regional", yes)]).standing is Standing.HELD


def test_who_is_silent_is_reminded_and_lapses(app, clock):
    levels = make_levels()
    putting(levels)
    answering(levels, 0)
    assert remind() == 0
    clock.advance(days=25)
    assert remind() == 1
    assert remind() == 0
    clock.advance(days=8)
    assert lapse_due() == 1
    assert lapse_due() == 0
    assert outcomes(levels) == [Outcome.ADOPTED, Outcome.LAPSED]
    assert ratification_of(levels.decision).standing is Standing.FAILED


def test_a_new_version_can_give_more_time_and_never_less(app):
    levels = make_levels()
    putting(levels)
    before = ratification_of(levels.decision).due_at
    with pytest.raises(Invalid, match="made longer"):
        revising(levels, ClauseDraft("Else", key=1), until=hub_clock.today() + timedelta(days=2))
    revising(levels, ClauseDraft("Else", key=1), until=hub_clock.today() + timedelta(days=60))
    assert ratification_of(levels.decision).due_at > before


@pytest.mark.hostile("H58")
def test_who_writes_on_an_older_version_is_told_and_gets_both(app):
    """Breaks when ``revise_text`` does not compare the number."""
    levels = make_levels()
    putting(levels)
    revising(levels, ClauseDraft("Else", key=1))
    with pytest.raises(Conflict) as refusal:
        revising(levels, ClauseDraft("Mine", key=1))
    assert refusal.value.theirs["text"] == "Else"
    assert refusal.value.mine["text"] == "Mine"
    assert current_text(levels.decision).number == 2


@pytest.mark.hostile("H07")
def test_a_clause_of_another_text_or_for_a_body_that_does_not_ratify_is_refused(app):
    """Breaks when ``_checked`` takes any number or any body."""
    levels = make_levels()
    putting(levels)
    stranger = make_body(make_organisation(levels.towns[0]))
    for draft in (ClauseDraft("X", key=9), ClauseDraft("X", [stranger])):
        with pytest.raises(Invalid) as refusal:
            revising(levels, draft)
        assert refusal.value.field == "clauses"
    assert current_text(levels.decision).number == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"clauses": []}, "clauses"),
        ({"clauses": [ClauseDraft(" ")]}, "clauses"),
        ({"clauses": [ClauseDraft("x" * 4001)]}, "clauses"),
        ({"bodies": []}, "bodies"),
        ({"until": None}, "until"),
        ({"until": hub_clock.today() - timedelta(days=3)}, "until"),
        ({"rule": Rule.SOME, "needed": 3}, "needed"),
    ],
)
def test_what_is_missing_in_a_text_is_said_at_its_field(app, wrong, field):
    with pytest.raises(Invalid) as refusal:
        putting(make_levels(), **wrong)
    assert refusal.value.field == field


def test_nothing_changed_or_no_note_is_refused(app):
    levels = make_levels()
    putting(levels, ClauseDraft("Ten flats"))
    with pytest.raises(Invalid, match="Nothing has changed"):
        revising(levels, ClauseDraft("Ten flats", key=1))
    with pytest.raises(Invalid) as refusal:
        revising(levels, ClauseDraft("Two", key=1), note=" ")
    assert refusal.value.field == "note"


@pytest.mark.hostile("H02")
def test_only_the_body_behind_the_decision_writes_the_text(app):
    """Breaks when ``may_ask`` or ``may_revise_text`` is not required."""
    levels = make_levels()
    with pytest.raises(NotAllowed):
        putting(levels, actor=levels.mayors[0])
    putting(levels)
    with pytest.raises(Conflict, match="has a text already"):
        putting(levels)
    with pytest.raises(NotAllowed):
        revising(levels, ClauseDraft("Mine", key=1), actor=levels.mayors[0])
    outside = make_body(make_organisation(make_territory()))
    with pytest.raises(Invalid):
        putting(make_levels(), bodies=[outside])
