"""Signing in and out, on Flask-Security's sessions."""

import hashlib
import secrets
from datetime import timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from flask import session
from flask_security.utils import (
    hash_password,
    login_user,
    logout_user,
    set_request_attr,
    verify_and_update_password,
    verify_password,
)

from stakeholder_hub.accounts.models import EndedSession, User
from stakeholder_hub.accounts.queries import user_by_email
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db, insert_ignore
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation

LONGEST_SESSION = timedelta(days=31)
"""How long somebody stays signed in who asked for it; Flask trusts no session cookie that is older."""

RECENT = timedelta(hours=1)
"""Who has no password shows by a fresh sign-in that it is still the same person."""

_KEY = "hub_key"
_SINCE = "hub_since"


@lru_cache(maxsize=1)
def _nobodys_password() -> str:
    return str(hash_password(secrets.token_urlsafe(16)))


def person_by_password(email: str, password: str) -> User | None:
    """The person whose address and password these are.

    Where there is no such account a password is checked all the same: the time it takes tells nothing.
    """
    person = user_by_email(email) if "@" in email else None
    if person is None or not person.active or not person.password:
        verify_password(password, _nobodys_password())
        return None
    return person if _verify(person, password=password) else None


def _verify(person: User, *, password: str) -> bool:
    if not verify_password(password, person.password or ""):
        return False
    renew_hash(person, password=password)
    return True


@operation
def renew_hash(person: User, *, password: str) -> None:
    """Replace an old kind of hash by a new one, while the password is known."""
    verify_and_update_password(password, person)


def proves_to_be(person: User, password: str) -> bool:
    """Whether whoever holds this session is the person: by the password, or without one by a fresh sign-in."""
    if person.password:
        return bool(password) and _verify(person, password=password)
    since: float = session.get(_SINCE, 0.0)
    return clock.now().timestamp() - since < RECENT.total_seconds()


def not_proved(person: User) -> Reason:
    """Why :func:`proves_to_be` said no, and what to do."""
    if person.password:
        return _l("This is not your present password.")
    return _l("Sign out, sign in again by a link, then repeat this within the hour: it shows that it is you.")


def begin_session(person: User, *, remember: bool = False, via: str) -> None:
    """Sign ``person`` in: the session is emptied before, so that nothing of a visitor's is carried into it."""
    kept: Any = session.get("_flashes")
    _end_key()
    session.clear()
    if kept:
        session["_flashes"] = kept
    session.permanent = remember
    session[_KEY] = secrets.token_urlsafe(16)
    session[_SINCE] = clock.now().timestamp()
    login_user(person, remember=False, authn_via=[via])


def end_session() -> None:
    """Sign out on this device; a copy of the cookie is worth nothing from now on."""
    _end_key()
    logout_user()
    session.clear()


def person_of_session(alternative_id: str) -> User | None:
    """Whose session this is, in one statement: none where it was ended, here or everywhere."""
    statement = sa.select(User).where(User.fs_uniquifier == alternative_id, User.active.is_(True))
    if key := session.get(_KEY):
        ended = sa.select(EndedSession.key_hash).where(EndedSession.key_hash == _hash(key))
        statement = statement.where(~sa.exists(ended))
    person = db.session.scalar(statement)
    if person is not None:
        set_request_attr("fs_authn_via", "session")
        set_request_attr("fs_paa", session.get("fs_paa", 0))
    return person


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _end_key() -> None:
    if key := session.get(_KEY):
        end_session_of(_hash(key))


@operation
def end_session_of(key_hash: str) -> None:
    """Remember that the session with this key is over."""
    values = {"key_hash": key_hash, "ended_at": clock.now()}
    insert_ignore(EndedSession.__table__, values, index_elements=["key_hash"])


@operation
def forget_ended_sessions() -> int:
    """Remove what no cookie can refer to any more; returns how many."""
    limit = clock.now() - LONGEST_SESSION - timedelta(days=1)
    gone = db.session.execute(sa.delete(EndedSession).where(EndedSession.ended_at < limit))
    return int(getattr(gone, "rowcount", 0))
