"""Where files lie: by the SHA-256 of their content, behind one small interface."""

import hashlib
import os
import re
import secrets
from pathlib import Path
from typing import BinaryIO, Protocol

_KEY = re.compile(r"[0-9a-f]{64}")


class Storage(Protocol):
    """A store of immutable contents. Keys are 64 hexadecimal digits."""

    def put(self, data: bytes) -> str:
        """Store ``data``; returns its key. Storing the same twice keeps one."""

    def open(self, key: str) -> BinaryIO:
        """Read the content of ``key``. Raises FileNotFoundError where there is none."""

    def exists(self, key: str) -> bool:
        """Whether there is a content under ``key``."""

    def delete(self, key: str) -> None:
        """Remove the content of ``key``, if there is any."""


class LocalStorage:
    """A folder with two levels of subfolders. What is acknowledged is on the disk."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, key: str) -> Path:
        """The file of ``key``.

        Raises:
            ValueError: ``key`` is not 64 hexadecimal digits.
        """
        if not _KEY.fullmatch(key):
            raise ValueError("not a storage key")
        return self.root / key[:2] / key[2:4] / key

    def put(self, data: bytes) -> str:
        """Write to a temporary file, flush it to the disk, then rename: never a partial file."""
        key = hashlib.sha256(data).hexdigest()
        target = self.path(key)
        if target.exists():
            return key
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = target.with_name(f".{secrets.token_hex(8)}")
        try:
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        return key

    def open(self, key: str) -> BinaryIO:
        """Read the content of ``key``. Raises FileNotFoundError where there is none."""
        return self.path(key).open("rb")

    def exists(self, key: str) -> bool:
        """Whether there is a content under ``key``."""
        return self.path(key).exists()

    def delete(self, key: str) -> None:
        """Remove the content of ``key``, if there is any."""
        self.path(key).unlink(missing_ok=True)
