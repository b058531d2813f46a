"""Nothing appears from nowhere: every operation that makes a record says in the same transaction what led to it.

Held in two ways. The code is read: whatever makes a record of a kind that must have an origin adds a link. And kinds
are made, by the operations people use, and looked at in the database.
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.actions.operations import add_note, create_action_item
from stakeholder_hub.app import load_models
from stakeholder_hub.consultations.operations import copy_consultation
from stakeholder_hub.decisions.importing import import_pabulib
from stakeholder_hub.decisions.models import Decision
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.operation import OPERATIONS, operation
from stakeholder_hub.records.models import Link, Record, Relation
from stakeholder_hub.records.operations import add_record
from tests.factories.actions import make_action_item
from tests.factories.consultations import make_consultation
from tests.factories.decisions import make_ballot
from tests.factories.deliberation import make_comment
from tests.factories.proposals import make_proposal
from tests.factories.territories import make_territory
from tests.infrastructure.origins import kinds, without_origin

PACKAGE = Path(__file__).resolve().parents[2] / "stakeholder_hub"

LINKED_ELSEWHERE = {
    ("decisions/importing.py", "_proposals"): "_links ties everything that came with a file together",
    ("decisions/importing.py", "_ballot"): "_links ties everything that came with a file together",
    ("referrals/operations/bundling.py", "_begin"): "_join links what is joined to the bundle it begins",
    ("referrals/operations/receiving.py", "_respond"): "answer_referral links the referral to its answer",
}
"""``(path, function): reason`` of what makes records and leaves the link to another function of its module."""

MAKERS: dict[str, Callable[[], Record]] = {
    "consultation": make_consultation,
    "proposal": make_proposal,
    "comment": make_comment,
    "ballot": make_ballot,
    "decision": lambda: decided(),
    "action_item": make_action_item,
    "progress_note": lambda: reported(),
}
"""How one of each kind is made. Kinds of features that have a factory of their own are found there as well."""


def decided() -> Record:
    make_ballot(closed=True)
    return db.session.scalars(sa.select(Decision)).one()


def reported() -> Record:
    return add_note(make_action_item(), body="Half of it is done.", language="en", actor=SYSTEM)


# -- The code ----------------------------------------------------------------------------------------------------------


def makers_in(path: Path) -> Iterator[tuple[str, set[str], set[str]]]:
    """``(function, kinds it makes, names it calls)`` of every function that makes a record."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    # Others have the same name, such as the web's Response: what counts is where it was imported from.
    modules = {kind.__name__: kind.__module__ for kind in kinds().values()}
    imported = {
        alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    classes = {name for name, module in modules.items() if imported.get(name) == module}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            called = {
                node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                for node in ast.walk(function)
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
            }
            if made := classes & called:
                yield function.name, made, called


def faults_in(path: Path, name: str) -> Iterator[str]:
    by_class = {kind.__name__: kind for kind in kinds().values()}
    for function, made, called in makers_in(path):
        bound = [
            by_class[one]
            for one in made
            if not by_class[one].origin.part_of and by_class[one].origin.required
        ]
        if bound and "add_link" not in called and (name, function) not in LINKED_ELSEWHERE:
            yield f"{name}: {function} makes {bound[0].__name__} and adds no link"


def test_whatever_makes_a_record_that_must_have_an_origin_links_it() -> None:
    load_models()
    found = [
        fault
        for path in sorted(PACKAGE.rglob("*.py"))
        for fault in faults_in(path, path.relative_to(PACKAGE).as_posix())
    ]
    assert not found, "\n".join(found)


def test_that_reading_catches_what_it_forbids(tmp_path: Path) -> None:
    load_models()
    sample = tmp_path / "sample.py"
    sample.write_text(
        "from stakeholder_hub.decisions.models import Decision\n"
        "def record(ballot):\n    decision = Decision(ballot=ballot)\n    add_record(decision)\n"
    )
    assert list(faults_in(sample, "sample.py"))
    sample.write_text(
        "from stakeholder_hub.proposals.models import Proposal\n"
        "def put(x):\n    add_record(Proposal())\n    add_link(x, 'prompted', x)\n"
    )
    assert not list(faults_in(sample, "sample.py"))


def test_what_is_excused_is_still_there() -> None:
    load_models()
    there = {
        (path.relative_to(PACKAGE).as_posix(), function)
        for path in PACKAGE.rglob("*.py")
        for function, _made, _called in makers_in(path)
    }
    assert set(LINKED_ELSEWHERE) <= there


# -- Every kind --------------------------------------------------------------------------------------------------------


def test_every_kind_says_where_it_comes_from() -> None:
    load_models()
    for kind in kinds().values():
        origin = kind.origin
        assert not origin.part_of or hasattr(kind, origin.part_of), kind
        assert not origin.part_of or origin.label, kind
        assert origin.part_of or origin.relations <= set(Relation), kind
        assert not origin.required or origin.part_of or origin.relations, kind


@pytest.mark.parametrize("kind", sorted(MAKERS))
@pytest.mark.usefixtures("app")
def test_one_made_by_the_operations_has_its_origin_at_once(kind: str) -> None:
    record = MAKERS[kind]()
    assert record.kind == kind
    assert without_origin() == []


@pytest.mark.usefixtures("app")
def test_a_record_from_nowhere_is_noticed() -> None:
    """The check itself: a decision that no ballot led to."""
    ballot = make_ballot(closed=True)
    decision = db.session.scalars(sa.select(Decision)).one()
    db.session.execute(sa.delete(Link).where(Link.target_id == decision.id))
    assert without_origin() == [f"decision {decision.reference}"]
    assert ballot.reference not in without_origin()


SMALL = """META
key;value
description;PB
unit;Town
instance;2023
num_projects;2
num_votes;2
budget;1000
vote_type;approval
rule;greedy
date_begin;01.10.2023
date_end;29.10.2023
language;hu
currency;EUR
PROJECTS
project_id;cost;name
a;600;Playground
b;400;Well
VOTES
voter_id;vote
1;a,b
2;a
"""


def carried_on(tmp_path: Path) -> None:
    """Every transition of the house, one after the other."""
    consultation = make_consultation()
    comment = make_comment(consultation)
    proposal = make_proposal(consultation, prompted_by=comment)
    make_comment(proposal)
    ballot = make_ballot(consultation, proposals=[proposal], closed=True)
    decision = db.session.scalars(sa.select(Decision).where(Decision.ballot_id == ballot.id)).one()
    item = create_action_item(
        title="Plant",
        language="en",
        territory=consultation.territory,
        sources=[proposal, decision],
        actor=SYSTEM,
    )
    add_note(item, body="Done", language="en", actor=SYSTEM)
    copy_consultation(consultation, starts_on=clock.today(), actor=SYSTEM)
    path = tmp_path / "small.pb"
    path.write_text(SMALL)
    import_pabulib(path, territory=make_territory(), actor=SYSTEM)


def test_every_transition_leaves_its_link(app: Flask, tmp_path: Path) -> None:
    carried_on(tmp_path)
    assert without_origin() == []
    left = set(db.session.scalars(sa.select(Link.relation).distinct()))
    assert {
        Relation.PROMPTED,
        Relation.PUT_TO_VOTE,
        Relation.DECIDED_BY,
        Relation.CARRIED_OUT_BY,
        Relation.REPEATED_AS,
    } <= left


def test_a_link_that_cannot_be_added_takes_its_record_along(app: Flask) -> None:
    """The same transaction: when the link fails, nothing of the proposal stays."""
    consultation = make_consultation()

    @operation
    def half_done() -> None:
        make_proposal(consultation, actor=SYSTEM)
        raise LookupError

    before = db.session.scalar(sa.select(sa.func.count(Record.id)))
    with pytest.raises(LookupError):
        half_done()
    assert db.session.scalar(sa.select(sa.func.count(Record.id))) == before
    OPERATIONS.pop(f"{__name__}.{half_done.__qualname__}", None)


def test_adding_a_record_is_itself_an_operation(app: Any) -> None:
    """So that no record can be stored outside a transaction in which its link is added."""
    assert f"{add_record.__module__}.{add_record.__qualname__}" in OPERATIONS
