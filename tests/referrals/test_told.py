"""What the journey tells of a matter on its way between levels."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.accounts.operations import erase_person
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.moderation.operations import hide_record
from stakeholder_hub.records.models import Record, Relation, Visibility
from stakeholder_hub.records.timeline import Direction, Moment, timeline_of
from stakeholder_hub.referrals.jobs import escalate
from stakeholder_hub.referrals.kinds import Outcome, Satisfaction
from stakeholder_hub.referrals.models import Referral
from stakeholder_hub.referrals.operations import (
    add_local_note,
    begin_deliberation,
    conclude_referral,
    judge_answer,
    reopen_referral,
    translate_answer,
    withdraw_referral,
)
from stakeholder_hub.territories.models import Level
from tests.factories.consultations import make_consultation
from tests.factories.proposals import make_proposal
from tests.factories.referrals import Ladder, acknowledge, make_answer, make_draft, make_ladder, make_referral
from tests.records.test_whole_journey import link
from tests.referrals.test_the_way import forward

START = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
MOST_STATEMENTS = 12


def moments(record: Record, actor: Any = VISITOR) -> list[Moment]:
    """Everything that is told, but the beginnings."""
    return [moment for moment in timeline_of(record, actor).moments if not moment.is_beginning]


def keys(record: Record, actor: Any = VISITOR) -> list[str]:
    return [moment.key for moment in moments(record, actor)]


def one(record: Record, key: str, actor: Any = VISITOR) -> Moment:
    (found,) = [moment for moment in moments(record, actor) if moment.key == key]
    return found


def name_of(moment: Moment) -> str:
    name = moment.by.name
    return name.original.text if isinstance(name, Multilingual) else str(name)


def text_of(moment: Moment, language: str = "en") -> str:
    return moment.text.in_(language).text if moment.text else ""


@pytest.mark.usefixtures("app")
def test_every_step_up_and_down_is_told_by_the_body_that_took_it(clock: Any) -> None:
    clock.set(START)
    ladder = make_ladder()
    clock.advance(days=1)
    first = make_referral(ladder)
    clock.advance(days=1)
    acknowledge(ladder, first)
    clock.advance(days=1)
    second = forward(ladder, first, ladder.state)
    clock.advance(days=1)
    acknowledge(ladder, second)
    begin_deliberation(second, actor=ladder.state.official)
    clock.advance(days=1)
    answer = make_answer(
        ladder, second, Outcome.ACCEPTED_IN_PART, answer="Wir geben **zehn** her.", language="de"
    )
    translate_answer(answer, language="hu", text="Tízet adunk.", actor=ladder.state.official)
    clock.advance(days=1)
    add_local_note(answer, speaker=ladder.group, text="Ten for us.", language="en", actor=ladder.coordinator)
    clock.advance(hours=1)
    add_local_note(
        answer, speaker=ladder.region.body, text="We help.", language="en", actor=ladder.region.official
    )
    clock.advance(days=1)
    judge_answer(
        first, satisfaction=Satisfaction.PARTLY, text="And by when?", language="en", actor=ladder.author
    )
    clock.advance(days=1)
    again = reopen_referral(first, reason="Name a year.", actor=ladder.author)
    clock.advance(days=1)
    make_answer(ladder, again, Outcome.ACCEPTED)
    clock.advance(days=1)
    conclude_referral(again, implemented=True, note="The keys are handed over.", actor=ladder.state.official)
    told = [(m.key, m.place.level, name_of(m)) for m in moments(ladder.proposal) if m.key != "published"]
    region, state = ladder.region.body.name.original.text, ladder.state.body.name.original.text
    group = ladder.group.name.original.text
    way = [step for step in told if not step[0].startswith(("state:in", "state:do", "state:pl"))]
    assert way == [
        ("sent", Level.LOCAL, group),
        ("acknowledged", Level.REGIONAL, region),
        ("answered:not_competent", Level.REGIONAL, region),
        ("forwarded", Level.REGIONAL, region),
        ("acknowledged", Level.NATIONAL, state),
        ("deliberation", Level.NATIONAL, state),
        ("answered:accepted_in_part", Level.NATIONAL, state),
        ("noted", Level.LOCAL, group),
        ("noted", Level.REGIONAL, region),
        ("judged:partly", Level.LOCAL, ladder.author.name),
        ("reopened", Level.LOCAL, ladder.author.name),
        ("answered:accepted", Level.NATIONAL, state),
        ("state:implemented", Level.NATIONAL, state),
    ]
    sent = one(ladder.proposal, "sent")
    assert (sent.direction, sent.until, sent.to is not None) == (Direction.UP, first.reply_by, True)
    acknowledged = next(m for m in moments(ladder.proposal) if m.key == "acknowledged")
    assert (text_of(acknowledged), acknowledged.position) == ("Unit 3 deals with it.", "Head of unit")
    answered = one(ladder.proposal, "answered:accepted_in_part")
    assert [text_of(answered, code) for code in ("de", "hu")] == ["Wir geben zehn her.", "Tízet adunk."]
    assert text_of(one(ladder.proposal, "judged:partly")) == "And by when?"
    assert text_of(one(ladder.proposal, "reopened")) == "Name a year."
    assert text_of(one(ladder.proposal, "state:implemented")) == "The keys are handed over."


def test_an_answer_is_overdue_from_its_day_on_and_no_longer_once_it_is_there(ladder: Ladder) -> None:
    """Computed when it is read: the day before nothing is told, nor where the answer came late."""
    with clock.frozen(START):
        referral = make_referral(ladder, acknowledged=True)
    due = referral.due_at
    assert due is not None
    with clock.frozen(due - timedelta(milliseconds=1)):
        assert "overdue" not in keys(ladder.proposal)
    with clock.frozen(due + timedelta(days=2)):
        assert one(ladder.proposal, "overdue").at == due
        assert one(ladder.proposal, "overdue").place == ladder.region.place
        make_answer(ladder, referral)
        assert "overdue" not in keys(ladder.proposal)


def test_what_nobody_answered_is_told_as_gone_up(ladder: Ladder) -> None:
    with clock.frozen(START):
        make_referral(ladder)
    with clock.frozen(START + timedelta(days=92)):
        assert escalate() == 1
        told = one(ladder.proposal, "escalated")
        assert (told.place, told.direction) == (ladder.region.place, Direction.UP)
        assert "overdue" not in keys(ladder.proposal)


def test_what_was_taken_back_and_what_will_not_be_done_are_told(ladder: Ladder) -> None:
    withdraw_referral(make_referral(ladder), actor=ladder.coordinator)
    assert name_of(one(ladder.proposal, "withdrawn")) == ladder.group.name.original.text
    kept = make_referral(ladder, acknowledged=True)
    make_answer(ladder, kept, Outcome.ACCEPTED)
    conclude_referral(kept, implemented=False, note="No money.", actor=ladder.region.official)
    assert text_of(one(ladder.proposal, "state:lapsed")) == "No money."


# -- What is not told --------------------------------------------------------------------------------------------------


def test_a_draft_tells_nothing_to_anybody_else(ladder: Ladder) -> None:
    make_draft(ladder, request="canary request")
    assert not {"sent", "began"} & set(keys(ladder.proposal))
    assert all("canary" not in str(m.record.title) for m in timeline_of(ladder.proposal, VISITOR).moments)


@pytest.mark.hostile("H04")
def test_what_a_group_keeps_among_its_members_is_told_to_no_visitor(ladder: Ladder) -> None:
    """Although what is public led to it. Fails when the trail is read without ``visible_to``."""
    inside = make_consultation(ladder.group, audience=Visibility.MEMBERS)
    source = make_proposal(inside, actor=ladder.coordinator)
    referral = make_referral(ladder, source=source, acknowledged=True)
    answer = make_answer(ladder, referral, answer="canary answer")
    add_local_note(answer, speaker=ladder.group, text="canary", language="en", actor=ladder.coordinator)
    judge_answer(
        referral, satisfaction=Satisfaction.NO, text="canary", language="en", actor=ladder.coordinator
    )
    link(ladder.proposal, Relation.RELATES_TO, referral)
    assert "noted" in keys(referral, ladder.coordinator)
    assert "judged:no" in keys(referral, ladder.coordinator)
    assert not any(m.record.id in (referral.id, answer.id) for m in moments(ladder.proposal))
    assert not any("canary" in text_of(m) for m in moments(ladder.proposal))


def test_of_a_hidden_answer_neither_words_nor_notes_are_told(ladder: Ladder) -> None:
    """Nor to those who may still see that it is there."""
    answer = make_answer(ladder, make_referral(ladder, acknowledged=True))
    add_local_note(answer, speaker=ladder.group, text="canary", language="en", actor=ladder.coordinator)
    hide_record(answer, reason="Insulting", actor=SYSTEM)
    for actor in (VISITOR, SYSTEM):
        assert not {"noted", "answered:declined"} & set(keys(ladder.proposal, actor))


def test_the_verdict_of_somebody_who_has_left_names_nobody(web: Flask, client: FlaskClient) -> None:
    with web.app_context():
        ladder = make_ladder()
        referral = make_referral(ladder, acknowledged=True)
        make_answer(ladder, referral)
        judge_answer(referral, satisfaction=Satisfaction.NO, language="en", actor=ladder.author)
        name, official = ladder.author.name, ladder.region.official.name
        erase_person(ladder.author, actor=ladder.author)
        erase_person(ladder.region.official, actor=ladder.region.official)
        reference = ladder.proposal.reference
    for form in ("/en/records/{}/journey", "/api/v1/records/{}/journey"):
        page = client.get(form.format(reference)).get_data(as_text=True)
        assert name not in page
        assert official not in page


# -- What it costs -----------------------------------------------------------------------------------------------------


def whole_way(ladder: Ladder, rungs: int) -> Referral:
    """The same matter with so many rungs, each of them with a note."""
    first = referral = make_referral(ladder, acknowledged=True)
    for seat in (ladder.state, ladder.programme)[: rungs - 1]:
        referral = acknowledge(ladder, forward(ladder, referral, seat))
    answer = make_answer(ladder, referral, Outcome.ACCEPTED)
    add_local_note(answer, speaker=ladder.group, text="Here.", language="en", actor=ladder.coordinator)
    judge_answer(first, satisfaction=Satisfaction.YES, language="en", actor=ladder.author)
    return first


def test_the_way_costs_the_same_however_many_rungs_it_has(
    web: Flask, client: FlaskClient, count_queries: Callable[[], Any]
) -> None:
    counts = []
    for rungs in (1, 3):
        with web.app_context():
            ladder = make_ladder()
            whole_way(ladder, rungs)
            reference = ladder.proposal.reference
        for form in ("/en/records/{}/journey", "/api/v1/records/{}/journey"):
            client.get(form.format(reference) + "?warm")
            with count_queries() as seen:
                assert client.get(form.format(reference)).status_code == 200
            counts.append(len(seen))
    assert counts[:2] == counts[2:]
    assert max(counts) <= MOST_STATEMENTS, counts
