"""Everything that changes the register of bodies and competences."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from stakeholder_hub.bodies.events import (
    BodyArchived,
    BodyChanged,
    BodyEnding,
    BodyRegistered,
    BodyRestored,
    CompetencesChanged,
    LevelCompetencesChanged,
)
from stakeholder_hub.bodies.models import Body, BodyKind, Competence, LevelCompetence, Strength, Topic
from stakeholder_hub.bodies.policy import may_change_body, may_register_body
from stakeholder_hub.groups.models import Group, GroupKind, Organisation
from stakeholder_hub.groups.operations.naming import free_slug
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM, Actor, require
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict, Invalid
from stakeholder_hub.kernel.events import emit
from stakeholder_hub.kernel.i18n import CONTENT, _l
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.kernel.text import normalise, normalise_line
from stakeholder_hub.territories.models import Level, Territory
from stakeholder_hub.territories.policy import still_exists

LONGEST_DAYS = 730
LONGEST_REMIT = 2000
LONGEST_BASIS = 500
REMIND_BEFORE = timedelta(days=30)


@dataclass(frozen=True)
class Power:
    """What may be done about a topic, and what that rests on."""

    strength: Strength
    basis: str = ""


Powers = Mapping[Topic, Power]


def powers_of(rows: Iterable[Competence | LevelCompetence]) -> dict[Topic, Power]:
    """What stands in the register, in the order of the topics."""
    held = {row.topic: Power(row.strength, row.basis) for row in rows}
    return {topic: held[topic] for topic in Topic if topic in held}


def fingerprint(powers: Powers) -> str:
    """What somebody had before their eyes, in short: tells whether it still stands there."""
    said = [(topic.value, power.strength.value, power.basis) for topic, power in sorted(powers.items())]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


@operation
def register_body(
    owner: Organisation | Group,
    *,
    kind: BodyKind,
    remit: Multilingual | None = None,
    acknowledge_days: int = 14,
    answer_days: int = 60,
    escalate_days: int = 30,
    sunset_on: date | None = None,
    slug: str | None = None,
    is_demo: bool = False,
    actor: Actor,
) -> Body:
    """Enter an organisation or a group into the register of its place. One that was taken out stands in it again.

    Raises:
        NotAllowed: the actor does not manage the place, or it exists no more.
        Invalid: it cannot be such a body, it stands in the register already, or days are not in order.
    """
    require(may_register_body(actor, owner.territory))
    require(still_exists(owner.territory))
    if owner.archived_at is not None:
        raise Invalid(_l("This has ended: it cannot be asked any more."), "owner")
    mine = Body.organisation_id if isinstance(owner, Organisation) else Body.group_id
    body = db.session.scalar(sa.select(Body).where(mine == owner.id))
    if body is not None and body.archived_at is None:
        raise Invalid(_l("This stands in the register already."), "owner")
    if body is None:
        place = {"organisation": owner} if isinstance(owner, Organisation) else {"group": owner}
        body = Body(territory=owner.territory, is_demo=is_demo, **place)
        body.slug = free_slug(Body, slug or body.name.original.text)
    body.archived_at = None
    _describe(
        body,
        kind=kind,
        remit=remit,
        acknowledge_days=acknowledge_days,
        answer_days=answer_days,
        escalate_days=escalate_days,
        sunset_on=sunset_on,
    )
    db.session.add(body)
    db.session.flush()
    emit(BodyRegistered(actor=actor, subject=body))
    return body


@operation
def edit_body(
    body: Body,
    *,
    kind: BodyKind,
    remit: Multilingual | None,
    acknowledge_days: int,
    answer_days: int,
    escalate_days: int,
    sunset_on: date | None,
    version: int,
    actor: Actor,
) -> Body:
    """Describe a body anew.

    Raises:
        NotAllowed: the actor does not manage its place.
        Conflict: somebody else changed it since ``version``.
        Invalid: it cannot be such a body, or days are not in order.
    """
    require(may_change_body(actor, body))
    if body.version != version:
        raise Conflict(
            _l("Somebody else changed this body in the meantime. Compare, and save again what should hold."),
            theirs={
                "remit": body.remit.original.text if body.remit else "",
                "standard": f"{body.acknowledge_days} / {body.answer_days} / {body.escalate_days}",
                "sunset_on": body.sunset_on.isoformat() if body.sunset_on else "",
                "version": body.version,
            },
            mine={"remit": remit.original.text if remit else ""},
        )
    _describe(
        body,
        kind=kind,
        remit=remit,
        acknowledge_days=acknowledge_days,
        answer_days=answer_days,
        escalate_days=escalate_days,
        sunset_on=sunset_on,
    )
    db.session.flush()
    emit(BodyChanged(actor=actor, subject=body))
    return body


def _describe(
    body: Body,
    *,
    kind: BodyKind,
    remit: Multilingual | None,
    acknowledge_days: int,
    answer_days: int,
    escalate_days: int,
    sunset_on: date | None,
) -> None:
    if kind is BodyKind.GENERAL_PURPOSE and not _can_be_general(body):
        raise Invalid(
            _l("Only an organisation of the administration, or a public body, decides about everything."),
            "kind",
        )
    if kind is BodyKind.GENERAL_PURPOSE and sunset_on is not None:
        raise Invalid(_l("Only a body for one task ends on a day."), "sunset_on")
    if not 1 <= acknowledge_days <= LONGEST_DAYS:
        raise Invalid(_l("Choose between 1 and %(most)s days.", most=LONGEST_DAYS), "acknowledge_days")
    if not 1 <= answer_days <= LONGEST_DAYS:
        raise Invalid(_l("Choose between 1 and %(most)s days.", most=LONGEST_DAYS), "answer_days")
    if answer_days < acknowledge_days:
        raise Invalid(_l("It cannot answer before it acknowledges."), "answer_days")
    if not 1 <= escalate_days <= LONGEST_DAYS:
        raise Invalid(_l("Choose between 1 and %(most)s days.", most=LONGEST_DAYS), "escalate_days")
    if sunset_on != body.sunset_on:
        _check_sunset(body, sunset_on)
        body.sunset_told_at = None
    body.kind, body.sunset_on, body.remit = kind, sunset_on, _checked_remit(remit)
    body.acknowledge_days, body.answer_days, body.escalate_days = acknowledge_days, answer_days, escalate_days


def _can_be_general(body: Body) -> bool:
    if body.organisation is not None:
        return body.organisation.sector is Sector.ADMINISTRATION
    return body.group is not None and body.group.kind is GroupKind.PUBLIC_BODY


def _check_sunset(body: Body, day: date | None) -> None:
    if day is not None and not clock.today(body.territory.timezone) <= day <= date(2200, 12, 31):
        raise Invalid(_l("Choose a day from today on, before the year 2201."), "sunset_on")


def _checked_remit(remit: Multilingual | None) -> Multilingual | None:
    if remit is None or not remit.original.text.strip():
        return None
    text = normalise(remit.original.text)
    if len(text) > LONGEST_REMIT:
        raise Invalid(_l("Use at most %(most)s characters.", most=LONGEST_REMIT), "remit")
    return remit.with_source(text)


@operation
def set_competences(
    body: Body, *, powers: Powers, language: str, seen: str | None = None, actor: Actor
) -> Body:
    """Write down what a body may do about each topic, in place of what stood there. ``seen`` is the
    :func:`fingerprint` of what the actor had before their eyes.

    Raises:
        NotAllowed: the actor does not manage its place.
        Conflict: that is not what stands there now.
        Invalid: a basis is too long.
    """
    require(may_change_body(actor, body))
    db.session.refresh(body, with_for_update={"of": Body})
    held = {row.topic: row for row in body.competences}
    _refuse_unseen(powers_of(held.values()), seen)
    for topic in Topic:
        power, row = powers.get(topic), held.get(topic)
        if power is None and row is not None:
            body.competences.remove(row)
        elif power is not None:
            if row is None:
                row = Competence(topic=topic)
                body.competences.append(row)
            _fill(row, power, language)
    flag_modified(body, "slug")  # its version tells editors that something about it has changed
    db.session.flush()
    emit(CompetencesChanged(actor=actor, subject=body))
    return body


@operation
def set_level_competences(
    place: Territory,
    *,
    level: Level,
    powers: Powers,
    language: str,
    seen: str | None = None,
    actor: Actor,
) -> None:
    """Write down what a level usually may do about each topic in a place and below it, in place of what stood there.

    Raises:
        NotAllowed: the actor does not manage the place.
        Conflict: ``seen`` is not what stands there now.
        Invalid: a basis is too long.
    """
    require(may_register_body(actor, place))
    require(still_exists(place))
    db.session.execute(
        sa.select(Territory.id).where(Territory.id == place.id).with_for_update(key_share=True)
    )
    rows = db.session.scalars(
        sa.select(LevelCompetence).where(
            LevelCompetence.territory_id == place.id, LevelCompetence.level == level
        )
    )
    held = {row.topic: row for row in rows}
    _refuse_unseen(powers_of(held.values()), seen)
    for topic in Topic:
        power, row = powers.get(topic), held.get(topic)
        if power is None and row is not None:
            db.session.delete(row)
        elif power is not None:
            row = row or LevelCompetence(territory_id=place.id, level=level, topic=topic)
            _fill(row, power, language)
            db.session.add(row)
    db.session.flush()
    emit(LevelCompetencesChanged(actor=actor, subject=place))


def _fill(row: Competence | LevelCompetence, power: Power, language: str) -> None:
    basis = normalise_line(power.basis, longest=20_000)
    if len(basis) > LONGEST_BASIS:
        raise Invalid(_l("Use at most %(most)s characters.", most=LONGEST_BASIS), f"basis_{row.topic.value}")
    if language not in CONTENT:
        raise Invalid(_l("Choose one of the languages in the list."), "language")
    if basis != row.basis:
        row.basis_language = language
    row.strength, row.basis = power.strength, basis


def _refuse_unseen(now: Powers, seen: str | None) -> None:
    if seen is not None and fingerprint(now) != seen:
        raise Conflict(
            _l("Somebody else changed this in the meantime. Compare, and save again what should hold."),
            theirs={
                **{topic.value: f"{topic.label}: {_told(power)}" for topic, power in now.items()},
                "version": fingerprint(now),
            },
        )


def _told(power: Power) -> str:
    return f"{power.strength.label} ({power.basis})" if power.basis else str(power.strength.label)


@operation
def archive_body(body: Body, *, actor: Actor) -> None:
    """Take a body out of the register: it can neither be asked nor act; what it did stays. Twice changes nothing."""
    require(may_change_body(actor, body))
    if body.archived_at is None:
        body.archived_at = clock.now()
        emit(BodyArchived(actor=actor, subject=body))


@operation
def restore_body(body: Body, *, actor: Actor) -> None:
    """Put a body that was taken out back into the register. Twice changes nothing.

    Raises:
        Invalid: what it is has ended itself.
    """
    require(may_change_body(actor, body))
    require(still_exists(body.territory))
    owner: Any = body.organisation or body.group
    if owner.archived_at is not None:
        raise Invalid(_l("This has ended: it cannot be asked any more."))
    if body.archived_at is not None:
        body.archived_at = None
        emit(BodyRestored(actor=actor, subject=body))


@operation
def remind_of_sunset(body_id: int) -> int:
    """Tell the coordinators that a body ends within the month, once; returns 1 if that was done now."""
    body = db.session.scalar(
        sa.select(Body)
        .where(Body.id == body_id)
        .with_for_update(of=Body)
        .execution_options(populate_existing=True)
    )
    if body is None or body.sunset_on is None or body.sunset_told_at is not None:
        return 0
    today = clock.today(body.territory.timezone)
    if not body.is_active_on(today) or body.sunset_on - REMIND_BEFORE > today:
        return 0
    body.sunset_told_at = clock.now()
    emit(BodyEnding(actor=SYSTEM, subject=body))
    return 1
