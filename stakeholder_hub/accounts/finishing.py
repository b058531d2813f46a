"""What the button behind a letter's link does."""

from typing import Any

from flask import url_for

from stakeholder_hub.accounts import links
from stakeholder_hub.accounts.messages import changed_address
from stakeholder_hub.accounts.models import PendingContribution, User
from stakeholder_hub.accounts.operations import change_email, confirm_person, register_person, set_password
from stakeholder_hub.accounts.pending import handler_of
from stakeholder_hub.accounts.signing import begin_session
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.mail.operations import queue_mail
from stakeholder_hub.webkit.addresses import is_local
from stakeholder_hub.webkit.flashes import say


def finish(pending: PendingContribution, *, password: str | None = None) -> str:
    """Do what the link is for, sign the person in, and return where to go on.

    Raises:
        NotFound: the link has been used.
        NotAllowed, Invalid, Conflict: what was begun is not possible any more; it stays as it was.
    """
    person, path = finish_pending(pending, password=password)
    begin_session(person, via="email")
    say(_("Welcome, %(name)s. Your address is confirmed.", name=person.name))
    return path


@operation
def finish_pending(pending: PendingContribution, *, password: str | None) -> tuple[User, str]:
    """The part that changes the database: in one transaction, once."""
    db.session.refresh(pending, with_for_update=True)
    if pending.used_at is not None:
        raise NotFound()
    pending.used_at = clock.now()
    payload, kind = dict(pending.payload), pending.kind
    pending.payload = {}
    if kind == links.NEW_EMAIL:
        return _use_address(pending, payload)
    person = _person(pending, payload)
    confirm_person(person)
    if kind == links.RESET:
        set_password(person, password=password or "", actor=person)
        return person, url_for("portal.desk")
    if kind in (links.SIGN_IN, links.REGISTER):
        wanted = str(payload.get("next") or "")
        return person, wanted if is_local(wanted) else url_for("portal.desk")
    return person, handler_of(kind)({k: v for k, v in payload.items() if k != "_name"}, actor=person)


def _person(pending: PendingContribution, payload: dict[str, Any]) -> User:
    """The account with the confirmed address; made now where there is none and one was asked for."""
    known = links.person_of(pending)
    if known is not None:
        if not known.active:
            raise NotFound()
        return known
    name = payload.get("name") or payload.get("_name")
    if not name or pending.email is None:
        raise NotFound()
    person = register_person(email=pending.email, name=str(name), language=pending.language, confirmed=True)
    if pending.kind == links.REGISTER and payload.get("password"):
        person.password = str(payload["password"])  # hashed when it was typed
    return person


def _use_address(pending: PendingContribution, payload: dict[str, Any]) -> tuple[User, str]:
    person = db.session.get(User, int(payload["user"]))
    if person is None or not person.active or pending.email is None:
        raise NotFound()
    before = change_email(person, email=pending.email, actor=person)
    told = changed_address(person.language)
    queue_mail(to=before, subject=told.subject, text=told.text, language=person.language)
    return person, url_for("accounts.settings")
