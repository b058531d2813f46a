"""Votes for verified residents, and for several sources at once: whoever belongs to one of them, or to all."""

import hashlib
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError, StatementError

from stakeholder_hub.accounts.models import User
from stakeholder_hub.decisions.electorate import Electorate, Source, all_electorates
from stakeholder_hub.decisions.electorates import (
    address_on_roll,
    number_by_now,
    own_name_on_roll,
    people_entitled,
)
from stakeholder_hub.decisions.entitlement import lacking
from stakeholder_hub.decisions.evidence.publishing import archive_of
from stakeholder_hub.decisions.evidence.verify import check
from stakeholder_hub.decisions.explaining import who_votes
from stakeholder_hub.decisions.jobs import remind
from stakeholder_hub.decisions.models import Ballot, Elector, SectorTurnout, Vote, Voter
from stakeholder_hub.decisions.operations import (
    cast_vote,
    close_ballot,
    edit_ballot,
    give_proxy,
    open_ballot,
    write_list,
)
from stakeholder_hub.decisions.policy import may_vote
from stakeholder_hub.deliberation.operations import follow_record
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid, NotAllowed
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.residents.models import Evidence
from stakeholder_hub.residents.operations import ask_for_residence, confirm_residence, revoke_residence
from stakeholder_hub.residents.queries import residence_of
from stakeholder_hub.territories.models import Role
from tests.decisions.test_hostile_votes import count_of, in_parallel, voting
from tests.decisions.test_operations import seat
from tests.decisions.test_pages import hidden_in
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation
from tests.factories.decisions import make_ballot
from tests.factories.groups import make_group, make_mandate, make_organisation
from tests.factories.residents import make_resident
from tests.factories.territories import make_region, make_territory

BEFORE = timedelta(days=9)
M, R, D, L = Source.MEMBERS, Source.RESIDENTS, Source.DELEGATES, Source.LIST


@operation
def verified_before(place: Any, **values: Any) -> User:
    """A resident who was verified a while ago."""
    person = make_resident(place, **values)
    residence_of(person).answered_at = clock.now() - BEFORE
    return person


class Town:
    """A town with a group, and one person for each way of belonging."""

    def __init__(self) -> None:
        self.region = make_region()
        self.place = make_territory(parent=self.region)
        self.consultation = make_consultation(make_group(self.place))
        self.group = self.consultation.group
        self.member = self.sit(make_user())
        self.resident = verified_before(self.place)
        self.both = self.sit(verified_before(self.place))
        self.delegate = make_mandate(make_organisation(self.place), user=make_user()).user
        self.listed = make_user(email="list.ed@example.org")
        self.listed_member = self.sit(make_user(email="listed.member@gmail.com"))
        self.stranger = make_user()
        self.elsewhere = verified_before(make_territory(parent=self.region))

    def sit(self, user: Any, **values: Any) -> Any:
        return seat(self.group, user=user, created_at=clock.now() - BEFORE, **values)

    def ballot(self, *sources: Source, every: bool = False, opened: bool = True, **values: Any) -> Ballot:
        ballot = make_ballot(
            self.consultation, electorate=Electorate.of(*sources, every=every), opened=False, **values
        )
        if L in sources:
            addresses = ["List.Ed@example.org", "ListedMember+vote@googlemail.com", "nobody@example.org"]
            write_list(ballot, addresses=addresses, actor=SYSTEM)
        return open_ballot(ballot, actor=SYSTEM) if opened else ballot

    @property
    def people(self) -> dict[str, User]:
        return {name: one for name, one in vars(self).items() if isinstance(one, User)}

    def who_can(self, ballot: Ballot) -> set[str]:
        return {name for name, person in self.people.items() if may_vote(person, ballot)}


@pytest.fixture
def town(app: Any) -> Town:
    return Town()


def test_an_electorate_has_one_written_form_and_is_read_back():
    assert Electorate.read("everyone") == Electorate.EVERYONE
    assert Electorate.of(R, M).value == "members|residents"
    assert Electorate.of(M, every=True) == Electorate.MEMBERS
    everything = all_electorates()
    assert len(everything) == len({one.value for one in everything}) == 27
    assert all(Electorate.read(one.value) == one for one in everything)
    assert max(len(one.value) for one in everything) <= 32
    with pytest.raises(ValueError, match="nobody"):
        Electorate.read("nobody")


