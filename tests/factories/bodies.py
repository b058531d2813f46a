"""Bodies in the register, made through the operations that people use."""

from typing import Any

from stakeholder_hub.bodies.models import Body, BodyKind, LevelCompetence, Strength, Topic
from stakeholder_hub.bodies.operations import (
    Power,
    powers_of,
    register_body,
    set_competences,
    set_level_competences,
)
from stakeholder_hub.bodies.queries import level_competences_in
from stakeholder_hub.groups.models import Organisation
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.territories.models import Level, Territory
from tests.factories.groups import make_organisation


@operation
def make_body(organisation: Organisation | None = None, **values: Any) -> Body:
    """The authority of a territory, unless told otherwise; ``group=`` makes it a group instead.

    What nobody could enter (a day that is over, something put away) is set afterwards.
    """
    owner = values.pop("group", None) or organisation or make_organisation(sector=Sector.ADMINISTRATION)
    is_authority = isinstance(owner, Organisation) and owner.sector is Sector.ADMINISTRATION
    archived_at, sunset_on = values.pop("archived_at", None), values.pop("sunset_on", None)
    fields: dict[str, Any] = {
        "kind": BodyKind.GENERAL_PURPOSE if is_authority else BodyKind.TASK_SPECIFIC,
        "slug": f"{owner.slug}-body",
        "actor": SYSTEM,
        **values,
    }
    over = sunset_on is not None and sunset_on < clock.today(owner.territory.timezone)
    body = register_body(owner, sunset_on=None if over else sunset_on, **fields)
    if over:
        body.sunset_on = sunset_on
    if archived_at is not None:
        body.archived_at = archived_at
    db.session.flush()
    return body


@operation
def make_competence(
    body: Body,
    topic: Topic = Topic.HOUSING,
    strength: Strength = Strength.DECIDES,
    basis: str = "",
    language: str = "en",
) -> Body:
    """The body with one more competence."""
    powers = {**powers_of(body.competences), topic: Power(strength, basis)}
    return set_competences(body, powers=powers, language=language, actor=SYSTEM)


@operation
def make_level_competence(
    place: Territory,
    level: Level,
    topic: Topic = Topic.HOUSING,
    strength: Strength = Strength.DECIDES,
    basis: str = "",
) -> LevelCompetence:
    """What a level usually may do in a place."""
    powers = {**powers_of(level_competences_in(place, level)), topic: Power(strength, basis)}
    set_level_competences(place, level=level, powers=powers, language="en", actor=SYSTEM)
    return next(row for row in level_competences_in(place, level) if row.topic is topic)
