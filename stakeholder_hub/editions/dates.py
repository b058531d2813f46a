"""The recommended dates of a core, on the wall clock of a place."""

from datetime import date, datetime, timedelta

from stakeholder_hub.consultations.drafts import PhaseDraft
from stakeholder_hub.consultations.models import Activity, Consultation
from stakeholder_hub.consultations.templates import CHANGES_AT, OPENS_AT
from stakeholder_hub.editions.content import Content, PlannedPhase
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.i18n import _l


def phases_on(content: Content, starts_on: date, zone: str) -> list[PhaseDraft]:
    """The recommended phases of an edition that begins on ``starts_on``, in the wall-clock time of ``zone``.

    The first day begins in the morning; later phases begin and end in the evening of their day.

    Raises:
        Invalid: a day is out of reach.
    """
    return [
        PhaseDraft(
            title=phase.title,
            starts_at=_on(starts_on, phase.from_day, zone, first=phase.from_day == 0),
            ends_at=_on(starts_on, phase.to_day, zone),
            activities=phase.activities,
            description=phase.description,
        )
        for phase in content.phases
    ]


def _on(starts_on: date, day: int, zone: str, *, first: bool = False) -> datetime:
    try:
        naive = datetime.combine(starts_on + timedelta(days=day), OPENS_AT if first else CHANGES_AT)
    except OverflowError as beyond:
        raise Invalid(_l("Choose a date between the years 1900 and 2200."), "starts_on") from beyond
    try:
        return clock.from_local(naive, zone)
    except Invalid as refusal:
        raise Invalid(refusal.reason, "starts_on") from refusal


def planned_as(consultation: Consultation) -> tuple[PlannedPhase, ...]:
    """The timeline of a consultation in days from its beginning: what it recommends to its editions."""
    zone = consultation.timezone
    days = [
        (clock.to_local(phase.starts_at, zone).date(), clock.to_local(phase.ends_at, zone).date())
        for phase in consultation.phases
    ]
    first = min(start for start, _end in days)
    return tuple(
        PlannedPhase(
            title=phase.title,
            from_day=(start - first).days,
            to_day=max((end - first).days, (start - first).days + 1),
            activities=tuple(Activity(activity) for activity in phase.activities),
            description=phase.description,
        )
        for phase, (start, end) in zip(consultation.phases, days, strict=True)
    )
