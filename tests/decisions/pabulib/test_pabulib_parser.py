"""Reading files: what is understood, what is kept, and what is refused with line and reason."""

import io
import time
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stakeholder_hub.decisions.methods.ballots import BallotKind
from stakeholder_hub.decisions.pabulib.errors import PabulibError
from stakeholder_hub.decisions.pabulib.parser import parse


def codes(file):
    return [warning.code for warning in file.warnings]


def test_a_small_file_is_read_completely(make_file):
    file = parse(make_file())
    assert [project.name for project in file.projects] == ["Park", "Pool", "Path"]
    assert [project.selected for project in file.projects] == [1, 0, 1]
    assert file.profile.approvals() == {"p1": 3, "p2": 2, "p3": 1}
    assert [ballot.options for ballot in file.ballots()] == [("p1", "p2"), ("p1", "p3"), ("p1",), ("p2",)]
    assert (file.budget, file.unit, file.encoding, file.rule, file.language) == (
        100,
        1,
        "utf-8",
        "greedy",
        "en",
    )
    assert file.warnings == ()


def test_a_path_a_stream_and_bytes_are_read_alike(make_file, tmp_path):
    path = tmp_path / "small.pb"
    path.write_bytes(make_file())
    digests = {parse(path).sha256, parse(str(path)).sha256, parse(io.BytesIO(make_file())).sha256}
    assert digests == {parse(make_file()).sha256}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_line_ending_and_unicode_encoding_is_understood(make_file, end, encoding):
    text = make_file(projects=["p1;5;3;Öffentlicher Park Świecie;1"], votes=["1;p1"], end=end).decode()
    file = parse(text.encode(encoding))
    assert file.projects[0].name == "Öffentlicher Park Świecie"
    assert not any(code == "encoding" for code in codes(file))


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("cp1250", "Ulica Świętej Łucji, ścieżka"), ("iso8859-2", "Ścieżka, źródło ą"), ("cp1250", "ąĄ")],
)
def test_older_central_european_encodings_are_told_apart_and_reported(make_file, encoding, name):
    file = parse(make_file(projects=[f"p1;5;1;{name};1"], votes=["1;p1"]).decode().encode(encoding))
    assert file.projects[0].name == name
    assert file.encoding == encoding
    assert codes(file) == ["encoding"]


def test_quotes_semicolons_and_line_breaks_in_fields_are_kept(make_file):
    name = '"""Konikowo""; part II,\nwith a pond"'
    file = parse(make_file(projects=[f"p1;5;1;{name};1"], votes=["1;p1"]))
    assert file.projects[0].name == '"Konikowo"; part II,\nwith a pond'


def test_comments_blank_lines_and_spreadsheet_leftovers_are_passed_over(make_file):
    text = make_file().decode()
    text = text.replace("key;value", "key;value\n# made by hand\n").replace(
        "PROJECTS", "# projects\n\nPROJECTS;;;"
    )
    text = text.replace("VOTES", "#\nVOTES;;").replace("1;p1,p2", "# the first\n1;p1,p2;;;")
    assert len(parse(text.encode()).projects) == 3


def test_an_older_encoding_is_found_in_a_long_file_too(make_file):
    text = make_file(meta={"acknowledgments": "Łódź;;;"}, votes=[f"{n};p1" for n in range(20_000)]).decode()
    file = parse(text.encode("iso8859-2"))
    assert (file.encoding, file.meta["acknowledgments"]) == ("iso8859-2", "Łódź")


def test_a_default_score_beyond_all_bounds_is_refused(make_file):
    meta = {"vote_type": "scoring", "default_score": 10**15}
    with pytest.raises(PabulibError, match="too large"):
        parse(make_file(meta=meta, vote_columns="voter_id;vote;points", votes=["1;p1;0.000001"]))


def test_a_title_in_small_letters_and_spaces_after_semicolons_are_understood(make_file):
    text = make_file().decode().replace("META", "meta").replace("PROJECTS", "Projects").replace(";", "; ")
    assert parse(text.encode()).profile.voters == 4


def test_a_meta_line_with_a_colon_or_unquoted_semicolons_is_understood(make_file):
    file = parse(
        make_file(meta={"comment": "#1: one; two", "acknowledgments": ""}).replace(
            b"rule;greedy", b"rule: greedy"
        )
    )
    assert file.rule == "greedy"
    assert file.meta["comment"] == "#1: one; two"
    assert file.meta["acknowledgments"] == ""


