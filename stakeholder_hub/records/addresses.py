"""The address of a record's own page."""

from flask import current_app, url_for

from stakeholder_hub.kernel.i18n import DEFAULT, INTERFACE
from stakeholder_hub.records.models import Record


def record_url(record: Record, *, external: bool = False, lang: str | None = None) -> str:
    """Where ``record`` is shown: by its slug where its kind has one, else by its reference."""
    values = {"slug": record.slug} if record.slug else {"reference": record.reference}
    if lang:
        values["lang"] = lang
    return url_for(record.endpoint, _external=external, **values)


def record_path(record: Record) -> str:
    """The same without a request: the path of its page in the language it was written in."""
    values = {"slug": record.slug} if record.slug else {"reference": record.reference}
    lang = record.source_language if record.source_language in INTERFACE else DEFAULT
    path: str = current_app.url_map.bind("").build(record.endpoint, {"lang": lang, **values})
    return path
