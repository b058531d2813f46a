"""What ``./hub mutants`` makes of the changes that it tried."""

from pathlib import Path

import pytest

from tests.infrastructure.mutants import CODE, ROOT, Mutant, Rule, document, mutants, rules, table

FIRST = Mutant("stv.py", "run", "a + b", "a - b", lives=False)
SECOND = Mutant("stv.py", "run", "a > b", "a >= b", lives=True)
THIRD = Mutant("ties.py", "ranks", "f(x, y)", "f(x, )", lives=True, reason="It makes none.")


def test_what_lives_without_a_reason_counts_against_the_score():
    stv, ties, all_ = table([FIRST, SECOND, THIRD])
    assert (stv["file"], stv["mutants"], stv["killed"], stv["survived"], stv["score"]) == (
        "stv.py",
        2,
        1,
        1,
        50.0,
    )
    assert (ties["equivalent"], ties["survived"], ties["score"]) == (1, 0, 0.0)
    assert (all_["mutants"], all_["score"], all_["score_with_equivalents"]) == (3, 50.0, 33.33)


def test_the_report_lists_what_lives_with_and_without_a_reason():
    told = document([FIRST, SECOND, THIRD])
    assert "- `stv.py`, run: `a > b` → `a >= b`" in told
    assert "**It makes none.**\n\n- `ties.py`, ranks: `f(x, y)` → `f(x, )`" in told
    assert "a - b" not in told
    assert "Nothing." in document([FIRST, THIRD])


def test_a_rule_explains_only_the_changes_it_names():
    exact = Rule("why", "stv.py", "a > b", ("a >= b",))
    assert exact.explains("stv.py", "a > b", "a >= b")
    assert not exact.explains("ties.py", "a > b", "a >= b")
    assert not exact.explains("stv.py", "a > b", "a < b")
    loose = Rule("why", "", "zip(", (), r",\s*(strict=\w+)?(?=\))")
    assert loose.explains("ties.py", "zip(a, b, strict=True)", "zip(a, b, )")
    assert not loose.explains("ties.py", "zip(a, b, strict=True)", "zip(a, None, strict=True)")
    assert not loose.explains("ties.py", "f(a, b, strict=True)", "f(a, b, )")


def test_changes_are_read_from_what_the_tool_leaves_behind(tmp_path: Path):
    place = tmp_path / "mutants" / CODE / "methods"
    place.mkdir(parents=True)
    (place / "ties.py").write_text(
        "def x_it__mutmut_orig(a):\n    return a + 1\n\n\ndef x_it__mutmut_1(a):\n    return a - 1\n\n\n"
        "def x_it__mutmut_2(a):\n    return a + 2\n"
    )
    keys = '"m.x_it__mutmut_1": 1, "m.x_it__mutmut_2": 0, "m.x_it__mutmut_3": null'
    (place / "ties.py.meta").write_text(f'{{"exit_code_by_key": {{{keys}}}}}')
    killed, lives = mutants(tmp_path)
    assert killed == Mutant("methods/ties.py", "it", "return a + 1", "return a - 1", lives=False)
    assert lives == Mutant("methods/ties.py", "it", "return a + 1", "return a + 2", lives=True)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: f"{rule.file} {rule.was}"[:60])
def test_every_reason_belongs_to_a_line_that_is_still_there(rule: Rule):
    assert rule.reason.endswith(".")
    files = [ROOT / CODE / rule.file] if rule.file else (ROOT / CODE / "methods").glob("*.py")
    code = " ".join(line.strip() for file in files for line in file.read_text(encoding="utf-8").split("\n"))
    assert rule.was in code
