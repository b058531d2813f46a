"""What happens to groups and organisations."""

from dataclasses import dataclass
from typing import Any, ClassVar

from stakeholder_hub.kernel.events import Event


class GroupCreated(Event):
    """A working group was set up."""

    name: ClassVar[str] = "groups.created"


class GroupChanged(Event):
    """A group was described anew."""

    name: ClassVar[str] = "groups.changed"


@dataclass(frozen=True, kw_only=True)
class MemberJoined(Event):
    """A person sits at the table. The subject is the group."""

    name: ClassVar[str] = "groups.member_joined"
    user_id: int
    role: str

    def details(self) -> dict[str, Any]:
        """The role; whom it is about is in the grant."""
        return {"role": self.role}


@dataclass(frozen=True, kw_only=True)
class MemberLeft(Event):
    """A person sits at the table no more. The subject is the group."""

    name: ClassVar[str] = "groups.member_left"
    user_id: int


class OrganisationCreated(Event):
    """A stakeholder organisation was added."""

    name: ClassVar[str] = "groups.organisation_created"


class OrganisationChanged(Event):
    """An organisation was described anew."""

    name: ClassVar[str] = "groups.organisation_changed"


class MandateGiven(Event):
    """A person may speak for an organisation."""

    name: ClassVar[str] = "groups.mandate_given"


class MandateRevoked(Event):
    """A person may speak for an organisation no more."""

    name: ClassVar[str] = "groups.mandate_revoked"


class OrganisationSeated(Event):
    """An organisation sits at a group's table. The subject is the group."""

    name: ClassVar[str] = "groups.organisation_seated"


class OrganisationUnseated(Event):
    """An organisation sits at a group's table no more. The subject is the group."""

    name: ClassVar[str] = "groups.organisation_unseated"


@dataclass(frozen=True, kw_only=True)
class PeopleInvited(Event):
    """Somebody was invited into a group. The subject is the group."""

    name: ClassVar[str] = "groups.people_invited"
    people: int = 0

    def details(self) -> dict[str, Any]:
        """How many got a mail; none for a link that many may use."""
        return {"people": self.people}


@dataclass(frozen=True, kw_only=True)
class JoiningAsked(Event):
    """A person asks for a seat in a group. The subject is the group."""

    name: ClassVar[str] = "groups.joining_asked"
    user_id: int


@dataclass(frozen=True, kw_only=True)
class JoiningRefused(Event):
    """A person who asked for a seat was told no. The subject is the group."""

    name: ClassVar[str] = "groups.joining_refused"
    user_id: int


class InvitationRevoked(Event):
    """A way into a group was closed."""

    name: ClassVar[str] = "groups.invitation_revoked"
