"""Where files are kept: by content, behind one interface, so that another kind of storage can take its place.

The key of a file is the SHA-256 of its bytes. The same bytes brought twice are kept once: whoever deletes
must know that nothing else points at the key.
"""

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import BinaryIO, Protocol

from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.kernel.i18n import _l

_KEY = re.compile(r"[0-9a-f]{64}")


class Storage(Protocol):
    """What every storage can do. A key that is none, or that nothing is kept under, raises ``NotFound``."""

    def put(self, data: bytes) -> str:
        """Keep the bytes and return their key, once they are safe on the disk."""

    def open(self, key: str) -> BinaryIO:
        """The bytes, to be read from their start."""

    def path(self, key: str) -> Path | None:
        """The file on this machine, for a server that sends files itself; ``None`` where there is none."""

    def delete(self, key: str) -> None:
        """Forget the bytes; nothing happens where they are gone already."""

    def exists(self, key: str) -> bool:
        """Whether something is kept under the key; ``False`` for what is no key."""


def is_key(key: str) -> bool:
    """Whether ``key`` has the form of a key: 64 small hexadecimal digits."""
    return _KEY.fullmatch(key) is not None


class LocalStorage:
    """A folder of this machine: ``ab/cd/abcd…``, each file whole or not there, for its owner only."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, data: bytes) -> str:
        """Write beside it, flush to the disk, then rename: a crash leaves no half file under a key."""
        key = hashlib.sha256(data).hexdigest()
        place = self._place(key)
        if place.is_file() and place.stat().st_size == len(data):
            return key
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (place.parent.parent, place.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".part-", dir=place.parent)  # made with mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, place)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        for folder in (place.parent, place.parent.parent, self.root):
            _flush(folder)
        return key

    def open(self, key: str) -> BinaryIO:
        """Raises ``NotFound`` where there is nothing."""
        try:
            return self._place(key).open("rb")
        except FileNotFoundError as gone:
            raise _not_found() from gone

    def path(self, key: str) -> Path | None:
        """Raises ``NotFound`` where there is nothing."""
        place = self._place(key)
        if not place.is_file():
            raise _not_found()
        return place

    def delete(self, key: str) -> None:
        """The file goes; its folders stay, another file may be on its way into them."""
        self._place(key).unlink(missing_ok=True)

    def exists(self, key: str) -> bool:
        """Whether the file is there."""
        return is_key(key) and self._place(key).is_file()

    def _place(self, key: str) -> Path:
        if not is_key(key):
            raise _not_found()
        return self.root / key[:2] / key[2:4] / key


def _not_found() -> NotFound:
    return NotFound(_l("This file is not here any more."))


def _flush(folder: Path) -> None:
    """Make the folder's entries outlive a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
