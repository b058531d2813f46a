"""The quadruple helix, and the citizen who speaks for no organisation."""

from enum import StrEnum

from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l


class Sector(StrEnum):
    """Whom a person stands for."""

    ACADEMIA = "academia"
    ADMINISTRATION = "administration"
    BUSINESS = "business"
    CIVIL_SOCIETY = "civil_society"
    CITIZEN = "citizen"

    @property
    def label(self) -> Reason:
        """The sector's name in the reader's language."""
        return _LABELS[self]


_LABELS: dict[Sector, Reason] = {
    Sector.ACADEMIA: _l("Academia"),
    Sector.ADMINISTRATION: _l("Administration"),
    Sector.BUSINESS: _l("Business"),
    Sector.CIVIL_SOCIETY: _l("Civil society"),
    Sector.CITIZEN: _l("Citizen"),
}

HELIX: tuple[Sector, ...] = (Sector.ACADEMIA, Sector.ADMINISTRATION, Sector.BUSINESS, Sector.CIVIL_SOCIETY)
"""The four sectors an organisation can belong to."""
