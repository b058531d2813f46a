"""People, made through the operation that people use."""

from itertools import count
from typing import Any

from flask.testing import FlaskClient
from flask_security.utils import hash_password

from stakeholder_hub.accounts.models import User
from stakeholder_hub.accounts.operations import register_person
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.operation import operation

PASSWORD = "seven quiet rivers"

_numbers = count(1)
_hashes: dict[str, str] = {}


@operation
def make_user(
    *,
    email: str | None = None,
    name: str | None = None,
    language: str = "en",
    password: str | None = None,
    confirmed: bool = True,
    home_territory: Any = None,
    **values: Any,
) -> User:
    """A confirmed person without a password, unless told otherwise; ``values`` are further columns.

    ``name`` is taken as it is: tests of pages want names that nobody could register.
    """
    number = next(_numbers)
    person = register_person(
        email=email or f"person{number}@example.org",
        name=f"Person {number}",
        language=language,
        confirmed=confirmed,
        home_territory=home_territory,
        actor=SYSTEM,
    )
    if password is not None:  # hashing is slow on purpose: once per password is enough here
        person.password = _hashes.setdefault(password, "") or hash_password(password)
        _hashes[password] = person.password
    for column, value in {**values, **({"name": name} if name else {})}.items():
        setattr(person, column, value)
    return person


def sign_in(client: FlaskClient, person: Any) -> FlaskClient:
    """Give the browser a session of ``person`` (or of the account with that ``fs_uniquifier``), without the form."""
    with client.session_transaction() as session:
        session["_user_id"] = person if isinstance(person, str) else person.fs_uniquifier
        session["_fresh"] = True
    return client
