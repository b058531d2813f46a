"""Ways into a group: a link for many, a mail to one, and asking for a seat.

A request is an invitation that a person wrote to themselves: it carries their own address, and nobody has the token.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from stakeholder_hub.accounts.emails import email_key, valid_email
from stakeholder_hub.accounts.models import User
from stakeholder_hub.groups.events import InvitationRevoked, JoiningAsked, JoiningRefused, PeopleInvited
from stakeholder_hub.groups.invitation_mail import write_invitation
from stakeholder_hub.groups.models import Group, Invitation
from stakeholder_hub.groups.operations.members import add_member, seat_of
from stakeholder_hub.groups.policy import may_ask_to_join, may_manage_group
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM, Actor, require, signed_in
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid, NotAllowed, NotFound
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.kernel.text import normalise_line
from stakeholder_hub.territories.models import Role

PERSONAL = timedelta(days=30)
LONGEST_DAYS = 366
MOST_PEOPLE = 500
"""Mails of one sending."""
GIVEN = (Role.MEMBER, Role.OBSERVER, Role.MODERATOR)
"""Roles that an invitation may carry: coordinators are named among those who sit there."""


@dataclass(frozen=True)
class Guest:
    """A person to be invited."""

    email: str
    name: str = ""


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _checked(group: Group, role: Role, actor: Actor) -> None:
    require(may_manage_group(actor, group))
    if group.archived_at is not None:
        raise NotAllowed(_l("This group has ended."))
    if role not in GIVEN:
        raise Invalid(_l("Coordinators are named among those who sit at the table already."), "role")


@operation
def invite_by_link(
    group: Group, *, role: Role = Role.MEMBER, sector: Sector | None = None, days: int = 30, actor: Actor
) -> str:
    """Make a link by which many can join until it expires; returns its token, which is not stored.

    Raises:
        NotAllowed: the actor does not coordinate the group.
        Invalid: it would last longer than a year.
    """
    _checked(group, role, actor)
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid(_l("A link lasts between one day and a year."), "days")
    token = secrets.token_urlsafe(18)
    db.session.add(
        Invitation(
            group=group,
            token_hash=token_hash(token),
            role=role,
            sector=sector,
            created_by_id=actor.id,
            expires_at=clock.now() + timedelta(days=days),
        )
    )
    db.session.flush()
    emit(PeopleInvited(actor=actor, subject=group))
    return token


@operation
def invite_people(
    group: Group,
    *,
    people: Sequence[Guest],
    role: Role = Role.MEMBER,
    sector: Sector | None = None,
    message: str = "",
    language: str,
    actor: Actor,
) -> int:
    """Write to each person: a link that works once, for that address, for a month.

    Who was invited before gets a new link; members are left out. Returns how many mails were queued.

    Raises:
        Invalid: too many at once, or one is no address.
    """
    _checked(group, role, actor)
    if len(people) > MOST_PEOPLE:
        raise Invalid(_l("Invite at most %(most)s people at once.", most=MOST_PEOPLE), "people")
    seated = member_keys(group)
    by_key = {email_key(valid_email(guest.email)): guest for guest in reversed(people)}
    waiting = {key: guest for key, guest in by_key.items() if key not in seated}
    known = db.session.scalars(
        sa.select(Invitation).where(Invitation.group_id == group.id, Invitation.email_key.in_(list(waiting)))
    )
    stored = {invitation.email_key: invitation for invitation in known}
    for key, guest in waiting.items():
        token = secrets.token_urlsafe(24)
        invitation = stored.get(key) or Invitation(group=group, email_key=key)
        invitation.email, invitation.name = valid_email(guest.email), normalise_line(guest.name)[:80] or None
        invitation.token_hash, invitation.role, invitation.sector = token_hash(token), role, sector
        invitation.created_by_id, invitation.created_at = actor.id, clock.now()
        invitation.expires_at = clock.now() + PERSONAL
        invitation.used_at = invitation.revoked_at = None
        db.session.add(invitation)
        write_invitation(invitation, token=token, message=message, language=language)
    db.session.flush()
    if waiting:
        emit(PeopleInvited(actor=actor, subject=group, people=len(waiting)))
    return len(waiting)


def member_keys(group: Group) -> set[str]:
    """The addresses of those who sit in the group, as compared."""
    ids = [grant.user_id for grant in group.memberships]
    return set(db.session.scalars(sa.select(User.email_key).where(User.id.in_(ids))))


@operation
def accept_invitation(token: str, *, actor: Any) -> Group:
    """Take the seat. Looking at the page uses nothing up; this does.

    Raises:
        NotFound: there is no such invitation, it was used, taken back, or its time is over.
        NotAllowed: it was written to another address than the actor's.
    """
    require(signed_in(actor, _l("Sign in to accept the invitation.")))
    invitation = open_invitation(token, lock=True)
    group = invitation.group
    if invitation.email_key is not None:
        if invitation.email_key != actor.email_key or actor.confirmed_at is None:
            raise NotAllowed(
                _l("This invitation was sent to another address. Sign in with the account of that address.")
            )
        invitation.used_at = clock.now()
    invitation.uses += 1
    if seat_of(group, actor) is None:
        sector = invitation.sector or actor.sector
        add_member(group, user=actor, role=invitation.role, sector=sector, actor=SYSTEM)
    return group


def open_invitation(token: str, *, lock: bool = False) -> Invitation:
    """The invitation that ``token`` opens now.

    Raises:
        NotFound: there is none, it was used, taken back, or its time is over.
    """
    statement = sa.select(Invitation).where(Invitation.token_hash == token_hash(token[:100]))
    found = db.session.scalar(statement.with_for_update() if lock else statement)
    if found is None or found.used_at is not None or found.revoked_at is not None:
        raise NotFound(_l("This invitation is not open any more. Ask for a new one."))
    if found.expires_at <= clock.now() or found.group.archived_at is not None:
        raise NotFound(_l("This invitation is not open any more. Ask for a new one."))
    return found


@operation
def revoke_invitation(invitation: Invitation, *, actor: Actor) -> None:
    """Close a way into the group at once."""
    require(may_manage_group(actor, invitation.group))
    if invitation.revoked_at is None and invitation.used_at is None:
        invitation.revoked_at = clock.now()
        emit(InvitationRevoked(actor=actor, subject=invitation))


@operation
def ask_to_join(group: Group, *, sector: Sector | None = None, actor: Any) -> bool:
    """Ask for a seat. Whoever was invited already takes it; returns whether the person sits there now.

    Raises:
        NotAllowed: the group has ended, or the actor sits there already.
    """
    require(may_ask_to_join(actor, group))
    held = db.session.scalar(
        sa.select(Invitation).where(Invitation.group_id == group.id, Invitation.email_key == actor.email_key)
    )
    now = clock.now()
    is_open = held is not None and held.used_at is None and held.revoked_at is None and held.expires_at > now
    if held is not None and is_open and held.created_by_id != actor.id and actor.confirmed_at is not None:
        held.used_at, held.uses = now, held.uses + 1
        add_member(group, user=actor, role=held.role, sector=held.sector or sector, actor=SYSTEM)
        return True
    if is_open:
        return False
    request = held or Invitation(group=group, email_key=actor.email_key)
    request.email, request.name, request.role = actor.email, actor.name, Role.MEMBER
    request.sector, request.created_by_id, request.created_at = sector or actor.sector, actor.id, now
    request.token_hash = token_hash(secrets.token_urlsafe(24))
    request.expires_at, request.used_at, request.revoked_at = now + timedelta(days=90), None, None
    db.session.add(request)
    db.session.flush()
    emit(JoiningAsked(actor=actor, subject=group, user_id=actor.id))
    return False


def _asked(request: Invitation, actor: Actor) -> User:
    """The person who asked.

    Raises:
        NotFound: this is no open request.
    """
    require(may_manage_group(actor, request.group))
    person = db.session.get(User, request.created_by_id) if request.created_by_id is not None else None
    closed = request.used_at is not None or request.revoked_at is not None
    if person is None or closed or person.email_key != request.email_key:
        raise NotFound()
    return person


@operation
def take_in(request: Invitation, *, actor: Actor) -> User:
    """Give a seat to somebody who asked for it."""
    person = _asked(request, actor)
    request.used_at = clock.now()
    add_member(request.group, user=person, role=Role.MEMBER, sector=request.sector, actor=actor)
    return person


@operation
def refuse_request(request: Invitation, *, actor: Actor) -> User:
    """Tell somebody who asked for a seat that there is none."""
    person = _asked(request, actor)
    request.revoked_at = clock.now()
    emit(JoiningRefused(actor=actor, subject=request.group, user_id=person.id))
    return person
