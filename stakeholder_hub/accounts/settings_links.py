"""Further pages of one's own, told by features that stand above accounts: links on the page of settings."""

from dataclasses import dataclass

from stakeholder_hub.kernel.errors import Reason


@dataclass(frozen=True)
class SettingsLink:
    """A link under a heading; ``endpoint`` takes no values."""

    heading: Reason
    endpoint: str
    label: Reason


_links: dict[str, SettingsLink] = {}


def add_settings_link(heading: Reason, endpoint: str, label: Reason) -> None:
    """Lead from the settings to a page of one's own."""
    _links[endpoint] = SettingsLink(heading, endpoint, label)


def settings_links() -> list[SettingsLink]:
    """All of them, in the order in which they were told."""
    return list(_links.values())
