"""The list of consultations as a table to take away."""

from collections.abc import Iterable, Iterator
from typing import Any

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.consultations.situation import situation_of
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.records.addresses import record_url


def columns() -> list[str]:
    """The heads, in the reader's language."""
    return [
        _("Reference"),
        _("Name"),
        _("Question"),
        _("Place"),
        _("Group"),
        _("State"),
        _("Begins"),
        _("Ends"),
        _("Time zone"),
        _("Proposals"),
        _("Participants"),
        _("Address"),
    ]


def rows(consultations: Iterable[Consultation], language: str) -> Iterator[list[Any]]:
    """One row for each consultation; times on the wall clock of the place."""
    moment = clock.now()
    for c in consultations:
        yield [
            c.reference,
            str(c.title.in_(language)),
            str(c.question.in_(language)),
            str(c.territory.name.in_(language)),
            str(c.group.name.in_(language)) if c.group is not None else "",
            str(situation_of(c, moment).label),
            *[
                f"{clock.to_local(m, c.timezone):%Y-%m-%d %H:%M}" if m else ""
                for m in (c.starts_at, c.ends_at)
            ],
            c.timezone,
            c.proposal_count,
            c.participant_count,
            record_url(c, external=True),
        ]
