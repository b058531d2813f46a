"""Consultations, made through the operations that people use."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from stakeholder_hub.consultations.drafts import PhaseDraft
from stakeholder_hub.consultations.models import Activity, Consultation, Template
from stakeholder_hub.consultations.operations import (
    close_consultation,
    create_consultation,
    publish_consultation,
)
from stakeholder_hub.groups.models import Group
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.multilingual import Multilingual
from tests.factories.groups import make_group

EVERYTHING = (Activity.PROPOSALS, Activity.SUPPORT, Activity.DISCUSSION, Activity.BALLOT)


def make_phase(
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    *,
    title: str | Multilingual = "Phase",
    activities: Sequence[Activity] = EVERYTHING,
    **values: Any,
) -> PhaseDraft:
    """A phase that runs since yesterday and for thirty days more, in which everything is possible."""
    name = title if isinstance(title, Multilingual) else Multilingual.of(title, "en")
    begin = starts_at or clock.now() - timedelta(days=1)
    return PhaseDraft(name, begin, ends_at or begin + timedelta(days=31), activities, **values)


def make_consultation(
    group: Group | None = None,
    *,
    title: str | Multilingual = "Ideas for our town",
    question: str | Multilingual = "What would make you stay?",
    background: str | Multilingual = "Young people **leave**.",
    language: str = "en",
    template: Template = Template.IDEAS,
    phases: Sequence[PhaseDraft] | None = None,
    activities: Sequence[Activity] = EVERYTHING,
    published: bool = True,
    closed: bool = False,
    actor: Any = SYSTEM,
    **values: Any,
) -> Consultation:
    """A published consultation in which everything is possible now, unless told otherwise."""

    def said(text: str | Multilingual) -> Multilingual:
        return text if isinstance(text, Multilingual) else Multilingual.of(text, language)

    consultation = create_consultation(
        group if group is not None or "territory" in values else make_group(),
        title=said(title),
        question=said(question),
        background=said(background),
        language=language,
        template=template,
        phases=[make_phase(activities=activities)] if phases is None else phases,
        actor=actor,
        **values,
    )
    if published or closed:
        publish_consultation(consultation, actor=actor)
    if closed:
        close_consultation(consultation, actor=actor)
    return consultation
