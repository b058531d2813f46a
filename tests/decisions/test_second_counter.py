"""The second counter: it agrees with the first on every method, and lets nothing pass that was altered."""

import ast
import json
import random
import runpy
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from fractions import Fraction
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from stakeholder_hub.decisions.counting import count
from stakeholder_hub.decisions.evidence import verify
from stakeholder_hub.decisions.evidence.archive import canonical, contents, manifest_of, pack
from stakeholder_hub.decisions.evidence.leaves import commitment_to, lot_of, tree_of, vote_line
from stakeholder_hub.decisions.evidence.merkle import Tree
from stakeholder_hub.decisions.evidence.signing import Signer, checkpoint_text
from stakeholder_hub.decisions.kinds import ANSWERS, BudgetRule, Method
from stakeholder_hub.decisions.marks import Marks
from stakeholder_hub.decisions.methods.ballots import BallotKind
from stakeholder_hub.decisions.methods.conditions import Base, Cell, Conditions, Figures, check
from stakeholder_hub.decisions.models import Ballot, Electorate

SCRIPT = Path(verify.__file__)
SIGNER = Signer("hub.example", "a secret of some length")
UNSEALED = ("manifest.txt", "checkpoint.txt", "key.txt")
TEXT = SimpleNamespace(texts={"en": "A text"})

Case = tuple[Method, BallotKind, str]
OF_METHODS: list[Case] = [
    (Method.YES_NO, BallotKind.CHOOSE_ONE, "greedy"),
    (Method.CONSENT, BallotKind.CHOOSE_ONE, "greedy"),
    (Method.GRADIENTS, BallotKind.CHOOSE_ONE, "greedy"),
    (Method.MULTIPLE_CHOICE, BallotKind.APPROVAL, "greedy"),
    (Method.PLURALITY, BallotKind.CHOOSE_ONE, "greedy"),
    (Method.APPROVAL, BallotKind.APPROVAL, "greedy"),
    (Method.SCORE, BallotKind.SCORING, "greedy"),
    (Method.MAJORITY_JUDGMENT, BallotKind.SCORING, "greedy"),
    (Method.IRV, BallotKind.ORDINAL, "greedy"),
    (Method.SCHULZE, BallotKind.ORDINAL, "greedy"),
    (Method.BORDA, BallotKind.ORDINAL, "greedy"),
    (Method.STV, BallotKind.ORDINAL, "greedy"),
    (Method.SPAV, BallotKind.APPROVAL, "greedy"),
    (Method.PHRAGMEN, BallotKind.APPROVAL, "greedy"),
    (Method.DOTS, BallotKind.CUMULATIVE, "greedy"),
    (Method.QUADRATIC, BallotKind.CUMULATIVE, "greedy"),
]
OF_BUDGETS: list[Case] = [
    (Method.BUDGET, kind, rule.value)
    for rule in BudgetRule
    for kind in (BallotKind.APPROVAL, BallotKind.CUMULATIVE, BallotKind.SCORING, BallotKind.ORDINAL)
    if rule.takes(kind)
]
ANSWERS_OF = {method: len(answers) for method, answers in ANSWERS.items()}
ALL_CASES = OF_METHODS + OF_BUDGETS


class StandIn(SimpleNamespace):
    """A ballot without a database: what is not said is empty."""

    def __getattr__(self, name: str) -> None:
        if name not in Ballot.__table__.columns:
            raise AttributeError(name)


def ballot_for(case: Case = OF_METHODS[8], *, options: int = 4, **values: Any) -> Any:
    """What a ballot is to counter and archive."""
    method, kind, rule = case
    costs, categories = values.pop("costs", [None] * options), values.pop("categories", [None] * options)
    rows = zip(range(1, options + 1), costs, categories, strict=True)
    terms = {
        "reference": "B-2031-0007",
        "title": TEXT,
        "question": TEXT,
        "currency": "EUR",
        "secret": True,
        "one_per_category": False,
        "electorate": Electorate.EVERYONE,
        "min_choices": 0,
        "vote_count": 0,
        "options": [
            SimpleNamespace(position=place, title=TEXT, cost=cost, group_label=category)
            for place, cost, category in rows
        ],
    }
    return StandIn(**{**terms, "method": method, "vote_type": kind, "rule": rule, **values})


