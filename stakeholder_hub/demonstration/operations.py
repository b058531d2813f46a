"""Loads the demonstration: through the same operations as everything else, in one transaction."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from stakeholder_hub.actions.models import ActionStatus
from stakeholder_hub.actions.operations import add_note, change_status, create_action_item
from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.decisions.importing import import_pabulib
from stakeholder_hub.decisions.models import Decision
from stakeholder_hub.demonstration.across import tell_across_levels
from stakeholder_hub.demonstration.people import Place, make_officials, make_places, make_region
from stakeholder_hub.demonstration.promises import tell_promises
from stakeholder_hub.demonstration.register import make_register
from stakeholder_hub.demonstration.stories.collected import STORIES
from stakeholder_hub.demonstration.stories.downstream import VESZPREM
from stakeholder_hub.demonstration.telling import Teller
from stakeholder_hub.groups.models import Group
from stakeholder_hub.installation.operations import ensure_installation, mark_demonstration_loaded
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Conflict
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.sectors import HELIX
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.territories.models import Territory

REAL_FILE = "Hungary_Veszprem_2025.pb"
HISTORY = timedelta(days=400)

Progress = Callable[[float], None]


@operation
def load_demonstration(data: Path | None = None, *, progress: Progress | None = None) -> None:
    """Load the Danube tree with its people and stories, dated relative to today.

    ``data`` is a folder with real input, or the file itself: the Veszprém participatory budget is then imported in place of
    the small invented one, and people agree and disagree in six towns as those of a real conversation did.

    Raises:
        Conflict: it is loaded already.
    """
    report = progress or (lambda _share: None)
    if db.session.scalar(sa.select(Territory.id).where(Territory.slug == "danube-region")) is not None:
        raise Conflict(_l("The demonstration is loaded already."))
    ensure_installation()
    now = clock.now()
    with clock.frozen(now - HISTORY):
        region = make_region()
        places, nations = make_places(region)
        committee = make_officials(region, places, nations)
    # The register is of today: bodies do not end, nor are mandates over, before the stories are told.
    bodies = make_register(region, nations, places, committee)
    report(0.3)
    for number, story in enumerate(STORIES, start=1):
        Teller(story, places[story.town], now).tell()
        report(0.3 + 0.5 * number / len(STORIES))
    _veszprem(places["veszprem"], _real_file(data), now)
    report(0.85)
    tell_across_levels(region, committee, places, bodies["HU"], now, data=data)
    report(0.95)
    _shared_tasks(region, committee, places, now)
    tell_promises(committee, places, now)
    mark_demonstration_loaded()
    report(1.0)


def _real_file(data: Path | None) -> Path | None:
    """The real file in or at ``data``, where there is one."""
    if data is None:
        return None
    candidates = (data, data / REAL_FILE, data / "pabulib" / REAL_FILE)
    return next((path for path in candidates if path.is_file()), None)


def _veszprem(place: Place, file: Path | None, now: datetime) -> None:
    if file is None:
        Teller(VESZPREM, place, now).tell()
        return
    with clock.frozen(now - timedelta(days=60)):
        consultation = import_pabulib(
            file, territory=place.territory, group=place.group, actor=place.coordinator
        )
    _carry_out_winners(place, consultation, now)


def _carry_out_winners(place: Place, consultation: Consultation, now: datetime) -> None:
    """Each winner becomes an action item; how far they are differs."""
    winners = db.session.scalars(
        sa.select(Proposal)
        .where(Proposal.consultation_id == consultation.id, Proposal.state == ProposalState.SELECTED)
        .order_by(Proposal.id)
    ).all()
    decision = db.session.scalar(sa.select(Decision).where(Decision.consultation_id == consultation.id))
    progress = (ActionStatus.DONE, ActionStatus.IN_PROGRESS, ActionStatus.IN_PROGRESS, ActionStatus.PLANNED)
    for number, proposal in enumerate(winners):
        sector = HELIX[(1, 1, 3, 2)[number % 4]]
        person = next((m for m in place.members if m.sector is sector), place.coordinator)
        with clock.frozen(now - timedelta(days=50)):
            item = create_action_item(
                title=proposal.title.original.text,
                language=proposal.source_language,
                territory=place.territory,
                group=place.group,
                organisation=place.organisations[sector],
                person=person,
                due_on=(now + timedelta(days=-15 + 14 * number)).date(),
                sources=[proposal, *([decision] if decision is not None else [])],
                actor=place.coordinator,
            )
        status = progress[number % len(progress)]
        with clock.frozen(now - timedelta(days=20 - number % 10)):
            if status is ActionStatus.DONE:
                add_note(
                    item,
                    body="Elkészült, a lakosok már használják. Köszönjük mindenkinek, aki szavazott!",
                    language="hu",
                    status=status,
                    progress=100,
                    actor=place.coordinator,
                )
            elif status is not ActionStatus.PLANNED:
                change_status(item, status=status, actor=place.coordinator)


SHARED: tuple[tuple[str, str, str, int, ActionStatus], ...] = (
    (
        "regensburg",
        "Guide: one-stop welcome office",
        "What the office needs, what it costs, what to avoid.",
        25,
        ActionStatus.IN_PROGRESS,
    ),
    (
        "weiz",
        "Mentoring model for newcomers: training material",
        "Slides and exercises for two evenings.",
        -9,
        ActionStatus.IN_PROGRESS,
    ),
    (
        "liberec",
        "Survey of graduates in six towns",
        "One questionnaire, six languages, comparable results.",
        -21,
        ActionStatus.BLOCKED,
    ),
    (
        "osijek",
        "Pilot: shared workshop in an empty factory",
        "Three months, two evenings a week, then an honest report.",
        60,
        ActionStatus.PLANNED,
    ),
    (
        "apatin",
        "Translate the town profile into Serbian and English",
        "The profile of the town for people who think of moving here.",
        12,
        ActionStatus.PLANNED,
    ),
    (
        "zenica",
        "Internship exchange with Velenje",
        "Ten places in each direction for the coming summer.",
        90,
        ActionStatus.PLANNED,
    ),
    (
        "drobeta-turnu-severin",
        "Inventory of empty flats owned by the town",
        "Address, state, cost of making them fit to live in.",
        -3,
        ActionStatus.DONE,
    ),
)
"""Town that carries it out, title, text, due in days, status: what the partners agreed on."""


def _shared_tasks(region: Territory, committee: Group, places: dict[str, Place], now: datetime) -> None:
    lead = next(g.user for g in committee.memberships if g.role.value == "coordinator")
    for number, (slug, title, text, due, status) in enumerate(SHARED):
        place = places[slug]
        with clock.frozen(now - timedelta(days=70 - number)):
            item = create_action_item(
                title=title,
                description=text,
                language="en",
                territory=place.territory,
                group=committee,
                organisation=place.organisations[HELIX[1]],
                person=place.coordinator,
                starts_on=(now - timedelta(days=60)).date(),
                due_on=(now + timedelta(days=due)).date(),
                actor=lead,
            )
        if status is ActionStatus.DONE:
            with clock.frozen(now - timedelta(days=4)):
                add_note(
                    item,
                    body="83 flats found, 31 of them could be let within a year.",
                    language="en",
                    status=status,
                    actor=place.coordinator,
                )
        elif status is not ActionStatus.PLANNED:
            with clock.frozen(now - timedelta(days=11)):
                change_status(item, status=status, actor=place.coordinator)
