"""How the page "You said, we did" grows with what people put forward: medians from a thousand proposals on, on SQLite.

The proposals are written straight into the tables (twenty towns below one root) and counted by the sweep; then the
pages of the root and of one town are asked for, each time anew. The ratio to the smallest size says how it grows.
"""

import argparse
import dataclasses
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.app import create_app
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.settings import Settings, ensure_secret
from stakeholder_hub.outcomes.counting import count_changed, count_everything_anew
from stakeholder_hub.proposals.models import Proposal, ProposalState
from stakeholder_hub.records.models import Moderation, Record, Visibility
from stakeholder_hub.server import upgrade_database
from tests.factories.consultations import make_consultation
from tests.factories.groups import make_group
from tests.factories.territories import make_region, make_territory

TOWNS = 20
AT_ONCE = 5000
ROUNDS = 15
BEGINS = datetime(2026, 1, 1, tzinfo=UTC)


def site(instance: Path) -> Flask:
    """An empty installation."""
    instance.mkdir()
    ensure_secret(instance)
    settings = Settings.load({"HUB_INSTANCE": str(instance), "HUB_DEMO": "0", "HUB_LOG_LEVEL": "ERROR"})
    app = create_app(dataclasses.replace(settings, testing=True))
    upgrade_database(app)
    return app


@operation
def fill(number: int) -> tuple[str, str]:
    """``number`` proposals in twenty towns; the slugs of the root and of a town."""
    region = make_region(name="Region")
    asked = [make_consultation(make_group(make_territory(parent=region))) for _ in range(TOWNS)]
    draw = random.Random(1)
    first = 1_000_000
    for start in range(0, number, AT_ONCE):
        records, proposals = [], []
        for at in range(start, min(number, start + AT_ONCE)):
            record, proposal = _rows(first + at, asked[at % TOWNS], at, draw)
            records.append(record)
            proposals.append(proposal)
        db.session.execute(sa.insert(Record.__table__), records)  # type: ignore[arg-type]
        db.session.execute(sa.insert(Proposal.__table__), proposals)  # type: ignore[arg-type]
    return region.slug, asked[0].territory.slug


def _rows(key: int, asked: Any, at: int, draw: random.Random) -> tuple[dict[str, Any], dict[str, Any]]:
    begun = BEGINS + timedelta(minutes=at)
    state = draw.choice(
        (ProposalState.SUBMITTED, ProposalState.SELECTED, ProposalState.NOT_SELECTED, ProposalState.DONE)
    )
    record = {
        "id": key,
        "kind": "proposal",
        "reference": f"BENCH-{key}",
        "title": asked.title,
        "state": state,
        "territory_id": asked.territory_id,
        "context_id": asked.id,
        "visibility": Visibility.PUBLIC,
        "moderation": Moderation.VISIBLE,
        "created_at": begun,
        "updated_at": begun,
    }
    answered = begun + timedelta(days=draw.randint(1, 90))
    proposal = {
        "id": key,
        "consultation_id": asked.id,
        "body_text": "words " * 50,
        "body_html": "words " * 50,
        "responded_at": None if state is ProposalState.SUBMITTED else answered,
        "done_at": begun + timedelta(days=draw.randint(90, 400)) if state is ProposalState.DONE else None,
    }
    return record, proposal


def measure(number: int, place: Path) -> Iterator[dict[str, object]]:
    """The median of each page, in milliseconds."""
    app = site(place / str(number))
    with app.app_context():
        slugs = fill(number)
        begun = time.perf_counter()
        count_everything_anew()
        while count_changed():
            pass
        counting = time.perf_counter() - begun
        db.session.remove()
    client = app.test_client()
    for name, slug in zip(("root", "town"), slugs, strict=True):
        times = []
        for turn in range(ROUNDS + 1):
            begun = time.perf_counter()
            answer = client.get(f"/en/places/{slug}/outcomes/?turn={turn}")
            times.append((time.perf_counter() - begun) * 1000)
            if answer.status_code != 200:
                raise RuntimeError(answer.status)
        yield {
            "proposals": number,
            "page": name,
            "ms": round(statistics.median(times[1:]), 1),
            "counting_s": round(counting, 1),
        }


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        rows = [row for size in chosen.sizes for row in measure(size, Path(folder))]
    if chosen.json:
        print(json.dumps(rows, indent=2))
        return 0
    smallest = {row["page"]: float(str(row["ms"])) for row in reversed(rows)}
    print(f"{'proposals':>10}  {'page':<6}{'median ms':>10}{'growth':>8}{'counting s':>12}")
    for row in rows:
        growth = float(str(row["ms"])) / smallest[row["page"]]
        print(
            f"{row['proposals']!s:>10}  {row['page']!s:<6}{row['ms']!s:>10}{growth:>8.2f}{row['counting_s']!s:>12}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
