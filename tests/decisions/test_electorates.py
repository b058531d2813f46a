"""Who may vote: members, delegates, a list; fixed with a checksum when the vote opens. And who is reminded."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.decisions.electorates import address_on_roll, is_on_roll, roll_size
from stakeholder_hub.decisions.jobs import remind
from stakeholder_hub.decisions.models import Ballot, BallotState, Elector, Electorate, Vote
from stakeholder_hub.decisions.operations import cast_vote, close_ballot, open_ballot, write_list
from stakeholder_hub.decisions.policy import may_vote
from stakeholder_hub.deliberation.operations import follow_record
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid, NotAllowed
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.territories.models import Role
from tests.decisions.test_operations import seat
from tests.decisions.test_pages import hidden_in
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation
from tests.factories.decisions import make_ballot
from tests.factories.groups import make_mandate, make_organisation


def list_ballot(addresses: list[str], *, opened: bool = True, **values: Any) -> Ballot:
    ballot = make_ballot(electorate=Electorate.LIST, opened=False, **values)
    if addresses:
        write_list(ballot, addresses=addresses, actor=SYSTEM)
    return open_ballot(ballot, actor=SYSTEM) if opened else ballot


@pytest.mark.hostile("H50")
def test_an_address_in_another_case_or_form_is_the_same_person_on_a_list(app):
    person = make_user(email="jo.na@gmail.com")
    other = make_user(email="zoe@xn--mller-kva.example")
    read = write_list(
        make_ballot(electorate=Electorate.LIST, opened=False),
        addresses=["JONA+news@googlemail.com", " Jo.Na@gmail.com ", "Zoe@Müller.example"],
        actor=SYSTEM,
    )
    assert (read.people, read.again) == (2, 1)
    ballot = db.session.scalar(sa.select(Ballot))
    assert roll_size(ballot) == 2
    assert is_on_roll(ballot, person)
    assert is_on_roll(ballot, other)
    assert not is_on_roll(ballot, make_user())


def test_a_list_holds_no_address_only_hashes_that_differ_from_ballot_to_ballot(app):
    first, second = list_ballot(["ana@example.org"]), list_ballot(["ana@example.org"])
    keys = db.session.scalars(sa.select(Elector.key)).all()
    assert len(set(keys)) == 2
    assert address_on_roll(first, "ana@example.org") != address_on_roll(second, "ana@example.org")
    assert not any("ana" in key for key in keys)


def test_the_roll_is_fixed_at_the_opening_with_a_checksum_that_can_be_recomputed(app):
    ballot = list_ballot(["ana@example.org", "bor@example.org"])
    keys = sorted(address_on_roll(ballot, f"{name}@example.org") for name in ("ana", "bor"))
    assert ballot.roll_checksum == hashlib.sha256("".join(f"{key}\n" for key in keys).encode()).hexdigest()
    assert ballot.entitled == 2
    with pytest.raises(NotAllowed):
        write_list(ballot, addresses=["cleo@example.org"], actor=SYSTEM)


def test_only_those_on_the_list_vote(app):
    on_list, other = make_user(email="ana@example.org"), make_user()
    ballot = list_ballot(["Ana@Example.org"])
    cast_vote(ballot, choices=[1], actor=on_list)
    assert "not on the list" in str(may_vote(other, ballot).reason)
    with pytest.raises(NotAllowed):
        cast_vote(ballot, choices=[1], actor=other)


def test_a_vote_for_a_list_does_not_open_without_one(app):
    ballot = list_ballot([], opened=False)
    with pytest.raises(NotAllowed, match="list of voters"):
        open_ballot(ballot, actor=SYSTEM)
    assert ballot.state == BallotState.PREPARED


@pytest.mark.parametrize(
    ("addresses", "told"),
    [
        ([], "between 1 and"),
        (["ana@example.org", "nobody"], "Line 2"),
        (["<script>alert(1)</script>"], "Line 1"),
    ],
)
def test_a_list_that_cannot_be_is_refused_whole(app, addresses, told):
    ballot = list_ballot(["before@example.org"], opened=False)
    with pytest.raises(Invalid, match=told):
        write_list(ballot, addresses=addresses, actor=SYSTEM)
    assert roll_size(ballot) == 1
    with pytest.raises(NotAllowed, match="not for people on a list"):
        write_list(make_ballot(opened=False), addresses=["ana@example.org"], actor=SYSTEM)


def test_delegates_vote_if_their_mandate_was_in_force_at_the_opening(app):
    consultation = make_consultation()
    organisation = make_organisation(consultation.territory)
    elsewhere = make_organisation()
    today = clock.today()
    delegate, late, old, foreign = (make_user() for _ in range(4))
    make_mandate(organisation, user=delegate)
    make_mandate(
        organisation, user=old, starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=2)
    )
    make_mandate(elsewhere, user=foreign)
    ballot = make_ballot(consultation, electorate=Electorate.DELEGATES)
    make_mandate(organisation, user=late)
    assert ballot.entitled == 1
    cast_vote(ballot, choices=[1], actor=delegate)
    for person in (late, old, foreign, make_user()):
        with pytest.raises(NotAllowed, match="Only delegates"):
            cast_vote(ballot, choices=[1], actor=person)


@pytest.mark.hostile("H53")
def test_h53_an_observer_who_becomes_a_member_while_the_vote_runs_is_not_on_its_roll(app):
    """Without the check of the roll in ``cast_vote`` the vote was taken: the seat is older than the opening. Tried."""
    consultation = make_consultation()
    person = seat(
        consultation.group, user=make_user(), role=Role.OBSERVER, created_at=clock.now() - timedelta(days=9)
    )
    ballot = make_ballot(consultation, electorate=Electorate.MEMBERS)
    person.grants[0].role = Role.MEMBER
    db.session.flush()
    with pytest.raises(NotAllowed, match="not among those entitled"):
        cast_vote(ballot, choices=[1], actor=person)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Vote)) == 0


@pytest.mark.hostile("H53")
def test_h53_the_list_of_a_running_vote_is_not_rewritten_and_the_attempt_is_logged(app, log_lines):
    """Without the state in ``may_write_list`` the list was replaced. Tried."""
    listed, other = make_user(), make_user()
    ballot = make_ballot(electorate=Electorate.LIST, opened=False)
    write_list(ballot, addresses=[listed.email], actor=SYSTEM)
    open_ballot(ballot, actor=SYSTEM)
    with pytest.raises(NotAllowed, match="its options and voters are fixed"):
        write_list(ballot, addresses=[other.email], actor=SYSTEM)
    assert [line["event"] for line in log_lines] == ["ballot_change_refused"]
    assert other.email not in str(log_lines)
    with pytest.raises(NotAllowed, match="not on the list"):
        cast_vote(ballot, choices=[1], actor=other)


def reminded() -> set[int]:
    kind = Notification.kind == "decisions.reminder"
    return set(db.session.scalars(sa.select(Notification.user_id).where(kind)))


def test_in_the_last_day_those_who_have_not_voted_are_reminded_once(app):
    consultation = make_consultation()
    voted, idle = (
        seat(consultation.group, user=make_user(), created_at=clock.now() - timedelta(days=9)) for _ in "ab"
    )
    ballot = make_ballot(
        consultation, electorate=Electorate.MEMBERS, closes_at=clock.now() + timedelta(days=4)
    )
    cast_vote(ballot, choices=[1], actor=voted)
    assert remind() == 0
    with clock.frozen(clock.now() + timedelta(days=3, hours=1)):
        assert remind() >= 1
        told = reminded()
        assert idle.id in told
        assert voted.id not in told
        assert remind() == 0
    assert reminded() == told


def test_a_vote_for_everyone_reminds_those_who_follow_and_a_short_one_nobody(app):
    ballot = make_ballot(closes_at=clock.now() + timedelta(days=4))
    person = make_user()
    follow_record(ballot.consultation, actor=person)
    with clock.frozen(clock.now() + timedelta(days=3, hours=1)):
        remind()
        assert person.id in reminded()
        short = make_ballot(ballot.consultation, closes_at=clock.now() + timedelta(hours=20))
        before = reminded()
        assert remind() == 0
        assert reminded() == before
        close_ballot(short, actor=SYSTEM)


def test_a_vote_for_a_list_reminds_those_on_it_who_follow(app):
    listed, stranger, silent = make_user(), make_user(), make_user()
    ballot = list_ballot([listed.email, silent.email], closes_at=clock.now() + timedelta(days=4))
    for person in (listed, stranger):
        follow_record(ballot.consultation, actor=person)
    with clock.frozen(clock.now() + timedelta(days=3, hours=1)):
        assert remind() == 1
    assert reminded() == {listed.id}


def test_the_list_is_pasted_on_its_page_and_shown_as_a_number(web: Flask, visit: Any):
    with web.app_context():
        ballot = list_ballot([], opened=False, opens_at=clock.now() + timedelta(days=1))
        key = seat(ballot.group, user=make_user(), role=Role.COORDINATOR).fs_uniquifier
        url = f"/en/ballots/{ballot.reference}/"
    client = visit(key)
    assert f"{url}voters" in client.get(url).text
    refused = client.post(
        f"{url}voters", data=hidden_in(client, f"{url}voters", addresses="ana@example.org\nbor")
    )
    assert refused.status_code == 422
    assert "Line 2" in refused.text
    assert "ana@example.org" in refused.text
    sent = client.post(f"{url}voters", data=hidden_in(client, f"{url}voters", addresses="ana@example.org\n"))
    assert sent.status_code == 303
    assert "1 person is on the list now." in client.get(f"{url}voters").text
    assert visit(None).get(f"{url}voters").status_code in (302, 303, 401, 403, 404)
