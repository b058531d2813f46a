"""Votes by consent: objections with reasons, what resolves them, and what stands at the end."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.decisions.jobs import open_and_close_due
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.methods.conditions import Conditions
from stakeholder_hub.decisions.models import Ballot, BallotState, Objection, ObjectionState, Vote
from stakeholder_hub.decisions.operations import answer_objection, cast_vote, close_ballot
from stakeholder_hub.decisions.operations.objecting import LONGEST_REASON
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid, NotAllowed
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.territories.models import Role
from tests.decisions.test_operations import seat
from tests.decisions.test_pages import hidden_in
from tests.factories.accounts import make_user
from tests.factories.decisions import make_ballot

CONSENT, OBJECT = [1], [3]


def asking(**values: Any) -> Ballot:
    return make_ballot(**{"method": Method.CONSENT, "titles": ["Meet on Tuesdays"], **values})


def objecting(ballot: Ballot, reason: str = "I work on Tuesdays.") -> tuple[Any, Objection]:
    person = make_user()
    cast_vote(ballot, choices=OBJECT, reason=reason, actor=person)
    return person, db.session.scalar(sa.select(Objection).where(Objection.user_id == person.id))


def outcome(ballot: Ballot) -> tuple[list[str], int]:
    close_ballot(ballot, actor=SYSTEM)
    return ballot.result["winners"], ballot.result["details"]["standing"]


def test_an_answer_is_of_readable_length(app):
    _person, objection = objecting(asking())
    for answer, told in (("  ", "Say how"), ("x" * (LONGEST_REASON + 1), f"{LONGEST_REASON:,} characters")):
        with pytest.raises(Invalid) as refusal:
            answer_objection(objection, answer=answer, actor=SYSTEM)
        assert refusal.value.field == "answer"
        assert told.split()[-1] in str(refusal.value)
    assert objection.state == ObjectionState.STANDING


def test_a_standing_objection_blocks_however_many_consent(app, voters):
    ballot = asking()
    for person in voters(9):
        cast_vote(ballot, choices=CONSENT, actor=person)
    objecting(ballot)
    assert outcome(ballot) == ([], 1)


def test_without_an_objection_it_is_adopted_reservations_or_not(app):
    ballot = asking()
    cast_vote(ballot, choices=[2], actor=make_user())
    assert outcome(ballot) == (["1"], 0)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 4001])
def test_an_objection_needs_a_reason_that_can_be_read(app, reason):
    ballot = asking()
    with pytest.raises(Invalid) as refusal:
        objecting(ballot, reason)
    assert refusal.value.field == "reason"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Vote)) == 0


def test_who_consents_after_all_withdraws_the_objection(app):
    ballot = asking()
    person, objection = objecting(ballot)
    cast_vote(ballot, choices=CONSENT, actor=person)
    assert objection.state is ObjectionState.WITHDRAWN
    assert outcome(ballot) == (["1"], 0)


def test_a_resolved_objection_blocks_no_more_and_its_author_is_told_and_can_object_again(app):
    ballot = asking()
    person, objection = objecting(ballot)
    answer_objection(objection, answer="We meet on Wednesdays now.", actor=SYSTEM)
    assert objection.state is ObjectionState.RESOLVED
    assert db.session.scalar(sa.select(Notification.user_id)) == person.id
    with pytest.raises(NotAllowed, match="no longer stands"):
        answer_objection(objection, answer="Again", actor=SYSTEM)
    cast_vote(ballot, choices=OBJECT, reason="I work on Tuesdays.", actor=person)
    assert objection.state is ObjectionState.RESOLVED
    cast_vote(ballot, choices=OBJECT, reason="Nor on Wednesdays.", actor=person)
    assert objection.state is ObjectionState.STANDING
    assert outcome(ballot) == ([], 1)


@pytest.mark.parametrize(("consenting", "adopted"), [(2, True), (1, False)])
def test_the_rule_that_was_set_before_overrules_an_objection(app, voters, consenting, adopted):
    ballot = asking(conditions=Conditions(overrule=Fraction(2, 3)))
    for person in voters(consenting):
        cast_vote(ballot, choices=CONSENT, actor=person)
    _person, objection = objecting(ballot)
    winners, standing = outcome(ballot)
    assert (bool(winners), standing) == (adopted, 0 if adopted else 1)
    assert objection.state is (ObjectionState.OVERRULED if adopted else ObjectionState.STANDING)


def test_only_those_who_run_the_vote_resolve_and_only_while_it_runs(app):
    ballot = asking()
    _person, objection = objecting(ballot)
    with pytest.raises(NotAllowed, match="Only the coordinators"):
        answer_objection(objection, answer="Fine now", actor=make_user())
    with pytest.raises(Invalid, match="how the objection"):
        answer_objection(objection, answer=" ", actor=SYSTEM)
    close_ballot(ballot, actor=SYSTEM)
    with pytest.raises(NotAllowed, match="over"):
        answer_objection(objection, answer="Too late", actor=SYSTEM)


def test_overruling_belongs_to_consent_alone(app):
    with pytest.raises(Invalid) as refusal:
        make_ballot(conditions=Conditions(overrule=Fraction(2, 3)))
    assert refusal.value.field == "overrule"


def test_objecting_and_resolving_on_the_pages(web: Flask, visit: Any):
    with web.app_context():
        ballot = asking()
        url, ballot_id = f"/en/ballots/{ballot.reference}/", ballot.id
        key = make_user(name="Ana Objector").fs_uniquifier
        runner = seat(ballot.group, user=make_user(), role=Role.COORDINATOR).fs_uniquifier
    client = visit(key)
    refused = client.post(f"{url}vote", data=hidden_in(client, url, choices=["3"]))
    assert refused.status_code == 422
    assert "Say why you object" in refused.text
    sent = client.post(f"{url}vote", data=hidden_in(client, url, choices=["3"], reason="<b>No</b> bus home."))
    assert sent.status_code == 303
    assert "&lt;b&gt;No&lt;/b&gt; bus home." in visit(None).get(url).text
    manager = visit(runner)
    link = next(part for part in manager.get(url).text.split('"') if "/objections/" in part)
    assert client.get(link).status_code == 403
    assert manager.post(link, data=hidden_in(manager, link, answer="")).status_code == 422
    assert manager.post(link, data=hidden_in(manager, link, answer="A bus at ten.")).status_code == 303
    assert "A bus at ten." in client.get(url).text
    assert manager.get(f"{url}objections/999").status_code == 404
    with web.app_context():
        close_ballot(db.session.get(Ballot, ballot_id), actor=SYSTEM)
    result = visit(None).get(url).text
    assert "Who chose what" in result
    assert "Ana Objector" in result


def test_a_vote_that_cannot_be_counted_is_logged_and_holds_up_no_other(app, log_lines):
    """Somebody with access to the database took the objection out of the votes, so that the count is refused."""
    broken, sound = (make_ballot(method=Method.CONSENT, titles=["Park"]) for _ in "ab")
    cast_vote(broken, choices=[3], reason="It is too dear.", actor=make_user())
    db.session.execute(sa.update(Vote).values(choices=[1]))
    cast_vote(sound, choices=[1], actor=make_user())
    ids, end = (broken.id, sound.id), sound.closes_at
    db.session.commit()
    with clock.frozen(end + timedelta(seconds=1)):
        assert open_and_close_due() == 1
    states = [db.session.get(Ballot, ballot_id).state for ballot_id in ids]
    assert states == [BallotState.OPEN, BallotState.CLOSED]
    told = [line for line in log_lines if line["event"] == "ballot_sweep_failed"]
    assert [(line["ballot_id"], line["kind"]) for line in told] == [(ids[0], "InvalidCount")]
