"""Everything that changes a consultation: made, edited, translated, published, closed, copied, taken part in."""

from stakeholder_hub.consultations.operations.announcing import announce_phase
from stakeholder_hub.consultations.operations.editing import (
    edit_consultation,
    set_phases,
    take_over_texts,
    translate_consultation,
)
from stakeholder_hub.consultations.operations.making import copy_consultation, create_consultation
from stakeholder_hub.consultations.operations.running import (
    archive_consultation,
    close_consultation,
    publish_consultation,
    reopen,
    restore_consultation,
)
from stakeholder_hub.consultations.operations.taking_part import take_part

__all__ = [
    "announce_phase",
    "archive_consultation",
    "close_consultation",
    "copy_consultation",
    "create_consultation",
    "edit_consultation",
    "publish_consultation",
    "reopen",
    "restore_consultation",
    "set_phases",
    "take_over_texts",
    "take_part",
    "translate_consultation",
]
