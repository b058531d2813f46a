"""A ballot from its preparation to the decision."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from stakeholder_hub.audit.models import AuditEntry
from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.consultations.operations import close_consultation, edit_consultation, set_phases
from stakeholder_hub.decisions.jobs import close_if_due, open_and_close_due, open_if_due
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.models import (
    Ballot,
    BallotState,
    Decision,
    Electorate,
    SectorTurnout,
    Vote,
    Voter,
)
from stakeholder_hub.decisions.operations import (
    cast_vote,
    close_ballot,
    edit_ballot,
    explain_decision,
    open_ballot,
    own_marks,
)
from stakeholder_hub.decisions.policy import (
    may_begin_to_vote,
    may_change_ballot,
    may_close_ballot,
    may_open_ballot,
    may_vote,
)
from stakeholder_hub.decisions.standing import Standing, standing_of
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotAllowed
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.records.models import Link, Relation, Visibility
from stakeholder_hub.territories.models import Role, RoleGrant
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation, make_phase
from tests.factories.decisions import make_ballot, make_ballot_proposal
from tests.factories.groups import make_group


@operation
def seat(group, *, user, role=Role.MEMBER, sector=Sector.CITIZEN, created_at=None):
    grant = RoleGrant(
        user_id=user.id, group_id=group.id, role=role, sector=sector, created_at=created_at or clock.now()
    )
    db.session.add(grant)
    db.session.flush()
    db.session.expire(user, ["grants"])
    return user


def count_of(kind):
    return db.session.scalar(sa.select(sa.func.count()).select_from(kind))


def changed(ballot, **values):
    terms = {
        "title": ballot.title,
        "question": ballot.question,
        "method": ballot.method,
        "opens_at": ballot.opens_at,
        "closes_at": ballot.closes_at,
        "proposals": [db.session.get(Proposal, o.proposal_id) for o in ballot.options],
        "version": ballot.version,
        "actor": SYSTEM,
    }
    return edit_ballot(ballot, **{**terms, **values})


def test_most_votes_win_and_everything_follows_from_the_close(app, voters):
    ballot = make_ballot(titles=["Park", "Well", "Bench"], winners_wanted=1)
    for person, choices in zip(voters(4), ([1, 2], [2], [2, 3], [1]), strict=True):
        cast_vote(ballot, choices=choices, actor=person)
    close_ballot(ballot, actor=SYSTEM)

    assert ballot.result["winners"] == ["2"]
    assert ballot.vote_count == 4
    states = {p.title.original.text: p.state for p in db.session.scalars(sa.select(Proposal))}
    assert states == {
        "Park": ProposalState.NOT_SELECTED,
        "Well": ProposalState.SELECTED,
        "Bench": ProposalState.NOT_SELECTED,
    }
    decision = db.session.scalar(sa.select(Decision))
    assert (decision.state, decision.ballot_id) == ("adopted", ballot.id)
    assert db.session.scalar(
        sa.select(Link.id).where(Link.relation == Relation.DECIDED_BY, Link.target_id == decision.id)
    )


def test_a_budget_is_spent_from_the_most_votes_down_and_passes_over_what_does_not_fit(app, voters):
    ballot = make_ballot(costs=[700, 500, 300], method=Method.BUDGET, budget=1000)
    for person, choices in zip(voters(7), ([1], [1], [1], [1, 3], [2, 3], [2], [2]), strict=True):
        cast_vote(ballot, choices=choices, actor=person)
    close_ballot(ballot, actor=SYSTEM)
    assert ballot.result["winners"] == ["1", "3"]
    assert ballot.result["spent"] == 1000


def test_a_vote_can_be_changed_and_counts_once(app):
    ballot, person = make_ballot(), make_user()
    cast_vote(ballot, choices=[1], actor=person)
    cast_vote(ballot, choices=[2, 3], actor=person)
    assert own_marks(ballot, person).choices == [2, 3]
    assert (count_of(Vote), count_of(Voter)) == (1, 1)
    assert ballot.consultation.participant_count == 1


@pytest.mark.parametrize(
    ("choices", "reason"),
    [([1, 1], "chosen once"), ([9], "not on this ballot"), ([], "at least 1"), ([1, 2, 3], "at most 2")],
)
def test_a_vote_that_does_not_fit_the_ballot_is_refused(app, choices, reason):
    ballot = make_ballot(max_choices=2)
    with pytest.raises(Invalid, match=reason):
        cast_vote(ballot, choices=choices, actor=make_user())
    assert (count_of(Vote), count_of(Voter)) == (0, 0)


def test_nothing_wins_without_votes_and_the_decision_says_so(app):
    ballot = make_ballot(closed=True)
    assert (ballot.vote_count, ballot.result["winners"]) == (0, [])
    assert db.session.scalar(sa.select(Decision.state)) == "rejected"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": Multilingual.of("  ", "en")}, "title"),
        ({"question": Multilingual.of("x" * 500, "en")}, "question"),
        ({"closes_at": "opens_at"}, "closes_at"),
        ({"min_choices": 9}, "min_choices"),
        ({"max_choices": 0}, "max_choices"),
        ({"winners_wanted": 0}, "winners_wanted"),
        ({"method": Method.BUDGET}, "budget"),
        ({"method": Method.BUDGET, "budget": 100, "rule": "mine"}, "rule"),
        ({"method": Method.IMPORTED}, "method"),
        ({"proposals": []}, "proposals"),
        ({"min_choices": -1}, "min_choices"),
        ({"opens_at": datetime(1899, 12, 31, tzinfo=UTC)}, "opens_at"),
        ({"closes_at": datetime(2201, 1, 1, tzinfo=UTC)}, "closes_at"),
        (
            {"opens_at": datetime(2020, 1, 1, tzinfo=UTC), "closes_at": datetime(2020, 1, 2, tzinfo=UTC)},
            "closes_at",
        ),
    ],
)
def test_a_ballot_that_cannot_work_is_refused_at_its_field(app, values, field):
    ballot = make_ballot(opened=False, opens_at=clock.now() + timedelta(days=1))
    if values.get("closes_at") == "opens_at":
        values = {"closes_at": ballot.opens_at}
    before = ballot.version
    with pytest.raises(Invalid) as refusal:
        changed(ballot, **values)
    assert refusal.value.field == field
    assert ballot.version == before


def test_a_ballot_takes_phase_and_proposals_of_its_own_consultation_only(app):
    consultation, other = make_consultation(), make_consultation()
    with pytest.raises(Invalid, match="phase of this consultation") as refusal:
        make_ballot(consultation, phase=other.phases[0])
    assert refusal.value.field == "phase"
    with pytest.raises(Invalid, match="another consultation") as refusal:
        make_ballot(consultation, proposals=[make_ballot_proposal(other)])
    assert refusal.value.field == "proposals"
    withdrawn = make_ballot_proposal(consultation, title="Well")
    withdrawn.state = ProposalState.WITHDRAWN
    with pytest.raises(Invalid, match="cannot be put to the vote: Withdrawn"):
        make_ballot(consultation, proposals=[withdrawn])


def test_a_ballot_that_runs_otherwise_than_its_phase_does_not_move_with_it(app):
    consultation = make_consultation()
    assert make_ballot(consultation, phase=consultation.phases[0]).phase_id is None


def test_members_vote_only_where_there_is_a_group(app):
    consultation = make_consultation(territory=make_group().territory)
    with pytest.raises(Invalid, match="no group") as refusal:
        make_ballot(consultation, electorate=Electorate.MEMBERS)
    assert refusal.value.field == "electorate"


def test_a_budget_vote_needs_costs_that_fit(app):
    consultation = make_consultation()
    for cost, reason in ((None, "has no cost"), (2000, "more than the whole budget")):
        proposal = make_ballot_proposal(consultation, title="Well", cost=cost)
        with pytest.raises(Invalid, match=reason):
            make_ballot(consultation, method=Method.BUDGET, budget=1000, proposals=[proposal])


def test_an_edit_frees_proposals_that_leave_the_ballot_and_their_step_in_the_journey(app):
    ballot = make_ballot(opened=False, opens_at=clock.now() + timedelta(days=1))
    kept, gone = (db.session.get(Proposal, o.proposal_id) for o in ballot.options[:2])
    changed(ballot, proposals=[kept])
    assert (kept.state, gone.state) == (ProposalState.ON_BALLOT, ProposalState.ADMITTED)
    steps = db.session.scalars(sa.select(Link.source_id).where(Link.relation == Relation.PUT_TO_VOTE))
    assert set(steps) == {kept.id}


def test_two_editors_of_one_ballot_the_second_is_told(app):
    ballot = make_ballot(opened=False, opens_at=clock.now() + timedelta(days=1))
    version = ballot.version
    changed(ballot, title=Multilingual.of("First", "en"))
    with pytest.raises(Conflict) as refusal:
        changed(ballot, title=Multilingual.of("Second", "en"), version=version)
    assert refusal.value.theirs["title"] == "First"
    assert refusal.value.mine["title"] == "Second"


def test_reasons_are_given_once_by_each_version(app):
    make_ballot(closed=True)
    decision = db.session.scalar(sa.select(Decision))
    version = decision.version
    explain_decision(decision, reasons="Because **so**.", language="en", version=version, actor=SYSTEM)
    assert "<strong>so</strong>" in decision.reasons_html
    with pytest.raises(Conflict):
        explain_decision(decision, reasons="No.", language="en", version=version, actor=SYSTEM)
    with pytest.raises(NotAllowed):
        explain_decision(decision, reasons="No.", language="en", version=version + 1, actor=make_user())


def test_a_member_who_joins_after_the_opening_cannot_vote_in_it(app):
    """The roll of voters closes with the opening: nobody wins a running vote by inviting friends."""
    group = make_group()
    early = seat(group, user=make_user())
    ballot = make_ballot(make_consultation(group), electorate=Electorate.MEMBERS, opens_at=clock.now())
    late = seat(group, user=make_user(), created_at=clock.now() + timedelta(minutes=1))
    observer = seat(
        group, user=make_user(), role=Role.OBSERVER, created_at=ballot.opens_at - timedelta(days=9)
    )
    cast_vote(ballot, choices=[1], actor=early)
    for person, reason in (
        (late, "joined the group after"),
        (observer, "Observers"),
        (make_user(), "Only members"),
    ):
        with pytest.raises(NotAllowed, match=reason):
            cast_vote(ballot, choices=[2], actor=person)
    close_ballot(ballot, actor=SYSTEM)
    turnout = db.session.scalars(sa.select(SectorTurnout)).all()
    assert [(row.sector, row.voted, row.eligible) for row in turnout] == [("citizen", 1, 1)]


ROLES = ("visitor", "unconfirmed", "person", "member", "observer", "coordinator", "system")
MATRIX = {
    # (state): who may (change, open, close, vote, begin to vote)
    "prepared": ({"coordinator", "system"}, {"coordinator", "system"}, set(), set(), set()),
    "open": (
        set(),
        set(),
        {"coordinator", "system"},
        {"person", "member", "observer", "coordinator"},
        {"visitor", "person", "member", "observer", "coordinator"},
    ),
    "closed": (set(), set(), set(), set(), set()),
    "missed": ({"coordinator", "system"}, set(), set(), set(), set()),
}


@pytest.mark.parametrize("state", MATRIX)
def test_who_may_do_what_in_which_state(app, state):
    group = make_group()
    joined = clock.now() - timedelta(days=30)
    people = {
        "visitor": VISITOR,
        "unconfirmed": make_user(confirmed_at=None),
        "person": make_user(),
        "member": seat(group, user=make_user(), created_at=joined),
        "observer": seat(group, user=make_user(), role=Role.OBSERVER, created_at=joined),
        "coordinator": seat(group, user=make_user(), role=Role.COORDINATOR, created_at=joined),
        "system": SYSTEM,
    }
    assert set(people) == set(ROLES)
    begin = clock.now() + timedelta(days=1)
    ballot = make_ballot(
        make_consultation(group), opens_at=begin, closes_at=begin + timedelta(days=1), opened=False
    )
    moment = {"prepared": begin - timedelta(hours=1), "missed": begin + timedelta(days=2)}.get(state, begin)
    with clock.frozen(moment):
        if state in ("open", "closed"):
            open_ballot(ballot, actor=SYSTEM)
        if state == "closed":
            close_ballot(ballot, actor=SYSTEM)
        questions = (may_change_ballot, may_open_ballot, may_close_ballot, may_vote, may_begin_to_vote)
        for question, allowed in zip(questions, MATRIX[state], strict=True):
            assert {name for name, person in people.items() if question(person, ballot)} == allowed, question


def test_the_sweep_opens_and_closes_by_the_clock_and_can_run_twice(app):
    begin = clock.now() + timedelta(days=1)
    ballot = make_ballot(opens_at=begin, closes_at=begin + timedelta(days=1), opened=False)
    assert open_and_close_due() == 0
    with clock.frozen(begin):
        assert standing_of(ballot, begin) is Standing.OPEN
        assert (open_and_close_due(), open_and_close_due()) == (1, 0)
        assert ballot.state == BallotState.OPEN
    with clock.frozen(ballot.closes_at):
        assert standing_of(ballot, ballot.closes_at) is Standing.COUNTING
        assert (open_and_close_due(), open_and_close_due()) == (1, 0)
        assert close_if_due(ballot.id) == 0
    assert ballot.state == BallotState.CLOSED
    assert count_of(Decision) == 1


def test_the_sweep_passes_over_what_somebody_else_has_dealt_with(app):
    begin = clock.now() + timedelta(days=1)
    ballot = make_ballot(opens_at=begin, closes_at=begin + timedelta(days=1), opened=False)
    gone = ballot.id + 1000
    assert (open_if_due(gone), close_if_due(gone), open_if_due(ballot.id), close_if_due(ballot.id)) == (
        0,
    ) * 4


def test_a_ballot_that_cannot_be_counted_holds_up_no_other(app, monkeypatch):
    begin = clock.now() + timedelta(days=1)
    first, second = (make_ballot(closes_at=begin) for _ in range(2))

    def broken(ballot, **rest):
        if ballot.id == first.id:
            raise Conflict("no")
        return close_ballot(ballot, **rest)

    monkeypatch.setattr("stakeholder_hub.decisions.jobs.close_ballot", broken)
    with clock.frozen(begin):
        assert open_and_close_due() == 1
    assert (first.state, second.state) == (BallotState.OPEN, BallotState.CLOSED)


def test_a_prepared_ballot_moves_with_its_phase(app):
    begin = clock.now() + timedelta(days=1)
    consultation = make_consultation(phases=[make_phase(begin, begin + timedelta(days=7))])
    phase = consultation.phases[0]
    ballot = make_ballot(
        consultation, opens_at=phase.starts_at, closes_at=phase.ends_at, phase=phase, opened=False
    )
    later = begin + timedelta(days=3)
    set_phases(consultation, phases=[make_phase(later, later + timedelta(days=7), id=phase.id)], actor=SYSTEM)
    assert (ballot.opens_at, ballot.closes_at) == (later, later + timedelta(days=7))


def edited(consultation, **values):
    said = {"title": "Ideas", "question": "What?", "background": "", "version": consultation.version}
    return edit_consultation(consultation, **{**said, **values}, actor=SYSTEM)


def test_what_leaves_a_running_vote_as_it_is_can_be_changed(app):
    """Its words, a phase beside its own, and everything where the vote stands in no phase."""
    begin = clock.now() - timedelta(days=1)
    consultation = make_consultation(phases=[make_phase(begin, begin + timedelta(days=7))])
    phase = consultation.phases[0]
    ballot = make_ballot(consultation, opens_at=phase.starts_at, closes_at=phase.ends_at, phase=phase)
    same = make_phase(phase.starts_at, phase.ends_at, id=phase.id)
    after = make_phase(phase.ends_at, phase.ends_at + timedelta(days=7), title="Afterwards")
    set_phases(consultation, phases=[same, after], actor=SYSTEM)
    assert len(consultation.phases) == 2
    edited(consultation, title="Other words")
    assert consultation.title.original.text == "Other words"
    assert (ballot.opens_at, ballot.closes_at) == (phase.starts_at, phase.ends_at)

    free = make_consultation(phases=[make_phase(begin, begin + timedelta(days=7))])
    make_ballot(free)
    set_phases(free, phases=[make_phase(begin, begin + timedelta(days=2))], actor=SYSTEM)
    assert free.phases[0].ends_at == begin + timedelta(days=2)


def test_who_sees_a_consultation_can_be_changed_while_nobody_votes(app):
    begin = clock.now() + timedelta(days=1)
    ballot = make_ballot(opens_at=begin, closes_at=begin + timedelta(days=1), opened=False)
    edited(ballot.consultation, audience="members")
    assert ballot.visibility is not Visibility.PUBLIC


@pytest.mark.hostile("H53")
def test_h53_a_running_vote_stands_still(app, log_lines):
    """Options, dates, phase, audience and consultation are refused and logged. Without the guards of
    ``decisions.guards`` (or the check in ``may_change_ballot``) each of these goes through: tried by emptying them.
    """
    begin = clock.now() - timedelta(days=1)
    consultation = make_consultation(phases=[make_phase(begin, begin + timedelta(days=7))])
    phase = consultation.phases[0]
    ballot = make_ballot(consultation, opens_at=phase.starts_at, closes_at=phase.ends_at, phase=phase)
    before = (ballot.version, [o.proposal_id for o in ballot.options], ballot.closes_at, consultation.version)
    other = make_phase(begin, begin + timedelta(days=7), title="Another")
    shorter = make_phase(begin, begin + timedelta(days=2), id=phase.id)
    longer = make_phase(begin, begin + timedelta(days=9), id=phase.id)
    attempts = [
        lambda: changed(ballot, proposals=[make_ballot_proposal(consultation)]),
        lambda: changed(ballot, electorate=Electorate.MEMBERS),
        *[
            lambda drafts=drafts: set_phases(consultation, phases=drafts, actor=SYSTEM)
            for drafts in ([shorter], [longer], [other])
        ],
        lambda: close_consultation(consultation, actor=SYSTEM),
        lambda: edit_consultation(
            consultation,
            title="Ideas",
            question="What?",
            background="",
            version=consultation.version,
            audience="members",
            actor=SYSTEM,
        ),
    ]
    for attempt in attempts:
        log_lines.clear()
        with pytest.raises((NotAllowed, Invalid, Conflict)):
            attempt()
        assert [line["event"] for line in log_lines] == ["ballot_change_refused"]
    db.session.expire_all()
    after = (ballot.version, [o.proposal_id for o in ballot.options], ballot.closes_at, consultation.version)
    assert after == before
    assert db.session.scalar(sa.select(Consultation.visibility)) == "public"


def test_the_audit_knows_that_somebody_voted_and_never_what(app):
    ballot, person = make_ballot(), make_user()
    cast_vote(ballot, choices=[2], actor=person)
    entry = db.session.scalar(sa.select(AuditEntry).where(AuditEntry.event == "decisions.vote_cast"))
    assert (entry.actor_id, entry.details) == (person.id, {})


def test_after_the_close_no_vote_can_be_tied_to_a_voter(app, voters):
    """Key gone, keys new and random, rows stored anew in random order: the order of casting is not theirs."""
    ballot, people = make_ballot(costs=[None] * 40), voters(40)
    for place, person in enumerate(people, start=1):
        cast_vote(ballot, choices=[place], actor=person)
    keys = set(db.session.scalars(sa.select(Vote.voter_key)))
    close_ballot(ballot, actor=SYSTEM)
    db.session.expire_all()

    assert ballot.key is None
    assert all(own_marks(ballot, person) is None for person in people)
    rows = db.session.execute(sa.select(Vote.voter_key, Vote.choices).order_by(Vote.id)).all()
    assert not keys & {row[0] for row in rows}
    assert len({row[0] for row in rows}) == 40
    assert [row[1] for row in rows] != [[place] for place in range(1, 41)]
    assert sorted(row[1][0] for row in rows) == list(range(1, 41))
    assert "voter_key" not in Voter.__table__.c
    assert db.session.scalar(sa.select(Ballot.result))["voters"] == 40
