"""What must hold for a result to bind: set before the vote, shown, and checked one by one at the close."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.decisions.binding import binds
from stakeholder_hub.decisions.conditions_told import checks_in_words
from stakeholder_hub.decisions.counting import chosen_positions, chosen_proposals
from stakeholder_hub.decisions.evidence.leaves import tree_of, vote_line
from stakeholder_hub.decisions.evidence.publishing import archive_of, receipts_of, seal, stored_votes
from stakeholder_hub.decisions.evidence.verify import check
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.methods.conditions import Base, Conditions, TerritoryKey
from stakeholder_hub.decisions.models import Ballot, Decision, Electorate, Vote, Voter
from stakeholder_hub.decisions.operations import cast_vote, close_ballot
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.territories.models import Level, Role
from tests.decisions.test_operations import seat
from tests.decisions.test_pages import hidden_in
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation
from tests.factories.decisions import make_ballot, make_ballot_proposal
from tests.factories.groups import make_group, make_mandate, make_organisation
from tests.factories.territories import make_territory

YES, NO = [1], [2]


def asking(conditions: Conditions, **values: Any) -> Ballot:
    return make_ballot(**{"method": Method.YES_NO, "titles": ["Park"], "conditions": conditions, **values})


def kept(ballot: Ballot) -> list[bool]:
    close_ballot(ballot, actor=SYSTEM)
    return [one["met"] for one in ballot.checks]


def test_a_majority_of_people_alone_does_not_bind_where_three_sectors_must_agree(app, voters):
    ballot = asking(Conditions(sectors=3, quorum_votes=5))
    for sector, choice, number in (
        (Sector.CITIZEN, YES, 5),
        (Sector.ACADEMIA, YES, 2),
        (Sector.BUSINESS, NO, 1),
        (Sector.ADMINISTRATION, YES, 1),
    ):
        for person in voters(number, sector=sector):
            cast_vote(ballot, choices=choice, actor=person)
    assert kept(ballot) == [True, False]
    assert ballot.checks[1]["missing"] == 1
    assert not binds(ballot)
    assert ballot.result["winners"] == ["1"]
    assert chosen_positions(ballot) == []
    proposal = db.session.get(Proposal, ballot.options[0].proposal_id)
    assert proposal.state == ProposalState.NOT_SELECTED
    assert db.session.scalar(sa.select(Decision.state)) == "rejected"


def test_organisations_vote_once_by_delegates_whose_mandate_is_in_force(app):
    ballot = asking(Conditions(organisations=Fraction(1, 2)))
    organisations = [make_organisation(territory=ballot.territory) for _ in range(3)]
    today = clock.now().date()
    for organisation, choices in zip(organisations, ((YES, YES, NO), (NO,), (YES,)), strict=True):
        for choice in choices:
            person = make_user()
            make_mandate(organisation, user=person)
            cast_vote(ballot, choices=choice, actor=person)
    late = make_user()
    make_mandate(
        organisations[1], user=late, starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1)
    )
    cast_vote(ballot, choices=YES, actor=late)
    assert kept(ballot) == [True]
    assert (ballot.checks[0]["reached"], ballot.checks[0]["base"]) == (2, 3)
    assert chosen_proposals(ballot) == [ballot.options[0].proposal_id]


def test_only_organisations_of_the_place_count_and_only_where_they_are_asked_for(app):
    """Fails where any mandate will do: one from elsewhere then took the place of the local one, being the earlier."""
    town = make_territory(level=Level.LOCAL)
    elsewhere, here = make_organisation(territory=make_territory()), make_organisation(territory=town)
    both, stranger = make_user(), make_user()
    for organisation, person in ((elsewhere, both), (here, both), (elsewhere, stranger)):
        make_mandate(organisation, user=person)
    consultation = make_consultation(make_group(territory=town))
    ballot = asking(Conditions(organisations=Fraction(1, 2)), consultation=consultation)
    plain = asking(Conditions(sectors=1), consultation=consultation)
    for person in (both, stranger):
        cast_vote(ballot, choices=YES, actor=person)
        cast_vote(plain, choices=YES, actor=person)
    spoken_for = dict(
        db.session.execute(
            sa.select(Voter.user_id, Voter.organisation_id).where(Voter.ballot_id == ballot.id)
        ).all()
    )
    assert spoken_for == {both.id: here.id, stranger.id: None}
    kept_nothing = sa.select(Voter.organisation_id).where(Voter.ballot_id == plain.id)
    assert db.session.scalars(kept_nothing).all() == [None, None]


def test_towns_count_once_each_and_by_their_people(app):
    nation = make_territory(level=Level.NATIONAL)
    towns = [make_territory(parent=nation, level=Level.LOCAL, population=n) for n in (1000, 2000, 9000)]
    answers = {}
    for key in TerritoryKey:
        consultation = make_consultation(make_group(territory=nation))
        ballot = asking(Conditions(territories=key), consultation=consultation)
        for town, choice in zip(towns, (YES, YES, NO), strict=True):
            cast_vote(ballot, choices=choice, actor=make_user(home_territory_id=town.id))
        answers[key] = kept(ballot)
    assert answers == {
        TerritoryKey.EACH: [True],
        TerritoryKey.PEOPLE: [False],
        TerritoryKey.EU: [True, False],
    }


def test_towns_without_a_known_population_cannot_count_by_people(app):
    nation = make_territory(level=Level.NATIONAL)
    make_territory(parent=nation, level=Level.LOCAL)
    consultation = make_consultation(make_group(territory=nation))
    with pytest.raises(Invalid, match="number of people") as refusal:
        asking(Conditions(territories=TerritoryKey.EU), consultation=consultation)
    assert refusal.value.field == "territories"


def test_a_share_of_those_entitled_counts_the_members_when_the_vote_opened(app):
    consultation = make_consultation()
    people = [make_user() for _ in range(4)]
    for person in people:
        seat(consultation.group, user=person, created_at=clock.now() - timedelta(days=9))
    ballot = asking(
        Conditions(quorum_share=Fraction(1, 2)), consultation=consultation, electorate=Electorate.MEMBERS
    )
    entitled = ballot.entitled
    assert entitled >= 4
    cast_vote(ballot, choices=YES, actor=people[0])
    assert kept(ballot) == [entitled <= 2]


@pytest.mark.parametrize(
    ("values", "conditions", "field"),
    [
        ({"method": Method.APPROVAL}, Conditions(sectors=2), "conditions"),
        ({"method": Method.APPROVAL}, Conditions(threshold=Fraction(2, 3)), "conditions"),
        ({}, Conditions(winner_share=Fraction(1, 2)), "winner_share"),
        ({}, Conditions(sectors=5), "sectors"),
        ({}, Conditions(quorum_share=Fraction(1, 2)), "quorum_share"),
        ({}, Conditions(threshold=Fraction(1, 2), threshold_base=Base.ELIGIBLE), "quorum_share"),
    ],
)
def test_conditions_that_cannot_be_checked_are_refused(app, values, conditions, field):
    with pytest.raises(Invalid) as refusal:
        asking(conditions, **values)
    assert refusal.value.field == field


def test_conditions_are_shown_before_the_vote_and_held_against_it_after(web: Flask, visit: Any):
    with web.app_context():
        ballot = asking(Conditions(quorum_votes=2, threshold=Fraction(2, 3), sectors=2))
        url, ballot_id = f"/en/ballots/{ballot.reference}/", ballot.id
        cast_vote(ballot, choices=YES, actor=make_user())
    before = visit(None).get(url).text
    assert "At least 2 people vote." in before
    assert "two thirds" in before
    with web.app_context():
        close_ballot(db.session.get(Ballot, ballot_id), actor=SYSTEM)
    after = visit(None).get(url).text
    assert "This result does not bind" in after
    assert "1 vote is missing." in after
    assert "2 sectors are missing." in after


def test_a_coordinator_sets_conditions_on_the_form_and_finds_them_again(web: Flask, visit: Any):
    with web.app_context():
        consultation = make_consultation()
        proposal = make_ballot_proposal(consultation, title="Park")
        key = seat(consultation.group, user=make_user(), role=Role.COORDINATOR).fs_uniquifier
        url = f"/en/consultations/{consultation.slug}/ballots/new?method=yes_no"
        ids = [str(proposal.id)]
    client = visit(key)
    data = hidden_in(
        client,
        url,
        title="Park?",
        question="Shall we?",
        proposals=ids,
        secret="secret",
        electorate="everyone",
        phase="",
        opens_at="2099-05-01T10:00",
        closes_at="2099-05-08T10:00",
        quorum_votes="20",
        threshold="2/3 valid",
        sectors="3",
        organisations="1/2",
        territories="each",
    )
    assert client.post(url, data=data).status_code == 303
    with web.app_context():
        ballot = db.session.scalar(sa.select(Ballot))
        assert Conditions.from_json(ballot.conditions) == Conditions(
            quorum_votes=20,
            threshold=Fraction(2, 3),
            sectors=3,
            organisations=Fraction(1, 2),
            territories=TerritoryKey.EACH,
        )
        edit = f"/en/ballots/{ballot.reference}/edit"
    form = client.get(edit).text
    assert 'selected value="2/3 valid"' in form
    assert 'selected value="each"' in form


@pytest.mark.parametrize("yes", [4, 9])
def test_the_second_counter_finds_checks_that_do_not_follow_from_the_votes(app, voters, yes):
    ballot = asking(Conditions(quorum_votes=12, threshold=Fraction(2, 3), sectors=2))
    for number, person in enumerate(voters(12)):
        cast_vote(ballot, choices=YES if number < yes else NO, actor=person)
    close_ballot(ballot, actor=SYSTEM)
    assert [one["met"] for one in ballot.checks] == [True, yes == 9, False]
    assert check(archive_of(ballot), ballot.verifier_key).problems == []
    first, threshold, sectors = ballot.checks
    for wrong in ({**threshold, "met": not threshold["met"]}, {**threshold, "reached": 8}, None):
        ballot.checks = [first, *([wrong] if wrong else []), sectors]
        tree = tree_of((vote_line(*vote) for vote in stored_votes(ballot)), receipts_of(ballot))
        seal(ballot, stored_votes(ballot), receipts_of(ballot), tree)
        problems = check(archive_of(ballot), ballot.verifier_key).problems
        assert len(problems) == 1
        assert "checks" in problems[0]


def test_what_is_not_known_any_more_at_the_close_is_told_and_binds_nothing(app):
    nation = make_territory(level=Level.NATIONAL)
    town = make_territory(parent=nation, level=Level.LOCAL, population=1000)
    by_people = asking(
        Conditions(territories=TerritoryKey.EU), consultation=make_consultation(make_group(territory=nation))
    )
    by_members = asking(Conditions(quorum_share=Fraction(1, 2)), electorate=Electorate.MEMBERS)
    town.population, by_members.entitled = None, None
    for ballot, kind, unknown in (
        (by_people, "territories", "population_unknown"),
        (by_members, "quorum_share", "entitled_unknown"),
    ):
        assert kept(ballot) == [False]
        assert (ballot.checks[0]["kind"], ballot.checks[0]["unknown"]) == (kind, unknown)
        assert not binds(ballot)


def test_what_cannot_be_checked_of_one_condition_says_nothing_of_the_others(app):
    nation = make_territory(level=Level.NATIONAL)
    town = make_territory(parent=nation, level=Level.LOCAL, population=1000)
    ballot = asking(
        Conditions(quorum_votes=1, threshold=Fraction(2, 3), territories=TerritoryKey.EU),
        consultation=make_consultation(make_group(territory=nation)),
    )
    cast_vote(ballot, choices=YES, actor=make_user(home_territory_id=town.id))
    town.population = None
    assert kept(ballot) == [True, True, False]
    told = checks_in_words(ballot)
    assert [one.met for one in told] == [True, True, False]
    assert told[2].asked.startswith("At least 55% of the towns agree")
    assert told[2].reached == "This cannot be checked: a figure it needs is not known."
    assert check(archive_of(ballot), ballot.verifier_key).problems == []


def test_a_town_founded_or_dissolved_while_people_vote_changes_no_majority_of_towns(app):
    nation = make_territory(level=Level.NATIONAL)
    towns = [make_territory(parent=nation, level=Level.LOCAL, population=1000) for _ in range(3)]
    ballot = asking(
        Conditions(territories=TerritoryKey.EU), consultation=make_consultation(make_group(territory=nation))
    )
    for town, choice in zip(towns, (YES, YES, NO), strict=True):
        cast_vote(ballot, choices=choice, actor=make_user(home_territory_id=town.id))
    with clock.frozen(clock.now() + timedelta(days=1)):
        make_territory(parent=nation, level=Level.LOCAL)
        towns[0].dissolved_on = clock.today()
        db.session.flush()
        assert kept(ballot) == [True, True]
    assert [(one["reached"], one["base"]) for one in ballot.checks] == [(2, 3), (2000, 3000)]


def test_who_is_noted_to_have_voted_without_a_vote_counts_nowhere(app):
    ballot = asking(Conditions(sectors=1))
    person = make_user(sector=Sector.BUSINESS)
    cast_vote(ballot, choices=YES, actor=person)
    db.session.execute(sa.delete(Vote).where(Vote.ballot_id == ballot.id))
    assert kept(ballot) == [False]
    assert ballot.vote_count == 0
