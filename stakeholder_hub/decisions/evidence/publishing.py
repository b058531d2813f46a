"""Sealing a result when its ballot closes, and giving it out afterwards: archive, receipts and their proofs."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app

from stakeholder_hub.decisions.evidence.archive import companions, contents, manifest_of, pack
from stakeholder_hub.decisions.evidence.leaves import receipt_leaf, tree_of, vote_line
from stakeholder_hub.decisions.evidence.merkle import Proof, Tree
from stakeholder_hub.decisions.evidence.signing import Signer, checkpoint_text
from stakeholder_hub.decisions.marks import Marks
from stakeholder_hub.decisions.models import Ballot, BallotReceipt, BallotState, Vote
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.kernel.settings import Settings

NumberedVote = tuple[str, Marks]


def signer() -> Signer:
    """What this installation signs with, under the name of its host."""
    settings: Settings = current_app.config["HUB_SETTINGS"]
    host = urlsplit(settings.base_url or "").hostname
    return Signer(host or "stakeholder-hub", settings.secret_key)


def seal(ballot: Ballot, votes: Sequence[NumberedVote], receipts: Sequence[str], tree: Tree) -> None:
    """Sign what the tree holds and what the archive will hold; the ballot is counted and otherwise as it will stay."""
    signing = signer()
    manifest = sha256(manifest_of(contents(ballot, votes, receipts))).hexdigest()
    origin = f"{signing.name}/{ballot.reference}"
    ballot.checkpoint = signing.note(checkpoint_text(origin, len(tree.leaves), tree.root, manifest))
    ballot.verifier_key = signing.verifier_key


def stored_votes(ballot: Ballot) -> list[NumberedVote]:
    """The votes of a closed ballot under their random numbers."""
    rows = db.session.execute(
        sa.select(Vote.voter_key, Vote.choices, Vote.points).where(Vote.ballot_id == ballot.id)
    )
    return [(number, Marks(choices, points)) for number, choices, points in rows]


def receipts_of(ballot: Ballot) -> list[str]:
    """All receipts of a ballot, sorted: their order tells nothing."""
    codes = db.session.scalars(sa.select(BallotReceipt.code).where(BallotReceipt.ballot_id == ballot.id))
    return sorted(codes)


def archive_of(ballot: Ballot) -> bytes:
    """The archive of a result, as a ZIP file: with the README and the second counter that were sealed into it.

    Raises:
        NotFound: the ballot is not closed, or was held elsewhere.
    """
    if ballot.state != BallotState.CLOSED or not ballot.checkpoint:
        raise NotFound()
    told = contents(ballot, stored_votes(ballot), receipts_of(ballot))
    manifests = [manifest_of({**told, **pair}) for pair in companions()]
    sealed = [f"\nmanifest {sha256(manifest).hexdigest()}\n" in ballot.checkpoint for manifest in manifests]
    own = sealed.index(True) if True in sealed else 0
    told.update(companions()[own])
    told["manifest.txt"] = manifests[own]
    told["checkpoint.txt"] = ballot.checkpoint.encode()
    told["key.txt"] = f"{ballot.verifier_key}\n".encode()
    return pack(told)


@dataclass(frozen=True)
class Receipt:
    """Where a receipt stands in the tree of a closed ballot: whoever has its code can show that it was counted."""

    code: str
    leaf: bytes
    proof: Proof
    root: bytes

    def to_json(self) -> dict[str, object]:
        """The receipt as plain data, enough to compute the root from the code."""
        return {
            "receipt": self.code,
            "leaf": self.leaf.hex(),
            "place": self.proof.place,
            "size": self.proof.size,
            "path": [beside.hex() for beside in self.proof.path],
            "root": self.root.hex(),
        }


def receipt_in(ballot: Ballot, code: str) -> Receipt | None:
    """The receipt with its proof, or ``None`` if the ballot has none with this code.

    Raises:
        NotFound: the ballot is not closed.
    """
    if ballot.state != BallotState.CLOSED or ballot.root is None:
        raise NotFound()
    codes = receipts_of(ballot)
    if code not in codes:
        return None
    tree = tree_of((vote_line(number, marks) for number, marks in stored_votes(ballot)), codes)
    leaf = receipt_leaf(code)
    return Receipt(code, leaf, tree.proof(leaf), tree.root)