@st.composite
def ballots_with_votes(draw: st.DrawFn, case: Case) -> tuple[Any, list[Marks]]:
    """Few options and few votes, alike often, so that most counts have ties."""
    method, kind, _ = case
    options = ANSWERS_OF.get(method) or draw(st.integers(1, 5))
    values: dict[str, Any] = {}
    if method is Method.BUDGET:
        unit = draw(st.sampled_from([1, 37, 100, 1000]))
        values["costs"] = [
            unit * cost for cost in draw(st.lists(st.integers(1, 6), min_size=options, max_size=options))
        ]
        values["categories"] = draw(
            st.lists(st.sampled_from([None, "", "a", "b"]), min_size=options, max_size=options)
        )
        values["budget"] = unit * draw(st.integers(1, 15))
        values["one_per_category"] = draw(st.booleans())
    if method is not Method.PLURALITY and not method.asks_one_question:
        values["winners_wanted"] = draw(st.none() | st.integers(1, 6))
    if kind is BallotKind.APPROVAL:
        values["least_support"] = draw(st.none() | st.integers(1, 3))
    if kind.has_points:
        values["points_each"] = draw(st.integers(1, 5) if kind is BallotKind.SCORING else st.integers(1, 30))
    ballot = ballot_for(case, options=options, **values)
    different = draw(st.lists(marks_on(ballot), max_size=7))
    votes = [one for marks in different for one in [marks] * draw(st.integers(1, 3))]
    if method is Method.CONSENT:
        ballot.standing_objections = draw(st.integers(0, sum(marks.choices == [3] for marks in votes)))
    return ballot, votes


@st.composite
def marks_on(draw: st.DrawFn, ballot: Any) -> Marks:
    """Marks that the ballot takes, the empty ones among them."""
    kind, places = ballot.vote_type, [option.position for option in ballot.options]
    most = 1 if kind is BallotKind.CHOOSE_ONE else len(places)
    choices = draw(st.lists(st.sampled_from(places), unique=True, max_size=most))
    if kind is not BallotKind.ORDINAL:
        choices.sort()
    if ballot.method is Method.BUDGET and kind is BallotKind.APPROVAL:
        while sum(ballot.options[place - 1].cost for place in choices) > ballot.budget:
            choices.pop()
    if not kind.has_points:
        return Marks(choices)
    points, left = [], ballot.points_each
    for _ in choices:
        most = int(left**0.5) if ballot.method is Method.QUADRATIC else left
        points.append(draw(st.integers(0, most)))
        if kind is BallotKind.CUMULATIVE:
            left -= points[-1] ** 2 if ballot.method is Method.QUADRATIC else points[-1]
    return Marks(choices, points)


def numbered(votes: Sequence[Marks]) -> list[tuple[str, Marks]]:
    return [(sha256(f"vote {place}".encode()).hexdigest()[:32], marks) for place, marks in enumerate(votes)]


def counted_again(ballot: Any, votes: Sequence[Marks], lot: str | None) -> bytes:
    poll = verify.Poll(json.loads(contents(ballot, [], [])["ballot.json"]))
    return verify.recount(poll, poll.votes(sorted(vote_line(*vote) for vote in numbered(votes))), lot)


@pytest.mark.slow
@pytest.mark.parametrize("case", ALL_CASES, ids=lambda case: "-".join(str(part) for part in case))
def test_both_counters_tell_the_same_byte_for_byte(case):
    @given(ballots_with_votes(case), st.none() | st.sampled_from(["a lot", "another", "a third"]))
    @settings(derandomize=True, deadline=None, max_examples=120, database=None)
    def same(drawn: tuple[Any, list[Marks]], lot: str | None) -> None:
        ballot, votes = drawn
        assert counted_again(ballot, votes, lot) == canonical(count(ballot, votes, lot=lot).to_json())

    same()


