"""The discussion on a page, in the order that the request asks for."""

from flask import request

from stakeholder_hub.deliberation.queries import Discussion, Sorting, discussion_of
from stakeholder_hub.records.models import Record
from stakeholder_hub.webkit.actor import actor


def sorting_asked() -> Sorting:
    """The order that ``?comments=`` names; the oldest first where it names none that there is."""
    wanted = request.args.get("comments", "")
    return Sorting(wanted) if wanted in tuple(Sorting) else Sorting.OLDEST


def discussion_asked(record: Record) -> Discussion:
    """What is said about ``record``, as the page of the one who asks shows it."""
    return discussion_of(record, actor(), sorting=sorting_asked())
