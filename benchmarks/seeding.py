"""A site to measure: one consultation with many proposals, one of them much discussed. Made by operations."""

import dataclasses
from datetime import timedelta
from pathlib import Path

from flask import Flask

from stakeholder_hub.accounts.operations import register_person
from stakeholder_hub.app import create_app
from stakeholder_hub.consultations.drafts import PhaseDraft
from stakeholder_hub.consultations.models import Activity, Template
from stakeholder_hub.consultations.operations import create_consultation, publish_consultation
from stakeholder_hub.deliberation.models import Stance
from stakeholder_hub.deliberation.operations import add_comment
from stakeholder_hub.groups.models import GroupKind
from stakeholder_hub.groups.operations import create_group
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.settings import Settings, ensure_secret
from stakeholder_hub.proposals.operations import submit_proposal
from stakeholder_hub.server import upgrade_database
from stakeholder_hub.territories.models import Level
from stakeholder_hub.territories.operations import create_territory

PASSWORD = "a-bench-password"
EMAIL = "bench@example.org"


@dataclasses.dataclass(frozen=True)
class Seeded:
    """Addresses of what is measured."""

    consultation: str
    proposals: str
    proposal: str


def make_site(instance: Path, url: str | None, *, proposals: int, comments: int) -> Seeded:
    """Fill a fresh installation."""
    ensure_secret(instance)
    settings = Settings.load({"HUB_INSTANCE": str(instance), "HUB_DEMO": "0", "HUB_LOG_LEVEL": "ERROR"})
    if url:
        settings = dataclasses.replace(settings, database_url=url)
    app: Flask = create_app(settings)
    upgrade_database(app)
    with app.app_context():
        return fill(proposals=proposals, comments=comments)


@operation
def fill(*, proposals: int, comments: int) -> Seeded:
    """One town, one group, one consultation, its proposals and one discussion."""
    root = create_territory(
        parent=None,
        level=Level.NATIONAL,
        name=Multilingual.of("Country", "en"),
        code="CO",
        country=None,
        timezone="Europe/Vienna",
        default_language="en",
        actor=SYSTEM,
    )
    town = create_territory(
        parent=root,
        level=Level.LOCAL,
        name=Multilingual.of("Town", "en"),
        code="TO",
        country=None,
        timezone="Europe/Vienna",
        default_language="en",
        latitude=46.4,
        longitude=15.1,
        actor=SYSTEM,
    )
    person = register_person(
        email=EMAIL, name="Bench", language="en", password=PASSWORD, confirmed=True, actor=SYSTEM
    )
    group = create_group(
        town,
        name=Multilingual.of("Group", "en"),
        kind=GroupKind.LOCAL_STAKEHOLDER_GROUP,
        language="en",
        targets={},
        actor=SYSTEM,
    )
    now = clock.now()
    phase = PhaseDraft(
        Multilingual.of("Ideas", "en"),
        now - timedelta(days=1),
        now + timedelta(days=30),
        [Activity.PROPOSALS, Activity.SUPPORT, Activity.DISCUSSION],
    )
    consultation = create_consultation(
        group,
        title=Multilingual.of("What should we do?", "en"),
        question=Multilingual.of("What should we do?", "en"),
        background=Multilingual.of("Some *background*. " * 40, "en"),
        language="en",
        template=Template.IDEAS,
        phases=[phase],
        actor=SYSTEM,
    )
    publish_consultation(consultation, actor=SYSTEM)
    made = [
        submit_proposal(
            consultation,
            title=f"Proposal {n}",
            body=f"Text of proposal {n}. " * 12,
            language="en",
            actor=person,
        )
        for n in range(proposals)
    ]
    for n in range(comments):
        add_comment(
            made[0], body=f"Comment {n}. " * 8, stance=list(Stance)[n % 3], language="en", actor=person
        )
    base = f"/en/consultations/{consultation.slug}/"
    return Seeded(base, base + "proposals/", f"/en/proposals/{made[0].reference}/")
