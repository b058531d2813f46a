"""What a transaction may do, and what its end leaves in place."""

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import InternalError

from stakeholder_hub.accounts.models import User
from stakeholder_hub.kernel.database import db, set_read_only
from tests.factories.accounts import make_user

ONLY_POSTGRESQL = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
PREPARED = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%fs_uniquifier%'"


@ONLY_POSTGRESQL
def test_the_server_refuses_to_write_where_only_is_read_and_writes_again_afterwards(app: Flask) -> None:
    """Fails where readers are not announced: what a page wrote outside of an operation was lost in silence."""
    person = make_user(name="Ana")
    number = person.id
    change = sa.update(User).where(User.id == number).values(name="Eva")
    set_read_only(True)
    db.session.commit()
    try:
        with pytest.raises(InternalError, match="read-only"):
            db.session.execute(change)
        db.session.rollback()
        assert db.session.scalar(sa.select(User.name).where(User.id == number)) == "Ana"
    finally:
        set_read_only(False)
    db.session.rollback()
    db.session.execute(change)
    db.session.commit()
    db.session.execute(sa.update(User).where(User.id == number).values(name="Iva"))
    db.session.rollback()
    assert db.session.scalar(sa.select(User.name).where(User.id == number)) == "Eva"


@ONLY_POSTGRESQL
def test_what_pages_ask_again_and_again_is_planned_once(web: Flask, visit) -> None:
    """Fails where a request that only read ends by ROLLBACK: the driver then forgets what the server has prepared."""
    with web.app_context():
        key = make_user().fs_uniquifier
    client = visit(key)
    for _time in range(9):
        assert client.get("/en/").status_code == 200
    with web.app_context():
        assert db.session.execute(sa.text(PREPARED)).scalar_one() > 0