def test_a_tie_among_the_last_that_shapes_what_is_looked_back_at_later_can_decide_who_wins():
    """Both 3 and 4 leave before anybody else, but in which order decides the last tie, between 2 and 5."""
    votes = [[2], [2, 4, 3], [4, 5, 2], [2, 1], [3, 2, 5], [5, 4], [5], [5, 1, 4]]
    ballot = ballot_for(options=5)
    told = [json.loads(counted_again(ballot, [Marks(one) for one in votes], lot)) for lot in "abcdefgh"]
    assert {one["winners"][0] for one in told} == {"2", "5"}
    ties = [tie for one in told for tie in one["ties"]]
    assert all(sorted(tie["options"]) == ["3", "4"] and tie["decisive"] for tie in ties)


def sealed(
    ballot: Any, votes: Sequence[Marks], *, signer: Signer = SIGNER, seed: str | None = "5eed"
) -> bytes:
    """The archive of a ballot, as it is given out after the close."""
    receipts = [sha256(f"receipt {place}".encode()).hexdigest()[:32] for place in range(len(votes))]
    tree = tree_of([vote_line(*vote) for vote in numbered(votes)], receipts)
    ballot.vote_count, ballot.seed = len(votes), seed
    ballot.seed_commitment = commitment_to(seed) if seed else None
    ballot.result = count(ballot, votes, lot=lot_of(seed, tree.root.hex()) if seed else None).to_json()
    return signed(contents(ballot, numbered(votes), receipts), tree, ballot.reference, signer)


def signed(told: dict[str, bytes], tree: Tree, reference: str, signer: Signer = SIGNER) -> bytes:
    """An archive of these files with manifest, checkpoint and key that fit them."""
    told = {name: data for name, data in told.items() if name not in UNSEALED}
    manifest = manifest_of(told)
    text = checkpoint_text(
        f"{signer.name}/{reference}", len(tree.leaves), tree.root, sha256(manifest).hexdigest()
    )
    more = {"manifest.txt": manifest, "checkpoint.txt": signer.note(text).encode()}
    return pack({**told, **more, "key.txt": f"{signer.verifier_key}\n".encode()})


