"""What a new version of a text is material to."""

from stakeholder_hub.commitments.clauses import Clause, Kind, compare, touched_by

ALL = frozenset({1, 2, 3})


def changed(before: list[Clause], after: list[Clause], *material: int) -> tuple[list[Kind], set[int]]:
    changes = compare(before, after, material=material, everybody=ALL)
    return [change.kind for change in changes], set(touched_by(changes))


def test_a_wording_called_material_touches_those_the_clause_is_addressed_to():
    before, after = Clause(1, "ten", frozenset({1})), Clause(1, "five", frozenset({1}))
    assert changed([before], [after], 1) == ([Kind.MATERIAL], {1})
    assert changed([before], [after]) == ([Kind.WORDED], set())
    assert changed([before], [before], 1) == ([Kind.SAME], set())


def test_a_clause_for_all_touches_all():
    assert changed([Clause(1, "ten")], [Clause(1, "five")], 1) == ([Kind.MATERIAL], set(ALL))


def test_new_and_gone_clauses_are_material_without_being_asked():
    first, second = Clause(1, "ten"), Clause(2, "two", frozenset({2}))
    assert changed([first], [first, second]) == ([Kind.SAME, Kind.ADDED], {2})
    assert changed([first, second], [first]) == ([Kind.SAME, Kind.REMOVED], {2})


def test_a_clause_addressed_to_others_touches_those_who_come_and_go():
    before, after = Clause(1, "ten", frozenset({1, 2})), Clause(1, "ten", frozenset({2, 3}))
    assert changed([before], [after]) == ([Kind.READDRESSED], {1, 3})
    assert changed([before], [Clause(1, "ten")]) == ([Kind.READDRESSED], {3})
    assert changed([before], [Clause(1, "two", frozenset({2, 3}))], 1) == ([Kind.MATERIAL], {1, 2, 3})
