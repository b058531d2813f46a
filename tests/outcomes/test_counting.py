"""Kept counts say what the proposals themselves say, whatever happened and whenever they were last counted."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from stakeholder_hub.actions.models import ActionStatus
from stakeholder_hub.actions.operations import change_status, create_action_item
from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.consultations.operations import publish_consultation
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import HubError
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.moderation.operations import hide_record, show_again
from stakeholder_hub.outcomes.cli import rebuild_outcomes
from stakeholder_hub.outcomes.counting import count_anew, count_changed
from stakeholder_hub.outcomes.figures import Asked, figures_of
from stakeholder_hub.outcomes.models import Changed, Tally
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.proposals.operations import answer_proposal, set_proposal_state, withdraw_proposal
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation
from tests.factories.deliberation import make_comment
from tests.factories.proposals import make_proposal


def kept() -> list[tuple[Any, ...]]:
    columns = (Tally.consultation_id, Tally.year, Tally.heading, Tally.measure, Tally.value, Tally.number)
    return sorted(tuple(row) for row in db.session.execute(sa.select(*columns)))


def changes() -> int:
    return db.session.scalar(sa.select(sa.func.count(Changed.id))) or 0


def answer(proposal: Proposal) -> None:
    answer_proposal(proposal, answer="Because.", language="en", actor=SYSTEM)


def withdraw(proposal: Proposal) -> None:
    withdraw_proposal(proposal, actor=proposal.author)


def admit(proposal: Proposal) -> None:
    set_proposal_state(proposal, state=ProposalState.ADMITTED, actor=SYSTEM)


def hide(proposal: Proposal) -> None:
    hide_record(proposal, reason="Insulting", actor=SYSTEM)


def show(proposal: Proposal) -> None:
    show_again(proposal, actor=SYSTEM)


def carry_out(proposal: Proposal) -> None:
    item = create_action_item(
        title="T", language="en", territory=proposal.territory, sources=[proposal], actor=SYSTEM
    )
    change_status(item, status=ActionStatus.DONE, actor=SYSTEM)


STEPS: tuple[Callable[[Proposal], None], ...] = (answer, withdraw, admit, hide, show, carry_out)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 2), st.booleans()), max_size=8))
def test_the_figures_are_the_same_before_and_after_counting(app: Flask, clock: Any, steps: Any) -> None:
    """Whatever happens in whatever order, and wherever a sweep falls in between."""
    consultation = make_consultation()
    place = consultation.territory
    proposals = [make_proposal(consultation, actor=make_user()) for _ in range(3)]
    for step, number, sweep in steps:
        clock.advance(hours=30)
        try:
            step(proposals[number])
        except HubError:
            continue  # this cannot follow on that
        if sweep:
            count_changed()
    before = figures_of(place, Asked())
    assert db.session.scalar(
        sa.select(sa.func.count(Proposal.id)).where(
            Proposal.consultation_id == consultation.id,
            Proposal.state != ProposalState.WITHDRAWN,
            Proposal.moderation == "visible",
        )
    ) == (before.total)
    while count_changed():
        pass
    assert changes() == 0
    assert figures_of(place, Asked()) == before


@pytest.mark.usefixtures("app")
def test_counting_twice_changes_nothing() -> None:
    consultation = make_consultation()
    answer(make_proposal(consultation))
    count_anew(consultation.id)
    once = kept()
    assert once
    count_anew(consultation.id)
    assert kept() == once


@pytest.mark.usefixtures("app")
def test_everything_can_be_counted_anew_with_the_same_outcome() -> None:
    for _ in range(2):
        answer(make_proposal(make_consultation()))
    while count_changed():
        pass
    right = kept()

    @operation
    def spoil() -> None:
        db.session.execute(sa.update(Tally).values(number=7))

    spoil()
    result = CliRunner().invoke(rebuild_outcomes)
    assert result.output == "2 consultations are counted.\n"
    assert kept() == right


@pytest.mark.usefixtures("app")
def test_a_comment_makes_nothing_to_be_counted() -> None:
    proposal = make_proposal()
    while count_changed():
        pass
    make_comment(proposal)
    assert changes() == 0


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_change_that_comes_while_it_is_counted_is_not_lost(app: Flask) -> None:
    """Only rows that were seen are taken away. Fails when all rows of the consultation are. (SQLite has one writer.)"""
    consultation = make_consultation()
    make_proposal(consultation)
    consultation_id = consultation.id
    db.session.commit()
    meanwhile: list[bool] = []

    def somebody_else(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        """After the proposals were read, and before what was counted is taken off the list."""
        if statement.startswith("DELETE FROM outcome_tally") and not meanwhile:
            meanwhile.append(True)
            with db.engine.begin() as other:
                other.execute(sa.insert(Changed).values(consultation_id=consultation_id))

    event.listen(db.engine, "before_cursor_execute", somebody_else)
    try:
        count_anew(consultation_id)
    finally:
        event.remove(db.engine, "before_cursor_execute", somebody_else)
    assert meanwhile
    assert changes() == 1
    assert count_changed() == 1
    assert changes() == 0


@pytest.mark.usefixtures("app")
def test_what_becomes_public_is_counted_from_then_on() -> None:
    consultation: Consultation = make_consultation(published=False)
    make_proposal(consultation, actor=SYSTEM)
    while count_changed():
        pass
    assert figures_of(consultation.territory, Asked()).total == 0
    publish_consultation(consultation, actor=SYSTEM)
    assert figures_of(consultation.territory, Asked()).total == 1
    while count_changed():
        pass
    assert figures_of(consultation.territory, Asked()).total == 1
    hide_record(consultation, reason="No", actor=SYSTEM)
    assert figures_of(consultation.territory, Asked()).total == 0


@pytest.mark.usefixtures("app")
def test_days_are_whole_days(clock: Any) -> None:
    consultation = make_consultation()
    proposal = make_proposal(consultation)
    clock.advance(hours=47)
    answer(proposal)
    assert figures_of(consultation.territory, Asked()).days_to_answer == 1
