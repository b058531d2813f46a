"""The register of bodies as a table to take away: a line for each competence."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from stakeholder_hub.bodies.models import Body
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.webkit.formats import in_language

COLUMNS: tuple[Reason, ...] = (
    _l("Name"),
    _l("Kind"),
    _l("Place"),
    _l("Level"),
    _l("Acknowledges within days"),
    _l("Answers within days"),
    _l("Ends on"),
    _l("Topic"),
    _l("What it may do"),
    _l("Basis"),
)


def body_rows(bodies: Iterable[Body]) -> Iterator[Sequence[Any]]:
    """A line for each competence; one for a body without any."""
    for body in bodies:
        own = (
            in_language(body.name).text,
            str(body.kind.label),
            in_language(body.territory.name).text,
            str(body.territory.level.label),
            body.acknowledge_days,
            body.answer_days,
            body.sunset_on,
        )
        for competence in body.competences:
            yield *own, str(competence.topic.label), str(competence.strength.label), competence.basis
        if not body.competences:
            yield *own, "", "", ""
