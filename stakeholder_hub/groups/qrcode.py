"""QR codes as one path of an SVG: drawn by attributes, so that the content policy holds."""

from dataclasses import dataclass

import segno

QUIET = 4
"""Empty modules around the code, as the standard asks for."""


@dataclass(frozen=True)
class Code:
    """A code: ``size`` modules to each side, the quiet zone included; ``path`` fills the dark ones."""

    size: int
    path: str


def code_for(text: str) -> Code:
    """The code of ``text``, which stays readable with a quarter of it dirty."""
    matrix = segno.make(text, error="q", micro=False, boost_error=False).matrix
    runs: list[str] = []
    for y, row in enumerate(matrix, QUIET):
        x, width = 0, len(row)
        while x < width:
            length = 0
            while x + length < width and row[x + length]:
                length += 1
            if length:
                runs.append(f"M{x + QUIET} {y}h{length}v1h-{length}z")
            x += length or 1
    return Code(len(matrix) + 2 * QUIET, "".join(runs))