def test_names_categories_targets_places_and_unknown_columns_are_kept(make_file):
    file = parse(
        make_file(
            columns="project_id;cost;name;name_sl;category;beneficiaries;latitude;longitude;public_id;score;description",
            projects=["p1;5;Park;Park ob reki;green, sport,green;youth,seniors;46,36;15.11;X-7;2.5;Trees"],
            votes=["1;p1"],
            vote_columns="voter_id;vote;",
        )
    )
    project = file.projects[0]
    assert project.names == {"en": "Park", "sl": "Park ob reki"}
    assert project.categories == ("green", "sport")
    assert project.targets == ("youth", "seniors")
    assert (project.latitude, project.longitude) == (46.36, 15.11)
    assert project.extra == {"public_id": "X-7"}
    assert (project.score, project.description) == (Fraction(5, 2), "Trees")


def test_a_wrong_coordinate_is_left_out_with_a_warning(make_file):
    columns = "project_id;cost;latitude;longitude"
    file = parse(make_file(columns=columns, projects=["p1;5;91;east"], votes=["1;p1"]))
    assert (file.projects[0].latitude, file.projects[0].longitude) == (None, None)
    assert [(warning.code, warning.count) for warning in file.warnings] == [("coordinate", 2)]


def test_what_is_known_of_the_voters_is_kept(make_file):
    file = parse(make_file(vote_columns="voter_id;age;vote;sex", votes=["1;34;p1;F", "2;;p1,p2;"]))
    first, second = file.ballots()
    assert first.attributes == {"age": "34", "sex": "F"}
    assert second.attributes == {}
    assert second.line == first.line + 1


def test_decimal_costs_are_kept_exactly_in_the_smallest_unit(make_file):
    file = parse(
        make_file(
            meta={"budget": "1 546 168,66"}, projects=["p1;0.1;0;A;0", "p2;1.234,50;4;B;0"], votes=["1;p2"]
        )
    )
    assert file.unit == 100
    assert file.costs == {"p1": 10, "p2": 123450}
    assert file.smallest_budget == 154616866


def test_dates_are_understood_as_days_or_years(make_file):
    file = parse(make_file(meta={"date_begin": "16.09.2023", "date_end": "2023"}))
    assert (file.begins, file.ends) == (date(2023, 9, 16), date(2023, 12, 31))
    file = parse(make_file(meta={"date_begin": "2023-09-16", "date_end": "31.02.2023"}))
    assert (file.begins, file.ends) == (date(2023, 9, 16), None)
    assert parse(make_file(meta={"date_begin": "soon"})).begins is None


def test_points_of_cumulative_and_scoring_ballots_are_counted(make_file):
    meta = {
        "vote_type": "cumulative",
        "max_sum_points": 10,
        "min_points": 0,
        "max_points": 10,
        "min_sum_points": 1,
    }
    file = parse(make_file(meta=meta, vote_columns="voter_id;vote;points", votes=["1;p1,p2;7,3", "2;p1;2.5"]))
    assert file.profile.scale == 2
    assert file.profile.scores() == {"p1": 19, "p2": 6, "p3": 0}
    assert next(file.ballots()).points == (7, 3)
    meta = {"vote_type": "scoring", "default_score": "-0.5"}
    file = parse(make_file(meta=meta, vote_columns="voter_id;vote;points", votes=["1;p1;-3"]))
    assert file.profile.scores() == {"p1": -6, "p2": -1, "p3": -1}


def test_points_beside_a_ranking_are_kept_beside_it(make_file):
    meta = {"vote_type": "ordinal"}
    file = parse(make_file(meta=meta, vote_columns="voter_id;vote;points", votes=["1;p2,p1;4,3"]))
    assert file.profile.kind is BallotKind.ORDINAL
    assert file.point_profile.scores() == {"p1": 3, "p2": 4, "p3": 0}
    assert next(file.ballots()).points == (4, 3)


def test_points_on_approval_ballots_are_passed_over_with_a_warning(make_file):
    file = parse(make_file(vote_columns="voter_id;vote;points", votes=["1;p1;9"]))
    assert "points_not_asked" in codes(file)


