"""Signing in and out, on Flask-Security's sessions."""

from typing import Any

from flask import session
from flask_security.utils import hash_password, login_user, logout_user, verify_and_update_password

from stakeholder_hub.accounts.models import User
from stakeholder_hub.accounts.queries import user_by_email
from stakeholder_hub.kernel.operation import operation

_DUMMY = "a password that nobody has"


def person_by_password(email: str, password: str) -> User | None:
    """The person whose address and password these are.

    Where there is no such account a password is hashed all the same: the time it takes tells nothing.
    """
    person = user_by_email(email) if "@" in email else None
    if person is None or not person.active or not person.password:
        hash_password(_DUMMY)
        return None
    return person if _verify(person, password=password) else None


@operation
def _verify(person: User, *, password: str) -> bool:
    """Check a password; an old kind of hash is replaced by a new one."""
    return bool(verify_and_update_password(password, person))


def is_password_of(person: User, password: str) -> bool:
    """Whether this is the password of somebody who is signed in; somebody without one has nothing to say."""
    return not person.password or _verify(person, password=password)


def begin_session(person: User, *, remember: bool = False, via: str) -> None:
    """Sign ``person`` in: the session is emptied before, so that nothing of a visitor's is carried into it."""
    kept: Any = session.get("_flashes")
    session.clear()
    if kept:
        session["_flashes"] = kept
    login_user(person, remember=remember, authn_via=[via])


def end_session() -> None:
    """Sign out on this device."""
    logout_user()
    session.clear()