MEMBERS = {"member", "both", "listed_member"}
RESIDENTS = {"resident", "both"}
LISTED = {"listed", "listed_member"}
CASES = {
    (R,): RESIDENTS,
    (M, R): MEMBERS | RESIDENTS,
    (R, D): RESIDENTS | {"delegate"},
    (M, L): MEMBERS | LISTED,
    (L,): LISTED,
    (M, R, D, L): MEMBERS | RESIDENTS | LISTED | {"delegate"},
}
NARROW = {
    (M, R): {"both"},
    (M, L): {"listed_member"},
    (R, D): set(),
    (R, L): set(),
    (M, R, D, L): set(),
}


@pytest.mark.parametrize("sources", CASES, ids="|".join)
def test_whoever_belongs_to_one_of_the_sources_votes(town, sources):
    ballot = town.ballot(*sources)
    assert town.who_can(ballot) == CASES[sources]
    nobody_with_an_account = 1 if L in sources else 0
    assert ballot.entitled == len(CASES[sources]) + nobody_with_an_account
    for name, person in town.people.items():
        if name in CASES[sources]:
            cast_vote(ballot, choices=[1], actor=person)
        else:
            with pytest.raises(NotAllowed):
                cast_vote(ballot, choices=[1], actor=person)
    close_ballot(ballot, actor=SYSTEM)
    assert ballot.vote_count == len(CASES[sources])
    assert check(archive_of(ballot), ballot.verifier_key).problems == []


@pytest.mark.parametrize("sources", NARROW, ids="&".join)
def test_whoever_belongs_to_all_of_the_sources_votes(town, sources):
    ballot = town.ballot(*sources, every=True)
    assert town.who_can(ballot) == NARROW[sources]
    assert ballot.entitled == len(NARROW[sources])


def test_a_vote_of_a_region_is_for_the_residents_of_all_its_towns(town):
    consultation = make_consultation(make_group(town.region))
    ballot = make_ballot(consultation, electorate=Electorate.RESIDENTS)
    assert town.who_can(ballot) == RESIDENTS | {"elsewhere"}


def test_the_roll_can_be_recomputed_from_names_and_counts_nobody_twice(town):
    """``listed_member`` sits in the group and stands on the list, in another form of the address."""
    ballot = town.ballot(M, L)
    names = {"list.ed@example.org", "nobody@example.org", *(town.people[name].email for name in MEMBERS)}
    keys = sorted(address_on_roll(ballot, name) for name in names)
    assert ballot.roll_checksum == hashlib.sha256("".join(f"{key}\n" for key in keys).encode()).hexdigest()
    assert ballot.entitled == 5
    by_account = town.ballot(M, R)
    keys = sorted(own_name_on_roll(by_account, town.people[name]) for name in MEMBERS | RESIDENTS)
    checksum = hashlib.sha256("".join(f"{key}\n" for key in keys).encode()).hexdigest()
    assert (by_account.roll_checksum, by_account.entitled) == (checksum, 4)


@pytest.mark.hostile("H50")
def test_h50_forms_of_one_address_are_one_line_of_a_roll_put_together(town):
    """Case, dots, plus and IDN. With members by account and the list by address, somebody stood there twice."""
    person = town.sit(make_user(email="zoe@xn--mller-kva.example"))
    ballot = town.ballot(M, L, opened=False)
    forms = [
        "ZOE@Müller.example",
        "zoe@müller.EXAMPLE",
        "l.i.s.t.e.d.member@gmail.com",
        "LISTED.MEMBER@gmail.com",
    ]
    assert write_list(ballot, addresses=forms, actor=SYSTEM).people == 2
    assert number_by_now(ballot) == 4
    open_ballot(ballot, actor=SYSTEM)
    assert ballot.entitled == 4
    rows = db.session.execute(
        sa.select(Elector.user_id, Elector.listed).where(
            Elector.ballot_id == ballot.id, Elector.listed.is_(True)
        )
    )
    assert {row[0] for row in rows} == {person.id, town.listed_member.id}


@pytest.mark.hostile("H50")
def test_h50_an_address_that_changes_hands_votes_once(town):
    """The line of the roll is kept by the account that voted at it. With ``own`` left out of ``vote_online`` a second
    account with the same address votes again. Tried.
    """
    ballot = town.ballot(L)
    cast_vote(ballot, choices=[1], actor=town.listed)

    @operation
    def change_hands() -> User:
        town.listed.email = town.listed.email_key = "other@example.org"
        db.session.flush()
        return make_user(email="list.ed@example.org")

    second = change_hands()
    with pytest.raises(NotAllowed, match="with this address already"):
        cast_vote(ballot, choices=[2], actor=second)
    assert db.session.scalars(sa.select(Vote.choices)).all() == [[1]]


