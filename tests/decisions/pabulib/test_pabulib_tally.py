"""Recounting files: agreement with the real ones, and a reason for each difference."""

import json
import time

import pytest

from stakeholder_hub.decisions.pabulib.errors import PabulibError
from stakeholder_hub.decisions.pabulib.reasons import decimal
from stakeholder_hub.decisions.pabulib.rendering import render_text
from stakeholder_hub.decisions.pabulib.tally import tally


def only(tallied):
    assert len(tallied.differences) == 1
    return tallied.differences[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "Netherlands_Assen_2024",
        "Poland_Swiecie_2023",
        "Poland_Krakow_2024_Stare_Miasto",
        "Poland_Czestochowa_2024_Tysiaclecie",
    ],
)
def test_real_files_that_state_their_rule_are_recounted_to_the_official_winners(real_files, name):
    tallied = tally(real_files / f"{name}.pb")
    assert tallied.agrees is True
    assert set(tallied.winners) == set(tallied.official)
    assert tallied.counted_by == tallied.rule
    assert not tallied.differences
    assert not tallied.warnings
    assert tallied.result.spent <= tallied.file.smallest_budget


def test_veszprem_differs_by_one_project_and_the_file_itself_tells_why(real_files):
    tallied = tally(real_files / "Hungary_Veszprem_2025.pb")
    assert (tallied.rule, tallied.counted_by, tallied.assumed, tallied.agrees) == (
        "unknown",
        "greedy",
        True,
        False,
    )
    difference = only(tallied)
    assert (difference.project, difference.official, difference.ours) == ("44", False, True)
    assert difference.code == "stopped_early"
    assert any("sticker prices" in str(note) for note in tallied.notes)


def test_budapest_is_explained_by_a_budget_for_each_category(real_files):
    began = time.perf_counter()
    tallied = tally(real_files / "Hungary_Budapest_2024.pb")
    assert time.perf_counter() - began < 15
    assert tallied.agrees is False
    assert {difference.code for difference in tallied.differences} == {"quota"}
    assert any("Local Small Idea: 8" in str(note) for note in tallied.notes)
    assert tallied.counted_by == min(tallied.explored, key=tallied.explored.__getitem__)


@pytest.mark.slow
def test_the_scores_of_real_files_are_those_their_tables_claim(real_files):
    for path in sorted(real_files.glob("*.pb")):
        tallied = tally(path)
        for project in tallied.file.projects:
            claimed = project.votes if project.score is None else project.score
            assert tallied.result.scores[project.id] == claimed


def test_a_file_that_agrees_has_no_differences(make_file):
    tallied = tally(make_file())
    assert tallied.agrees is True
    assert tallied.winners == ("p1", "p3")
    assert tallied.official == ("p1", "p3")
    assert tallied.differences == ()


@pytest.mark.parametrize("rule", ["greedy-threshold", "Greedy", "greedy-exclusive", "greedy-custom"])
def test_the_greedy_family_is_counted(make_file, rule):
    tallied = tally(make_file(meta={"rule": rule}))
    assert tallied.agrees is True
    assert not tallied.assumed


@pytest.mark.parametrize(
    ("rule", "selected"),
    [
        ("greedy-no-skip", "100"),
        ("equalshares", "100"),
        ("Equal Shares/add1", "100"),
        ("equalshares-comparison", "101"),
        ("equalshares/add1-comparison", "101"),
    ],
)
def test_each_rule_has_its_own_winners(make_file, rule, selected):
    rows = ["p1;50;3;Park;", "p2;60;2;Pool;", "p3;30;1;Path;"]
    marked = [row + mark for row, mark in zip(rows, selected, strict=True)]
    tallied = tally(make_file(meta={"rule": rule}, projects=marked))
    won = {option for option, mark in zip(("p1", "p2", "p3"), selected, strict=True) if mark == "1"}
    assert set(tallied.winners) == won


def test_a_winner_below_the_stated_threshold_is_explained(make_file):
    tallied = tally(make_file(meta={"min_project_score_threshold": 2}))
    difference = only(tallied)
    assert (difference.project, difference.code, difference.official, difference.ours) == (
        "p3",
        "threshold",
        True,
        False,
    )
    assert "least score of 2" in str(difference.reason)


