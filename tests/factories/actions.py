"""Action items, made through the operation that people use."""

from itertools import count
from typing import Any

from stakeholder_hub.actions.models import ActionItem
from stakeholder_hub.actions.operations import create_action_item
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.territories.models import Territory
from tests.factories.territories import make_territory

_numbers = count(1)


def make_action_item(
    territory: Territory | None = None, *, title: str | None = None, actor: Any = SYSTEM, **values: Any
) -> ActionItem:
    """Something to be done in a town, by nobody yet, unless told otherwise."""
    fields: dict[str, Any] = {"language": "en", **values}
    return create_action_item(
        title=title or f"Plant trees {next(_numbers)}",
        territory=territory or make_territory(),
        actor=actor,
        **fields,
    )
