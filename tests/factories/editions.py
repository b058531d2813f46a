"""Cores and editions, made through the operations that people use."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from stakeholder_hub.consultations.models import Activity, Consultation
from stakeholder_hub.consultations.operations import publish_consultation
from stakeholder_hub.decisions.kinds import Method
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.editions.content import Content, CoreItem, ItemKind, PlannedPhase
from stakeholder_hub.editions.models import Core, Edition
from stakeholder_hub.editions.operations import accept_invitation, invite_territories, publish_core
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.territories.models import Territory
from tests.factories.consultations import make_consultation
from tests.factories.groups import make_group
from tests.factories.territories import make_region, make_territory


def said(text: str, **translations: str) -> Multilingual:
    """An English text with translations."""
    return Multilingual.of(text, "en", **translations)


def make_item(key: str = "stay", **values: Any) -> CoreItem:
    """A statement to agree with, in English and Slovenian, unless told otherwise."""
    fields: dict[str, Any] = {
        "kind": ItemKind.STATEMENT,
        "title": said("Staying", sl="Ostati"),
        "question": said("I will live here in five years.", sl="Čez pet let bom živel tukaj."),
        "method": Method.YES_NO,
    }
    return CoreItem(key=key, **{**fields, **values})


def make_choice(key: str = "reason", options: Sequence[str] = ("Housing", "Jobs"), **values: Any) -> CoreItem:
    """A question with answers to choose one from."""
    fields: dict[str, Any] = {
        "kind": ItemKind.QUESTION,
        "title": said("Reason", sl="Razlog"),
        "question": said("What matters most?", sl="Kaj je najpomembnejše?"),
        "method": Method.PLURALITY,
        "options": tuple(said(option, sl=f"{option} (sl)") for option in options),
    }
    return CoreItem(key=key, **{**fields, **values})


def make_content(items: Sequence[CoreItem] | None = None, **values: Any) -> Content:
    """A core with one statement and one question, voted on from the first day for thirty days."""
    everything = (Activity.PROPOSALS, Activity.SUPPORT, Activity.DISCUSSION, Activity.BALLOT)
    fields: dict[str, Any] = {
        "language": "en",
        "title": said("Why do young people leave?", sl="Zakaj mladi odhajajo?"),
        "question": said("What would make you stay?", sl="Kaj bi te zadržalo?"),
        "background": said("The same question in **many towns**.", sl="Isto vprašanje v **mnogih mestih**."),
        "phases": (PlannedPhase(said("Vote", sl="Glasovanje"), 0, 30, everything),),
        "items": (make_item(), make_choice()) if items is None else tuple(items),
    }
    return Content(**{**fields, **values})


def make_parent(group: Group | None = None, **values: Any) -> Consultation:
    """A published consultation at the root of a tree."""
    return make_consultation(group or make_group(make_region()), **values)


def make_core(
    consultation: Consultation | None = None,
    *,
    content: Content | None = None,
    actor: Any = SYSTEM,
    **values: Any,
) -> Core:
    """The core of a consultation that runs in many places."""
    return publish_core(
        consultation or make_parent(), content=content or make_content(), actor=actor, **values
    )


def make_invitation(
    core: Core | None = None, *, territory: Territory | None = None, **values: Any
) -> Edition:
    """A town that is invited and has not answered."""
    parent = (core or make_core()).consultation
    place = territory or make_territory(parent=parent.territory)
    return invite_territories(parent, territories=[place], **{"actor": SYSTEM, **values})[0]


def make_edition(
    core: Core | None = None,
    *,
    territory: Territory | None = None,
    group: Group | None = None,
    starts_on: date | None = None,
    published: bool = True,
    actor: Any = SYSTEM,
    **values: Any,
) -> Edition:
    """An edition that takes part and whose votes run now, unless told otherwise.

    ``edition.consultation`` carries it out, ``edition.items`` are its ballots.
    """
    place = territory or (group.territory if group is not None else None)
    edition = make_invitation(core, territory=place)
    accept_invitation(
        edition,
        group=group or make_group(edition.territory),
        starts_on=starts_on or clock.today(edition.territory.timezone) - timedelta(days=1),
        actor=actor,
        **values,
    )
    if published and edition.consultation is not None:
        publish_consultation(edition.consultation, actor=actor)
    return edition


def ballots(edition: Edition) -> dict[str, Ballot]:
    """The ballots of an edition by the key of the item they carry out."""
    return {item.key: item.ballot for item in edition.items}


def next_version(core: Core, *, note: str = "Better words.", **values: Any) -> Core:
    """A later version of the core of the same consultation."""
    return publish_core(
        core.consultation,
        content=replace(Content.from_json(core.content), **values),
        note=note,
        actor=SYSTEM,
    )


def told(user: Any) -> list[str]:
    """The kinds of what somebody was notified of, in order."""
    return list(
        db.session.scalars(
            sa.select(Notification.kind).where(Notification.user_id == user.id).order_by(Notification.id)
        )
    )
