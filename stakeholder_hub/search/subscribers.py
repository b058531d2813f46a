"""Places are found under the names they have now."""

from stakeholder_hub.kernel.events import Event, subscribe
from stakeholder_hub.search.sources import index_territory
from stakeholder_hub.territories.events import TerritoryChanged, TerritoryCreated


def find_under_its_names(event: Event) -> None:
    """Index a place that is new or has changed."""
    index_territory(event.subject)


subscribe(TerritoryCreated)(find_under_its_names)
subscribe(TerritoryChanged)(find_under_its_names)
