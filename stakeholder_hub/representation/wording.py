"""What is missing, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l, _n
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.webkit.formats import format_percent

NOBODY: Mapping[Sector, Reason] = {
    Sector.ACADEMIA: _l("No one from academia in %(place)s yet."),
    Sector.ADMINISTRATION: _l("No one from the administration in %(place)s yet."),
    Sector.BUSINESS: _l("No one from business in %(place)s yet."),
    Sector.CIVIL_SOCIETY: _l("No one from civil society in %(place)s yet."),
    Sector.CITIZEN: _l("No citizens who speak for themselves in %(place)s yet."),
}
FEWER: Mapping[Sector, Reason] = {
    Sector.ACADEMIA: _l("Academia makes up %(share)s; %(target)s were agreed."),
    Sector.ADMINISTRATION: _l("The administration makes up %(share)s; %(target)s were agreed."),
    Sector.BUSINESS: _l("Business makes up %(share)s; %(target)s were agreed."),
    Sector.CIVIL_SOCIETY: _l("Civil society makes up %(share)s; %(target)s were agreed."),
    Sector.CITIZEN: _l("Citizens who speak for themselves make up %(share)s; %(target)s were agreed."),
}


@dataclass(frozen=True)
class Gap:
    """Something that is missing: the sentence, the sector, and where those who run it can invite."""

    sector: Sector
    sentence: str
    invite_url: str | None = None


def nobody_yet(sector: Sector, place: str) -> str:
    """Nobody of the sector takes part in a place so far."""
    return str(NOBODY[sector]) % {"place": place}


def too_few(sector: Sector, count: int, total: int, target: int) -> str:
    """The sector has less than the share that was agreed, and how many more people it would take."""
    said = str(FEWER[sector]) % {
        "share": format_percent(count / total, 0),
        "target": format_percent(target / 100, 0),
    }
    more = people_missing(count, total, target)
    if more is None:
        return said
    enough = _n("%(num)s more person would do.", "%(num)s more people would do.", more)
    return f"{said} {enough}"


def people_missing(count: int, total: int, target: int) -> int | None:
    """The least number of people who have to join a sector for it to have ``target`` percent of all.

    The least n with (count + n) / (total + n) >= target / 100. ``None`` where no number does: a whole cannot be
    reached by adding.
    """
    wanted = Fraction(target, 100)
    short = wanted * total - count
    if short <= 0:
        return 0
    return None if wanted == 1 else -(-short // (1 - wanted))