def files_in(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def signed_again(data: bytes, **changed: bytes) -> bytes:
    """The archive with files changed by whoever holds the key: only the count can tell."""
    told = {**files_in(data), **{name.replace("_", "."): new for name, new in changed.items()}}
    lines = told["votes.txt"].decode().splitlines()
    return signed(told, tree_of(lines, told["receipts.txt"].decode().split()), "B-2031-0007")


RANKED = [Marks([1 + place % 4, 1 + (place + 1) % 4]) for place in range(14)]


@pytest.fixture(scope="module")
def archive() -> bytes:
    return sealed(ballot_for(), RANKED)


def problems(data: bytes, key: str | None = SIGNER.verifier_key) -> str:
    """What the checker finds; nothing it is given makes it raise."""
    report = verify.check(data, key)
    assert (report.result is None) == bool(report.problems)
    return "\n".join(report.problems)


@pytest.mark.parametrize("case", ALL_CASES, ids=lambda case: "-".join(str(part) for part in case))
def test_an_archive_of_every_method_is_in_order(case):
    drawn = random.Random(7)
    options = ANSWERS_OF.get(case[0], 4)
    ballot = ballot_for(
        case, options=options, costs=[100, 250, 300, 150, 80, 60, 40, 20][:options], budget=700, points_each=9
    )
    votes = []
    for _ in range(20):
        choices = drawn.sample(range(1, options + 1), 1 if case[1] is BallotKind.CHOOSE_ONE else 3)
        votes.append(Marks(choices, [2, 1, 2]) if case[1].has_points else Marks(choices))
    report = verify.check(sealed(ballot, votes), SIGNER.verifier_key)
    assert report.problems == []
    assert report.result == canonical(ballot.result)
    assert (report.reference, report.key) == ("B-2031-0007", SIGNER.verifier_key)


@pytest.mark.parametrize("seed", ["5eed", None])
@pytest.mark.parametrize("number", [0, 1, 9])
def test_with_few_votes_all_but_the_count_is_checked(number, seed):
    data = sealed(ballot_for(), RANKED[:number], seed=seed)
    report = verify.check(data, SIGNER.verifier_key)
    assert (report.problems, report.held_back) == ([], True)
    assert report.result == files_in(data)["result.json"]
    told = files_in(data)
    told["leaves.txt"] = told["leaves.txt"].replace(b"0", b"1") + b"00" * 32 + b"\n"
    assert problems(pack(told))


def test_without_a_seed_the_order_on_the_ballot_breaks_ties():
    ballot = ballot_for()
    assert problems(sealed(ballot, RANKED, seed=None)) == ""
    assert ballot.result["tie_break"] == "order"


def in_another_order(told: dict[str, bytes], names: Sequence[str]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for name in names:
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            packed.writestr(entry, told[name])
    return out.getvalue()


@pytest.mark.slow
def test_none_of_ten_thousand_alterations_passes_with_the_right_key(archive):
    chance, told = random.Random(20310907), files_in(archive)
    earlier = files_in(sealed(ballot_for(), RANKED[:13]))
    other = Signer("hub.example", "the secret of somebody else")
    forks = [sealed(ballot_for(), RANKED[place:] + RANKED[:place] * 2, signer=other) for place in range(1, 5)]
    forks.append(sealed(ballot_for(), RANKED, signer=other))

    def flipped(data: bytes) -> bytes:
        place = chance.randrange(len(data))
        return data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]

    def with_manifest(changed: dict[str, bytes]) -> bytes:
        manifest = manifest_of({name: data for name, data in changed.items() if name not in UNSEALED})
        return pack({**changed, "manifest.txt": manifest})

    def flip_in_a_file() -> bytes:
        name = chance.choice(sorted(told))
        return pack({**told, name: flipped(told[name])})

    def flip_with_manifest() -> bytes:
        name = chance.choice(sorted(set(told) - set(UNSEALED)))
        return with_manifest({**told, name: flipped(told[name])})

    def drop() -> bytes:
        gone = chance.choice(sorted(told))
        return pack({name: data for name, data in told.items() if name != gone})

    def reorder() -> bytes:
        names = sorted(told)
        chance.shuffle(names)
        return in_another_order(told, names)

    def swap_votes() -> bytes:
        lines = told["votes.txt"].decode().splitlines()
        one, two = chance.sample(range(len(lines)), 2)
        first, second = lines[one], lines[two]
        lines[one], lines[two] = first[:32] + second[32:], second[:32] + first[32:]
        return with_manifest({**told, "votes.txt": "".join(f"{line}\n" for line in lines).encode()})

    def change_a_vote() -> bytes:
        lines = told["votes.txt"].decode().splitlines()
        lines[chance.randrange(len(lines))] += f" {chance.randint(1, 9)}"
        return with_manifest({**told, "votes.txt": "".join(f"{line}\n" for line in lines).encode()})

    def roll_back() -> bytes:
        name = chance.choice(["checkpoint.txt", "manifest.txt", "votes.txt", "receipts.txt"])
        return pack({**told, name: earlier[name], "checkpoint.txt": earlier["checkpoint.txt"]})

    ways: list[Callable[[], bytes]] = [
        lambda: flipped(archive),
        flip_in_a_file,
        flip_with_manifest,
        drop,
        reorder,
        swap_votes,
        change_a_vote,
        lambda: chance.choice(forks),
        roll_back,
        lambda: archive[: chance.randrange(len(archive))],
        lambda: archive + chance.randbytes(chance.randint(1, 40)),
    ]
    tried = 0
    for number in range(10_500):
        altered = ways[number % len(ways)]()
        if altered != archive:
            tried += 1
            assert problems(altered), ways[number % len(ways)]
    assert tried >= 10_000
    assert problems(archive) == ""


def test_whoever_holds_the_key_cannot_tell_another_result_of_the_same_votes(archive):
    result = json.loads(files_in(archive)["result.json"])
    for name, new in (("winners", ["2"]), ("voters", 15), ("details", {"more": 1}), ("tie_break", "order")):
        assert "result.json" in problems(signed_again(archive, result_json=canonical({**result, name: new})))
    assert problems(signed_again(archive)) == ""


@pytest.mark.parametrize(
    "marks", ["5", "0", "1 1", "1:2", "01", "1  2", " 1", "1 ", "x", "-1", "١", "1 2 3 4 1", "1;2"]
)
def test_votes_that_nobody_could_give_are_found_even_if_signed(archive, marks):
    lines = files_in(archive)["votes.txt"].decode().splitlines()
    lines[3] = f"{lines[3][:32]};{marks}"
    votes = "".join(f"{line}\n" for line in lines).encode()
    assert "votes.txt, line 4" in problems(signed_again(archive, votes_txt=votes))


@pytest.mark.parametrize(
    ("case", "values", "marks"),
    [
        (OF_METHODS[6], {"points_each": 4}, "1:5"),
        (OF_METHODS[14], {"points_each": 4}, "1:3 2:2"),
        (OF_METHODS[15], {"points_each": 9}, "1:3 2:1"),
        (OF_METHODS[4], {}, "1 2"),
        (OF_METHODS[5], {"max_choices": 2}, "1 2 3"),
        (OF_METHODS[5], {"min_choices": 1}, ""),
        (OF_BUDGETS[0], {"budget": 50, "costs": [30, 30, 1, 1]}, "1 2"),
    ],
)
def test_votes_against_the_terms_of_the_ballot_are_found(case, values, marks):
    poll = verify.Poll(json.loads(contents(ballot_for(case, **values), [], [])["ballot.json"]))
    with pytest.raises(verify.Altered, match="line 1"):
        poll.votes([f"{'0' * 32};{marks}"])


def test_two_votes_of_one_number_are_found(archive):
    lines = files_in(archive)["votes.txt"].decode().splitlines()
    twice = sorted([*lines[1:], f"{lines[1][:32]};4 3 2 1"])
    assert "twice" in problems(
        signed_again(archive, votes_txt="".join(f"{line}\n" for line in twice).encode())
    )


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"a":2}\n', '{"a":1.5}\n', '{"a":NaN}\n', '{"b":1, "a":2}\n', "[]\n", "[" * 90_000, '"\ud800"\n'],
)
def test_json_in_any_form_but_the_canonical_one_is_refused(archive, text):
    altered = signed_again(archive, result_json=text.encode("utf-8", "surrogatepass"))
    assert problems(altered)


