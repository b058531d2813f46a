"""Bringing in real participatory budgets."""

import html
import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from stakeholder_hub.consultations.models import Consultation, ConsultationState
from stakeholder_hub.decisions import cli
from stakeholder_hub.decisions.counting import chosen_positions
from stakeholder_hub.decisions.importing import import_pabulib
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.models import Ballot, BallotState, Decision, Vote
from stakeholder_hub.decisions.pabulib.errors import PabulibError
from stakeholder_hub.decisions.recount import recount_ballot
from stakeholder_hub.kernel.authorization import SYSTEM, VISITOR
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.records.journey import journey_of
from stakeholder_hub.records.models import Link
from stakeholder_hub.records.operations import next_reference
from tests.factories.accounts import make_user
from tests.factories.decisions import make_ballot
from tests.factories.groups import make_group
from tests.factories.territories import make_territory

REAL = Path(__file__).parents[3] / "shared" / "data" / "pabulib"
FILES = sorted(REAL.glob("*.pb")) if REAL.is_dir() else []

SMALL = """META
key;value
description;Municipal PB in Kőszeg
unit;Kőszeg
instance;2023
num_projects;3
num_votes;4
budget;1000.50
vote_type;cumulative
rule;greedy
date_begin;01.10.2023
date_end;29.10.2023
language;hu
currency;EUR
PROJECTS
project_id;cost;name;name_en;category;target;selected;latitude;longitude
a;600;Játszótér;Playground;Parks;children,families;1;47.389;16.541
b;400.25;=Kút;;Water;;0;;
c;700;Pad;Bench;Parks;;0;;
VOTES
voter_id;vote;points
1;a,b;3,2
2;a;5
3;c,a;4,1
4;b,c;1,4
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.pb"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_a_file_becomes_a_closed_consultation_with_everything_in_it(app, small):
    consultation = import_pabulib(small, territory=make_territory(), actor=SYSTEM)

    assert consultation.state == ConsultationState.CLOSED
    assert consultation.visibility == "public"
    assert consultation.source_language == "hu"
    assert consultation.budget == 100_050
    assert [c.name.original.text for c in consultation.categories] == ["Parks", "Water"]
    proposals = db.session.scalars(sa.select(Proposal).order_by(Proposal.id)).all()
    assert [p.external_key for p in proposals] == ["a", "b", "c"]
    assert proposals[0].title.in_("hu").text == "Játszótér"
    assert proposals[0].title.in_("en").text == "Playground"
    assert proposals[0].target == "children, families"
    assert (proposals[0].latitude, proposals[0].cost) == (47.389, 60_000)
    assert [p.state for p in proposals] == [
        ProposalState.SELECTED,
        ProposalState.NOT_SELECTED,
        ProposalState.NOT_SELECTED,
    ]
    assert len({p.reference for p in proposals}) == 3
    ballot = db.session.scalar(sa.select(Ballot))
    assert (ballot.state, ballot.method, ballot.vote_count) == (BallotState.CLOSED, Method.IMPORTED, 4)
    assert ballot.closes_at.isoformat() == "2023-10-29T23:00:00+00:00"  # the clocks went back that night
    votes = db.session.scalars(sa.select(Vote)).all()
    assert sorted((tuple(v.choices), tuple(v.points)) for v in votes) == [
        ((1,), (5,)),
        ((1, 2), (3, 2)),
        ((2, 3), (1, 4)),
        ((3, 1), (4, 1)),
    ]
    decision = db.session.scalar(sa.select(Decision))
    assert decision.state == "adopted"


def test_the_journey_leads_from_the_question_to_the_decision(app, small):
    consultation = import_pabulib(small, territory=make_territory(), actor=SYSTEM)
    proposal = db.session.scalar(sa.select(Proposal).where(Proposal.external_key == "a"))

    trail = journey_of(proposal, VISITOR)

    assert trail.roots[0].record is consultation
    kinds = {step.record.kind for root in trail.roots for step in _all(root)}
    assert kinds == {"consultation", "proposal", "ballot", "decision"}


def _all(step):
    yield step
    for following in step.next:
        yield from _all(following)


def test_the_next_proposal_gets_the_next_reference(app, small):
    place = make_territory()
    import_pabulib(small, territory=place, actor=SYSTEM)
    taken = set(db.session.scalars(sa.select(Proposal.reference)))
    following = next_reference(place, letter="P")
    assert following not in taken
    assert following.endswith("-P4")


def test_a_second_import_of_the_same_file_is_refused_by_name(app, small):
    consultation = import_pabulib(small, territory=make_territory(), actor=SYSTEM)
    with pytest.raises(Conflict, match=f"imported already: {consultation.reference}"):
        import_pabulib(small, territory=make_territory(), actor=SYSTEM)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Consultation)) == 1


@pytest.mark.parametrize(
    ("change", "line", "reason"),
    [
        (("4;b,c;1,4", "4;b,x;1,4"), 25, "not there"),
        (("4;b,c;1,4", "4;b,c;1"), 25, "2 projects and 1 points"),
        (("c;700;Pad", "c;7x0;Pad"), 19, "not a number"),
        (("num_votes;4", "num_votes;5"), 7, "5 rows in VOTES"),
        (("c;700;Pad", "c;700;" + "a" + "\u0301" * 40), 19, "accents"),
    ],
)
def test_a_broken_file_imports_nothing_and_says_line_and_reason(app, small, change, line, reason):
    small.write_text(SMALL.replace(*change), encoding="utf-8")
    with pytest.raises(PabulibError, match=reason) as refusal:
        import_pabulib(small, territory=make_territory(), actor=SYSTEM)
    assert refusal.value.line == line
    for kind in (Consultation, Proposal, Ballot, Vote, Link):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(kind)) == 0


def test_only_those_who_run_the_place_can_import(app, small):
    with pytest.raises(NotAllowed):
        import_pabulib(small, territory=make_territory(), actor=make_user())
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Consultation)) == 0


def test_a_stored_ballot_counts_to_the_same_result_again_and_tampering_shows(app, small):
    import_pabulib(small, territory=make_territory(), actor=SYSTEM)
    ballot = db.session.scalar(sa.select(Ballot))
    assert recount_ballot(ballot.reference)["agrees"] is True

    db.session.execute(sa.update(Vote).values(choices=[3], points=[9]))
    db.session.commit()
    again = recount_ballot(ballot.reference)
    assert again["agrees"] is False
    assert {one["project"] for one in again["differences"]} >= {1, 2, 3}


def test_the_import_command_shows_progress_and_says_what_came(app, small):
    place = make_territory(slug="koszeg")
    done = CliRunner().invoke(cli.import_, ["pabulib", str(small), "--territory", place.slug])
    assert done.exit_code == 0, done.output
    assert "3 proposals, 4 votes" in done.output
    missing = CliRunner().invoke(cli.import_, ["pabulib", str(small), "--territory", "nowhere"])
    assert missing.exit_code == 1
    assert "no place" in missing.output


def test_tally_counts_a_file_without_importing_it_and_a_stored_ballot(app, small):
    counted = CliRunner().invoke(cli.tally, [str(small), "--json"])
    plain = json.loads(counted.output)
    assert {"rule", "winners", "official", "agrees", "differences"} <= plain.keys()
    assert plain["winners"] == ["a", "b"]
    assert plain["official"] == ["a"]
    assert [one["project"] for one in plain["differences"]] == ["b"]
    assert all(one["reason"] for one in plain["differences"])
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Consultation)) == 0

    import_pabulib(small, territory=make_territory(), actor=SYSTEM)
    ballot = db.session.scalar(sa.select(Ballot))
    stored = json.loads(CliRunner().invoke(cli.tally, [ballot.reference, "--json"]).output)
    assert stored["agrees"] is True
    assert stored["winners"] == [1, 2]
    assert stored["official"] == [1]
    assert stored["differences"][0]["project"] == 2
    assert CliRunner().invoke(cli.tally, [str(small)]).exit_code == 0


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_real_files_come_in_whole_and_count_again_to_what_was_stored(app, path):
    consultation = import_pabulib(path, territory=make_territory(), actor=SYSTEM)
    ballot = db.session.scalar(sa.select(Ballot))
    votes = db.session.scalar(sa.select(sa.func.count()).select_from(Vote))
    assert votes == ballot.vote_count == consultation.participant_count > 0
    official = {o.position for o in ballot.options if o.official_winner}
    assert set(chosen_positions(ballot)) == official
    states = db.session.scalars(sa.select(Proposal.state)).all()
    assert states.count(ProposalState.SELECTED) == len(official)
    assert recount_ballot(ballot.reference)["agrees"] is True


def imported(tmp_path: Path, text: str, **place: object) -> Ballot:
    path = tmp_path / "votes.pb"
    path.write_text(text, encoding="utf-8")
    import_pabulib(path, territory=make_territory(**place), actor=SYSTEM)
    return db.session.scalar(sa.select(Ballot))


def test_a_group_that_ran_it_is_named_by_its_slug(app, small):
    group = make_group()
    arguments = ["pabulib", str(small), "--territory", group.territory.slug, "--group"]
    unknown = CliRunner().invoke(cli.import_, [*arguments, "nobody"])
    assert (unknown.exit_code, "no group with the slug nobody" in unknown.output) == (1, True)
    assert CliRunner().invoke(cli.import_, [*arguments, group.slug]).exit_code == 0
    assert db.session.scalar(sa.select(Consultation.group_id)) == group.id


def test_tally_tells_a_person_where_the_count_differs_and_that_a_file_is_missing(app, small):
    import_pabulib(small, territory=make_territory(), actor=SYSTEM)
    ballot = db.session.scalar(sa.select(Ballot))
    told = CliRunner().invoke(cli.tally, [ballot.reference]).output.splitlines()
    assert told[:3] == [
        f"{ballot.reference}: counted by greedy, 4 votes.",
        "Winners (numbers on the ballot): 1, 2",
        "The recount gives the stored result.",
    ]
    assert told[3].startswith("  2 =Kút: ")
    db.session.execute(sa.delete(Vote))
    db.session.commit()
    changed = CliRunner().invoke(cli.tally, [ballot.reference]).output
    assert "The recount DIFFERS from the stored result." in changed
    assert "0 votes are stored, 4 were counted." in changed
    missing = CliRunner().invoke(cli.tally, ["nothing.pb"])
    assert (missing.exit_code, "There is no file nothing.pb." in missing.output) == (1, True)


def test_only_closed_ballots_that_are_there_are_counted_again(app):
    with pytest.raises(NotFound, match="B-0"):
        recount_ballot("B-0")
    with pytest.raises(Invalid, match="not closed"):
        recount_ballot(make_ballot().reference)


def test_where_the_official_result_differs_the_page_says_why(web, client, small):
    with web.app_context():
        import_pabulib(small, territory=make_territory(), actor=SYSTEM)
        ballot = db.session.scalar(sa.select(Ballot))
        told = ballot.result["file"]["differences"][0]["reason"]["en"]
        url = f"/en/ballots/{ballot.reference}/"
    assert told in html.unescape(client.get(url).text)


def test_names_that_are_missing_and_languages_nobody_reads_have_a_fallback(app, tmp_path):
    unnamed = SMALL.replace("c;700;Pad;Bench", "c;700;;").replace("language;hu", "language;tlh")
    ballot = imported(tmp_path, unnamed, default_language="sl")
    assert ballot.options[2].title.original.text == "c"
    assert {option.title.source for option in ballot.options} == {"sl"}


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        (
            "America/Havana",
            "12.03.2023",
            "2023-03-12T05:00:00+00:00",
        ),  # at midnight the clocks went on to one
        ("Pacific/Apia", "30.12.2011", "2011-12-30T00:00:00+00:00"),  # a day that was not there
    ],
)
def test_a_day_that_does_not_begin_at_midnight_begins_when_it_can(app, tmp_path, zone, day, begins):
    text = SMALL.replace("date_begin;01.10.2023", f"date_begin;{day}")
    text = text.replace("date_end;29.10.2023", f"date_end;{day}")
    assert imported(tmp_path, text, timezone=zone).opens_at.isoformat() == begins


def test_rankings_with_points_and_districts_are_kept_for_the_next_count(app, tmp_path):
    text = (
        SMALL.replace("vote_type;cumulative", "vote_type;ordinal")
        .replace("latitude;longitude", "district;longitude")
        .replace(";47.389;", ";Old town;")
    )
    ballot = imported(tmp_path, text)
    assert ballot.result["file"]["projects"][0]["extra"] == {"district": "Old town"}
    assert recount_ballot(ballot.reference)["agrees"]
