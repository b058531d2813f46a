"""What a group's page shows of its consultations."""

from stakeholder_hub.consultations.queries import of_group
from stakeholder_hub.consultations.situation import situation_of
from stakeholder_hub.groups.models import Group
from stakeholder_hub.groups.parts import Work, WorkOfKind
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.records.addresses import record_url

SHOWN = 6


def consultations_of_group(group: Group, actor: Actor) -> WorkOfKind:
    """The group's latest consultations, each with where it stands now."""
    now, items = clock.now(), []
    for consultation in db.session.scalars(of_group(group.id, actor).limit(SHOWN)).unique():
        situation = situation_of(consultation, now)
        items.append(Work(consultation.title, record_url(consultation), situation.look, situation.label))
    return WorkOfKind(_("Consultations"), items)
