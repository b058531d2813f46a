"""What pages of representation show."""

from collections.abc import Mapping
from typing import Any

from stakeholder_hub.comparisons.rollup import people_in_places
from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.representation import queries
from stakeholder_hub.representation.gaps import gaps_in, tables_told
from stakeholder_hub.representation.picture import Row, Telling, rows_of, rows_of_sum
from stakeholder_hub.representation.policy import may_set_targets
from stakeholder_hub.webkit.formats import in_language


def about_consultation(consultation: Consultation, actor: Actor) -> dict[str, Any]:
    """Who takes part in a consultation and who is missing; of an edition that shares its results, strangers read no
    zeros.
    """
    counts = queries.participants_by_sector(consultation)
    total = sum(counts.values())
    may_set = bool(actor.is_authenticated and may_set_targets(actor, consultation))
    summed = queries.enters_sums(consultation) and not may_set
    targets = queries.targets_of(consultation)
    rows = rows_of(counts, targets, Telling.SUMMED if summed else Telling.ALONE)
    tables = queries.tables_of(consultation)
    place = in_language(consultation.territory.name).text
    return {
        "consultation": consultation,
        "rows": rows,
        "total": total,
        "gaps": gaps_in(rows, place, group=consultation.group, actor=actor),
        "answers": queries.told_in(consultation, total),
        "tables": tables_told(tables),
        "places": in_places(consultation, targets, actor) if tables else None,
        "may_set": may_set,
    }


def in_places(parent: Consultation, targets: Mapping[Sector, int], actor: Actor) -> dict[str, Any]:
    """Who takes part where a consultation is carried out, over all places together, and who falls short there."""
    sums = people_in_places(parent, actor).overall
    rows: list[Row] = rows_of_sum(sums, targets)
    return {
        "rows": rows,
        "total": sums.total or 0,
        "gaps": gaps_in(rows, in_language(parent.territory.name).text, group=None, actor=actor),
    }
