"""The tree over votes and receipts, its proofs, and what its leaves are made of."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stakeholder_hub.decisions.evidence.leaves import (
    commitment_to,
    lot_of,
    receipt_leaf,
    tree_of,
    vote_leaf,
    vote_line,
)
from stakeholder_hub.decisions.evidence.merkle import EMPTY, Proof, Tree, leaf_hash, node_hash, root_of
from stakeholder_hub.decisions.marks import Marks

hashes = st.lists(st.binary(min_size=1, max_size=4), unique=True, max_size=40)


def test_the_tree_is_that_of_rfc_6962():
    """Section 2.1.3 of the RFC: seven leaves, d0 to d6, in the order of their hashes here."""
    a, b, c, d, e, f, g = sorted(leaf_hash(bytes([n])) for n in range(7))
    left = node_hash(node_hash(a, b), node_hash(c, d))
    assert Tree([g, f, e, d, c, b, a]).root == node_hash(left, node_hash(node_hash(e, f), g))
    assert Tree([]).root == EMPTY == hashlib.sha256(b"").digest()
    assert Tree([a]).root == a


def test_leaves_and_nodes_are_hashed_apart():
    assert leaf_hash(b"x") == hashlib.sha256(b"\0x").digest()
    assert node_hash(b"l", b"r") == hashlib.sha256(b"\1lr").digest()


def test_the_tree_of_a_ballot_holds_votes_and_receipts_as_leaves_of_their_own():
    def leaf(text):
        return hashlib.sha256(b"\0" + text).digest()

    tree = tree_of(["ab;3 1", "cd;2"], ["5eed"])
    assert vote_leaf("ab;3 1") == leaf(b"vote;ab;3 1")
    assert receipt_leaf("5eed") == leaf(b"receipt;5eed")
    assert tree.leaves == sorted([leaf(b"vote;ab;3 1"), leaf(b"vote;cd;2"), leaf(b"receipt;5eed")])


def test_the_lot_is_the_hash_of_a_promised_seed_and_the_root():
    assert commitment_to("5eed") == hashlib.sha256(b"5eed").hexdigest()
    assert lot_of("5eed", "0a") == hashlib.sha256(b"5eed\n0a").hexdigest()


@given(hashes)
@settings(derandomize=True, deadline=None, max_examples=60)
def test_every_leaf_has_a_proof_that_leads_to_the_root_and_no_other_leaf_does(data):
    leaves = [leaf_hash(one) for one in data]
    tree = Tree(leaves)
    for leaf in leaves:
        proof = tree.proof(leaf)
        assert root_of(leaf, proof) == tree.root
        assert root_of(leaf_hash(b"other" + leaf), proof) != tree.root


def test_proofs_that_cannot_be_are_refused():
    a, b, c = (leaf_hash(bytes([n])) for n in range(3))
    proof = Tree([a, b, c]).proof(a)
    wrong = {
        Proof(3, 3, proof.path): "the place lies outside the tree",
        Proof(-1, 3, proof.path): "the place lies outside the tree",
        Proof(proof.place, 3, proof.path[:-1]): "the proof is too short",
        Proof(proof.place, 3, (*proof.path, a)): "the proof is too long",
    }
    for one, told in wrong.items():
        with pytest.raises(ValueError, match=f"^{told}$"):
            root_of(a, one)
    with pytest.raises(ValueError, match="not in"):
        Tree([a]).proof(b)


def test_votes_are_told_with_places_or_points():
    assert vote_line("ab", Marks([3, 1])) == "ab;3 1"
    assert vote_line("ab", Marks([1, 3], [5, 0])) == "ab;1:5 3:0"
    assert vote_line("ab", Marks([])) == "ab;"
    with pytest.raises(ValueError, match="shorter"):
        vote_line("ab", Marks([1, 3], [5]))
