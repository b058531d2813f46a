"""Places and roles, made through the operations that people use."""

from itertools import count
from typing import Any

from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.territories.models import Level, Role, Territory
from stakeholder_hub.territories.operations import create_territory, grant_role

_numbers = count(1)


def make_territory(
    *, parent: Territory | None = None, name: str | Multilingual | None = None, **values: Any
) -> Territory:
    """A town without a parent, unless told otherwise."""
    number = next(_numbers)
    label = name if isinstance(name, Multilingual) else Multilingual.of(name or f"Town {number}", "en")
    fields: dict[str, Any] = {
        "level": Level.LOCAL,
        "code": f"T{number}",
        "country": None,
        "timezone": "Europe/Ljubljana",
        "default_language": "en",
        "actor": SYSTEM,
    }
    return create_territory(parent=parent, name=label, **{**fields, **values})


def make_region(**values: Any) -> Territory:
    """The root of a tree."""
    return make_territory(**{"level": Level.TRANSNATIONAL, **values})


def give_role(user: Any, role: Role, **where: Any) -> Any:
    """The person with one more role: ``territory=`` or ``group=``."""
    grant_role(user, role=role, actor=SYSTEM, **where)
    return user
