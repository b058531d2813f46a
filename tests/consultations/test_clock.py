"""Phases open and close to the millisecond, on the wall clock of their town. H51."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from stakeholder_hub.consultations.forms import PhasesForm, PhaseTexts
from stakeholder_hub.consultations.models import Activity, Template
from stakeholder_hub.consultations.policy import may_take_part
from stakeholder_hub.consultations.situation import Situation, situation_of
from stakeholder_hub.consultations.templates import BEGINNINGS, default_categories, plan_phases
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.errors import Invalid
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation, make_phase
from tests.factories.groups import make_group
from tests.factories.territories import make_territory

ZONES = (
    "Europe/Ljubljana",
    "Europe/Kyiv",
    "Europe/London",
    "Atlantic/Azores",
    "America/New_York",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Kiritimati",
    "UTC",
)
TICK = timedelta(milliseconds=1)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 7, 1)])
def test_a_phase_opens_and_closes_to_the_millisecond(app: Any, at: Any, zone: str, day: date) -> None:
    opens = clock.from_local(datetime(day.year, day.month, day.day, 8), zone)
    closes = clock.from_local(datetime(day.year, day.month, day.day, 18), zone)
    group, person = make_group(make_territory(timezone=zone)), make_user()
    consultation = make_consultation(group, phases=[make_phase(opens, closes)])
    for moment, expected in (
        (opens - TICK, False),
        (opens, True),
        (opens + TICK, True),
        (closes - TICK, True),
        (closes, False),
        (closes + TICK, False),
    ):
        with at(moment):
            assert bool(may_take_part(person, consultation, Activity.PROPOSALS)) is expected, moment
            situation = (
                Situation.OPEN if expected else (Situation.UPCOMING if moment < opens else Situation.OVER)
            )
            assert situation_of(consultation, moment) is situation


def test_a_night_with_a_clock_change_lasts_as_long_as_it_really_does(app: Any, at: Any) -> None:
    zone = "Europe/Ljubljana"
    opens = clock.from_local(datetime(2026, 10, 24, 20), zone)
    closes = clock.from_local(datetime(2026, 10, 25, 8), zone)
    assert closes - opens == timedelta(hours=13)
    consultation = make_consultation(
        make_group(make_territory(timezone=zone)), phases=[make_phase(opens, closes)]
    )
    with at(opens + timedelta(hours=13) - TICK):
        assert consultation.allows(Activity.PROPOSALS, clock.now())


@pytest.mark.parametrize(
    ("zone", "wall", "reason"),
    [
        ("Europe/Ljubljana", "2026-03-29T02:30", "does not exist"),
        ("Europe/Ljubljana", "2026-10-25T02:30", "occurs twice"),
        ("America/New_York", "2026-03-08T02:00", "does not exist"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "occurs twice"),
        ("UTC", "0001-01-01T00:00", "1900"),
        ("UTC", "9999-12-31T23:59", "1900"),
    ],
)
def test_a_time_that_cannot_be_is_refused_at_its_field(app: Any, zone: str, wall: str, reason: str) -> None:
    sent = {
        "phases-0-title": "Talk",
        "phases-0-starts_at": wall,
        "phases-0-ends_at": "2027-01-01T12:00",
        "phases-0-activities": "discussion",
        "version": "1",
    }
    with app.test_request_context(method="POST", data=sent):
        form = PhasesForm.from_request()
        assert form.submitted(), form.errors
        with form.catching():
            form.phase_drafts(zone, PhaseTexts("en", []))
        row = form.phases[0].form
        assert reason in str(row.starts_at.errors[0])
        assert row.starts_at._value() == wall
        assert form.answer_status == 422


@pytest.mark.parametrize("template", list(Template))
def test_a_template_plans_phases_without_gaps_over_every_clock_change(app: Any, template: Template) -> None:
    with app.test_request_context():
        planned = plan_phases(template, date(2026, 2, 20), "Europe/Ljubljana", "sl")
    assert len(planned) == len(BEGINNINGS[template].phases)
    for earlier, later in pairwise(planned):
        assert earlier.ends_at == later.starts_at
    local = [phase.ends_at.astimezone(ZoneInfo("Europe/Ljubljana")).hour for phase in planned]
    assert set(local) == {18}
    assert all(phase.title.source == "sl" for phase in planned)


def test_templates_offer_the_headings_of_what_keeps_young_people(app: Any) -> None:
    with app.test_request_context():
        names = [name.original.text for name in default_categories("en")]
    assert names == ["Housing", "Public services", "Education", "Culture and leisure", "Jobs"]


def test_a_template_beyond_reach_is_refused(app: Any) -> None:
    with pytest.raises(Invalid), app.test_request_context():
        plan_phases(Template.IDEAS, date(9999, 1, 1), "UTC", "en")


def test_the_clock_is_utc_inside() -> None:
    assert clock.now().tzinfo is UTC
