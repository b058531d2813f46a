"""A form sent twice acts once.

The key travels in the form; the first operation of the request claims it in its own transaction, so that of
two parallel sendings one waits for the other and is then led to what that one made.
"""

import hashlib
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask, Response, flash, g, has_request_context, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db, insert_ignore
from stakeholder_hub.kernel.errors import Conflict
from stakeholder_hub.kernel.i18n import _, _l
from stakeholder_hub.kernel.operation import at_the_start, operation
from stakeholder_hub.webkit.actor import actor_key
from stakeholder_hub.webkit.models import IdempotencyKey

FIELD = "idempotency_key"
KEPT = timedelta(days=2)
LONGEST = 2000
"""Characters of an address that are kept."""


class AlreadyDone(Conflict):
    """This form has been sent before; ``location`` is where it led, where that is known already."""

    def __init__(self, location: str | None) -> None:
        super().__init__(_l("You have sent this already. It was taken the first time."))
        self.location = location


def _key() -> str | None:
    value = request.form.get(FIELD, "")
    return value if 8 <= len(value) <= 64 else None


def _stored_key(key: str) -> str:
    """The key as stored: bound to who sent it, so that nobody can spoil another's."""
    return hashlib.sha256(f"{actor_key()}:{key}".encode()).hexdigest()


@at_the_start
def _claim() -> None:
    if not has_request_context() or request.method != "POST" or g.get("hub_claimed"):
        return
    key = _key()
    if key is None:
        return
    stored = _stored_key(key)
    values = {"key": stored, "actor_key": actor_key(), "created_at": clock.now()}
    values["location"] = g.get("hub_leads_to")
    if not insert_ignore(IdempotencyKey.__table__, values, index_elements=["key"]):
        location = db.session.scalar(sa.select(IdempotencyKey.location).where(IdempotencyKey.key == stored))
        raise AlreadyDone(location)
    g.hub_claimed = stored


def leads_to(location: str) -> str:
    """Say before the operation where this form will lead: it is kept with what the form does, in one transaction, so
    that a second sending never finds it unknown. Forms whose page is made by the operation cannot say it before.
    """
    g.hub_leads_to = location[:LONGEST]
    return location


@operation
def remember_location(stored_key: str, *, location: str) -> None:
    """Keep where a form led, for those who send it again."""
    db.session.execute(
        sa.update(IdempotencyKey).where(IdempotencyKey.key == stored_key).values(location=location)
    )


@operation
def forget_old_keys() -> int:
    """Remove keys older than two days; returns how many."""
    limit = clock.now() - KEPT
    deleted = db.session.execute(sa.delete(IdempotencyKey).where(IdempotencyKey.created_at < limit))
    return int(getattr(deleted, "rowcount", 0))


def _remember(response: Response) -> Response:
    stored = g.get("hub_claimed")
    if stored and response.status_code in (301, 302, 303):
        location = response.headers.get("Location", "")[:LONGEST]
        if location != g.get("hub_leads_to"):
            remember_location(stored, location=location)
    return response


def answer_again(error: AlreadyDone) -> BaseResponse | None:
    """The redirect that the first sending was answered with, or ``None`` where it is still under way."""
    if not error.location:
        return None
    flash(_("You had sent this already. It was taken once."), "info")
    return redirect(error.location, code=303)


def init_app(app: Flask) -> None:
    """Remember where every claimed form led."""
    app.after_request(_remember)