def test_a_seed_other_than_the_promised_one_is_found(archive):
    for seed in (b"other\n", b"\n", b"5eed", b"5eed\n\n"):
        assert problems(signed_again(archive, seed_txt=seed))


@given(st.binary(max_size=200))
@settings(derandomize=True, deadline=None, max_examples=200)
def test_any_bytes_at_all_are_told_to_be_no_archive(data):
    assert problems(data)
    assert problems(b"PK\x03\x04" + data)


def test_archives_that_would_fill_the_memory_are_refused(archive):
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in files_in(archive):
            packed.writestr(name, b"0" * 1_000_000)
    assert problems(bomb.getvalue())
    assert problems(pack({f"{place:02}.txt": b"" for place in range(21)}))
    assert problems(archive[:18] + b"\xff\xff\xff\xff\xff\xff\xff\xff" + archive[26:])


def test_signatures_are_those_that_others_make_and_only_in_their_one_form():
    for place in range(8):
        key = Ed25519PrivateKey.from_private_bytes(bytes([place]) * 32)
        public, message = key.public_key().public_bytes_raw(), bytes(range(place * 5))
        made = key.sign(message)
        assert verify.signed(public, message, made)
        assert not verify.signed(public, message + b"\n", made)
        assert not verify.signed(public, message, made[:-1])
        assert not verify.signed(public, message, bytes([made[0] ^ 1]) + made[1:])
        assert not verify.signed(bytes([public[0] ^ 1]) + public[1:], message, made)
        larger = int.from_bytes(made[32:], "little") + verify.ORDER
        assert not verify.signed(public, message, made[:32] + larger.to_bytes(32, "little"))