def test_a_least_score_that_is_no_number_is_refused_where_it_stands(make_file):
    with pytest.raises(PabulibError, match="min_project_score_threshold” is not a number: “some”") as refusal:
        tally(make_file(meta={"min_project_score_threshold": "some"}))
    assert refusal.value.line > 1
    assert tally(make_file(meta={"min_project_score_threshold": "-3"})).agrees


def test_a_score_below_zero_is_not_held_against_a_threshold_that_nobody_stated(make_file):
    votes = ["1;p1;-5", "2;p1,p2;1,2", "3;p3;1"]
    file = make_file(meta={"vote_type": "scoring"}, vote_columns="voter_id;vote;points", votes=votes)
    told = {one.project: (one.code, str(one.reason)) for one in tally(file).differences}
    assert told["p1"] == (
        "below_zero",
        "Its score of -4 is below zero: there are more points against it than for it.",
    )


def test_a_winner_that_did_not_fit_is_explained(make_file):
    projects = ["p1;50;3;Park;0", "p2;60;2;Pool;1", "p3;30;1;Path;1"]
    by_project = {one.project: one.code for one in tally(make_file(projects=projects)).differences}
    assert by_project == {"p1": "budget", "p2": "does_not_fit"}


def test_official_winners_beyond_the_budget_are_explained(make_file):
    projects = ["p1;50;3;Park;1", "p2;60;2;Pool;1", "p3;30;1;Path;1"]
    difference = only(tally(make_file(projects=projects)))
    assert (difference.project, difference.code) == ("p2", "budget")
    assert "140 EUR" in str(difference.reason).replace("\u202f", " ")


def test_a_winner_after_the_stop_is_explained(make_file):
    assert only(tally(make_file(meta={"rule": "greedy-no-skip"}))).code == "after_stop"


def test_a_winner_whose_supporters_cannot_pay_is_explained(make_file):
    projects = ["p1;50;3;Park;1", "p2;60;2;Pool;0", "p3;30;1;Path;1"]
    assert only(tally(make_file(meta={"rule": "equalshares"}, projects=projects))).code == "supporters_short"


def test_a_tie_is_explained_as_one(make_file):
    projects = ["p1;60;1;Park;0", "p2;60;1;Pool;1"]
    tallied = tally(make_file(projects=projects, votes=["1;p1", "2;p2"]))
    assert {difference.code for difference in tallied.differences} == {"tie"}
    assert any("tie" in str(note) for note in tallied.notes)


def test_with_equal_shares_the_cheaper_of_two_equals_is_bought_and_said(make_file):
    projects = ["p1;60;1;Park;0", "p2;50;1;Pool;1"]
    tallied = tally(make_file(meta={"rule": "equalshares"}, projects=projects, votes=["1;p1,p2"]))
    assert tallied.agrees is True
    assert "cheaper" in str(tallied.notes[0])


def test_missing_ballots_are_explained_by_the_claimed_scores(make_file):
    projects = ["p1;60;9;Park;1", "p2;60;2;Pool;0"]
    tallied = tally(make_file(projects=projects, votes=["1;p2"]))
    assert {difference.code for difference in tallied.differences} == {"ballots_missing"}
    assert [warning.code for warning in tallied.warnings] == ["votes_differ"]


def test_a_budget_for_each_district_is_recognised(make_file):
    tallied = tally(
        make_file(
            columns="project_id;cost;selected;district",
            projects=["p1;40;1;North", "p2;40;0;North", "p3;40;1;South", "p4;21;0;South"],
            votes=["1;p1,p2", "2;p1,p2", "3;p1,p2,p3", "4;p1"],
        )
    )
    assert {difference.project: difference.code for difference in tallied.differences} == {
        "p2": "quota",
        "p3": "quota",
    }
    assert any("North: 1" in str(note) for note in tallied.notes)


