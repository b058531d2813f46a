"""The hash tree of RFC 6962 (Certificate Transparency), section 2.1: root and inclusion proofs. Pure.

Leaves are sorted by their hash, so that their order tells nothing about who voted when.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node with two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True)
class Proof:
    """That a leaf is part of a tree: its place, the size of the tree, and the hashes beside its way to the root."""

    place: int
    size: int
    path: tuple[bytes, ...]


class Tree:
    """The tree over leaf hashes, sorted. A leaf whose level has no partner for it moves up as it is."""

    def __init__(self, hashes: Iterable[bytes]) -> None:
        self.leaves: Sequence[bytes] = sorted(hashes)
        self.levels: list[Sequence[bytes]] = [self.leaves]
        while len(self.levels[-1]) > 1:
            below = self.levels[-1]
            above = [node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)]
            self.levels.append([*above, below[-1]] if len(below) % 2 else above)

    @property
    def root(self) -> bytes:
        """The hash at the top; for an empty tree that of nothing."""
        return self.levels[-1][0] if self.leaves else EMPTY

    def proof(self, leaf: bytes) -> Proof:
        """The inclusion proof of a leaf hash. Raises :class:`ValueError` if it is not in the tree."""
        place = at = self.leaves.index(leaf)
        path: list[bytes] = []
        for level in self.levels[:-1]:
            beside = at ^ 1
            if beside < len(level):
                path.append(level[beside])
            at //= 2
        return Proof(place, len(self.leaves), tuple(path))


def root_of(leaf: bytes, proof: Proof) -> bytes:
    """The root that a leaf hash and its proof lead to (RFC 9162, section 2.1.3.2).

    Raises :class:`ValueError` for a proof that is too short, too long, or of a place outside the tree.
    """
    at, last = proof.place, proof.size - 1
    if not 0 <= at <= last:
        raise ValueError("the place lies outside the tree")
    hashed, rest = leaf, list(proof.path)
    while last:
        if at % 2 or at < last:
            if not rest:
                raise ValueError("the proof is too short")
            beside = rest.pop(0)
            hashed = node_hash(beside, hashed) if at % 2 else node_hash(hashed, beside)
        at //= 2
        last //= 2
    if rest:
        raise ValueError("the proof is too long")
    return hashed
