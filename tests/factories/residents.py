"""Verified residents, made through the operations that people use."""

from datetime import date
from typing import Any

from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.residents.models import Evidence, Residence
from stakeholder_hub.residents.operations import ask_for_residence, confirm_residence
from stakeholder_hub.territories.models import Territory
from tests.factories.accounts import make_user
from tests.factories.territories import make_territory


def make_request(place: Territory | None = None, *, user: Any = None) -> Residence:
    """Somebody asks a town to be verified."""
    return ask_for_residence(place or make_territory(), actor=user or make_user())


def make_resident(
    place: Territory | None = None, *, user: Any = None, valid_until: date | None = None, actor: Any = SYSTEM
) -> Any:
    """A person whom a town has verified."""
    asked = make_request(place, user=user)
    return confirm_residence(asked, evidence=Evidence.DOCUMENT, valid_until=valid_until, actor=actor).user
