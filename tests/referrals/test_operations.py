"""From the draft to the answer: what is asked for at each step, what it links, whom it tells."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.records.models import Link, Record, Relation, Visibility
from stakeholder_hub.referrals.kinds import Outcome, ReferralState, Satisfaction
from stakeholder_hub.referrals.models import Referral, Response
from stakeholder_hub.referrals.operations import (
    acknowledge_referral,
    add_local_note,
    begin_deliberation,
    conclude_referral,
    edit_referral,
    judge_answer,
    reopen_referral,
    send_referral,
    translate_answer,
    withdraw_referral,
)
from stakeholder_hub.referrals.queries import figures_of, tip_of
from stakeholder_hub.search.models import SearchEntry
from stakeholder_hub.territories.models import Role
from tests.factories.accounts import make_user
from tests.factories.actions import make_action_item
from tests.factories.decisions import make_ballot
from tests.factories.deliberation import make_comment
from tests.factories.groups import make_group
from tests.factories.proposals import make_proposal
from tests.factories.referrals import (
    Ladder,
    acknowledge,
    make_answer,
    make_draft,
    make_referral,
)
from tests.factories.territories import give_role


def links() -> set[tuple[int, Relation, int]]:
    rows = db.session.execute(sa.select(Link.source_id, Link.relation, Link.target_id))
    return {(row[0], row[1], row[2]) for row in rows}


def told(user: Any) -> list[str]:
    return list(
        db.session.scalars(
            sa.select(Notification.kind)
            .where(Notification.user_id == user.id, Notification.kind.like("referrals.%"))
            .order_by(Notification.id)
        )
    )


def test_a_draft_is_seen_by_those_who_act_for_the_sender_alone(ladder: Ladder) -> None:
    draft = make_draft(ladder)
    assert (draft.state, draft.visibility) == (ReferralState.DRAFTED, Visibility.PRIVATE)
    assert draft.reference.endswith("-R1")
    assert told(ladder.region.official) == []
    with pytest.raises(NotFound):
        acknowledge(ladder, draft)


def test_sending_starts_the_clock_by_the_standard_of_the_body(ladder: Ladder) -> None:
    with clock.frozen(datetime(2026, 3, 1, 22, 30, tzinfo=UTC)):
        referral = make_referral(ladder)
    # Half past eleven in the evening in Ljubljana on the first of March; sixty days later summer time holds there.
    assert referral.reply_by == date(2026, 4, 30)
    assert referral.due_at == datetime(2026, 4, 30, 22, 0, tzinfo=UTC)
    assert referral.ack_due_at == datetime(2026, 3, 15, 23, 0, tzinfo=UTC)
    assert referral.escalate_at == datetime(2026, 5, 30, 22, 0, tzinfo=UTC)
    assert (ladder.proposal.id, Relation.REFERRED_AS, referral.id) in links()
    assert told(ladder.region.official) == ["referrals.asked"]
    assert "referrals.sent" in told(ladder.author)


def test_a_wish_can_be_later_than_the_standard_but_sooner_only_by_consent(ladder: Ladder) -> None:
    today = clock.today("Europe/Ljubljana")
    later = make_referral(ladder, wanted_by=today + timedelta(days=90))
    assert later.reply_by == today + timedelta(days=90)
    sooner = make_referral(ladder, wanted_by=today + timedelta(days=20))
    assert sooner.reply_by == today + timedelta(days=60)
    official = ladder.region.official
    with pytest.raises(Invalid, match="sooner"):
        acknowledge_referral(
            sooner, note="Yes.", reply_by=today + timedelta(days=61), language="en", actor=official
        )
    acknowledge_referral(
        sooner, note="Yes.", reply_by=today + timedelta(days=20), language="en", actor=official
    )
    assert sooner.reply_by == today + timedelta(days=20)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"request": "  "}, "request"),
        ({"request": "x" * 301}, "request"),
        ({"reason": " \n"}, "reason"),
        ({"evidence_links": "javascript:alert(1)"}, "evidence_links"),
        ({"evidence_links": "\n".join(f"https://e.org/{n}" for n in range(11))}, "evidence_links"),
        ({"wanted_by": date(1, 1, 1)}, "wanted_by"),
        ({"wanted_by": date(9999, 12, 31)}, "wanted_by"),
        ({"language": "xx"}, "language"),
        ({"request": "Half \ud800"}, "request"),
    ],
)
@pytest.mark.hostile("H60")
@pytest.mark.hostile("H57")
def test_what_is_missing_or_broken_is_said_at_its_field(
    ladder: Ladder, values: dict[str, Any], field: str
) -> None:
    """Fails when a check in ``texts`` or ``deadlines`` is taken away."""
    with pytest.raises(Invalid) as refusal:
        make_draft(ladder, **values)
    assert refusal.value.field == field
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Referral)) == 0


def test_a_body_of_the_same_place_is_not_another_level(ladder: Ladder) -> None:
    with pytest.raises(Invalid, match="same place"):
        make_draft(ladder, ladder.town)


def test_passing_a_level_by_needs_a_reason_and_is_told(ladder: Ladder) -> None:
    with pytest.raises(Invalid, match="pass by") as refusal:
        make_draft(ladder, ladder.state)
    assert refusal.value.field == "skip_reason"
    referral = make_referral(ladder, ladder.state, skip_reason="The region owns no flats.")
    assert [skipped.body_id for skipped in referral.skipped] == [ladder.region.body.id]
    assert told(ladder.region.official) == ["referrals.skipped"]
    nothing_skipped = make_referral(ladder, skip_reason="No need.")
    assert (nothing_skipped.skip_reason, nothing_skipped.skipped) == ("", [])


def test_what_was_sent_stays_as_it_is(ladder: Ladder) -> None:
    referral = make_referral(ladder)
    with pytest.raises(NotAllowed, match="stays as it is"):
        edited(referral, ladder, version=referral.version)


def edited(referral: Referral, ladder: Ladder, **values: Any) -> Referral:
    fields: dict[str, Any] = {
        "to_body": referral.to_body,
        "topic": referral.topic,
        "gap": referral.gap,
        "request": "Another request",
        "reason": "Another reason",
        "language": "en",
        "actor": ladder.coordinator,
        **values,
    }
    return edit_referral(referral, **fields)


@pytest.mark.hostile("H58")
def test_two_who_edit_a_draft_lose_nothing(ladder: Ladder) -> None:
    """Fails when the version is not compared."""
    draft = make_draft(ladder)
    first = draft.version
    edited(draft, ladder, version=first)
    with pytest.raises(Conflict) as conflict:
        edited(draft, ladder, version=first, request="Mine")
    assert conflict.value.theirs["request"] == "Another request"
    assert conflict.value.mine["request"] == "Mine"


def test_evidence_is_text_links_records_and_nothing_unseen(ladder: Ladder) -> None:
    fact = make_proposal(title="A fact")
    draft = make_draft(
        ladder,
        evidence="Counted.",
        evidence_links="https://e.org/a\nhttps://e.org/b",
        evidence_records=[fact],
    )
    assert draft.evidence_links == ["https://e.org/a", "https://e.org/b"]
    assert (fact.id, Relation.RELATES_TO, draft.id) in links()
    edited(draft, ladder, version=draft.version)
    assert (fact.id, Relation.RELATES_TO, draft.id) not in links()
    secret = make_proposal(title="Secret")
    secret.visibility = Visibility.PRIVATE
    db.session.flush()
    with pytest.raises(NotFound):
        make_draft(ladder, evidence_records=[secret])


def test_it_is_taken_back_until_the_body_deliberates(ladder: Ladder) -> None:
    referral = make_referral(ladder, acknowledged=True)
    withdraw_referral(referral, actor=ladder.coordinator)
    assert referral.state == ReferralState.WITHDRAWN
    assert "referrals.withdrawn" in told(ladder.region.official)
    other = make_referral(ladder, acknowledged=True)
    begin_deliberation(other, actor=ladder.region.official)
    with pytest.raises(NotAllowed, match="no longer"):
        withdraw_referral(other, actor=ladder.coordinator)


def test_acknowledging_names_the_official_and_says_what_happens_next(ladder: Ladder) -> None:
    referral = make_referral(ladder)
    with pytest.raises(Invalid, match="who deals"):
        acknowledge_referral(referral, note=" ", language="en", actor=ladder.region.official)
    acknowledge(ladder, referral)
    assert referral.acknowledged_by_id == ladder.region.official.id
    assert referral.acknowledged_as == "Head of unit"
    assert "referrals.acknowledged" in told(ladder.author)


def test_an_answer_needs_reasons_and_what_is_accepted_names_what_follows(ladder: Ladder) -> None:
    referral = make_referral(ladder, acknowledged=True)
    with pytest.raises(Invalid, match="reasons"):
        make_answer(ladder, referral, answer=" ")
    for outcome in (Outcome.ACCEPTED, Outcome.ACCEPTED_IN_PART):
        with pytest.raises(Invalid, match="action item or the decision") as refusal:
            make_answer(ladder, referral, outcome, named=None)
        assert refusal.value.field == "named"
    with pytest.raises(Invalid, match="nothing else"):
        make_answer(ladder, referral, Outcome.ACCEPTED, named=make_proposal())
    table = make_group(ladder.region.place)
    give_role(ladder.region.official, Role.MEMBER, group=table)
    inner = make_action_item(ladder.region.place, group=table, visibility=Visibility.MEMBERS)
    db.session.expire(ladder.region.official)
    with pytest.raises(Invalid, match="could not read"):
        make_answer(ladder, referral, Outcome.ACCEPTED, named=inner)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Response)) == 0
    assert referral.state == ReferralState.ACKNOWLEDGED


def test_what_was_referred_is_not_what_follows_from_it(ladder: Ladder) -> None:
    item = make_action_item(ladder.town.place)
    referral = make_referral(ladder, source=item, acknowledged=True)
    with pytest.raises(Invalid, match="what was referred"):
        make_answer(ladder, referral, Outcome.ACCEPTED, named=item)


@pytest.mark.parametrize("kind", ["action_item", "decision"])
def test_an_accepted_referral_leads_to_what_carries_it_out(ladder: Ladder, kind: str) -> None:
    named: Record = make_action_item(ladder.region.place)
    if kind == "decision":
        ballot = make_ballot(closed=True)
        named = db.session.scalars(sa.select(Record).where(Record.kind == "decision")).one()
        assert ballot.id
    referral = make_referral(ladder, acknowledged=True)
    response = make_answer(ladder, referral, Outcome.ACCEPTED_IN_PART, named=named)
    relation = Relation.CARRIED_OUT_BY if kind == "action_item" else Relation.RESULTED_IN
    assert {
        (referral.id, Relation.ANSWERED_BY, response.id),
        (response.id, relation, named.id),
    } <= links()
    assert (referral.state, referral.outcome) == (ReferralState.ANSWERED, Outcome.ACCEPTED_IN_PART)
    assert response.reference.endswith("-S1")
    assert response.territory_id == ladder.region.place.id
    assert (response.official_id, response.official_as) == (ladder.region.official.id, "Head of unit")


def test_everyone_who_wrote_supported_or_followed_gets_the_answer(ladder: Ladder) -> None:
    writer, stranger = make_user(), make_user()
    make_comment(ladder.proposal, actor=writer)
    answer = make_answer(ladder, make_referral(ladder, acknowledged=True))
    kind = "referrals.answered_declined"
    assert kind in told(ladder.author)
    assert kind in told(writer)
    assert kind not in told(stranger)
    assert kind not in told(ladder.region.official)
    assert told(ladder.coordinator)[-1] == "referrals.passed_down"
    assert db.session.scalar(
        sa.select(SearchEntry.id).where(
            SearchEntry.subject_kind == "response", SearchEntry.subject_id == answer.id
        )
    )


def test_everybody_in_the_thread_of_a_comment_gets_the_answer(ladder: Ladder) -> None:
    first, second, elsewhere = make_user(), make_user(), make_user()
    comment = make_comment(ladder.proposal, actor=first)
    make_comment(ladder.proposal, parent=comment, actor=second)
    make_comment(ladder.proposal, actor=elsewhere)
    make_answer(ladder, make_referral(ladder, source=comment, acknowledged=True))
    kind = "referrals.answered_declined"
    assert (kind in told(first), kind in told(second), kind in told(elsewhere)) == (True, True, False)


def test_an_answer_is_never_changed(ladder: Ladder) -> None:
    """Neither by another operation nor by code that tries: the model refuses."""
    answer = make_answer(ladder, make_referral(ladder, acknowledged=True))
    for name, value in {
        "outcome": Outcome.ACCEPTED,
        "body_id": ladder.state.body.id,
        "official_as": "Minister",
        "round": 2,
        "answer": Multilingual.of("Something else", "en"),
    }.items():
        with pytest.raises(Conflict, match="never changed"):
            setattr(answer, name, value)
    db.session.expire_all()
    assert (answer.outcome, answer.answer.original.text) == (Outcome.DECLINED, "We looked at it **closely**.")


def test_a_translation_stands_beside_the_original_and_is_told_to_those_who_read_it(ladder: Ladder) -> None:
    reader = make_user(language="sl")
    make_comment(ladder.proposal, actor=reader)
    answer = make_answer(ladder, make_referral(ladder, acknowledged=True))
    with pytest.raises(Invalid, match="written in this language"):
        translate_answer(answer, language="en", text="Other words", actor=ladder.coordinator)
    with pytest.raises(NotAllowed, match="on the way"):
        translate_answer(answer, language="sl", text="Besede", actor=make_user())
    translate_answer(answer, language="sl", text="Natančno smo pogledali.", actor=ladder.coordinator)
    fragment = answer.answer.in_("sl")
    assert (fragment.text, fragment.is_original, fragment.made_by) == (
        "Natančno smo pogledali.",
        False,
        "human",
    )
    assert answer.answer.original.text == "We looked at it **closely**."
    assert told(reader)[-1] == "referrals.translated"
    assert "referrals.translated" not in told(ladder.author)


def test_those_on_the_way_add_one_note_each_beside_the_answer(ladder: Ladder) -> None:
    answer = make_answer(ladder, make_referral(ladder, acknowledged=True))
    before = answer.answer
    note = add_local_note(
        answer, speaker=ladder.group, text="For us: **no**.", language="en", actor=ladder.coordinator
    )
    assert note.speaker is ladder.group
    with pytest.raises(NotAllowed, match="already"):
        add_local_note(answer, speaker=ladder.group, text="More", language="en", actor=ladder.coordinator)
    with pytest.raises(NotAllowed, match="on the way"):
        add_local_note(
            answer, speaker=ladder.state.body, text="Also", language="en", actor=ladder.state.official
        )
    with pytest.raises(NotAllowed):
        add_local_note(
            answer, speaker=ladder.region.body, text="We say", language="en", actor=ladder.region.official
        )
    assert answer.answer == before


def test_who_put_it_forward_judges_the_answer_and_may_ask_once_more(ladder: Ladder) -> None:
    referral = make_referral(ladder, acknowledged=True)
    with pytest.raises(NotAllowed, match="no answer"):
        judge_answer(referral, satisfaction=Satisfaction.NO, language="en", actor=ladder.author)
    first = make_answer(ladder, referral)
    with pytest.raises(NotAllowed, match="Only the person"):
        judge_answer(referral, satisfaction=Satisfaction.NO, language="en", actor=ladder.coordinator)
    with pytest.raises(NotAllowed, match="Say first"):
        reopen_referral(referral, reason="Why?", actor=ladder.author)
    judge_answer(referral, satisfaction=Satisfaction.NO, text="No.", language="en", actor=ladder.author)
    with pytest.raises(NotAllowed, match="said already"):
        judge_answer(referral, satisfaction=Satisfaction.YES, language="en", actor=ladder.author)
    again = reopen_referral(referral, reason="How many flats?", actor=ladder.author)
    assert again.id == referral.id
    assert (again.state, again.rounds, again.answer_id) == (ReferralState.IN_DELIBERATION, 2, None)
    assert again.reply_by == clock.today("Europe/Ljubljana") + timedelta(days=60)
    assert "referrals.reopened" in told(ladder.region.official)
    second = make_answer(ladder, again, answer="Four.")
    assert (first.round, second.round) == (1, 2)
    judge_answer(referral, satisfaction=Satisfaction.PARTLY, language="en", actor=ladder.author)
    with pytest.raises(NotAllowed, match="once"):
        reopen_referral(referral, reason="And?", actor=ladder.author)


def test_what_was_reopened_and_then_forwarded_is_not_reopened_again(ladder: Ladder) -> None:
    """Fails when ``may_reopen`` does not ask whether the first rung was: where the matter is now, it never was."""
    referral = make_referral(ladder, acknowledged=True)
    make_answer(ladder, referral)
    judge_answer(referral, satisfaction=Satisfaction.NO, language="en", actor=ladder.author)
    reopen_referral(referral, reason="How many flats?", actor=ladder.author)
    make_answer(ladder, referral, Outcome.NOT_COMPETENT, forward_to=ladder.state.body)
    make_answer(ladder, acknowledge(ladder, tip_of(referral)))
    judge_answer(referral, satisfaction=Satisfaction.NO, language="en", actor=ladder.author)
    with pytest.raises(NotAllowed, match="once"):
        reopen_referral(referral, reason="And?", actor=ladder.author)


def test_where_nobody_put_it_forward_those_who_referred_it_judge(ladder: Ladder) -> None:
    item = make_action_item(ladder.town.place)
    referral = make_referral(ladder, source=item, acknowledged=True)
    make_answer(ladder, referral)
    verdict = judge_answer(referral, satisfaction=Satisfaction.YES, language="en", actor=ladder.coordinator)
    assert verdict.user_id == ladder.coordinator.id


def test_what_was_promised_is_said_to_be_done_or_lapsed(ladder: Ladder) -> None:
    referral = make_referral(ladder, acknowledged=True)
    make_answer(ladder, referral, Outcome.ACCEPTED)
    with pytest.raises(Invalid, match="what became"):
        conclude_referral(referral, implemented=True, note=" ", actor=ladder.region.official)
    conclude_referral(referral, implemented=True, note="Let.", actor=ladder.region.official)
    assert (referral.state, referral.conclusion) == (ReferralState.IMPLEMENTED, "Let.")
    assert "referrals.implemented" in told(ladder.author)
    declined = make_referral(ladder, acknowledged=True)
    make_answer(ladder, declined)
    with pytest.raises(NotAllowed, match="Nothing was promised"):
        conclude_referral(declined, implemented=False, note="No.", actor=ladder.region.official)


def test_the_figures_of_a_body_count_what_everybody_can_see(ladder: Ladder) -> None:
    body = ladder.region.body
    empty = figures_of(body)
    assert (empty.received, empty.median_days, empty.in_time) == (0, None, None)
    start = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    for days in (10, 20, 70, 30):
        with clock.frozen(start):
            referral = make_referral(ladder, acknowledged=True)
        with clock.frozen(start + timedelta(days=days)):
            make_answer(ladder, referral)
    with clock.frozen(start):
        make_referral(ladder)
    make_draft(ladder)
    with clock.frozen(start + timedelta(days=61)):
        figures = figures_of(body)
    assert (figures.received, figures.open, figures.overdue, figures.answered) == (5, 1, 1, 4)
    assert figures.median_days == 25
    assert figures.in_time == pytest.approx(3 / 5)


def test_a_hidden_original_is_not_sent_on(ladder: Ladder) -> None:
    draft = make_draft(ladder)
    ladder.proposal.visibility = Visibility.PRIVATE
    db.session.flush()
    with pytest.raises(NotAllowed, match="Publish it first"):
        send_referral(draft, actor=ladder.coordinator)


def test_an_original_that_the_sender_sees_no_more_is_not_sent_on(ladder: Ladder) -> None:
    """Fails when ``send_referral`` does not ask whether the sender sees the original still."""
    draft = make_draft(ladder, sender=ladder.town.body, actor=ladder.town.official)
    ladder.proposal.visibility = Visibility.MEMBERS
    db.session.flush()
    with pytest.raises(NotFound):
        send_referral(draft, actor=ladder.town.official)
    assert draft.state == ReferralState.DRAFTED


def test_an_answer_names_nothing_that_the_official_does_not_see(ladder: Ladder) -> None:
    """Fails when ``answer_referral`` does not ask whether the official sees what is named."""
    referral = make_referral(ladder, acknowledged=True)
    item = make_action_item(ladder.town.place, group=ladder.group, visibility=Visibility.MEMBERS)
    with pytest.raises(NotFound):
        make_answer(ladder, referral, Outcome.ACCEPTED, named=item)


def test_the_chain_of_one_rung_ends_where_it_began(ladder: Ladder) -> None:
    referral = make_referral(ladder)
    assert tip_of(referral).id == referral.id