def test_keys_of_small_order_and_points_written_otherwise_are_refused():
    identity = b"\1" + bytes(31)
    assert not verify.signed(identity, b"any message", identity + bytes(32))
    assert verify.point_from((verify.P + 1).to_bytes(32, "little")) is None
    assert verify.point_from((1 | 1 << 255).to_bytes(32, "little")) is None
    assert verify.point_from((2).to_bytes(32, "little")) is None


def test_the_script_is_such_as_python_3_9_reads_and_imports_nothing_of_ours():
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 9))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """The script on its own: without the package, without any other one, and from nowhere in particular."""
    command = [sys.executable, "-I", "-S", str(SCRIPT), *arguments]
    return subprocess.run(command, capture_output=True, cwd="/", check=False)


def test_the_script_needs_nothing_but_the_standard_library(archive, tmp_path):
    path = tmp_path / "archive.zip"
    path.write_bytes(archive)
    done = run(str(path), "--key", SIGNER.verifier_key, "--json")
    assert (done.returncode, done.stdout) == (0, files_in(archive)["result.json"])
    assert done.stderr.startswith(b"The archive is in order: B-2031-0007, 14 votes")
    assert files_in(archive)["verify.py"] == SCRIPT.read_bytes()
    path.write_bytes(archive[:-1])
    done = run(str(path), "--json")
    assert done.returncode == 1
    assert done.stderr.startswith(b"ALTERED: the ZIP file, byte ")
    assert json.loads(done.stdout)["altered"]
    assert run().returncode == run(str(tmp_path / "none.zip")).returncode == 2


def test_the_command_tells_the_result_and_how_the_archive_stands(tmp_path, capsysbinary):
    path = tmp_path / "archive.zip"
    cases = (
        ([], 14, f"signed with the key {SIGNER.verifier_key}; counted again, with the same result"),
        (
            ["--key", SIGNER.verifier_key],
            14,
            "signed with the expected key; counted again, with the same result",
        ),
        ([], 3, "so few voted that single votes are held back, and the result is as published"),
    )
    for more, number, told in cases:
        path.write_bytes(sealed(ballot_for(), RANKED[:number]))
        assert verify.main([str(path), *more]) == 0
        out, err = capsysbinary.readouterr()
        assert out == files_in(path.read_bytes())["result.json"]
        assert err.decode().startswith(f"The archive is in order: B-2031-0007, {number} votes, ")
        assert err.decode().rstrip().endswith(told)


def test_the_command_fails_on_what_was_altered_and_on_what_is_not_there(archive, tmp_path, capsysbinary):
    path = tmp_path / "archive.zip"
    path.write_bytes(archive[:-1])
    assert verify.main([str(path)]) == 1
    out, err = capsysbinary.readouterr()
    assert (out, err[:9]) == (b"", b"ALTERED: ")
    assert verify.main([str(path), "--json"]) == 1
    told = json.loads(capsysbinary.readouterr().out)
    assert sorted(told) == ["altered", "reference"]
    assert told["altered"]
    for missing in (tmp_path / "none.zip", "a\0b"):
        with pytest.raises(SystemExit) as end:
            verify.main([str(missing)])
        assert end.value.code == 2


