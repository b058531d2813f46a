"""What pages of bodies are put together from, and the sections that features above add to a body's page.

A section is given by ``register_part``: a function that returns the template's variables, or ``None`` where there is
nothing to show. ``part`` holds them in the template.
"""

from dataclasses import dataclass

from flask import url_for
from werkzeug.datastructures import MultiDict

from stakeholder_hub.bodies.models import Body, BodyKind, Topic
from stakeholder_hub.bodies.policy import may_register_body
from stakeholder_hub.bodies.queries import body_of
from stakeholder_hub.groups.models import Group, Organisation
from stakeholder_hub.groups.parts import Beside
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.territories.models import Level, Territory
from stakeholder_hub.territories.policy import still_exists
from stakeholder_hub.territories.queries import by_slug
from stakeholder_hub.webkit.sections import Sections

SECTIONS: Sections[Body] = Sections()
register_part, parts_of = SECTIONS.register, SECTIONS.shown


@dataclass(frozen=True)
class Wanted:
    """What a reader asks the register for. What is unknown is taken as not asked."""

    place: str = ""
    level: Level | None = None
    topic: Topic | None = None
    kind: BodyKind | None = None
    ended: bool = False

    @classmethod
    def of(cls, args: MultiDict[str, str]) -> "Wanted":
        """Read from the query of an address."""
        level, topic, kind = args.get("level", ""), args.get("topic", ""), args.get("kind", "")
        return cls(
            place=args.get("place", "")[:80],
            level=Level(level) if level in list(Level) else None,
            topic=Topic(topic) if topic in list(Topic) else None,
            kind=BodyKind(kind) if kind in list(BodyKind) else None,
            ended=args.get("ended") == "1",
        )

    @property
    def active(self) -> int:
        """How many filters are set."""
        return sum(bool(value) for value in (self.place, self.level, self.topic, self.kind, self.ended))

    def territory(self) -> Territory | None:
        """The place asked for.

        Raises:
            NotFound: there is no such place.
        """
        return by_slug(self.place) if self.place else None


def beside_owner(owner: Group | Organisation, actor: Actor) -> list[Beside]:
    """What the page of a group or an organisation says of the register. One statement."""
    body = body_of(owner)
    if body is not None and body.archived_at is None:
        return [Beside("decision", _("What it may decide"), url_for("bodies.show", slug=body.slug))]
    ended = owner.archived_at is not None or not still_exists(owner.territory)
    if ended or not may_register_body(actor, owner.territory):
        return []
    which = "group" if isinstance(owner, Group) else "organisation"
    url = url_for("bodies.new", place=owner.territory.slug, owner=f"{which}:{owner.slug}")
    return [Beside("plus", _("Add to the register of bodies"), url, manages=True)]
