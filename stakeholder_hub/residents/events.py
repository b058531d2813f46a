"""What happens to residences. Never how somebody proved it, nor why it was refused: that stays with the residence."""

from typing import ClassVar

from stakeholder_hub.kernel.events import Event


class ResidenceAsked(Event):
    """Somebody asked to be verified as a resident."""

    name: ClassVar[str] = "residents.asked"


class ResidenceConfirmed(Event):
    """An officer made sure that somebody lives there."""

    name: ClassVar[str] = "residents.confirmed"


class ResidenceRefused(Event):
    """An officer could not make sure."""

    name: ClassVar[str] = "residents.refused"


class ResidenceRevoked(Event):
    """An officer took a verification back."""

    name: ClassVar[str] = "residents.revoked"


class ResidenceGivenUp(Event):
    """The person took their request back, or no longer lives there."""

    name: ClassVar[str] = "residents.given_up"
