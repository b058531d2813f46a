"""Shares in words: those that people have words for are never rounded."""

from fractions import Fraction

from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.webkit.formats import format_percent


def share_in_words(share: Fraction) -> str:
    """``two thirds``, ``20%``, ``33.3%``."""
    named = {Fraction(1, 2): _("half"), Fraction(2, 3): _("two thirds"), Fraction(3, 4): _("three quarters")}
    return str(named.get(share) or format_percent(float(share), 0 if (share * 100).denominator == 1 else 1))
