"""Moving a timeline by whole weeks: weekdays and hours of the wall clock stay what they are."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from stakeholder_hub.consultations.drafts import PhaseDraft
from stakeholder_hub.consultations.models import Activity, Consultation, Phase
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.i18n import _l


def weeks_between(old: date, new: date) -> int:
    """How many whole weeks lead from ``old`` to the day nearest to ``new``, but not before it, on the same weekday."""
    return -((old - new).days // 7)


def moved(moment: datetime, weeks: int, zone: str) -> datetime:
    """``moment`` moved by weeks on the wall clock of ``zone``. Where the clock skips or repeats that hour, one later.

    Raises:
        Invalid: the day is out of reach.
    """
    try:
        naive = clock.to_local(moment, zone).replace(tzinfo=None) + timedelta(weeks=weeks)
    except OverflowError as beyond:
        raise Invalid(_l("Choose a date between the years 1900 and 2200."), "starts_on") from beyond
    for hours in (0, 1, 2):
        try:
            return clock.from_local(naive + timedelta(hours=hours), zone)
        except Invalid as refusal:
            reason = refusal.reason
    raise Invalid(reason, "starts_on")


def moved_phases(phases: Sequence[Phase], weeks: int, zone: str) -> list[PhaseDraft]:
    """The phases as drafts of new ones, moved by ``weeks``."""
    return [
        PhaseDraft(
            title=phase.title,
            starts_at=moved(phase.starts_at, weeks, zone),
            ends_at=moved(phase.ends_at, weeks, zone),
            activities=[Activity(activity) for activity in phase.activities],
            description=phase.description,
        )
        for phase in phases
    ]


def shifted_phases(consultation: Consultation, starts_on: date) -> list[PhaseDraft]:
    """The consultation's phases moved so that the first begins on or in the week after ``starts_on``."""
    zone = consultation.timezone
    first = min(phase.starts_at for phase in consultation.phases)
    weeks = weeks_between(clock.to_local(first, zone).date(), starts_on)
    return moved_phases(consultation.phases, weeks, zone)
