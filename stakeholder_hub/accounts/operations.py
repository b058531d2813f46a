"""Everything that changes an account."""

import secrets
from typing import Any

from flask_security.utils import hash_password

from stakeholder_hub.accounts.emails import email_key, valid_email
from stakeholder_hub.accounts.events import (
    AccountErased,
    EmailChanged,
    PasswordChanged,
    PersonRegistered,
    ProfileChanged,
    SignedOutEverywhere,
)
from stakeholder_hub.accounts.models import User
from stakeholder_hub.accounts.personal import personal_rows
from stakeholder_hub.accounts.queries import user_by_email
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import INTERFACE, _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.kernel.text import normalise_line, suspicious_name

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
LONGEST_NAME = 80


@operation
def register_person(
    *,
    email: str,
    name: str,
    language: str,
    password: str | None = None,
    confirmed: bool = False,
    sector: Sector = Sector.CITIZEN,
    home_territory: Any = None,
    is_demo: bool = False,
    actor: Any = None,
) -> User:
    """Make an account. Without a password the person signs in by a mailed link.

    Raises:
        Invalid: address, name or password are not in order, or there is such an account.
    """
    address = valid_email(email)
    if user_by_email(address) is not None:
        raise Invalid(_l("There is an account with this address."), "email")
    person = User(
        email=address,
        email_key=email_key(address),
        name=checked_name(name),
        language=language if language in INTERFACE else "en",
        password=hash_password(checked_password(password)) if password is not None else None,
        confirmed_at=clock.now() if confirmed else None,
        sector=sector,
        home_territory_id=home_territory.id if home_territory is not None else None,
        fs_uniquifier=secrets.token_hex(16),
        is_demo=is_demo,
    )
    db.session.add(person)
    db.session.flush()
    emit(PersonRegistered(actor=actor if actor is not None else person, subject=person))
    return person


def checked_name(raw: str) -> str:
    """The name that others see.

    Raises:
        Invalid: empty, too long, or in letters that pretend to be others.
    """
    name = normalise_line(raw)
    if not name:
        raise Invalid(_l("Say how others should call you."), "name")
    if len(name) > LONGEST_NAME:
        raise Invalid(_l("Use at most %(most)s characters for the name.", most=LONGEST_NAME), "name")
    if suspicious_name(name):
        raise Invalid(_l("Write your name in one alphabet: this mixes letters that look alike."), "name")
    return name


def checked_password(password: str) -> str:
    """A password that may be used.

    Raises:
        Invalid: too short or too long.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(_l("Use at least %(least)s characters.", least=SHORTEST_PASSWORD), "password")
    if len(password) > LONGEST_PASSWORD:
        raise Invalid(_l("Use at most %(most)s characters.", most=LONGEST_PASSWORD), "password")
    return password


@operation
def set_password(person: User, *, password: str, actor: Any) -> None:
    """Give an account another password; it is signed out everywhere."""
    person.password = hash_password(checked_password(password))
    person.fs_uniquifier = secrets.token_hex(16)
    emit(PasswordChanged(actor=actor, subject=person))


@operation
def confirm_person(person: User) -> None:
    """The person has shown that the address is theirs."""
    if person.confirmed_at is None:
        person.confirmed_at = clock.now()


@operation
def change_profile(
    person: User, *, name: str, sector: str, home: Any, language: str, mail_frequency: str, actor: Any
) -> None:
    """Change what others see of a person and how the person is written to.

    Raises:
        Invalid: the name is not in order.
    """
    person.name = checked_name(name)
    person.sector = Sector(sector)
    person.home_territory_id = home
    person.language = language if language in INTERFACE else person.language
    person.mail_frequency = mail_frequency
    emit(ProfileChanged(actor=actor, subject=person))


@operation
def sign_out_everywhere(person: User, *, actor: Any) -> None:
    """End every session of the person, on every device: a copied cookie is dead from now on."""
    person.fs_uniquifier = secrets.token_hex(16)
    emit(SignedOutEverywhere(actor=actor, subject=person))


@operation
def change_email(person: User, *, email: str, actor: Any) -> str:
    """Use another address, which has been confirmed; returns the old one, which is told.

    Raises:
        Invalid: it is no address, or belongs to another account.
    """
    address = valid_email(email)
    other = user_by_email(address)
    if other is not None and other.id != person.id:
        raise Invalid(_l("There is an account with this address."), "email")
    before, person.email, person.email_key = person.email, address, email_key(address)
    emit(EmailChanged(actor=actor, subject=person))
    return before


@operation
def erase_person(person: User, *, actor: Any) -> None:
    """Remove everything that tells who it was. What they wrote keeps its place, by a former participant.

    Every column declared personal is emptied; roles, mandates, support and the like go with their rows.
    """
    for table in personal_rows(person):
        db.session.execute(table)
    token = secrets.token_hex(16)
    person.email = person.email_key = f"erased-{token}@invalid.invalid"
    person.name = "–"
    person.password = person.us_totp_secrets = None
    person.active, person.erased_at, person.fs_uniquifier = False, clock.now(), token
    person.home_territory_id, person.sector, person.preferences = None, Sector.CITIZEN, {}
    person.mail_frequency = "never"
    emit(AccountErased(actor=actor, subject=person))
