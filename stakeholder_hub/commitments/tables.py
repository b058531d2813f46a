"""Commitments as rows of a table."""

from collections.abc import Iterable, Iterator
from typing import Any

from stakeholder_hub.commitments.models import Commitment
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.webkit.formats import in_language


def columns() -> list[str]:
    """The headings, in the reader's language."""
    return [
        _("Reference"),
        _("What is promised"),
        _("Language"),
        _("Body"),
        _("Place"),
        _("Level"),
        _("Asked by"),
        _("How it is measured"),
        _("Due on"),
        _("State"),
        _("Overdue"),
    ]


def rows(commitments: Iterable[Commitment]) -> Iterator[list[Any]]:
    """One row for each commitment."""
    for one in commitments:
        title = in_language(one.title)
        yield [
            one.reference,
            title.text,
            title.lang,
            in_language(one.body.name).text,
            in_language(one.territory.name).text,
            str(one.territory.level.label),
            in_language(one.asker.name).text,
            one.measure,
            one.due_on,
            str(one.state_label),
            _("yes") if one.is_overdue(clock.today(one.territory.timezone)) else _("no"),
        ]
