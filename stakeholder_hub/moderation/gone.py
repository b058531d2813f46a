"""A hidden record keeps its place: its address says that a moderator has hidden it, and why."""

from typing import Any

from flask import request

from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.moderation.queries import gap_at
from stakeholder_hub.webkit.errors import respond


def answer_in_place(error: NotFound) -> Any:
    """410 with the reason where a public record has been hidden, else the 404 that it was."""
    db.session.rollback()
    where = request.view_args or {}
    reference, slug = where.get("reference"), where.get("slug")
    if (
        request.method == "GET"
        and "\x00" not in request.path
        and (isinstance(reference, str) or isinstance(slug, str))
    ):
        kinds = (request.blueprint.rstrip("s"),) if request.blueprint and reference is None else ()
        gap = gap_at(reference=reference, slug=slug, kinds=kinds)
        if gap is not None:
            return respond(410, _("Hidden by a moderator: %(reason)s", reason=gap.reason))
    return respond(error.status, error.reason)
