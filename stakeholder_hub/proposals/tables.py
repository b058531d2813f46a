"""Proposals as a table to take along."""

from collections.abc import Iterable, Iterator
from typing import Any

from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.proposals.models import Proposal


def columns(currency: str) -> list[str]:
    """The headings, in the reader's language."""
    return [
        _("Reference"),
        _("Title"),
        _("Language"),
        _("Heading"),
        _("State"),
        _("Cost (%(currency)s)", currency=currency),
        _("Supporters"),
        _("Comments"),
        _("Put forward by"),
        _("Speaks for"),
        _("Place"),
        _("Latitude"),
        _("Longitude"),
        _("Put forward on"),
        _("Text"),
        _("Official answer"),
    ]


def rows(proposals: Iterable[Proposal], language: str) -> Iterator[list[Any]]:
    """One row for each proposal, in the order of :func:`columns`."""
    for p in proposals:
        yield [
            p.reference,
            p.title.in_(language).text,
            p.source_language,
            p.category.name.in_(language).text if p.category else "",
            str(p.state_label),
            None if p.cost is None else p.cost / 100,
            p.support_count,
            p.comment_count,
            p.author.name if p.author else "",
            p.speaking_for.name if p.speaking_for else "",
            p.place or "",
            p.latitude,
            p.longitude,
            p.created_at,
            p.body_text,
            p.answer_text or "",
        ]
