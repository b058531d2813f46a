"""Where comments stand, and where a button leads back to."""

from flask import url_for

from stakeholder_hub.deliberation.models import Comment
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.records.models import Record
from stakeholder_hub.webkit.addresses import next_or


def place_of(record: Record) -> str:
    """A comment's own page, at the comment; any other record's page."""
    if isinstance(record, Comment):
        return url_for("deliberation.show", reference=record.reference, _anchor=record.anchor)
    return record_url(record)


def stay_or(default: str) -> str:
    """The page the button stood on, where it says so by ``next``, else ``default``."""
    return next_or(default)
