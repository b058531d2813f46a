"""``./hub pictures``: the pictures of the README, taken anew from the demonstration in a real browser."""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from playwright.sync_api import sync_playwright

from stakeholder_hub.app import create_app
from stakeholder_hub.consultations.models import Activity, Consultation
from stakeholder_hub.demonstration.operations import load_demonstration
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.records.models import Record, Visibility
from stakeholder_hub.server import upgrade_database
from tests.infrastructure import browsing, machine
from tests.infrastructure.databases import make_settings
from tests.infrastructure.live import LiveServer

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "images"
PHONE = {**browsing.PHONE, "device_scale_factor": 1.5}


def showpiece() -> str:
    """The address of the consultation that most people take part in while it collects proposals."""
    running = db.session.scalars(
        sa.select(Consultation)
        .where(Record.visibility == Visibility.PUBLIC)
        .order_by(Consultation.participant_count.desc())
    )
    now = clock.now()
    chosen = next(
        c for c in running if any(Activity.PROPOSALS in phase.activities for phase in c.phases_at(now))
    )
    return f"/en/consultations/{chosen.slug}/"


def main(_arguments: Sequence[str] = ()) -> int:
    """Take them all."""
    machine.install_missing()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="hub-pictures-") as place:
        instance = Path(place)
        app = create_app(make_settings(instance, database_url=f"sqlite:///{instance / 'hub.sqlite'}"))
        upgrade_database(app)
        with app.app_context():
            load_demonstration()
            address = showpiece()
        with LiveServer(app).running() as site, sync_playwright() as playwright:
            browser = browsing.launch(playwright)
            for name, path, options in (
                ("consultation", address, {**browsing.DESKTOP, "color_scheme": "light"}),
                ("phone", address, {**PHONE, "color_scheme": "dark"}),
            ):
                with browsing.watched(browser, site.url, **options) as page:
                    page.goto(path)
                    page.screenshot(path=FOLDER / f"{name}.png")
                    print(f"docs/images/{name}.png")
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