def with_terms(case: Case, votes: Sequence[Marks], **changed: Any) -> str:
    """What is found in an archive whose ballot.json tells other terms, signed by who holds the key."""
    ballot = ballot_for(
        case, options=ANSWERS_OF.get(case[0], 4), costs=[5] * ANSWERS_OF.get(case[0], 4), budget=9
    )
    data = sealed(ballot, votes)
    told = {**json.loads(files_in(data)["ballot.json"]), **changed}
    return problems(signed_again(data, ballot_json=canonical(told)))


def test_terms_that_cannot_be_are_found_even_if_signed():
    one = [Marks([1])] * 14
    options = [{"position": 1, "cost": 5, "category": None}] * 2
    assert "a position is there twice" in with_terms(OF_METHODS[5], one, options=options)
    assert "there is no such rule" in with_terms(OF_METHODS[5], one, method="by_acclamation")
    assert "there is no such rule" in with_terms(OF_BUDGETS[0], one, rule="whoever shouts")
    assert "more than there were" in with_terms(OF_METHODS[1], one, standing_objections=1)


def test_shares_of_those_entitled_and_of_winners_are_checked_again():
    conditions = Conditions(quorum_share=Fraction(1, 2), winner_share=Fraction(3, 5))
    votes = [Marks([1])] * 9 + [Marks([2])] * 5
    for entitled, winner in ((28, 9), (29, 9)):
        figures = Figures(all=Cell(cast=14, eligible=entitled), winners=(winner,))
        checks = [one.to_json() for one in check(conditions, figures)]
        assert [one["met"] for one in checks] == [entitled == 28, True]
        ballot = ballot_for(
            OF_METHODS[5],
            winners_wanted=1,
            conditions=conditions.to_json(),
            checks=checks,
            entitled=entitled,
        )
        data = sealed(ballot, votes)
        assert problems(data) == ""
        told = json.loads(files_in(data)["ballot.json"])
        told["checks"][0]["met"] = not told["checks"][0]["met"]
        assert "checks" in problems(signed_again(data, ballot_json=canonical(told)))


def test_a_majority_of_those_present_is_checked_again_and_nobody_votes_without_being_there():
    conditions = Conditions(threshold=Fraction(1, 2), threshold_base=Base.PRESENT)
    votes = [Marks([1])] * 9 + [Marks([2])] * 5
    for present in (17, 18):
        figures = Figures(all=Cell(cast=14, yes=9, no=5, present=present))
        checks = [one.to_json() for one in check(conditions, figures)]
        assert [one["met"] for one in checks] == [present == 17]
        ballot = ballot_for(
            OF_METHODS[0], options=3, conditions=conditions.to_json(), checks=checks, present=present
        )
        data = sealed(ballot, votes)
        assert problems(data) == ""
        told = json.loads(files_in(data)["ballot.json"])
        for other, words in ((present + 1, "checks"), (13, "fewer than those who voted")):
            told["present"] = other
            assert words in problems(signed_again(data, ballot_json=canonical(told)))


def test_the_script_runs_as_a_script(archive, tmp_path, monkeypatch, capsysbinary):
    path = tmp_path / "archive.zip"
    path.write_bytes(archive)
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), str(path)])
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(SCRIPT), run_name="__main__")
    assert end.value.code == 0
    assert capsysbinary.readouterr().out == files_in(archive)["result.json"]


@pytest.mark.parametrize("rule", [BudgetRule.EQUAL_SHARES, BudgetRule.EQUAL_SHARES_ADD1])
def test_large_budgets_of_few_voters_are_raised_in_the_same_steps_by_both(rule):
    case = (Method.BUDGET, BallotKind.APPROVAL, rule.value)
    ballot = ballot_for(case, options=2, costs=[60_000_000, 50_000_000], budget=100_000_000)
    votes = [Marks([1])] * 3 + [Marks([2])] * 2
    assert counted_again(ballot, votes, None) == canonical(count(ballot, votes).to_json())


def test_another_key_than_the_expected_one_is_told(archive):
    assert "key.txt" in problems(archive, Signer("hub.example", "another secret").verifier_key)
    assert problems(archive, None) == ""
