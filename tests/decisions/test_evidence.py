"""Receipts, the tree over votes and receipts, its signed checkpoint and the archive of a result."""

import json
import re
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask

from stakeholder_hub.accounts.models import User
from stakeholder_hub.decisions import cli
from stakeholder_hub.decisions.evidence import archive, publishing
from stakeholder_hub.decisions.evidence.archive import companions
from stakeholder_hub.decisions.evidence.leaves import commitment_to, lot_of, receipt_leaf
from stakeholder_hub.decisions.evidence.merkle import Proof, root_of
from stakeholder_hub.decisions.evidence.publishing import archive_of, receipt_in, receipts_of
from stakeholder_hub.decisions.evidence.signing import Signer
from stakeholder_hub.decisions.evidence.verify import check
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.models import Ballot, BallotReceipt, Vote, Voter
from stakeholder_hub.decisions.operations import cast_vote, close_ballot
from stakeholder_hub.decisions.queries import own_receipt
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound
from tests.decisions.test_pages import hidden_in
from tests.factories.accounts import make_user
from tests.factories.decisions import make_ballot


def test_a_note_is_signed_in_the_form_others_can_check():
    signer = Signer("hub.example", "a secret of some length")
    text, _, signature = signer.note("origin\n1\nroot\n").partition("\n\n")
    assert text == "origin\n1\nroot"
    assert re.fullmatch(r"— hub\.example [A-Za-z0-9+/]{91}=\n|— hub\.example [A-Za-z0-9+/=]+\n", signature)
    name, key_id, _key = signer.verifier_key.split("+", 2)
    assert (name, len(key_id)) == ("hub.example", 8)
    assert Signer("hub.example", "a secret of some length").verifier_key == signer.verifier_key
    assert Signer("hub.example", "another secret").verifier_key != signer.verifier_key


def closed_with(number: int, **values: Any) -> Ballot:
    ballot = make_ballot(**{"method": Method.IRV, **values})
    for place in range(number):
        cast_vote(ballot, choices=[1 + place % 3, 1 + (place + 1) % 3], actor=make_user())
    return close_ballot(ballot, actor=SYSTEM)


def test_the_seed_is_promised_at_the_opening_told_at_the_close_and_makes_the_lot_with_the_root(app):
    ballot = closed_with(3)
    assert commitment_to(ballot.seed) == ballot.seed_commitment
    assert ballot.root in ballot.checkpoint or len(ballot.root) == 64
    assert ballot.result["tie_break"] == "lot"
    assert lot_of(ballot.seed, ballot.root) != lot_of(ballot.seed, "0" * 64)


def test_every_voter_has_a_receipt_that_is_counted_and_leads_to_no_choice(app):
    ballot = make_ballot()
    person = make_user()
    cast_vote(ballot, choices=[1], actor=person)
    code = own_receipt(ballot, person)
    cast_vote(ballot, choices=[2], actor=person)
    assert own_receipt(ballot, person) == code
    with pytest.raises(NotFound):
        receipt_in(ballot, code)
    close_ballot(ballot, actor=SYSTEM)
    found = receipt_in(ballot, code)
    assert root_of(receipt_leaf(code), found.proof).hex() == ballot.root == found.to_json()["root"]
    assert receipt_in(ballot, "0" * 32) is None
    numbers = db.session.scalars(sa.select(Vote.voter_key)).all()
    assert code not in numbers


SEALED_NOW = "b7fcef4dc6e21bbe69095788060342a4116e0cd10c5198ff59413de09dd24630"


def test_what_goes_into_every_archive_is_kept_once_it_changes():
    """A signature covers both files: an archive given out with others than its own is called altered."""
    now, *_earlier = companions()
    digest = sha256(now["README.txt"] + now["verify.py"]).hexdigest()
    assert digest == SEALED_NOW, (
        "verify.py or the README of archives has changed: put both as they were into evidence/data/earlier/NUMBER/ "
        "(verify.txt, README.txt), so that archives sealed before stay in order; then note the new hash here"
    )


def test_an_archive_keeps_the_counter_that_was_sealed_into_it(app, monkeypatch, tmp_path):
    ballot = closed_with(12)
    before = archive_of(ballot)
    sealed, *earlier = companions()
    changed = {**sealed, "verify.py": sealed["verify.py"] + b"# Better now."}
    for module in (archive, publishing):
        monkeypatch.setattr(module, "companions", lambda: [changed, sealed, *earlier])
    assert archive_of(ballot) == before
    assert check(before, ballot.verifier_key).problems == []
    later = closed_with(12)
    with ZipFile(BytesIO(archive_of(later))) as packed:
        assert packed.read("verify.py") == changed["verify.py"]
    assert check(archive_of(later), later.verifier_key).problems == []