@pytest.mark.hostile("H53")
def test_h53_nobody_comes_onto_the_roll_of_a_running_vote(town):
    """Verified, seated or given a mandate after the opening. Without the roll in ``vote_online`` and ``lacking`` they
    voted. Tried.
    """
    ballots = {R: town.ballot(R), M: town.ballot(M), D: town.ballot(D)}
    mixed = town.ballot(M, R)
    person = make_resident(town.place)
    town.sit(person)
    make_mandate(make_organisation(town.place), user=person)
    reasons = {R: "before the vote opened", M: "when this vote opened", D: "when the vote opened"}
    for source, ballot in ballots.items():
        with pytest.raises(NotAllowed, match=reasons[source]):
            cast_vote(ballot, choices=[1], actor=person)
    with pytest.raises(NotAllowed, match="when this vote opened"):
        cast_vote(mixed, choices=[1], actor=person)
    assert count_of(Vote) == 0
    assert [ballot.entitled for ballot in ballots.values()] == [2, 3, 1]


@pytest.mark.hostile("H53")
def test_h53_the_electorate_of_a_running_vote_stands(town):
    ballot = town.ballot(R)
    checksum = ballot.roll_checksum
    terms = {
        "title": ballot.title,
        "question": ballot.question,
        "method": ballot.method,
        "opens_at": ballot.opens_at,
        "closes_at": ballot.closes_at,
        "proposals": [],
    }
    with pytest.raises(NotAllowed, match="its options and voters are fixed"):
        edit_ballot(ballot, version=ballot.version, electorate=Electorate.EVERYONE, actor=SYSTEM, **terms)
    assert (ballot.electorate, ballot.roll_checksum) == (Electorate.RESIDENTS, checksum)


@pytest.mark.hostile("H52")
def test_h52_who_loses_what_brought_them_there_casts_no_vote_and_what_was_cast_stands(town):
    """Without ``holds`` in ``lacking`` the roll alone let them vote on. Tried."""
    ballot = town.ballot(R)
    cast_vote(ballot, choices=[1], actor=town.resident)
    revoke_residence(residence_of(town.resident), reason="Moved away.", actor=SYSTEM)
    with pytest.raises(NotAllowed, match="Only verified residents"):
        cast_vote(ballot, choices=[2], actor=town.resident)
    assert people_entitled(ballot) == {town.both.id}
    close_ballot(ballot, actor=SYSTEM)
    assert (ballot.vote_count, ballot.entitled) == (1, 2)


def test_a_verification_that_ends_or_is_prolonged_while_the_vote_runs_does_not_end_the_vote(town):
    today = clock.today(town.place.timezone)
    person = verified_before(town.place, valid_until=today)
    ballot = town.ballot(R)
    with clock.frozen(clock.now() + timedelta(days=2)):
        cast_vote(ballot, choices=[1], actor=person)
        asked = ask_for_residence(town.place, actor=person)
        confirm_residence(asked, evidence=Evidence.DESK, valid_until=None, actor=SYSTEM)
        cast_vote(ballot, choices=[2], actor=person)


def test_a_vote_of_residents_counts_for_the_verified_town(town):
    """The town that somebody merely calls theirs has no say in a majority of towns then."""

    @operation
    def call_home() -> None:
        town.resident.home_territory_id = town.elsewhere_place_id

    town.elsewhere_place_id = residence_of(town.elsewhere).territory_id
    call_home()
    for sources, place in (((R,), town.place.id), ((R, M), town.place.id)):
        ballot = town.ballot(*sources)
        cast_vote(ballot, choices=[1], actor=town.resident)
        found = sa.select(Voter.territory_id).where(Voter.ballot_id == ballot.id)
        assert db.session.scalar(found) == place


@pytest.mark.hostile("H48")
@pytest.mark.parametrize("sources", [(R,), (M, R), (M, L)], ids="|".join)
def test_h48_200_parallel_submissions_of_one_person_on_a_roll_are_one_vote(app, town, sources):
    """Two keys of the database hold it, as in a vote for everyone; the line of the roll serves its account again."""
    ballot = town.ballot(*sources)
    person = town.both if R in sources else town.listed_member
    ballot_id, user_id = ballot.id, person.id
    answers = in_parallel(app, [voting(ballot_id, user_id, [1 + n % 3]) for n in range(200)])
    assert answers == [None] * 200
    assert (count_of(Vote), count_of(Voter)) == (1, 1)