@pytest.mark.parametrize(
    ("change", "line", "reason"),
    [
        ({"meta": {"num_votes": 5}}, 8, "5 rows in VOTES, but there are 4"),
        ({"meta": {"num_projects": 2}}, 7, "2 rows in PROJECTS, but there are 3"),
        ({"meta": {"num_votes": "many"}}, 8, "not a number"),
        ({"meta": {"num_votes": "4.5"}}, 8, "not a whole number"),
        ({"meta": {"budget": "-5"}}, 9, "below zero"),
        ({"meta": {"budget": None}}, 0, "how large the budget"),
        ({"meta": {"vote_type": "lottery"}}, 10, "lottery"),
        ({"meta": {"vote_type": None}}, 0, "not known"),
        ({"columns": "project_id;name"}, 15, "“cost” is missing"),
        ({"columns": "project_id;cost;cost"}, 15, "“cost” stands here twice"),
        ({"columns": "project_id;cost;;votes"}, 15, "no name"),
        ({"projects": ["p1;-1;0;Park;0"]}, 16, "below zero"),
        ({"projects": ["p1;cheap;0;Park;0"]}, 16, "“cheap” is not a number"),
        ({"projects": ["p1;5;0;Park;0", "p1;5;0;Park;0"]}, 17, "“p1” stands here twice"),
        ({"projects": [";5;0;Park;0"]}, 16, "no id"),
        ({"projects": ['"p,1";5;0;Park;0']}, 16, "comma"),
        ({"projects": ["p1;5;0;Park;0;more"]}, 16, "more columns"),
        ({"projects": ["p1"]}, 16, "breaks off"),
        ({"projects": ["p1;5;-1;Park;0"]}, 16, "not a whole number"),
        ({"projects": ["p1;5;x;Park;0"]}, 16, "“votes” is not a number"),
        ({"projects": [], "votes": []}, 0, "no projects"),
        ({"vote_columns": "voter_id;voice"}, 20, "“vote” is missing"),
        ({"votes": ["1;p1", "1;p2"]}, 22, "“1” stands here twice"),
        ({"votes": ["1;p1", "2;p9"]}, 22, "“p9” that is not there"),
        ({"votes": ["1;p1,p1"]}, 21, "a project twice"),
        ({"votes": [";p1"]}, 21, "no id"),
        ({"votes": ["1;p1,p2", "VOTES"]}, 22, "VOTES stands here twice"),
        ({"meta": {"vote_type": "choose-1"}}, 21, "one may be chosen"),
        ({"meta": {"vote_type": "cumulative"}}, 20, "“points” is missing"),
        ({"meta": {"max_length": 1}}, 22, "more projects than the 1"),
        ({"meta": {"min_length": 2}}, 24, "fewer projects than the 2"),
        ({"meta": {"max_sum_cost": 100}}, 22, "cost more together"),
        ({"meta": {"min_sum_cost": 60}}, 24, "cost less together"),
    ],
)
def test_a_broken_file_is_refused_with_line_and_reason(make_file, change, line, reason):
    with pytest.raises(PabulibError, match=reason) as refusal:
        parse(make_file(**change))
    assert refusal.value.line == line
    assert (str(line) in str(refusal.value)) == bool(line)


@pytest.mark.parametrize(
    ("votes", "meta", "reason"),
    [
        (["1;p1;5,5"], {}, "1 projects and 2 points"),
        (["1;p1;many"], {}, "not a number of points"),
        (["1;p1;-1"], {}, "below zero"),
        (["1;p1;11"], {"max_sum_points": 10}, "more points in all"),
        (["1;p1;1"], {"min_sum_points": 2}, "fewer points in all"),
        (["1;p1;5"], {"max_points": 4}, "more or fewer points"),
        (["1;p1;5"], {"min_points": "5.5"}, "more or fewer points"),
        (["1;p1,p2;1000000000000000,999999999999999.123456"], {}, "too large"),
    ],
)
def test_wrong_points_are_refused(make_file, votes, meta, reason):
    stated = {"vote_type": "cumulative", **meta}
    with pytest.raises(PabulibError, match=reason):
        parse(make_file(meta=stated, vote_columns="voter_id;vote;points", votes=votes))


def test_ballots_beyond_the_limits_are_only_noted_when_reading_leniently(make_file):
    file = parse(make_file(meta={"max_length": 1, "max_sum_cost": 10}), lenient=True)
    noted = {warning.code: (warning.line, warning.count) for warning in file.warnings}
    assert noted == {"max_length": (23, 2), "max_sum_cost": (23, 4)}


