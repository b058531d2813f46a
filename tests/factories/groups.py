"""Groups, organisations and mandates, made through the operations that people use."""

from datetime import timedelta
from itertools import count
from typing import Any

from stakeholder_hub.groups.models import Group, GroupKind, Mandate, Organisation
from stakeholder_hub.groups.operations import create_group, create_organisation, give_mandate
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.territories.models import Territory
from tests.factories.accounts import make_user
from tests.factories.territories import make_territory

_numbers = count(1)


def make_group(
    territory: Territory | None = None, *, name: str | Multilingual | None = None, **values: Any
) -> Group:
    """A local stakeholder group without members, unless told otherwise."""
    label = (
        name if isinstance(name, Multilingual) else Multilingual.of(name or f"Group {next(_numbers)}", "en")
    )
    fields: dict[str, Any] = {
        "kind": GroupKind.LOCAL_STAKEHOLDER_GROUP,
        "language": "en",
        "targets": {},
        "actor": SYSTEM,
    }
    return create_group(territory or make_territory(), name=label, **{**fields, **values})


def make_organisation(territory: Territory | None = None, **values: Any) -> Organisation:
    """A business, unless told otherwise."""
    fields: dict[str, Any] = {
        "name": f"Works {next(_numbers)}",
        "language": "en",
        "sector": Sector.BUSINESS,
        "actor": SYSTEM,
    }
    return create_organisation(territory or make_territory(), **{**fields, **values})


def make_mandate(organisation: Organisation | None = None, *, user: Any = None, **values: Any) -> Mandate:
    """A mandate in force since yesterday, without an end, unless told otherwise."""
    body = organisation or make_organisation()
    fields: dict[str, Any] = {
        "position": "Head",
        "starts_on": clock.today() - timedelta(days=1),
        "actor": SYSTEM,
    }
    return give_mandate(body, user=user or make_user(), **{**fields, **values})