def test_turnout_by_sector_is_that_of_the_opening_where_everybody_is_known(town):
    extra = town.sit(make_user(), sector=Sector.BUSINESS)
    ballot = town.ballot(M, R)
    rows = db.session.execute(sa.select(SectorTurnout.sector, SectorTurnout.voted, SectorTurnout.eligible))
    assert sorted(tuple(row) for row in rows) == [("business", 0, 1), ("citizen", 0, 4)]
    cast_vote(ballot, choices=[1], actor=town.both)
    cast_vote(ballot, choices=[1], actor=extra)
    close_ballot(ballot, actor=SYSTEM)
    told = sorted((row.sector, row.voted, row.eligible) for row in ballot.turnout)
    assert told == [("business", 1, 1), ("citizen", 1, 4)]


def test_turnout_by_sector_has_no_base_where_a_list_names_people_nobody_knows(town):
    ballot = town.ballot(M, L)
    cast_vote(ballot, choices=[1], actor=town.member)
    close_ballot(ballot, actor=SYSTEM)
    assert [(row.sector, row.voted, row.eligible) for row in ballot.turnout] == [("citizen", 1, None)]


def test_who_changes_sector_while_the_vote_runs_is_counted_where_they_are_now(town):
    ballot = town.ballot(R)

    @operation
    def change() -> None:
        town.resident.sector = Sector.ACADEMIA

    change()
    cast_vote(ballot, choices=[1], actor=town.resident)
    close_ballot(ballot, actor=SYSTEM)
    told = sorted((row.sector, row.voted, row.eligible) for row in ballot.turnout)
    assert told == [("academia", 1, 1), ("citizen", 0, 2)]


def test_reminders_reach_those_on_the_roll_who_are_known(town):
    follow_record(town.consultation, actor=town.listed)
    follow_record(town.consultation, actor=town.stranger)
    ballot = town.ballot(M, L, closes_at=clock.now() + timedelta(days=4))
    cast_vote(ballot, choices=[1], actor=town.member)
    with clock.frozen(clock.now() + timedelta(days=3, hours=1)):
        remind()
    kind = Notification.kind == "decisions.reminder"
    told = set(db.session.scalars(sa.select(Notification.user_id).where(kind)))
    assert told == {town.both.id, town.listed_member.id, town.listed.id}


def test_members_give_their_votes_to_each_other_where_all_voters_are_members(town):
    ballot = town.ballot(M, R, every=True, max_proxies=1)
    other = town.member
    with pytest.raises(Invalid, match="somebody who may vote"):
        give_proxy(ballot, holder_id=other.id, actor=town.both)
    for sources, every in (((R,), False), ((M, R), False), ((R, L), True)):
        with pytest.raises(Invalid) as refusal:
            town.ballot(*sources, every=every, max_proxies=1)
        assert refusal.value.field == "max_proxies"
    narrow = town.ballot(M, L, every=True, max_proxies=1, opened=False)
    assert people_entitled(narrow) == {town.listed_member.id}


def test_before_the_opening_it_is_told_what_one_lacks(town):
    later = {"opens_at": clock.now() + timedelta(days=1), "opened": False}
    any_of, all_of = town.ballot(M, R, **later), town.ballot(M, R, every=True, **later)
    assert lacking(any_of, town.member) is None
    assert "do not belong" in str(lacking(any_of, town.stranger))
    assert "Only verified residents" in str(lacking(all_of, town.member))
    assert "Only members" in str(lacking(all_of, town.resident))
    assert number_by_now(any_of) == 4
    assert number_by_now(all_of) == 1
    assert number_by_now(make_ballot(opened=False)) is None
    with_list = town.ballot(R, L, every=True, **later)
    assert "not on the list" in str(lacking(with_list, town.resident))


def test_who_may_vote_is_told_in_a_sentence(town):
    told = {one.value: who_votes(Ballot(electorate=one, territory=town.place)) for one in all_electorates()}
    assert len(set(told.values())) == 27
    assert "at least one" in told["members|residents"]
    assert "all of these" in told["members&residents"]


