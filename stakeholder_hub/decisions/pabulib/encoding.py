"""Which characters the bytes of a file mean."""

import codecs
import hashlib
from dataclasses import dataclass
from typing import BinaryIO

from stakeholder_hub.decisions.pabulib.errors import PabulibError
from stakeholder_hub.kernel.i18n import _l

CHUNK = 1 << 16

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_C1 = frozenset(range(0x80, 0xA0))
_CONTROLS = frozenset(range(0x20)) - frozenset(b"\t\n\v\f\r")
_LATIN2_LETTERS = frozenset(b"\xa1\xa6\xac\xb1\xb6\xbc")
"""Bytes that are letters (Ą Ś Ź ą ś ź) in ISO 8859-2 and signs in Windows-1250."""
_WINDOWS_LETTERS = frozenset(b"\xa5\xb9\xbc\xbe")
"""Bytes that are common letters (Ą ą Ľ ľ) in Windows-1250 where no other byte tells the two apart."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a stream: the encoding by Python's name, whether it was guessed, digest of the bytes."""

    encoding: str
    guessed: bool
    sha256: str


def examine(stream: BinaryIO) -> Reading:
    """Find out the encoding of a seekable stream from its bytes; leaves the stream at its start.

    A byte order mark decides; then valid UTF-8; else it is one of the two Central European 8-bit
    encodings, told apart by bytes that are letters in one only. Raises :class:`PabulibError` for NUL bytes
    and for bytes that are no text.
    """
    digest = hashlib.sha256()
    head = stream.read(4)
    wide = next((name for mark, name in _BOMS if head.startswith(mark)), None) or _unmarked_utf16(head)
    stream.seek(0)
    decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    seen: set[int] = set()
    line = 1
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
        if wide is None or wide == "utf-8-sig":
            if (at := chunk.find(b"\0")) >= 0:
                found = line + chunk.count(b"\n", 0, at)
                raise PabulibError(found, _l("There is a NUL byte: this is not a text file."))
            line += chunk.count(b"\n")
            seen.update(chunk)
            decoder = _still_utf8(decoder, chunk)
    if decoder is not None and not _finishes(decoder):
        decoder = None
    stream.seek(0)
    if wide is not None:
        return Reading(wide, False, digest.hexdigest())
    if decoder is not None:
        return Reading("utf-8", False, digest.hexdigest())
    return Reading(_legacy(seen), True, digest.hexdigest())


def _unmarked_utf16(head: bytes) -> str | None:
    if head[1:2] == b"\0" and head[3:4] == b"\0" and head[:1] != b"\0":
        return "utf-16-le"
    if head[:1] == b"\0" and head[2:3] == b"\0" and head[1:2] != b"\0":
        return "utf-16-be"
    return None


def _still_utf8(decoder: codecs.IncrementalDecoder | None, chunk: bytes) -> codecs.IncrementalDecoder | None:
    if decoder is None:
        return None
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return None
    return decoder


def _finishes(decoder: codecs.IncrementalDecoder) -> bool:
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _legacy(seen: set[int]) -> str:
    if seen & _CONTROLS:
        raise PabulibError(0, _l("This is not a text file, or its encoding is not known."))
    if not seen & _C1 and (seen & _LATIN2_LETTERS or not seen & _WINDOWS_LETTERS):
        return "iso8859-2"
    return "cp1250"
