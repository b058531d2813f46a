"""Write first, give the address at the end: what a visitor sent is kept until the link in a letter is opened.

A feature registers a handler for its kind of contribution. The handler runs through the same operation as
everything else, once the person is signed in; what it refuses is shown back with everything that was typed.

A row has two tokens. The page that asks for the address has its own, which stays good, so that a mistyped
address can be mended; the link in the letter has another (``token_hash``), and only that of the last letter holds.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import redirect, url_for
from werkzeug.wrappers import Response

from stakeholder_hub.accounts.models import PendingContribution
from stakeholder_hub.accounts.waiting_files import forget_files_of
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid, NotFound, Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.webkit.actor import language

KEPT = timedelta(hours=48)
SWEPT_AFTER = timedelta(days=7)
"""A row stays a while after its time is over, so that it can be told why its link does nothing."""

Handler = Callable[..., str]

PAGE = "_page"
NAME = "_name"
"""Keys of the payload that are ours; everything without a line before it is the feature's."""

_NO_MORE = _l("This link has been used, or its time is over. Links work once.")


@dataclass(frozen=True)
class Kind:
    """How one kind of contribution is finished, and what it is called while it waits."""

    handler: Handler
    label: Reason


_kinds: dict[str, Kind] = {}


def contribution(kind: str, label: Reason = _l("What you sent")) -> Callable[[Handler], Handler]:
    """Register the function that turns a payload into a contribution: ``(payload, *, actor) -> path``."""

    def register(handler: Handler) -> Handler:
        _kinds[kind] = Kind(handler, label)
        return handler

    return register


def kind_of(kind: str) -> Kind:
    """What is registered as ``kind``.

    Raises:
        NotFound: nothing.
    """
    if kind not in _kinds:
        raise NotFound()
    return _kinds[kind]


def is_contribution(pending: PendingContribution) -> bool:
    """Whether a visitor wrote it, and not an account's page."""
    return pending.kind in _kinds


def own_words(pending: PendingContribution) -> list[str]:
    """What the visitor typed, to be shown back: the long texts of the payload."""
    found = (pending.payload.get(name) for name in ("title", "body", "description", "question", "text"))
    return [text for text in found if isinstance(text, str) and text.strip()]


def hash_of(token: str) -> str:
    """A token as it is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


@operation
def keep(kind: str, *, payload: Mapping[str, Any], language: str) -> tuple[PendingContribution, str]:
    """Keep what was begun; returns it with the token of its page."""
    page = secrets.token_urlsafe(24)
    pending = PendingContribution(
        kind=kind,
        payload={**payload, PAGE: hash_of(page)},
        token_hash=hash_of(secrets.token_urlsafe(24)),
        language=language,
        expires_at=clock.now() + KEPT,
    )
    db.session.add(pending)
    db.session.flush()
    return pending, f"{pending.id}.{page}"


def ask_for_address(kind: str, payload: Mapping[str, Any]) -> Response:
    """Keep what a visitor sent and lead to the last step, which asks for the address."""
    kind_of(kind)
    _pending, token = keep(kind, payload=payload, language=language())
    return redirect(url_for("accounts.last_step", token=token), code=303)


def load_page(token: str) -> PendingContribution:
    """What waits for an address on the page of ``token``.

    Raises:
        NotFound: nothing, it has been published, or its time is over.
    """
    number, _dot, secret = token.partition(".")
    known = number.isascii() and number.isdigit() and len(number) < 10
    found = db.session.get(PendingContribution, int(number)) if known else None
    if found is None or not secrets.compare_digest(str(found.payload.get(PAGE, "")), hash_of(secret)):
        raise NotFound()
    return _still_good(found)


def load_link(token: str) -> PendingContribution:
    """What the link with ``token`` is for.

    Raises:
        NotFound: nothing, it has been used, or its time is over.
    """
    found = db.session.scalar(
        sa.select(PendingContribution).where(PendingContribution.token_hash == hash_of(token))
    )
    if found is None:
        raise NotFound(_NO_MORE)
    return _still_good(found)


def _still_good(pending: PendingContribution) -> PendingContribution:
    if pending.used_at is not None or pending.expires_at <= clock.now():
        raise NotFound(_NO_MORE)
    return pending


def contents(pending: PendingContribution) -> dict[str, Any]:
    """The payload as the feature gave it."""
    return {name: value for name, value in pending.payload.items() if not name.startswith("_")}


def lock_unused(pending: PendingContribution) -> None:
    """Read the row anew under a lock: of two who open a link at once one comes second.

    Raises:
        NotFound: it has been used, or its time is over.
    """
    db.session.refresh(pending, with_for_update=True)
    _still_good(pending)


@operation
def use_pending(pending: PendingContribution, *, actor: Any) -> str:
    """Turn what was kept into the contribution, once; returns the path of its page. A refusal leaves it as it was.

    Raises:
        NotFound: it has been used, or its time is over.
        NotAllowed, Invalid, Conflict: what the feature's operation says.
    """
    lock_unused(pending)
    try:
        path = kind_of(pending.kind).handler(contents(pending), actor=actor)
    except NotFound as gone:
        raise Invalid(_l("What this belongs to is not there any more.")) from gone
    pending.used_at = clock.now()
    forget_files_of(pending.payload)
    pending.payload = {}
    return path


@operation
def forget_old_contributions() -> int:
    """Remove what was finished or never will be; returns how many."""
    limit = clock.now() - SWEPT_AFTER
    old = db.session.scalars(
        sa.select(PendingContribution).where(PendingContribution.expires_at < limit).limit(1000)
    ).all()
    for pending in old:
        forget_files_of(pending.payload)
        db.session.delete(pending)
    return len(old)
