"""Write first, give the address at the end: what a visitor sent is kept until the link in a mail is opened.

A feature registers a handler for its kind of contribution. The handler runs through the same operation as
everything else, once the person is signed in; what it refuses is shown back with everything that was typed.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import redirect, url_for
from werkzeug.wrappers import Response

from stakeholder_hub.accounts.emails import valid_email
from stakeholder_hub.accounts.models import PendingContribution, User
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.webkit.actor import language

KEPT = timedelta(hours=48)

Handler = Callable[..., str]

_handlers: dict[str, Handler] = {}


def contribution(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that turns a payload into a contribution: ``(payload, *, actor) -> path``."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def handler_of(kind: str) -> Handler:
    """The handler of ``kind``.

    Raises:
        NotFound: there is none.
    """
    if kind not in _handlers:
        raise NotFound()
    return _handlers[kind]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@operation
def keep_contribution(kind: str, *, payload: Mapping[str, Any], language: str) -> str:
    """Keep what a visitor wrote; returns the token of its page."""
    token = secrets.token_urlsafe(24)
    db.session.add(
        PendingContribution(
            kind=kind,
            payload=dict(payload),
            token_hash=_hash(token),
            language=language,
            expires_at=clock.now() + KEPT,
        )
    )
    return token


def ask_for_address(kind: str, payload: Mapping[str, Any]) -> Response:
    """Keep what a visitor sent and lead to the last step, which asks for the address."""
    handler_of(kind)
    token = keep_contribution(kind, payload=payload, language=language())
    return redirect(url_for("accounts.last_step", token=token), code=303)


def load_pending(token: str) -> PendingContribution:
    """What is kept under ``token``.

    Raises:
        NotFound: nothing, it has been used, or its time is over.
    """
    found = db.session.scalar(
        sa.select(PendingContribution).where(PendingContribution.token_hash == _hash(token))
    )
    if found is None or found.used_at is not None or found.expires_at <= clock.now():
        raise NotFound()
    return found


@operation
def renew_token(pending: PendingContribution, *, email: str) -> str:
    """Remember the address and make the token that goes into the mail; the one of the page is good no more.

    Raises:
        Invalid: it is no address.
    """
    token = secrets.token_urlsafe(24)
    pending.email = valid_email(email)
    pending.token_hash = _hash(token)
    pending.expires_at = clock.now() + KEPT
    return token


@operation
def use_pending(pending: PendingContribution, *, actor: User) -> str:
    """Turn what was kept into the contribution, once; returns the path of its page.

    Raises:
        NotFound: it has been used.
    """
    db.session.refresh(pending, with_for_update=True)
    if pending.used_at is not None:
        raise NotFound()
    pending.used_at = clock.now()
    path = handler_of(pending.kind)(pending.payload, actor=actor)
    pending.payload = {}
    return path


@operation
def forget_old_contributions() -> int:
    """Remove what was never finished; returns how many."""
    gone = db.session.execute(
        sa.delete(PendingContribution).where(PendingContribution.expires_at < clock.now() - timedelta(days=7))
    )
    return int(getattr(gone, "rowcount", 0))