def test_ballots_within_the_limits_of_cost_are_noted_nowhere(make_file):
    for limits in ({"min_sum_cost": 50}, {"max_sum_cost": 110}, {"min_sum_cost": 50, "max_sum_cost": 110}):
        assert not parse(make_file(meta=limits)).warnings


def test_what_is_left_open_or_odd_is_noted(make_file):
    file = parse(
        make_file(
            meta={"num_votes": None, "num_projects": None, "rule": None},
            projects=["p1;0;7;Free", "p2;12.000;0;Grouped;0"],
            votes=["1;p1"],
        )
    )
    assert set(codes(file)) == {
        "no_num_votes",
        "no_num_projects",
        "no_rule",
        "free_project",
        "short_row",
        "decimal_point",
        "votes_differ",
    }
    assert file.projects[0].selected is None


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (b"", 0, "META is missing"),
        (b"hello", 1, "META is missing"),
        (b"META\nkey;value\nbudget;5\n", 0, "PROJECTS is missing"),
        (b"META\nkey;value\nbudget;5\nVOTES\n", 4, "PROJECTS is missing"),
        (b"META\nkey;value\nPROJECTS\nproject_id;cost\np1;5\n", 0, "VOTES is missing"),
        (b"META\nkey;value\nPROJECTS\nproject_id;cost\np1;5\nMETA\n", 6, "VOTES is missing"),
        (b"META\nkey;value\nbudget\n", 3, "not a key"),
        (b"META\nkey;value\nbudget;5\nbudget;6\n", 4, "twice"),
        (b"META\nkey;value\nunit;Vel\0enje\n", 3, "NUL"),
        ("META\nkey;value\nunit;Vel\0enje\n".encode("utf-16"), 3, "NUL"),
        (b"META\nkey;value\nunit;\xff\x01\x02\n", 0, "not a text file"),
        (b"\xef\xbb\xbfMETA\nkey;value\nunit;\xff\n", 0, "cannot be read"),
        ("META\nkey;value\n".encode("utf-16")[:-1], 0, "cannot be read"),
        (b"META\nkey;value\nunit;" + b"x" * 1_100_000, 3, "longer than"),
        (b"META\nkey;value\nunit;" + b";" * 900_000, 3, "more than 1000 columns"),
        (b"META\nkey;value\nunit;" + b"x" * 200_000, 3, "too long"),
        (b'META\nkey;value\nunit;"open\n' + b"a;b\n" * 500, 3, "never closed"),
    ],
)
def test_hostile_bytes_are_refused_quickly_with_line_and_reason(text, line, reason):
    began = time.perf_counter()
    with pytest.raises(PabulibError, match=reason) as refusal:
        parse(text)
    assert refusal.value.line == line
    assert time.perf_counter() - began < 2


def read_or_refused(data):
    try:
        return f"{parse(data).profile.voters} voters"
    except PabulibError as error:
        return str(error)


@given(st.binary(max_size=300))
@settings(max_examples=150)
def test_any_bytes_are_read_or_refused_but_never_crash(data):
    assert read_or_refused(data)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_file_is_read_or_refused_but_never_crashes(data):
    good = (
        b"META\nkey;value\nnum_projects;2\nnum_votes;2\nbudget;10\nvote_type;cumulative\nrule;greedy\n"
        b"PROJECTS\nproject_id;cost;name;selected\n1;5;A;1\n2;6,5;B;0\nVOTES\nvoter_id;vote;points\na;1,2;3,4\nb;2;1\n"
    )
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, len(good)))
    damaged = good[:start] + data.draw(st.binary(max_size=4)) + good[end:]
    assert read_or_refused(damaged)


def test_a_cut_off_real_file_is_refused(real_files):
    whole = (real_files / "Hungary_Veszprem_2025.pb").read_bytes()
    for cut in (len(whole) // 10, len(whole) // 2, len(whole) - 40):
        with pytest.raises(PabulibError):
            parse(whole[:cut])


def test_the_largest_real_file_is_read_in_a_moment(real_files):
    began = time.perf_counter()
    file = parse(real_files / "Hungary_Budapest_2024.pb")
    assert file.profile.voters == 28_943
    assert time.perf_counter() - began < 5
