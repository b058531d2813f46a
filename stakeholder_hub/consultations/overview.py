"""A consultation at a glance: what is going on now, what the reader can do, until when, and what comes next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stakeholder_hub.consultations.models import Activity, Consultation, Phase
from stakeholder_hub.consultations.parts import Action, primary_action
from stakeholder_hub.consultations.policy import open_to
from stakeholder_hub.consultations.situation import Situation, situation_of
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor
from stakeholder_hub.kernel.errors import Reason

MOST_URGENT_FIRST: tuple[Activity, ...] = (
    Activity.BALLOT,
    Activity.PROPOSALS,
    Activity.SUPPORT,
    Activity.DISCUSSION,
    Activity.REVIEW,
    Activity.RESULTS,
)
BY_PEOPLE: frozenset[Activity] = frozenset(
    {Activity.BALLOT, Activity.PROPOSALS, Activity.SUPPORT, Activity.DISCUSSION}
)


@dataclass(frozen=True)
class Offer:
    """Something the reader can do now, and until when."""

    activity: Activity
    action: Action
    until: datetime


@dataclass(frozen=True)
class Overview:
    """What the page says first."""

    situation: Situation
    running: list[Phase]
    upcoming: Phase | None
    offers: list[Offer]
    refusal: Reason = ""

    @property
    def first(self) -> Offer | None:
        """The one big button."""
        return self.offers[0] if self.offers else None

    @property
    def second(self) -> Offer | None:
        """What else can be done."""
        return self.offers[1] if len(self.offers) > 1 else None


def overview_of(consultation: Consultation, actor: Actor) -> Overview:
    """The consultation now, for ``actor``, who is known to see it."""
    moment = clock.now()
    running = consultation.phases_at(moment)
    later = [phase for phase in consultation.phases if phase.starts_at > moment]
    offers, refusal = [], ""
    situation = situation_of(consultation, moment)
    for activity in MOST_URGENT_FIRST:
        phase = _longest(activity, running)
        if situation is not Situation.OPEN or phase is None:
            continue
        verdict = open_to(actor, consultation, activity) if activity in BY_PEOPLE else None
        if verdict is not None and not verdict and not verdict.sign_in:
            refusal = refusal or str(verdict.reason)
            continue
        action = primary_action(activity, consultation, actor)
        if action is not None:
            offers.append(Offer(activity, action, phase.ends_at))
    return Overview(situation, running, later[0] if later else None, offers, "" if offers else refusal)


def _longest(activity: Activity, running: list[Phase]) -> Phase | None:
    holding = [phase for phase in running if activity in phase.activities]
    return max(holding, key=lambda phase: phase.ends_at) if holding else None


def open_activities(consultation: Consultation) -> list[Reason]:
    """What people can do now, in words: for lists. Needs no statement once the phases are loaded."""
    if situation_of(consultation, clock.now()) is not Situation.OPEN:
        return []
    running = consultation.phases_at(clock.now())
    return [a.label for a in MOST_URGENT_FIRST if a in BY_PEOPLE and _longest(a, running) is not None]


def until(consultation: Consultation) -> datetime | None:
    """When the phase ends that runs now; for what begins later, when it begins."""
    running = consultation.phases_at(clock.now())
    return max(phase.ends_at for phase in running) if running else None


def timeline(consultation: Consultation) -> list[dict[str, Any]]:
    """The phases as the timeline draws them. In a draft nothing has begun; in a closed one nothing runs."""
    moment = clock.now()
    over = situation_of(consultation, moment) in (Situation.CLOSED, Situation.ARCHIVED)
    return [
        {
            "title": phase.title,
            "description": phase.description,
            "starts": phase.starts_at,
            "ends": phase.ends_at,
            "state": _phase_state(phase, moment, over),
            "activities": [Activity(activity).label for activity in phase.activities],
        }
        for phase in consultation.phases
    ]


def _phase_state(phase: Phase, moment: datetime, over: bool) -> str:
    if over or phase.ends_at <= moment:
        return "past"
    return "now" if phase.is_running(moment) else "next"
