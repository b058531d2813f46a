"""The link in every mail that stops them: signed, for this one purpose, and for as long as the account is there."""

import sqlalchemy as sa
from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from stakeholder_hub.accounts.models import User
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound

SALT = "notifications.stop"


def stop_token(user: User) -> str:
    """The token for this person's mails. It grants nothing but stopping them."""
    return str(_serializer().dumps(user.id))


def person_of(token: str) -> User:
    """The person a token was made for.

    Raises:
        NotFound: it is not one of ours, was made for something else, or the account is gone.
    """
    try:
        identity = _serializer().loads(token)
    except BadSignature as forged:
        raise NotFound() from forged
    if not isinstance(identity, int):
        raise NotFound()
    user = db.session.scalar(sa.select(User).where(User.id == identity, User.erased_at.is_(None)))
    if user is None:
        raise NotFound()
    return user


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=SALT)
