"""Finding people."""

import sqlalchemy as sa

from stakeholder_hub.accounts.emails import email_key
from stakeholder_hub.accounts.models import User
from stakeholder_hub.kernel.database import db


def user_by_email(email: str) -> User | None:
    """The person with this address, however it is written."""
    return db.session.scalar(sa.select(User).where(User.email_key == email_key(email)))