def test_earlier_counters_are_read_from_their_folders(monkeypatch, tmp_path):
    (tmp_path / "verify.py").write_bytes(b"now")
    monkeypatch.setattr(archive, "files", lambda package: tmp_path)
    assert [pair["verify.py"] for pair in companions()] == [b"now"]
    folder = tmp_path / "data" / "earlier" / "1"
    folder.mkdir(parents=True)
    (tmp_path / "data" / "earlier" / "stray.txt").write_bytes(b"")
    (folder / "verify.txt").write_bytes(b"then")
    (folder / "README.txt").write_bytes(b"Read me")
    assert companions()[1:] == [{"README.txt": b"Read me", "verify.py": b"then"}]


def test_an_archive_whose_ballot_was_altered_since_does_not_pass(app):
    ballot = closed_with(12)
    ballot.vote_count = 13
    assert check(archive_of(ballot), ballot.verifier_key).problems


def test_an_erased_account_takes_its_name_along_and_the_archive_stays_the_same(app):
    ballot = closed_with(12)
    before = archive_of(ballot)
    person = db.session.scalar(sa.select(User).join(Voter, Voter.user_id == User.id))
    db.session.execute(sa.delete(Voter).where(Voter.user_id == person.id))
    db.session.expire_all()
    assert archive_of(ballot) == before
    assert (
        len(receipts_of(ballot))
        == 12
        == db.session.scalar(sa.select(sa.func.count()).select_from(BallotReceipt))
    )


def test_pages_of_the_evidence(web: Flask, visit: Any):
    with web.app_context():
        ballot = closed_with(12)
        running = make_ballot()
        code = receipts_of(ballot)[0]
        url, open_url = f"/en/ballots/{ballot.reference}/", f"/en/ballots/{running.reference}/"
        root, data = ballot.root, archive_of(ballot)
    client = visit(None)
    page = client.get(url).text
    assert root in page
    assert f'href="{url}archive"' in page
    assert client.get(f"{url}archive").data == data
    assert client.get(f"{url}receipt").status_code == 200
    assert "It is counted" in client.get(f"{url}receipt?code={code.upper()}%20").text
    assert "It is not among them" in client.get(f"{url}receipt?code=<b>").text
    told = json.loads(client.get(f"{url}receipt?code={code}&format=json").text)
    proof = Proof(told["place"], told["size"], tuple(bytes.fromhex(one) for one in told["path"]))
    assert root_of(receipt_leaf(code), proof).hex() == told["root"] == root
    for hidden in ("archive", "receipt"):
        assert client.get(f"{open_url}{hidden}").status_code == 404


def test_who_voted_sees_the_receipt_and_nobody_else_does(web: Flask, visit: Any):
    with web.app_context():
        ballot, person, other = make_ballot(), make_user(), make_user()
        url, key, other_key = f"/en/ballots/{ballot.reference}/", person.fs_uniquifier, other.fs_uniquifier
    client = visit(key)
    client.post(f"{url}vote", data=hidden_in(client, url, choices=["2"]))
    with web.app_context():
        code = db.session.scalar(sa.select(Voter.receipt))
    assert code in client.get(url).text
    assert code not in visit(other_key).get(url).text


@pytest.fixture
def packed(app: Flask, tmp_path: Path) -> tuple[Path, Ballot]:
    ballot = closed_with(12)
    path = tmp_path / "archive.zip"
    path.write_bytes(archive_of(ballot))
    return path, ballot


def verified(*arguments: str) -> Result:
    return CliRunner().invoke(cli.verify, list(arguments))


def test_the_command_counts_an_archive_again_and_says_who_signed_it(packed):
    path, ballot = packed
    done = verified(str(path))
    assert done.exit_code == 0
    assert json.loads(done.stdout) == ballot.result
    assert (
        f"The archive of {ballot.reference} is in order. It is signed with {ballot.verifier_key}"
        in done.stderr
    )
    known = verified(str(path), "--key", ballot.verifier_key, "--json")
    assert known.stderr == f"The archive of {ballot.reference} is in order.\n"
    assert json.loads(known.stdout) == {
        "reference": ballot.reference,
        "in_order": True,
        "problems": [],
        "votes_held_back": False,
        "key": ballot.verifier_key,
        "result": ballot.result,
    }


def test_the_command_tells_what_was_altered_and_fails(packed):
    path, _ballot = packed
    path.write_bytes(path.read_bytes()[:-1])
    done = verified(str(path))
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("ALTERED: ")
    plain = verified(str(path), "--json")
    told = json.loads(plain.stdout)
    assert (plain.exit_code, told["in_order"], told["result"]) == (1, False, None)
    assert told["problems"]


def test_the_command_says_where_single_votes_are_held_back(app, tmp_path):
    path = tmp_path / "few.zip"
    path.write_bytes(archive_of(closed_with(3)))
    assert "Single votes are held back" in verified(str(path)).stderr
