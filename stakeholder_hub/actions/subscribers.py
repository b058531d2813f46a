"""Tells people what action items mean for them, and keeps them findable."""

import sqlalchemy as sa

from stakeholder_hub.actions.events import (
    ActionItemChanged,
    ActionItemCreated,
    ActionStatusChanged,
    ProgressNoted,
)
from stakeholder_hub.actions.models import ActionItem
from stakeholder_hub.deliberation.operations import tell_followers
from stakeholder_hub.deliberation.queries import followers
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.events import subscribe
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.notifications.operations import notify
from stakeholder_hub.notifications.sentences import register_sentence
from stakeholder_hub.records.models import Link, Record
from stakeholder_hub.search.operations import index_record

register_sentence("actions.assigned", _l("You are responsible for “%(title)s”."))
register_sentence("actions.created_from", _l("Something is being done: “%(title)s”."))
register_sentence("actions.status", _l("“%(title)s” has a new status."))
register_sentence("actions.noted", _l("There is news about “%(title)s”."))


def _index(item: ActionItem) -> None:
    index_record(item, text=item.body_text)


@subscribe(ActionItemCreated)
def tell_responsible(event: ActionItemCreated) -> None:
    """The responsible person is told, and so is who follows what it carries out: each once."""
    _index(event.subject)
    _tell_person(event.subject, event.actor)
    causes = sa.select(Link.source_id).where(Link.target_id == event.subject.id)
    people = {
        person
        for source in db.session.scalars(sa.select(Record).where(Record.id.in_(causes)))
        for person in followers(source)
    }
    notify(
        people - {getattr(event.actor, "id", None)},
        kind="actions.created_from",
        record=event.subject,
        data={},
    )


@subscribe(ActionItemChanged)
def tell_changed(event: ActionItemChanged) -> None:
    """The text is found under its new words."""
    _index(event.subject)


def _tell_person(item: ActionItem, actor: object) -> None:
    if item.person_id is not None and item.person_id != getattr(actor, "id", None):
        notify([item.person_id], kind="actions.assigned", record=item)


@subscribe(ActionStatusChanged)
def tell_status(event: ActionStatusChanged) -> None:
    """Followers are told that it has come further, or not."""
    tell_followers(event.subject, kind="actions.status", actor=event.actor, data={"after": event.after})


@subscribe(ProgressNoted)
def tell_progress(event: ProgressNoted) -> None:
    """Followers are told that something was written about it."""
    tell_followers(event.subject.action_item, kind="actions.noted", actor=event.actor, data={})
