"""Signed checkpoints, in the form of C2SP's tlog-checkpoint and signed-note: what a tree held at the close, and who
says so.

The signature is Ed25519. The key is derived from the installation's secret (HKDF-SHA-256), so that there is nothing
more to keep; its public part goes into every archive, and onto the page of every result.
"""

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PURPOSE = b"stakeholder-hub ballot checkpoint 1"
ED25519 = b"\x01"
"""The signature type in key ids and verifier keys (C2SP signed-note)."""


class Signer:
    """Signs notes under a name; the same secret and name give the same key for ever."""

    def __init__(self, name: str, secret: str) -> None:
        self.name = name
        seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def _id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self._public).digest()[:4]

    @property
    def verifier_key(self) -> str:
        """The public key as text: ``name+id+base64``."""
        return f"{self.name}+{self._id.hex()}+{base64.b64encode(ED25519 + self._public).decode()}"

    def note(self, text: str) -> str:
        """``text`` (which ends with a line feed) with the signature line after an empty line."""
        signature = base64.b64encode(self._id + self._key.sign(text.encode())).decode()
        return f"{text}\n— {self.name} {signature}\n"


def checkpoint_text(origin: str, size: int, root: bytes, manifest: str) -> str:
    """The body of a checkpoint: whose tree, how many leaves, the root, and the SHA-256 of the archive's manifest."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\nmanifest {manifest}\n"
