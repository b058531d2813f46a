"""What pages of representation show."""

from typing import Any

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.representation import queries
from stakeholder_hub.representation.gaps import gaps_in, tables_told
from stakeholder_hub.representation.picture import Telling, rows_of
from stakeholder_hub.representation.policy import may_set_targets
from stakeholder_hub.webkit.formats import in_language


def about_consultation(consultation: Consultation, actor: Actor) -> dict[str, Any]:
    """Who takes part in a consultation and who is missing; of an edition that shares its results, strangers read no
    zeros.
    """
    counts = queries.participants_by_sector(consultation)
    total, may_set = sum(counts.values()), may_set_targets(actor, consultation)
    summed = queries.enters_sums(consultation) and not may_set
    rows = rows_of(counts, queries.targets_of(consultation), Telling.SUMMED if summed else Telling.ALONE)
    place = in_language(consultation.territory.name).text
    return {
        "consultation": consultation,
        "rows": rows,
        "total": total,
        "gaps": gaps_in(rows, place, group=consultation.group, actor=actor),
        "answers": queries.told_in(consultation, total),
        "tables": tables_told(queries.tables_of(consultation)),
        "may_set": may_set,
    }