def test_stated_budgets_for_categories_are_used(make_file):
    tallied = tally(
        make_file(
            meta={"budget_per_category": "{'green': 40, 'sport': '60', 'none': 5, 'odd': 1.2.3}"},
            columns="project_id;cost;selected;category",
            projects=["p1;40;1;green", "p2;40;1;green", "p3;40;1;sport"],
            votes=["1;p1,p2", "2;p1,p2", "3;p1,p3"],
        )
    )
    assert tallied.winners == ("p1", "p3")
    assert only(tallied).code == "quota"
    assert "“green”" in str(only(tallied).reason)


@pytest.mark.parametrize(
    ("rule", "code"), [("greedy", "not_explained"), ("greedy-exclusive", "rule_not_described")]
)
def test_a_project_passed_over_without_need_is_named(make_file, rule, code):
    projects = ["p1;50;3;Park;0", "p2;40;2;Pool;1", "p3;5;1;Path;0"]
    tallied = tally(make_file(meta={"rule": rule}, projects=projects))
    assert {difference.code for difference in tallied.differences} == {code}


def test_a_withdrawn_project_is_passed_over(make_file):
    projects = ["p1;999999999;3;Park;0", "p2;60;2;Pool;1", "p3;30;1;Path;1"]
    assert tally(make_file(meta={"rule": "greedy-no-skip"}, projects=projects)).agrees is True
    marked = ["p1;999999999;3;Park;1", *projects[1:]]
    assert only(tally(make_file(projects=marked))).code == "withdrawn"


def test_projects_selected_for_a_special_reason_dispute_nothing(make_file):
    tallied = tally(make_file(projects=["p1;50;3;Park;1", "p2;60;2;Pool;2", "p3;30;1;Path;1"]))
    assert tallied.agrees is True
    assert any("p2" in str(note) for note in tallied.notes)


def test_poznan_funds_the_first_misfit_if_four_fifths_of_its_cost_are_left(make_file):
    projects = ["p1;50;3;Park;1", "p2;60;2;Pool;2", "p3;2;1;Path;0"]
    tallied = tally(make_file(meta={"rule": "greedy-custom", "unit": "Poznań"}, projects=projects))
    assert tallied.winners == ("p1", "p2")
    assert tallied.agrees is True


def test_without_marks_there_is_nothing_to_compare(make_file):
    tallied = tally(make_file(columns="project_id;cost", projects=["p1;50", "p2;60", "p3;30"]))
    assert (tallied.official, tallied.agrees, tallied.differences) == (None, None, ())
    assert "does not mark" in str(tallied.notes[-1])
    assert "marks no official winners" in render_text(tallied)


def test_a_single_missing_mark_is_named(make_file):
    tallied = tally(make_file(projects=["p1;50;3;Park;", "p2;60;2;Pool;0", "p3;30;1;Path;1"]))
    difference = only(tallied)
    assert (difference.code, difference.official) == ("marks_missing", None)


@pytest.mark.parametrize("rule", ["phragmen", "unknown", None])
def test_where_the_rule_cannot_be_counted_the_closest_is_assumed_and_said(make_file, rule):
    tallied = tally(make_file(meta={"rule": rule}))
    assert tallied.assumed
    assert tallied.counted_by == "greedy"
    assert tallied.explored == {"greedy": 0}
    assert any("assumed" in str(note) for note in tallied.notes)


def test_equal_shares_of_rankings_fall_back_to_what_can_be_counted(make_file):
    tallied = tally(
        make_file(
            meta={"rule": "equalshares", "vote_type": "ordinal"}, projects=["p1;5;4;Park;0"], votes=["1;p1"]
        )
    )
    assert tallied.assumed
    assert "equalshares" not in tallied.explored
    assert "cannot count" in str(tallied.notes[0])


def test_a_ranking_is_scored_as_the_score_column_shows(make_file):
    columns = "project_id;cost;score;selected"
    projects = ["p1;50;8;1", "p2;60;7;0", "p3;30;0;1"]
    tallied = tally(
        make_file(
            meta={"vote_type": "ordinal", "max_length": 5},
            columns=columns,
            projects=projects,
            votes=["1;p1,p2", "2;p2,p1"],
        )
    )
    assert tallied.result.scores["p1"] == 9  # nothing gives 8 and 7: the stated greatest length is taken
    exact = [row.replace("8", "3").replace("7", "3") for row in projects]
    tallied = tally(
        make_file(
            meta={"vote_type": "ordinal"}, columns=columns, projects=exact, votes=["1;p1,p2", "2;p2,p1"]
        )
    )
    assert tallied.result.scores == {"p1": 3, "p2": 3, "p3": 0}


