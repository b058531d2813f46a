"""The address of a record's own page."""

from flask import url_for

from stakeholder_hub.records.models import Record


def record_url(record: Record, *, external: bool = False, lang: str | None = None) -> str:
    """Where ``record`` is shown: by its slug where its kind has one, else by its reference."""
    values = {"slug": record.slug} if record.slug else {"reference": record.reference}
    if lang:
        values["lang"] = lang
    return url_for(record.endpoint, _external=external, **values)
