"""Who is present is the base of a majority: said by those who do not vote, implied by those who do, forgotten after."""

from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.accounts.models import User
from stakeholder_hub.accounts.operations import erase_person
from stakeholder_hub.accounts.personal import personal_data
from stakeholder_hub.audit.models import AuditEntry
from stakeholder_hub.decisions.binding import binds, checks_of
from stakeholder_hub.decisions.evidence.publishing import archive_of
from stakeholder_hub.decisions.evidence.verify import check
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.methods.conditions import Base, Conditions
from stakeholder_hub.decisions.models import Ballot, Presence
from stakeholder_hub.decisions.operations import (
    cast_vote,
    close_ballot,
    cross_off,
    give_proxy,
    note_presence,
    take_back_presence,
)
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotAllowed
from tests.decisions.test_crossing import enter, key_of, officer_of
from tests.decisions.test_hostile_votes import count_of, in_parallel, voting
from tests.decisions.test_pages import hidden_in
from tests.decisions.test_proxies import group_vote
from tests.decisions.test_second_counter import files_in
from tests.factories.accounts import make_user
from tests.factories.decisions import make_ballot

HALF_OF_THOSE_PRESENT = Conditions(threshold=Fraction(1, 2), threshold_base=Base.PRESENT)
YES, NO = [1], [2]


def assembly(**values: Any) -> Ballot:
    terms = {"method": Method.YES_NO, "titles": ["Park"], "conditions": HALF_OF_THOSE_PRESENT, **values}
    return make_ballot(**terms)


def closed(ballot: Ballot) -> tuple[int, int, bool]:
    """How many were present, how many said yes, and whether the result binds."""
    close_ballot(ballot, actor=SYSTEM)
    assert count_of(Presence) == 0, "names outlive the vote"
    (one,) = ballot.checks
    assert one["base"] == ballot.present
    return ballot.present, one["reached"], binds(ballot)


def noting(ballot_id: int, user_id: int) -> Any:
    return lambda: note_presence(db.session.get(Ballot, ballot_id), actor=db.session.get(User, user_id))


def test_who_is_present_without_voting_weighs_against_the_motion(app, voters):
    ballot = assembly()
    for person in voters(3):
        cast_vote(ballot, choices=YES, actor=person)
    for person in voters(2):
        note_presence(ballot, actor=person)
    assert closed(ballot) == (5, 3, True)
    again = assembly()
    for person in voters(3):
        cast_vote(again, choices=YES, actor=person)
    for person in voters(3):
        note_presence(again, actor=person)
        note_presence(again, actor=person)
    assert closed(again) == (6, 3, False)
    assert again.checks[0]["missing"] == 1
    assert (
        db.session.scalar(sa.select(sa.func.count()).where(AuditEntry.event == "decisions.presence_noted"))
        == 5
    ), "saying it twice is written down once"


def test_who_said_so_and_votes_afterwards_is_counted_once(app, voters):
    ballot = assembly()
    ana, bor = voters(2)
    note_presence(ballot, actor=ana)
    cast_vote(ballot, choices=YES, actor=ana)
    cast_vote(ballot, choices=NO, actor=bor)
    with pytest.raises(NotAllowed, match="voted already"):
        take_back_presence(ballot, actor=ana)
    assert closed(ballot) == (2, 1, False)


def test_who_leaves_is_not_counted_and_only_who_was_there_can_leave(app, voters):
    ballot = assembly()
    ana, bor, cleo = voters(3)
    cast_vote(ballot, choices=YES, actor=ana)
    note_presence(ballot, actor=bor)
    take_back_presence(ballot, actor=bor)
    for person in (bor, cleo):
        with pytest.raises(NotAllowed, match="not noted as present"):
            take_back_presence(ballot, actor=person)
    assert closed(ballot) == (1, 1, True)


def test_only_who_may_vote_can_be_present_and_only_while_the_vote_runs(app, voters):
    ballot, (ana, *_others) = group_vote(
        method=Method.YES_NO, titles=["Park"], conditions=HALF_OF_THOSE_PRESENT, max_proxies=0
    )
    for person, reason in ((VISITOR, "Sign in"), (make_user(), "Only members")):
        with pytest.raises(NotAllowed, match=reason):
            note_presence(ballot, actor=person)
    note_presence(ballot, actor=ana)
    assert closed(ballot) == (1, 0, False)
    for change in (note_presence, take_back_presence):
        with pytest.raises(NotAllowed, match="over"):
            change(ballot, actor=ana)
    with pytest.raises(NotAllowed, match="nobody has to say"):
        note_presence(make_ballot(), actor=ana)