def test_points_given_with_a_ranking_are_used(make_file):
    tallied = tally(
        make_file(
            meta={"vote_type": "ordinal"},
            columns="project_id;cost;score;selected",
            projects=["p1;50;9;1", "p2;60;1;0"],
            vote_columns="voter_id;vote;points",
            votes=["1;p1,p2;9,1"],
        )
    )
    assert tallied.result.scores == {"p1": 9, "p2": 1}
    assert tallied.agrees is True


def test_a_free_project_can_be_bought_with_equal_shares(make_file):
    projects = ["p1;0;3;Park;1", "p2;60;2;Pool;0", "p3;30;1;Path;0"]
    assert "p1" in tally(make_file(meta={"rule": "equalshares"}, projects=projects)).winners


def test_ballots_beyond_the_limits_are_counted_and_reported(make_file):
    tallied = tally(make_file(meta={"max_length": 1}))
    assert [warning.code for warning in tallied.warnings] == ["max_length"]


def test_the_json_has_what_a_reader_needs(make_file):
    projects = ["p1;50,5;3;Park;0", "p2;60;2;Pool;1", "p3;30;1;Path;1"]
    plain = json.loads(json.dumps(tally(make_file(projects=projects)).to_json()))
    assert plain["rule"] == "greedy"
    assert plain["winners"] == ["p1", "p3"]
    assert plain["official"] == ["p2", "p3"]
    assert plain["agrees"] is False
    assert plain["spent"] == "80.5"
    assert {one["project"] for one in plain["differences"]} == {"p1", "p2"}
    assert all(one["reason"] for one in plain["differences"])


def test_the_table_shows_winners_differences_and_remarks_without_control_characters(make_file):
    projects = ["p1;50;3;Park\x1b[31m;0", "p2;60;2;Pool;1", f"p3;30;1;{'Path ' * 40};1"]
    text = render_text(tally(make_file(projects=projects, meta={"max_length": 1, "comment": "#1: odd"})))
    assert "\x1b" not in text
    assert "≠  p1" in text
    assert "Differences:" in text
    assert "#1: odd" in text
    assert "(2×)" in text
    assert "…" in text
    assert "agrees" in render_text(tally(make_file()))
    assert "unknown → greedy" in render_text(tally(make_file(meta={"rule": "unknown"})))


def test_amounts_are_written_exactly():
    assert [decimal(154616866, 100), decimal(-5, 10), decimal(300, 100), decimal(7, 1)] == [
        "1546168.66",
        "-0.5",
        "3",
        "7",
    ]


@pytest.mark.parametrize("rule", ["equalshares/add1", "equalshares/add1-comparison"])
def test_a_town_may_go_on_raising_shares_when_the_budget_is_used_up(make_file, rule):
    def make(winner):
        costs = {"p1": 22, "p2": 17, "p3": 18, "p4": 8}
        return make_file(
            meta={"rule": rule, "budget": 23},
            columns="project_id;cost;selected",
            projects=[f"{option};{cost};{int(option == winner)}" for option, cost in costs.items()],
            votes=["1;p1,p3", "2;p1,p2", "3;p2,p4"],
        )

    assert not any("Shares were raised" in str(note) for note in tally(make("p4")).notes)
    longer = tally(make("p2"))
    assert (longer.winners, longer.agrees) == (("p2",), True)
    assert "Shares were raised" in str(longer.notes[0])
    assert tally(make("p3")).agrees is False


def test_a_count_that_does_not_come_to_an_end_is_given_up(make_file):
    tallied = tally(
        make_file(
            meta={"rule": "equalshares/add1", "budget": 80_000},
            projects=["p1;79999;1;Park;1"],
            votes=["1;p1", "2;", "3;", "4;"],
        )
    )
    assert tallied.assumed
    assert "reasonable time" in str(tallied.notes[0])
