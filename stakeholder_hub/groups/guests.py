"""A list of people to invite: read, and told what would happen, before anything does."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from stakeholder_hub.accounts.emails import email_key, valid_email
from stakeholder_hub.groups.models import Group
from stakeholder_hub.groups.operations.invitations import MOST_PEOPLE, Guest, member_keys
from stakeholder_hub.groups.queries import open_invitations
from stakeholder_hub.kernel.errors import Invalid, Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.tables import Column, Row, read_rows

NAME = Column(
    "name",
    (
        "Name",
        "Ime",
        "Név",
        "Ime in priimek",
        "Ime i prezime",
        "Vor- und Nachname",
        "Jméno",
        "Meno",
        "Nume",
        "Име",
        "Ім'я",
    ),
)
EMAIL = Column(
    "email",
    (
        "E-mail",
        "Email address",
        "E-mail address",
        "Address",
        "E-Mail-Adresse",
        "Mail",
        "E-pošta",
        "E-naslov",
        "E-mail cím",
        "Adresa",
    ),
)


@dataclass(frozen=True)
class Line:
    """One line of the list and what would become of it."""

    number: int
    guest: Guest
    reason: Reason = ""


@dataclass(frozen=True)
class Plan:
    """What sending would do: whom it writes to, whom it leaves out and why."""

    new: list[Line] = field(default_factory=list)
    again: list[Line] = field(default_factory=list)
    members: list[Line] = field(default_factory=list)
    twice: list[Line] = field(default_factory=list)
    wrong: list[Line] = field(default_factory=list)

    @property
    def guests(self) -> list[Guest]:
        """Everybody who gets a mail: new ones, and those who were invited before."""
        return [line.guest for line in (*self.new, *self.again)]


def plan_invitations(group: Group, data: bytes | str) -> Plan:
    """Read the list and sort its lines. Changes nothing.

    Raises:
        Invalid: it is empty, too long, or no list at all.
    """
    rows = read_rows(data, columns=(NAME, EMAIL), max_rows=MOST_PEOPLE, max_bytes=1_000_000)
    seated = member_keys(group)
    invited = {invitation.email_key for invitation in open_invitations(group)}
    seen: dict[str, int] = {}
    plan = Plan([], [], [], [], [])
    for row in rows:
        line, key = _read(row)
        if key is None:
            plan.wrong.append(line)
        elif key in seen:
            reason = _l("The same address stands in line %(line)s.", line=seen[key])
            plan.twice.append(Line(line.number, line.guest, reason))
        else:
            seen[key] = line.number
            where = plan.members if key in seated else plan.again if key in invited else plan.new
            where.append(line)
    return plan


def _read(row: Row) -> tuple[Line, str | None]:
    """A line and the address as compared; none where there is no address in it."""
    name, email = row["name"], row["email"]
    if "@" in name and "@" not in email:
        name, email = email, name
    email = email.removeprefix("mailto:").strip("<> ")
    guest = Guest(email[:254], name[:80])
    try:
        return Line(row.line, Guest(valid_email(email), name[:80])), email_key(valid_email(email))
    except Invalid as wrong:
        reason = wrong.reason if email else _l("There is no e-mail address in this line.")
        return Line(row.line, guest, reason), None


def as_text(guests: Sequence[Guest]) -> str:
    """The list in plain form, to be sent on with one click."""
    return "\n".join(
        ["name\temail", *(f"{guest.name.replace(chr(9), ' ')}\t{guest.email}" for guest in guests)]
    )