def test_who_carries_a_vote_brings_its_giver_along_and_paper_counts_once(app):
    ballot, (ana, bor, cleo, dan, eva) = group_vote(
        5, method=Method.YES_NO, titles=["Park"], conditions=HALF_OF_THOSE_PRESENT, paper=True
    )
    give_proxy(ballot, holder_id=bor.id, actor=ana)
    cast_vote(ballot, choices=YES, actor=bor)
    note_presence(ballot, actor=cleo)
    for person in (cleo, dan, eva):
        cross_off(ballot, key=key_of(ballot, person), actor=officer_of(ballot))
    with pytest.raises(NotAllowed, match="on paper"):
        note_presence(ballot, actor=dan)
    enter(ballot, 2)
    # two by Bor, two on paper, and one ballot that was handed out and not put into the box
    assert closed(ballot) == (5, 4, True)
    assert ballot.vote_count == 4


def test_the_first_one_present_opens_the_vote_and_many_at_once_are_counted_once_each(app, voters):
    """Fails without the lock alone of the first one: those who hold the ballot shared wait for each other for ever."""
    ballot = assembly(opened=False)
    assert ballot.state == "prepared"
    ballot_id, people = ballot.id, [person.id for person in voters(20)]
    tasks = [noting(ballot_id, one) for one in people * 2] + [
        voting(ballot_id, one, YES) for one in people[:5]
    ]
    assert in_parallel(app, tasks) == [None] * 45
    ballot = db.session.get(Ballot, ballot_id)
    assert ballot.state == "open"
    assert closed(ballot) == (20, 5, False)


def test_an_erased_account_is_present_no_more_and_its_person_can_read_that_it_was(app, voters):
    ballot = assembly()
    ana, bor = voters(2)
    note_presence(ballot, actor=ana)
    cast_vote(ballot, choices=YES, actor=bor)
    assert "presence" in personal_data(ana)
    erase_person(ana, actor=SYSTEM)
    assert closed(ballot) == (1, 1, True)


def test_the_archive_tells_how_many_were_present_and_is_counted_again(app, voters):
    ballot = assembly()
    for person in voters(11):
        cast_vote(ballot, choices=YES, actor=person)
    note_presence(ballot, actor=voters(1)[0])
    assert closed(ballot) == (12, 11, True)
    data = archive_of(ballot)
    assert check(data, ballot.verifier_key).problems == []
    assert b'"present":12' in files_in(data)["ballot.json"]
    other = make_ballot()
    close_ballot(other, actor=SYSTEM)
    assert other.present is None
    assert b"present" not in files_in(archive_of(other))["ballot.json"]


def test_where_nobody_knows_who_was_present_the_condition_is_told_as_not_checked(app):
    ballot = assembly()
    (one,) = checks_of(ballot, {}, 0)
    assert (one["kind"], one["met"], one["unknown"]) == ("threshold", False, "present_unknown")


def test_people_say_on_the_page_that_they_are_here_and_that_they_have_left(web: Flask, visit: Any):
    with web.app_context():
        ballot, person = assembly(), make_user()
        url, key, ballot_id = f"/en/ballots/{ballot.reference}/", person.fs_uniquifier, ballot.id
        plain = f"/en/ballots/{make_ballot().reference}/"
    client = visit(key)
    assert "More than half of all who are present, whether they vote or not, say yes." in client.get(url).text
    assert "I am present" in client.get(url).text
    assert "I am present" not in visit(None).get(url).text
    assert "I am present" not in client.get(plain).text
    sent = client.post(f"{url}presence", data=hidden_in(client, url))
    assert (sent.status_code, sent.location) == (303, url)
    page = client.get(url).text
    assert "You are noted as present. You can still vote until the end." in page
    assert "I have left" in page
    client.post(f"{url}presence", data=hidden_in(client, url, left="1"))
    page = client.get(url).text
    assert "You are not counted as present any more." in page
    assert "I am present" in page
    client.post(f"{url}presence", data=hidden_in(client, url))
    client.post(f"{url}vote", data=hidden_in(client, url, choices=["1"]))
    assert "I have left" not in client.get(url).text
    assert client.post(f"{url}presence", data=hidden_in(client, url, left="1")).status_code == 403
    assert client.post(f"{plain}presence", data=hidden_in(client, url)).status_code == 403
    with web.app_context():
        assert closed(db.session.get(Ballot, ballot_id)) == (1, 1, True)
    assert "Reached: 1 of 1 (100.0%)." in client.get(url).text
