"""Crossing off the roll who is handed a ballot on paper: nobody votes both ways, whichever comes first."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.accounts.models import User
from stakeholder_hub.accounts.operations import erase_person
from stakeholder_hub.accounts.personal import personal_data
from stakeholder_hub.audit.models import AuditEntry
from stakeholder_hub.decisions.electorate import Electorate, Source
from stakeholder_hub.decisions.electorates import address_on_roll, own_name_on_roll
from stakeholder_hub.decisions.jobs import remind
from stakeholder_hub.decisions.models import Ballot, Elector, Proxy, ProxyFate, Vote, Voter, Way
from stakeholder_hub.decisions.operations import (
    begin_batch,
    cast_vote,
    close_ballot,
    cross_off,
    give_proxy,
    open_ballot,
    repeat_batch,
    undo_crossing,
    write_list,
)
from stakeholder_hub.decisions.operations.crossing import vote_online
from stakeholder_hub.decisions.paper import Crossing
from stakeholder_hub.decisions.policy import may_cross_off, may_vote
from stakeholder_hub.decisions.rolls import found_on_roll, paper_balance
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, HubError, Invalid, NotAllowed
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.territories.models import Role
from tests.decisions.test_hostile_votes import count_of, in_parallel, voting
from tests.decisions.test_operations import seat
from tests.decisions.test_pages import hidden_in
from tests.decisions.test_proxies import group_vote
from tests.factories.accounts import make_user
from tests.factories.decisions import make_ballot
from tests.factories.territories import give_role, make_territory


def paper_vote(number: int = 4, **values: Any) -> tuple[Ballot, list[User]]:
    return group_vote(number, **{"paper": True, "max_proxies": 0, **values})


def key_of(ballot: Ballot, person: User) -> str:
    return own_name_on_roll(ballot, person)


def officer_of(ballot: Ballot) -> User:
    return seat(ballot.group, user=make_user(), role=Role.COORDINATOR)


def enter(ballot: Ballot, sheets: int) -> None:
    batch = begin_batch(
        ballot, name=f"Box {count_of(Crossing)}", lines=["1"] * sheets, actor=officer_of(ballot)
    )
    repeat_batch(batch, lines=["1"] * sheets, actor=officer_of(ballot))


def told(kind: str) -> list[int]:
    return list(db.session.scalars(sa.select(Notification.user_id).where(Notification.kind == kind)))


def test_who_is_crossed_off_cannot_vote_online_and_is_told(app):
    ballot, (ana, bor, *_others) = paper_vote()
    officer = officer_of(ballot)
    crossing = cross_off(ballot, key=key_of(ballot, ana), actor=officer)
    assert (crossing.crossed_by_id, crossing.undone_at) == (officer.id, None)
    assert told("decisions.crossed_off") == [ana.id]
    assert "handed a ballot on paper" in str(may_vote(ana, ballot).reason)
    with pytest.raises(NotAllowed, match="handed a ballot on paper"):
        cast_vote(ballot, choices=[1], actor=ana)
    cast_vote(ballot, choices=[1], actor=bor)
    assert (count_of(Vote), count_of(Voter)) == (1, 1)
    with pytest.raises(Conflict, match="crossed off already"):
        cross_off(ballot, key=key_of(ballot, ana), actor=officer)


def test_who_has_voted_online_is_handed_no_paper(app):
    ballot, (ana, *_others) = paper_vote()
    cast_vote(ballot, choices=[1], actor=ana)
    with pytest.raises(Conflict, match="has voted online"):
        cross_off(ballot, key=key_of(ballot, ana), actor=SYSTEM)
    cast_vote(ballot, choices=[2], actor=ana)
    assert count_of(Crossing) == 0


def test_taking_it_back_needs_a_reason_and_lets_the_person_vote(app):
    ballot, (ana, *_others) = paper_vote()
    officer = officer_of(ballot)
    crossing = cross_off(ballot, key=key_of(ballot, ana), actor=officer)
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(Invalid) as refusal:
            undo_crossing(crossing, reason=reason, actor=officer)
        assert refusal.value.field == "reason"
    undo_crossing(crossing, reason=" Brought back unused ", actor=officer)
    assert (crossing.undone_reason, crossing.undone_by_id) == ("Brought back unused", officer.id)
    assert told("decisions.crossing_undone") == [ana.id]
    with pytest.raises(Conflict, match="undone already"):
        undo_crossing(crossing, reason="Again", actor=officer)
    cast_vote(ballot, choices=[1], actor=ana)
    with pytest.raises(Conflict, match="has voted online"):
        cross_off(ballot, key=key_of(ballot, ana), actor=officer)


def test_who_is_not_on_the_roll_cannot_be_crossed_off_it(app):
    ballot, _people = paper_vote()
    for key in (key_of(ballot, make_user()), "", "x" * 500):
        with pytest.raises(Invalid, match="Nobody stands on the roll"):
            cross_off(ballot, key=key, actor=SYSTEM)


def test_no_line_is_noted_for_who_stands_on_no_roll_even_if_let_through_before(app):
    """Who may vote is asked before the line is written; whoever came through there meanwhile is stopped here."""
    ballot, _people = paper_vote()
    with pytest.raises(NotAllowed, match="not among those entitled"):
        vote_online(ballot, make_user())
    assert db.session.scalar(sa.select(sa.func.count()).where(Elector.way.is_not(None))) == 0


@pytest.mark.hostile("H48")
def test_h48_a_vote_and_a_crossing_off_at_the_same_moment_are_one_of_the_two(app):
    """The line of the roll is written by one statement that changes it only where it is empty. With a look first and a
    write then (``entry_of`` and an assignment in place of ``_take``) PostgreSQL let both through: tried.
    """
    ballot, people = paper_vote(12)
    ballot_id, keys = ballot.id, {person.id: key_of(ballot, person) for person in people}

    def crossing(user_id: int) -> Any:
        return lambda: cross_off(db.session.get(Ballot, ballot_id), key=keys[user_id], actor=SYSTEM)

    tasks = [task for user_id in keys for task in (voting(ballot_id, user_id, [1]), crossing(user_id))]
    answers = in_parallel(app, tasks, threads=24)
    db.session.expire_all()
    assert sum(isinstance(answer, HubError) for answer in answers) == 12
    online = set(db.session.scalars(sa.select(Voter.user_id)))
    paper = set(db.session.scalars(sa.select(Elector.user_id).where(Elector.way == Way.PAPER)))
    assert online | paper == set(keys)
    assert online & paper == set()
    assert count_of(Crossing) == len(paper)


def test_many_officers_at_once_cross_a_person_off_once(app):
    ballot, (ana, *_others) = paper_vote()
    ballot_id, key = ballot.id, key_of(ballot, ana)
    answers = in_parallel(
        app, [lambda: cross_off(db.session.get(Ballot, ballot_id), key=key, actor=SYSTEM)] * 10, threads=10
    )
    assert sum(isinstance(answer, Conflict) for answer in answers) == 9
    assert count_of(Crossing) == 1


def test_a_list_is_crossed_off_by_address_whatever_its_form(app):
    ballot = make_ballot(electorate=Electorate.LIST, paper=True, opened=False)
    write_list(ballot, addresses=["jo.na@gmail.com", "bor@example.org"], actor=SYSTEM)
    open_ballot(ballot, actor=SYSTEM)
    person = make_user(email="jona@gmail.com", name="Jona")
    [line] = found_on_roll(ballot, "JO.NA+x@googlemail.com")
    assert (line.key, line.way, line.name) == (address_on_roll(ballot, person.email), None, "Jona")
    [unknown] = found_on_roll(ballot, "bor@example.org")
    assert unknown.name == "bor@example.org"
    assert found_on_roll(ballot, "nobody@example.org") == []
    cross_off(ballot, key=line.key, actor=SYSTEM)
    with pytest.raises(NotAllowed, match="handed a ballot on paper"):
        cast_vote(ballot, choices=[1], actor=person)


def test_people_are_found_by_a_part_of_the_name_taken_literally(app):
    ballot, (ana, bor, *_others) = paper_vote()
    assert found_on_roll(ballot, "a") == []
    assert found_on_roll(ballot, "%%") == []
    names = {line.name for line in found_on_roll(ballot, ana.name[:6].lower())}
    assert {ana.name, bor.name} <= names
    assert [line.name for line in found_on_roll(ballot, ana.email)] == [ana.name]
    assert found_on_roll(ballot, make_user().email) == []
    assert found_on_roll(ballot, "nobody@example.org") == []


def test_who_votes_on_paper_is_not_reminded_and_carries_no_vote(app):
    ballot, (ana, bor, cleo, _dan) = paper_vote(max_proxies=1, closes_at=clock.now() + timedelta(days=4))
    give_proxy(ballot, holder_id=bor.id, actor=ana)
    crossing = cross_off(ballot, key=key_of(ballot, ana), actor=SYSTEM)
    proxy = db.session.get(Proxy, (ballot.id, ana.id))
    assert proxy.fate is ProxyFate.PAPER
    with pytest.raises(NotAllowed, match="handed a ballot on paper"):
        give_proxy(ballot, holder_id=cleo.id, actor=ana)
    with pytest.raises(Invalid, match="somebody who may vote"):
        give_proxy(ballot, holder_id=ana.id, actor=cleo)
    cast_vote(ballot, choices=[2], actor=bor)
    with clock.frozen(clock.now() + timedelta(days=3, hours=1)):
        remind()
    assert ana.id not in told("decisions.reminder")
    undo_crossing(crossing, reason="Mistaken", actor=SYSTEM)
    assert proxy.fate is None
    cross_off(ballot, key=key_of(ballot, ana), actor=SYSTEM)
    enter(ballot, 1)
    close_ballot(ballot, actor=SYSTEM)
    assert ballot.vote_count == 2
    assert ballot.result["scores"] == {"1": 1, "2": 1, "3": 0}


def test_taking_a_crossing_back_makes_no_chain_of_votes_given_away(app):
    """Ana's vote goes with what Bor himself casts, never with what Cleo casts for Bor. Fails when the votes of holders
    are read one by one while those of givers are cast.
    """
    ballot, (bor, ana, cleo, *_others) = paper_vote(6, max_proxies=1)
    give_proxy(ballot, holder_id=bor.id, actor=ana)
    crossing = cross_off(ballot, key=key_of(ballot, ana), actor=SYSTEM)
    give_proxy(ballot, holder_id=cleo.id, actor=bor)
    undo_crossing(crossing, reason="Brought back", actor=SYSTEM)
    cast_vote(ballot, choices=[2], actor=cleo)
    close_ballot(ballot, actor=SYSTEM)
    fates = dict(db.session.execute(sa.select(Proxy.giver_id, Proxy.fate)).all())
    assert fates == {ana.id: ProxyFate.LAPSED, bor.id: ProxyFate.USED}
    assert ballot.result["scores"] == {"1": 0, "2": 2, "3": 0}


@pytest.mark.parametrize(("sheets", "difference"), [(2, 0), (3, 1), (0, 2)])
def test_ballots_on_paper_are_held_against_people_crossed_off(app, sheets, difference):
    ballot, people = paper_vote()
    for person in people[:2]:
        cross_off(ballot, key=key_of(ballot, person), actor=SYSTEM)
    if sheets:
        enter(ballot, sheets)
    balance = paper_balance(ballot)
    assert (balance.sheets, balance.crossed_off, balance.difference) == (sheets, 2, difference)
    close_ballot(ballot, actor=SYSTEM)
    assert (ballot.paper_count, ballot.crossed_off) == (sheets, 2)
    assert paper_balance(ballot).difference == difference


def test_without_paper_or_without_a_roll_there_is_nothing_to_hold_against_each_other(app):
    for values in ({"paper": True}, {"electorate": Electorate.RESIDENTS}):
        ballot = make_ballot(**values)
        assert paper_balance(ballot) is None
        close_ballot(ballot, actor=SYSTEM)
        assert (ballot.crossed_off, paper_balance(ballot)) == (None, None)
    everyone = make_ballot(paper=True)
    with pytest.raises(NotAllowed, match="there is no roll"):
        cross_off(everyone, key="x", actor=SYSTEM)


@pytest.mark.hostile("H02")
def test_h02_only_those_who_run_the_vote_cross_off_while_it_is_not_counted(app):
    ballot, people = paper_vote()
    key = key_of(ballot, people[0])
    elsewhere = give_role(make_user(), Role.ADMIN, territory=make_territory())
    for actor in (people[1], elsewhere, make_user(), VISITOR):
        assert not may_cross_off(actor, ballot)
        with pytest.raises(NotAllowed):
            cross_off(ballot, key=key, actor=actor)
    crossing = cross_off(ballot, key=key, actor=officer_of(ballot))
    with pytest.raises(NotAllowed):
        undo_crossing(crossing, reason="Mine", actor=elsewhere)
    enter(ballot, 1)
    close_ballot(ballot, actor=SYSTEM)
    for refused in (
        lambda: cross_off(ballot, key=key_of(ballot, people[1]), actor=SYSTEM),
        lambda: undo_crossing(crossing, reason="Late", actor=SYSTEM),
    ):
        with pytest.raises(NotAllowed, match="from the opening until the count"):
            refused()


@pytest.mark.hostile("H55")
def test_h55_the_audit_tells_that_somebody_was_crossed_off_and_not_who(app):
    ballot, (ana, *_others) = paper_vote()
    crossing = cross_off(ballot, key=key_of(ballot, ana), actor=SYSTEM)
    undo_crossing(crossing, reason=f"{ana.name} came back", actor=SYSTEM)
    crossings = sa.select(AuditEntry).where(AuditEntry.event.like("decisions.cross%")).order_by(AuditEntry.id)
    entries = db.session.scalars(crossings).all()
    assert [entry.event for entry in entries] == ["decisions.crossed_off", "decisions.crossing_undone"]
    assert ana.name not in "".join(str(entry.details) for entry in entries)


def test_an_officer_finds_crosses_off_and_takes_back_on_the_page(web: Flask, visit: Any):
    with web.app_context():
        ballot, people = paper_vote()
        ana, bor = people[0], people[1]
        cast_vote(ballot, choices=[1], actor=bor)
        names, key = (ana.name, bor.name), officer_of(ballot).fs_uniquifier
        voter, line, voted = ana.fs_uniquifier, key_of(ballot, ana), key_of(ballot, bor)
        url = f"/en/ballots/{ballot.reference}/"
    client = visit(key)
    assert f"{url}roll" in client.get(url).text
    paper = client.get(f"{url}paper").text
    assert f"{url}roll" in paper
    assert "Entered: 0 ballots on paper" in paper
    found = client.get(f"{url}roll?q={names[0]}").text
    assert "Cross off now" in found
    assert "Has voted online" in client.get(f"{url}roll?q={names[1]}").text
    assert "Nobody on the roll" in client.get(f"{url}roll?q=%3Cb%3E").text
    refused = client.post(f"{url}roll", data=hidden_in(client, f"{url}roll?q={names[1]}", key=voted))
    assert refused.status_code in (409, 422)
    done = client.post(f"{url}roll", data=hidden_in(client, f"{url}roll?q={names[0]}", key=line))
    assert done.status_code == 303
    page = client.get(f"{url}roll?q={names[0]}").text
    assert "Was handed a ballot on paper already" in page
    assert "handed a ballot on paper" in visit(voter).get(url).text
    assert "differ" in client.get(f"{url}close").text
    with web.app_context():
        number = db.session.scalar(sa.select(Crossing.id))
    undo = f"{url}roll/{number}/undo"
    assert names[0] in client.get(undo).text
    assert client.post(undo, data=hidden_in(client, undo, reason=" ")).status_code == 422
    assert client.post(undo, data=hidden_in(client, undo, reason="Came back")).status_code == 303
    assert "Came back" in client.get(f"{url}roll").text
    assert client.get(f"{url}roll/999/undo").status_code == 404
    assert visit(voter).get(f"{url}roll").status_code == 403


def test_the_result_tells_a_difference_and_an_agreement(web: Flask, visit: Any):
    with web.app_context():
        urls = []
        for sheets in (1, 2):
            ballot, people = paper_vote()
            cross_off(ballot, key=key_of(ballot, people[0]), actor=SYSTEM)
            enter(ballot, sheets)
            close_ballot(ballot, actor=SYSTEM)
            urls.append(f"/en/ballots/{ballot.reference}/")
    agreed, differs = (visit(None).get(url).text for url in urls)
    assert "1 ballot on paper, and as many people crossed off" in agreed
    assert "2 ballots on paper, but 1 person crossed off" in differs
    assert "differ" not in agreed.replace("different", "")


def test_a_line_without_an_account_is_named_by_the_beginning_of_its_hash(web: Flask, visit: Any):
    with web.app_context():
        ballot = make_ballot(electorate=Electorate.of(Source.LIST, Source.MEMBERS), paper=True, opened=False)
        write_list(ballot, addresses=["bor@example.org"], actor=SYSTEM)
        open_ballot(ballot, actor=SYSTEM)
        key = address_on_roll(ballot, "bor@example.org")
        number = cross_off(ballot, key=key, actor=SYSTEM).id
        officer = officer_of(ballot).fs_uniquifier
        url = f"/en/ballots/{ballot.reference}/"
    client = visit(officer)
    assert key[:8] in client.get(f"{url}roll").text
    assert key[:8] in client.get(f"{url}roll/{number}/undo").text
    assert "whole e-mail address only" in client.get(f"{url}roll?q=bor").text
    assert told_nobody(web)


def test_erasing_an_account_unnames_its_line_and_leaves_the_roll_as_it_was_fixed(app):
    ballot, (ana, bor, *_others) = paper_vote()
    cross_off(ballot, key=key_of(ballot, ana), actor=SYSTEM)
    before = ballot.roll_checksum, ballot.entitled
    assert [row["way"] for row in personal_data(ana)["elector"]] == ["paper"]
    for person in (ana, bor):
        erase_person(person, actor=person)
    assert (ballot.roll_checksum, ballot.entitled) == before
    lines = db.session.execute(sa.select(Elector.user_id, Elector.way).where(Elector.ballot_id == ballot.id))
    assert sorted((line[0] is None, line[1] or "") for line in lines) == [
        (False, ""),
        (False, ""),
        (True, ""),
        (True, Way.PAPER),
    ]
    assert paper_balance(ballot).crossed_off == 1


def test_the_roll_costs_the_same_for_one_and_for_many(web: Flask, visit: Any, count_queries: Any):
    def cost(crossed: int) -> int:
        with web.app_context():
            ballot, people = paper_vote(crossed + 1)
            for person in people[:crossed]:
                cross_off(ballot, key=key_of(ballot, person), actor=SYSTEM)
            key, url = officer_of(ballot).fs_uniquifier, f"/en/ballots/{ballot.reference}/roll?q=person"
        client = visit(key)
        client.get(url)
        with count_queries() as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    assert cost(1) == cost(9)


def told_nobody(web: Flask) -> bool:
    with web.app_context():
        return told("decisions.crossed_off") == []
