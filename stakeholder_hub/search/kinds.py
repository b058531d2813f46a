"""What there is to find besides records: how it is called, and where its page is."""

from dataclasses import dataclass

from flask import current_app, url_for

from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.records.models import Record


@dataclass(frozen=True)
class Kind:
    """A kind of findable thing. ``endpoint`` takes its slug."""

    name: str
    label: Reason
    icon: str
    endpoint: str | None = None


THINGS: dict[str, Kind] = {
    "territory": Kind("territory", _l("Place"), "place", "portal.territory"),
    "group": Kind("group", _l("Working group"), "group", "groups.show"),
    "organisation": Kind("organisation", _l("Organisation"), "administration", "groups.organisation"),
}


def register_thing(name: str, *, label: Reason, icon: str, endpoint: str) -> None:
    """Say how things of a kind are called and shown."""
    THINGS[name] = Kind(name, label, icon, endpoint)


def kind_of(name: str) -> Kind:
    """The kind called ``name``: a thing's, else a record's."""
    if name in THINGS:
        return THINGS[name]
    mapper = Record.__mapper__.polymorphic_map.get(name)
    if mapper is None:
        return Kind(name, name, "journey")
    return Kind(name, mapper.class_.kind_label, mapper.class_.icon)


def kinds() -> list[Kind]:
    """Everything that can be found, things first: for a filter."""
    return [
        *THINGS.values(),
        *[kind_of(name) for name in Record.__mapper__.polymorphic_map if name != "record"],
    ]


def thing_url(name: str, slug: str | None) -> str | None:
    """The page of a thing, where there is one."""
    endpoint = kind_of(name).endpoint
    if endpoint is None or slug is None or endpoint not in current_app.view_functions:
        return None
    return url_for(endpoint, slug=slug)
