"""Numbers as people type them, read exactly."""

import re
from fractions import Fraction

MAX_DECIMALS = 6
MAX_AMOUNT = 10**15

_SPACES = re.compile(r"[\s\u00a0\u2009\u202f'’]")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?")
_PLAIN = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)")
_SCIENTIFIC = re.compile(r"([+-]?\d+(?:\.\d+)?)[eE]([+-]?\d{1,2})")


def read_amount(text: str) -> Fraction:
    """The exact value of ``text``; raises :class:`ValueError` for anything that is not one plain number.

    Both decimal signs are understood: ``1546168.66``, ``1 546 168,66``, ``1.546.168,66`` and
    ``1,546,168.66`` are the same. A single point is always the decimal sign, as the format says; a single
    comma before exactly three digits (``12,000``) groups thousands, as nothing has three decimals in money.
    """
    if len(text) > 60:
        raise ValueError("too long for a number")
    bare = _SPACES.sub("", text)
    if not bare.isascii():
        raise ValueError("not a number")
    if scientific := _SCIENTIFIC.fullmatch(bare):
        value = Fraction(scientific[1]) * Fraction(10) ** int(scientific[2])
    else:
        value = Fraction(_normal(bare))
    if abs(value) > MAX_AMOUNT or (value * 10**MAX_DECIMALS).denominator != 1:
        raise ValueError("out of range")
    return value


def _normal(bare: str) -> str:
    """``bare`` with a point as decimal sign and no grouping."""
    if (grouped := _GROUPED.fullmatch(bare)) and _is_grouping(bare, grouped[1]):
        group = grouped[1]
        whole = bare.replace(group, "")
        return whole.replace(",", ".")
    if _PLAIN.fullmatch(bare):
        return bare.replace(",", ".")
    raise ValueError("not a number")


def _is_grouping(bare: str, sign: str) -> bool:
    other = "." if sign == "," else ","
    if bare.count(sign) > 1 or other in bare:
        return True
    return sign == "," and not bare.lstrip("+-").startswith("0")


def decimal_places(values: list[Fraction]) -> int:
    """How many decimals are needed to write all of ``values`` exactly (at most :data:`MAX_DECIMALS`)."""
    return next(
        places for places in range(MAX_DECIMALS + 1) if all((v * 10**places).denominator == 1 for v in values)
    )
