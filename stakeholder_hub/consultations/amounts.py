"""Amounts as people write them, with either decimal convention."""

import re

from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.i18n import _l

LONGEST = 40
_GROUPED = re.compile(r"[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*")
_REASON = _l("Write the amount in digits, for example 12000 or 12 000,50.")


def parse_amount(text: str) -> int | None:
    """Hundredths of the amount in ``text``: ``1.234,50``, ``1,234.50``, ``1 234``; nothing for an empty text.

    A single mark with exactly three digits after it groups thousands: nobody writes a tenth of a cent.

    Raises:
        Invalid: it is no amount.
    """
    bare = re.sub(r"[\s\u00a0\u202f'’]", "", text[: LONGEST + 1])
    if not bare:
        return None
    if len(text) > LONGEST:
        raise Invalid(_REASON)
    whole, cents = bare, ""
    if last := max(bare.rfind("."), bare.rfind(",")) + 1:
        mark, after = bare[last - 1], bare[last:]
        if bare.count(mark) == 1 and not (len(after) == 3 and _GROUPED.fullmatch(bare)):
            whole, cents = bare[: last - 1], after
    if _GROUPED.fullmatch(whole):
        whole = whole.replace(".", "").replace(",", "")
    if not (whole.isascii() and whole.isdigit() and len(cents) <= 2 and (not cents or cents.isascii())):
        raise Invalid(_REASON)
    if cents and not cents.isdigit():
        raise Invalid(_REASON)
    return int(whole) * 100 + int(cents.ljust(2, "0") or 0)


def amount_text(hundredths: int | None) -> str:
    """The amount as it stands in a form field."""
    if hundredths is None:
        return ""
    whole, cents = divmod(hundredths, 100)
    return f"{whole}.{cents:02d}" if cents else str(whole)
