"""Everything that changes an account."""

import secrets
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
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
from stakeholder_hub.accounts.homes import home_choices
from stakeholder_hub.accounts.models import PendingContribution, User
from stakeholder_hub.accounts.passwords import is_common
from stakeholder_hub.accounts.personal import erasing
from stakeholder_hub.accounts.queries import user_by_email
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import INTERFACE, _, _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.kernel.text import normalise_line, suspicious_name

SIGN_IN = "accounts.sign_in"
RESET = "accounts.reset"
NEW_EMAIL = "accounts.email"
LINKS_OF_ACCOUNT = frozenset({SIGN_IN, RESET})
"""Kinds of links that open an account: they die with its password."""

FREQUENCIES = ("now", "daily", "weekly", "never")
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
    if is_common(password):
        raise Invalid(
            _l("This password is one of the first that others try. Take several words."), "password"
        )
    return password


@operation
def set_password(person: User, *, password: str, actor: Any) -> None:
    """Give an account another password: it is signed out everywhere, and links that would open it are dead.

    Raises:
        Invalid: the password may not be used.
    """
    person.password = hash_password(checked_password(password))
    person.fs_uniquifier = secrets.token_hex(16)
    _void_links(person)
    void_new_addresses(person)
    emit(PasswordChanged(actor=actor, subject=person))


def _void_links(person: User) -> None:
    db.session.execute(
        sa.update(PendingContribution)
        .where(
            PendingContribution.email == person.email,
            PendingContribution.kind.in_(LINKS_OF_ACCOUNT),
            PendingContribution.used_at.is_(None),
        )
        .values(used_at=clock.now())
    )


def hold_account(number: int) -> User | None:
    """Read an account under a lock: of two who change how it is entered one comes second."""
    return db.session.get(User, number, with_for_update=True, populate_existing=True)


def new_addresses_of(person: User) -> list[PendingContribution]:
    """Changes of address that were asked for and lie in somebody's letter box."""
    asked = sa.select(PendingContribution).where(PendingContribution.kind == NEW_EMAIL)
    return [pending for pending in db.session.scalars(asked) if pending.payload.get("user") == person.id]


@operation
def void_new_addresses(person: User) -> None:
    """Letters about a new address do nothing any more."""
    for pending in new_addresses_of(person):
        pending.used_at = pending.used_at or clock.now()


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
        Invalid: the name is not in order, or something chosen is not among the choices.
    """
    if sector not in [known.value for known in Sector]:
        raise Invalid(_l("Choose one from the list."), "sector")
    if language not in INTERFACE:
        raise Invalid(_l("Choose one from the list."), "language")
    if mail_frequency not in FREQUENCIES:
        raise Invalid(_l("Choose one from the list."), "mail_frequency")
    person.name = checked_name(name)
    person.sector = Sector(sector)
    person.language = language
    choose_home(person, home=home)
    person.mail_frequency = mail_frequency
    emit(ProfileChanged(actor=actor, subject=person))


@operation
def choose_home(person: User, *, home: int | None) -> None:
    """Choose one's town, or none.

    Raises:
        Invalid: it is not among the choices.
    """
    if home is not None and home != person.home_territory_id and home not in dict(home_choices()):
        raise Invalid(_l("Choose one from the list."), "home")
    person.home_territory_id = home


@operation
def sign_out_everywhere(person: User, *, actor: Any) -> None:
    """End every session of the person, on every device: a copied cookie is dead from now on."""
    person.fs_uniquifier = secrets.token_hex(16)
    emit(SignedOutEverywhere(actor=actor, subject=person))


@operation
def change_email(person: User, *, email: str, actor: Any) -> str:
    """Use another address, which has been confirmed; returns the old one, which is told. Other changes of address
    that were begun are void.

    Raises:
        Invalid: it is no address, or belongs to another account.
    """
    address = valid_email(email)
    other = user_by_email(address)
    if other is not None and other.id != person.id:
        raise Invalid(_l("There is an account with this address."), "email")
    before, person.email, person.email_key = person.email, address, email_key(address)
    void_new_addresses(person)
    emit(EmailChanged(actor=actor, subject=person))
    return before


@operation
def erase_person(person: User, *, actor: Any) -> None:
    """Remove everything that tells who it was. What they wrote keeps its place, as by a former participant.

    Whoever keeps counters of what goes (support, for example) hears :class:`AccountErased` while it is still there;
    the account is held meanwhile, so that nothing is added to it between being counted and being removed.
    """
    db.session.execute(sa.select(User.id).where(User.id == person.id).with_for_update())
    emit(AccountErased(actor=actor, subject=person))
    db.session.flush()
    for pending in new_addresses_of(person):
        db.session.delete(pending)
    for statement in erasing(person):
        db.session.execute(statement)
    db.session.expire(person)
    token = secrets.token_hex(16)
    person.email = person.email_key = f"erased-{token}@erased.invalid"
    with force_locale(current_app.config["HUB_LANGUAGE"]):
        person.name = _("Former participant")
    person.password = person.us_totp_secrets = person.us_phone_number = None
    person.active, person.erased_at, person.fs_uniquifier = False, clock.now(), token
    person.home_territory_id, person.sector, person.preferences = None, Sector.CITIZEN, {}
    person.mail_frequency = "never"
