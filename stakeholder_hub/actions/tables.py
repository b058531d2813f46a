"""Action items as rows of a table."""

from collections.abc import Iterable, Iterator
from typing import Any

from stakeholder_hub.actions.models import ActionItem
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.webkit.formats import in_language


def columns() -> list[str]:
    """The headings, in the reader's language."""
    return [
        _("Reference"),
        _("What is to be done"),
        _("Place"),
        _("Responsible organisation"),
        _("Responsible person"),
        _("Due on"),
        _("Status"),
        _("Progress in percent"),
        _("Overdue"),
    ]


def rows(items: Iterable[ActionItem]) -> Iterator[list[Any]]:
    """One row for each item."""
    today = clock.today()
    for item in items:
        yield [
            item.reference,
            in_language(item.title).text,
            in_language(item.territory.name).text,
            item.organisation.name if item.organisation else "",
            item.person.name if item.person else "",
            item.due_on,
            str(item.state_label),
            item.progress,
            _("yes") if item.is_overdue(today) else _("no"),
        ]
