"""What is read of votes, by whom, and where: pages, lists, the search, and what came of a proposal."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.decisions import sentences
from stakeholder_hub.decisions.models import Ballot, Decision, Vote, Voter
from stakeholder_hub.decisions.operations import (
    cast_vote,
    close_ballot,
    explain_decision,
    give_proxy,
    open_ballot,
)
from stakeholder_hub.decisions.operations.voters import voter_key
from stakeholder_hub.decisions.policy import may_vote
from stakeholder_hub.decisions.queries import (
    decision_choosing,
    load_ballot,
    load_batch,
    load_decision,
    running,
    votes_of,
    waiting_for_vote,
)
from stakeholder_hub.deliberation.operations import follow_record
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, NotFound
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.records.happenings import happenings_of
from stakeholder_hub.records.models import Visibility
from stakeholder_hub.records.operations import add_record
from stakeholder_hub.search.models import SearchEntry
from stakeholder_hub.search.sources import rebuild_index
from stakeholder_hub.territories.models import Role
from tests.decisions.test_operations import seat
from tests.decisions.test_pages import hidden_in
from tests.decisions.test_proxies import group_vote
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation
from tests.factories.decisions import make_ballot, make_ballot_proposal
from tests.factories.groups import make_group


def test_what_is_not_there_or_not_to_be_seen_is_not_found(app):
    hidden = make_ballot(make_consultation(audience="members"), closed=True)
    decision = db.session.scalar(sa.select(Decision))
    assert load_ballot(hidden.reference, SYSTEM) is hidden
    assert load_decision(decision.reference, SYSTEM) is decision
    for reader in (VISITOR, make_user()):
        with pytest.raises(NotFound):
            load_ballot(hidden.reference, reader)
        with pytest.raises(NotFound):
            load_decision(decision.reference, reader)
    with pytest.raises(NotFound):
        load_batch(hidden, 1)


def test_votes_are_read_only_after_the_close_and_their_key_is_gone_then(app):
    ballot, person = make_ballot(), make_user()
    cast_vote(ballot, choices=[2], actor=person)
    assert voter_key(ballot, person.id)
    with pytest.raises(NotFound):
        votes_of(ballot)
    close_ballot(ballot, actor=SYSTEM)
    assert [marks.choices for marks in votes_of(ballot)] == [[2]]
    with pytest.raises(Conflict, match="over"):
        voter_key(ballot, person.id)


def test_a_vote_stays_in_the_count_when_its_voter_is_gone(app):
    ballot = make_ballot(secret=False)
    gone = make_user()
    for person in (gone, make_user()):
        cast_vote(ballot, choices=[3], actor=person)
    db.session.execute(sa.delete(Voter).where(Voter.user_id == gone.id))
    close_ballot(ballot, actor=SYSTEM)
    assert (ballot.vote_count, ballot.result["scores"]["3"]) == (2, 2)


def test_a_proxy_adds_nothing_where_the_vote_of_its_holder_is_gone(app):
    ballot, (ana, bor, *_others) = group_vote()
    give_proxy(ballot, holder_id=bor.id, actor=ana)
    cast_vote(ballot, choices=[2], actor=bor)
    db.session.execute(sa.delete(Vote).where(Vote.ballot_id == ballot.id))
    close_ballot(ballot, actor=SYSTEM)
    assert ballot.vote_count == 0


def test_the_decision_that_chose_a_proposal_is_the_latest_one(app):
    ballot = make_ballot(titles=["Park", "Well"])
    cast_vote(ballot, choices=[1], actor=make_user())
    close_ballot(ballot, actor=SYSTEM)
    park, well = (db.session.get(Proposal, option.proposal_id) for option in ballot.options)
    assert decision_choosing(park, VISITOR).ballot_id == ballot.id
    assert decision_choosing(well, VISITOR) is None


def test_running_votes_are_listed_by_their_end_and_those_done_wait_no_more(app):
    begin = clock.now()
    later = make_ballot(closes_at=begin + timedelta(days=3))
    sooner = make_ballot(closes_at=begin + timedelta(days=2))
    make_ballot(opens_at=begin + timedelta(days=1), opened=False)
    make_ballot(closed=True)
    person = make_user()
    assert db.session.scalars(running(person)).all() == [sooner, later]
    cast_vote(sooner, choices=[1], actor=person)
    assert db.session.scalars(waiting_for_vote(person)).all() == [later]


def test_who_cannot_see_a_vote_cannot_vote_in_it_and_observers_of_a_closed_circle_only_read(app):
    group = make_group()
    joined = clock.now() - timedelta(days=3)
    member = seat(group, user=make_user(), created_at=joined)
    observer = seat(group, user=make_user(), role=Role.OBSERVER, created_at=joined)
    ballot = make_ballot(make_consultation(group, audience="members"))
    assert ballot.visibility is not Visibility.PUBLIC
    assert may_vote(member, ballot)
    assert "Observers" in str(may_vote(observer, ballot).reason)
    assert not may_vote(make_user(), ballot)


def test_everyone_votes_where_no_group_stands_behind_the_consultation(app):
    consultation = make_consultation(territory=make_group().territory)
    assert consultation.group_id is None
    ballot = make_ballot(consultation)
    assert may_vote(make_user(), ballot)


def test_who_follows_a_proposal_hears_whether_it_was_chosen(app):
    ballot = make_ballot(titles=["Park", "Well"])
    park, well = (db.session.get(Proposal, option.proposal_id) for option in ballot.options)
    glad, sad = make_user(), make_user()
    follow_record(park, actor=glad)
    follow_record(well, actor=sad)
    cast_vote(ballot, choices=[1], actor=make_user())
    close_ballot(ballot, actor=SYSTEM)
    rows = db.session.execute(sa.select(Notification.user_id, Notification.kind))
    told = {tuple(row) for row in rows if row.kind != sentences.VOTED_COUNTED}
    assert told == {(glad.id, sentences.CHOSEN), (sad.id, sentences.NOT_CHOSEN)}


def test_the_index_can_be_made_anew(app):
    ballot = make_ballot(closed=True)
    decision = db.session.scalar(sa.select(Decision))
    db.session.execute(sa.delete(SearchEntry))
    rebuild_index()
    rows = db.session.execute(sa.select(SearchEntry.subject_kind, SearchEntry.subject_id))
    indexed = {tuple(row) for row in rows}
    assert {("ballot", ballot.id), ("decision", decision.id)} <= indexed


@operation
def decide_without_a_vote(consultation: Any, *, actor: Any) -> Decision:
    decision = Decision(
        title=Multilingual.of("We meet on Mondays", "en"),
        state="adopted",
        territory=consultation.territory,
        group_id=consultation.group_id,
        context_id=consultation.id,
        visibility=consultation.visibility,
        source_language="en",
    )
    add_record(decision, actor=actor)
    return decision


def test_a_decision_without_a_vote_has_a_page_and_reasons(web: Flask, visit: Any):
    with web.app_context():
        consultation = make_consultation()
        runner = seat(consultation.group, user=make_user(), role=Role.COORDINATOR)
        decision = decide_without_a_vote(consultation, actor=runner)
        explain_decision(
            decision, reasons="Mondays **suit** all.", language="en", version=decision.version, actor=runner
        )
        url, key = f"/en/decisions/{decision.reference}/", runner.fs_uniquifier
    page = visit(None).get(url)
    assert page.status_code == 200
    assert "<strong>suit</strong>" in page.text
    form = visit(key).get(f"{url}reasons")
    assert form.status_code == 200
    assert "Mondays **suit** all." in form.text


def test_a_consultation_shows_votes_only_where_there_are_some_and_whether_one_has_voted(
    web: Flask, visit: Any
):
    with web.app_context():
        empty, full = make_consultation(), make_consultation()
        ballot, person = make_ballot(full), make_user()
        cast_vote(ballot, choices=[1], actor=person)
        first, second = (f"/en/consultations/{one.slug}/" for one in (empty, full))
        key, reference = person.fs_uniquifier, ballot.reference
    assert "/ballots/" not in visit(None).get(first).text
    assert "Vote now" in visit(None).get(second).text
    page = visit(key).get(second).text
    assert "Look at your vote" in page
    assert "You can change your vote until the end." in page
    assert f"/en/ballots/{reference}/" in page


def test_numbers_and_choices_that_are_none_are_told_at_their_fields(web: Flask, visit: Any):
    with web.app_context():
        consultation = make_consultation()
        proposal = make_ballot_proposal(consultation).id
        key = seat(consultation.group, user=make_user(), role=Role.COORDINATOR).fs_uniquifier
        url = f"/en/consultations/{consultation.slug}/ballots/new?method=approval"
    client = visit(key)
    data = hidden_in(
        client,
        url,
        title="Vote",
        question="Which?",
        proposals=[str(proposal)],
        secret="perhaps",
        electorate="everyone",
        phase="",
        opens_at="2099-05-01T10:00",
        closes_at="2099-05-08T10:00",
        max_choices="two",
        winners_wanted="000000000000123456",
    )
    refused = client.post(url, data=data)
    assert refused.status_code == 422
    assert refused.text.count("Give a whole number in digits.") >= 2
    assert "Choose from the list." in refused.text
    with web.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Ballot)) == 0


def test_the_journey_tells_of_a_vote_what_has_happened_and_not_what_will(app):
    ballot = make_ballot(opened=False)

    def told() -> list[str]:
        return [happening.key for happening in happenings_of([ballot], VISITOR)[ballot.id]]

    assert told() == []
    open_ballot(ballot, actor=SYSTEM)
    assert told() == ["opened"]
    close_ballot(ballot, actor=SYSTEM)
    assert sorted(told()) == ["closed", "opened"]