def test_the_database_takes_only_electorates_there_are(app):
    ballot = make_ballot(opened=False)
    for wrong in ("nobody", "residents|members", "members&"):
        with pytest.raises((IntegrityError, StatementError)):
            db.session.execute(sa.text("UPDATE ballot SET electorate = :wrong"), {"wrong": wrong})
        db.session.rollback()
    assert db.session.get(Ballot, ballot.id).electorate == Electorate.EVERYONE


FORM = {
    ("everyone", ()): None,
    ("any", ("members", "residents")): "members|residents",
    ("all", ("members", "residents")): "members&residents",
    ("any", ("list",)): "list",
}


def test_the_form_puts_an_electorate_together_and_refuses_what_contradicts_itself(web: Flask, visit: Any):
    with web.app_context():
        group = make_group()
        coordinator = seat(group, user=make_user(), role=Role.COORDINATOR)
        key, slug = coordinator.fs_uniquifier, make_consultation(group).slug
    client, url = visit(key), f"/en/consultations/{slug}/ballots/new?method=yes_no"
    fields = {
        "title": "Bench",
        "question": "A bench?",
        "method": "yes_no",
        "secret": "secret",
        "phase": "",
        "opens_at": (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"),
        "closes_at": (clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"),
    }
    page = client.get(url).text
    assert "Whoever belongs to all of those ticked below" in page
    for (rule, ticked), wanted in FORM.items():
        values = {**fields, "electorate": rule, "sources": list(ticked)}
        sent = client.post(url, data=hidden_in(client, url, **values))
        assert sent.status_code == 303, sent.text
        edit = client.get(sent.headers["Location"] + "edit").text
        assert f'value="{rule}" checked' in edit
        with web.app_context():
            ballot = db.session.scalars(sa.select(Ballot).order_by(Ballot.id.desc())).first()
            assert ballot.electorate.value == (wanted or "everyone")
    for rule, ticked, told in (
        ("everyone", ["members"], "chose everyone above"),
        ("any", [], "Tick at least one"),
        ("all", ["nobody"], "Choose from the list"),
        ("nobody", [], "Choose from the list"),
    ):
        values = {**fields, "electorate": rule, "sources": ticked}
        refused = client.post(url, data=hidden_in(client, url, **values))
        assert refused.status_code == 422
        assert told in refused.text


def test_the_page_leads_to_the_town_as_long_as_there_is_time(web: Flask, visit: Any):
    with web.app_context():
        town = Town()
        begin = clock.now() + timedelta(days=1)
        ballot = town.ballot(R, opens_at=begin, closes_at=begin + timedelta(days=3), opened=False)
        url, number = f"/en/ballots/{ballot.reference}/", ballot.id
        stranger, resident = town.stranger.fs_uniquifier, town.resident.fs_uniquifier
        coordinator = town.sit(make_user(), role=Role.COORDINATOR).fs_uniquifier
    page = visit(stranger).get(url).text
    assert "The town can still verify you" in page
    assert "Only verified residents vote here" in page
    assert "/en/account/residence?place=" in page
    assert "As things stand now, you can vote" in visit(resident).get(url).text
    assert "2 people" in visit(coordinator).get(url).text
    visitor = visit(None).get(url).text
    assert "csrf_token" not in visitor
    assert "if the town verified them" in visitor
    with clock.frozen(begin + timedelta(hours=1)):
        with web.app_context():
            open_ballot(db.session.get(Ballot, number), actor=SYSTEM)
        assert "For this vote it is too late" in visit(stranger).get(url).text
        assert "For this vote it is too late" not in visit(resident).get(url).text


def test_every_combination_is_fixed_with_as_many_as_it_names(town):
    """The roll of a union or an intersection of accounts is that of the sets."""
    held = {M: {"member", "both", "listed_member"}, R: RESIDENTS, D: {"delegate"}}
    for first, second in product(held, held):
        for every in (False, True):
            ballot = town.ballot(first, second, every=every)
            names = held[first] & held[second] if every else held[first] | held[second]
            assert people_entitled(ballot) == {town.people[name].id for name in names}
            assert ballot.entitled == len(names)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_who_votes_is_named_in_the_words_of_its_sources(app: Flask) -> None:
    """Several sources stand beside each other: with a plus where one has to belong to all of them."""
    one, other = str(M.label), str(R.label)
    assert str(Electorate.of(M).label) == one
    assert str(Electorate.of(R, M).label) == f"{one}, {other}"
    assert str(Electorate.of(R, M, every=True).label) == f"{one} + {other}"
    assert str(Electorate.EVERYONE.label) == "Everyone with a confirmed account"
