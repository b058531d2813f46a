"""What stands above records and shows itself on the page of every kind of them, before the journey."""

from stakeholder_hub.records.models import Record
from stakeholder_hub.webkit.actor import actor
from stakeholder_hub.webkit.sections import FilledSection, Sections

SECTIONS: Sections[Record] = Sections()
register_record_part = SECTIONS.register


def record_parts(record: Record) -> list[FilledSection]:
    """The sections there are on the page of ``record`` for who asks, in order: for templates."""
    return SECTIONS.shown(record, actor())
