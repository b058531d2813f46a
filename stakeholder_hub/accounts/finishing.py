"""What the button behind a letter's link does."""

from typing import Any

from flask import url_for

from stakeholder_hub.accounts import links
from stakeholder_hub.accounts.messages import changed_address
from stakeholder_hub.accounts.models import PendingContribution, User
from stakeholder_hub.accounts.operations import (
    change_email,
    choose_home,
    confirm_person,
    hold_account,
    register_person,
    set_password,
)
from stakeholder_hub.accounts.pending import (
    NAME,
    contents,
    is_contribution,
    lock_unused,
    use_pending,
)
from stakeholder_hub.accounts.signing import begin_session
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.mail.operations import queue_mail
from stakeholder_hub.webkit.addresses import is_local
from stakeholder_hub.webkit.flashes import say


def finish(
    pending: PendingContribution, *, name: str = "", password: str | None = None, home: int | None = None
) -> str:
    """Do what the link is for, sign the person in, and return where to go on.

    Raises:
        NotFound: the link has been used.
        NotAllowed, Invalid, Conflict: what was begun is not possible any more; it stays as it was.
    """
    person, path = finish_pending(pending, name=name, password=password or None, home=home)
    begin_session(person, via="email")
    say(_("Welcome, %(name)s.", name=person.name))
    return path


@operation
def finish_pending(
    pending: PendingContribution, *, name: str, password: str | None, home: int | None
) -> tuple[User, str]:
    """The part that changes the database: in one transaction, once."""
    if pending.kind == links.NEW_EMAIL:
        return _use_address(pending)
    lock_unused(pending)
    payload = dict(pending.payload)
    person = _person(pending, name or payload.get("name") or payload.get(NAME), password, home)
    confirm_person(person)
    if is_contribution(pending):
        return person, use_pending(pending, actor=person)
    if pending.kind == links.RESET:
        set_password(person, password=password or "", actor=person)
    _used(pending)
    wanted = str(payload.get("next") or "")
    return person, wanted if is_local(wanted) else url_for("portal.desk")


def _used(pending: PendingContribution) -> None:
    pending.used_at, pending.payload = clock.now(), {}


def _person(pending: PendingContribution, name: Any, password: str | None, home: int | None) -> User:
    """The account with the confirmed address; made now where there is none and one was asked for.

    The password is chosen here and not when registering: whoever registers somebody else's address must
    not leave a password of their own on the account.
    """
    known = links.person_of(pending)
    if known is not None:
        if not known.active:
            raise NotFound()
        return known
    if pending.email is None or not (is_contribution(pending) or pending.kind == links.REGISTER):
        raise NotFound()
    person = register_person(
        email=pending.email,
        name=str(name or ""),
        language=pending.language,
        password=password,
        confirmed=True,
    )
    if home:
        choose_home(person, home=home)
    return person


def _use_address(pending: PendingContribution) -> tuple[User, str]:
    """The account is held before the letter, as where letters are made void: no two wait for each other."""
    person = hold_account(int(contents(pending).get("user", 0)))
    lock_unused(pending)
    if person is None or not person.active or pending.email is None:
        raise NotFound()
    before = change_email(person, email=pending.email, actor=person)
    told = changed_address(person.language)
    queue_mail(to=before, subject=told.subject, text=told.text, language=person.language)
    _used(pending)
    return person, url_for("accounts.settings")
