"""Who is asking: the one place where the signed-in person is unwrapped."""

from typing import Any

from flask import g, request, session
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from stakeholder_hub.kernel.authorization import VISITOR, Visitor
from stakeholder_hub.kernel.i18n import DEFAULT


def actor() -> Any:
    """The signed-in user, or :data:`VISITOR`."""
    user = current_user
    if user is None or not user.is_authenticated:
        return VISITOR
    return user._get_current_object()


def actor_or_visitor() -> Any:
    """Like :func:`actor`, but a visitor where the database cannot be asked: for error pages."""
    try:
        found = actor()
        return found if isinstance(found, Visitor) or found.name is not None else VISITOR
    except SQLAlchemyError:
        return VISITOR


def actor_key() -> str:
    """What tells one sender of forms from another: the account, or the visitor's session."""
    person = actor()
    if person.is_authenticated:
        return f"user:{person.id}"
    return f"session:{session.get('csrf_token', '')[:40]}"


def language() -> str:
    """The language this request is answered in."""
    return str(g.get("lang", DEFAULT))


def request_path() -> str:
    """The address asked for, with its query, as a path on this site."""
    return request.full_path.rstrip("?")
