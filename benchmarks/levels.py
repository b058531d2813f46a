"""Pages that gather over levels, from 1,000 contributions to 1,000,000: all places of a consultation compared, a place
with everything below it, and a record with its journey.

10,000 places, 1,000 of them editions of one consultation; contributions are written in bulk, in batches that keep
memory even, and counted by ``rebuild aggregates``. Measured is the time of a whole answer without the page cache (p50),
how it grows, the processor time of this process in it, and how many statements it takes; every statement is explained
by the database, and one that reads a table of contributions from end to end is named.
"""

import argparse
import dataclasses
import json
import os
import re
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Flask

from stakeholder_hub.app import create_app
from stakeholder_hub.comparisons.models import BallotCount
from stakeholder_hub.comparisons.rebuilding import rebuild_counts
from stakeholder_hub.consultations.models import Consultation, ParticipantCount
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.deliberation.models import Comment
from stakeholder_hub.editions.models import Edition, EditionItem, EditionState
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.kernel.settings import Settings, ensure_secret
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.records.models import Link, Record, Relation
from stakeholder_hub.server import upgrade_database
from stakeholder_hub.territories.models import Territory
from tests.factories.editions import make_core
from tests.infrastructure import postgresql

SIZES = (1_000, 10_000, 100_000, 1_000_000)
QUICK = (1_000, 10_000)
PLACES, EDITIONS = 10_000, 1_000
BATCH = 20_000
TARGET = 300
"""Milliseconds that the comparison may take at the most, p50."""
CONTRIBUTIONS = ("record", "proposal", "comment", "support", "participation", "vote", "voter", "link")
GROUND = 1_000_000
"""Ids of what is written in bulk begin here."""


@dataclasses.dataclass
class Site:
    """What has been seeded so far. ``editions`` are ids of consultations with those of their places."""

    app: Flask
    kind: str
    slug: str
    place: str
    editions: list[tuple[int, int]]
    contributions: int = 0

    @property
    def pages(self) -> dict[str, str]:
        """What is measured."""
        return {
            "comparison": f"/en/consultations/{self.slug}/compare/",
            "one question": f"/en/consultations/{self.slug}/compare/stay/",
            "place (subtree)": f"/en/places/{self.place}/",
            "record and journey": f"/en/proposals/B-{GROUND + 100_000}/",
        }


def make_site(instance: Path, url: str | None, kind: str) -> Site:
    """Ten thousand places and a thousand editions that have voted."""
    ensure_secret(instance)
    settings = Settings.load({"HUB_INSTANCE": str(instance), "HUB_DEMO": "0", "HUB_LOG_LEVEL": "ERROR"})
    changed: dict[str, Any] = {"page_cache_seconds": 0.0, **({"database_url": url} if url else {})}
    app = create_app(dataclasses.replace(settings, **changed))
    upgrade_database(app)
    with app.app_context():
        core = make_core()
        parent: Consultation = core.consultation
        slug, place, root = str(parent.slug), parent.territory.slug, parent.territory.path
        editions = _seed_editions(parent.id, core.id, parent.territory_id, root)
    return Site(app, kind, slug, place, editions)


@operation
def _seed_editions(parent_id: int, core_id: int, root_id: int, root: str) -> list[tuple[int, int]]:
    now = clock.now()
    _insert(Territory.__table__, _territories(root_id, root))
    towns = [GROUND + 100 + n for n in range(EDITIONS)]
    records: list[dict[str, Any]] = []
    for n, town in enumerate(towns):
        shared = {"territory_id": town, "state": "closed", "title": Multilingual.of(f"Edition {n}", "en")}
        consultation, ballot = GROUND + n, GROUND + 10_000 + n
        records.append(_record(consultation, "consultation", slug=f"edition-{n}", **shared))
        records.append(_record(ballot, "ballot", context_id=consultation, **shared))
    _insert(Record.__table__, records)
    text = Multilingual.of("Why?", "en")
    _insert(
        Consultation.__table__,
        (
            {
                "id": GROUND + n,
                "question": text,
                "background_text": text,
                "background_html": text,
                "starts_at": now - timedelta(days=40),
                "ends_at": now - timedelta(days=1),
                "closed_at": now,
                "published_at": now,
            }
            for n in range(EDITIONS)
        ),
    )
    times = {"opens_at": now, "closes_at": now, "closed_at": now}
    ids = [(GROUND + n, GROUND + 10_000 + n) for n in range(EDITIONS)]
    _insert(
        Ballot.__table__,
        (
            {"id": b, "consultation_id": c, "question": text, "method": "yes_no", "vote_type": "choose-1"}
            | times
            | {"vote_count": 100 + n % 300, "result": _result(n)}
            for n, (c, b) in enumerate(ids)
        ),
    )
    edition_rows = [
        {"id": n + 1, "parent_id": parent_id, "territory_id": town, "state": EditionState.ACCEPTED}
        | {
            "consultation_id": GROUND + n,
            "core_id": core_id,
            "shares_results": n % 50 != 7,
            "languages": ["en"],
        }
        for n, town in enumerate(towns)
    ]
    _insert(Edition.__table__, edition_rows)
    _insert(
        EditionItem.__table__,
        (
            {"edition_id": n + 1, "key": "stay", "ballot_id": b, "core_id": core_id}
            for n, (_c, b) in enumerate(ids)
        ),
    )
    db.session.flush()
    return [(GROUND + n, town) for n, town in enumerate(towns)]


def _result(n: int) -> dict[str, Any]:
    votes = 100 + n % 300
    yes = votes * (30 + n % 50) // 100
    return {
        "scores": {"1": yes, "2": votes - yes - 5, "3": 5},
        "winners": ["1"] if yes > votes - yes - 5 else [],
    }


def _territories(root_id: int, root: str) -> Iterator[dict[str, Any]]:
    regions = [GROUND + n for n in range(20)]
    for n, region in enumerate(regions):
        yield _territory(region, root_id, f"{root}{region}/", "regional", f"R{n}", n)
    for n in range(PLACES - len(regions)):
        region, town = regions[n % 20], GROUND + 100 + n
        yield _territory(town, region, f"{root}{region}/{town}/", "local", f"L{n}", n)


def _territory(key: int, parent: int, path: str, level: str, code: str, n: int) -> dict[str, Any]:
    return {
        "id": key,
        "parent_id": parent,
        "path": path,
        "level": level,
        "slug": f"place-{key}",
        "code": code,
        "name": Multilingual.of(f"Place {code}", "en"),
        "country": ("SI", "HU", "AT", "HR", "DE", "RO", "BG", "CZ", "SK", "RS", "BA", "UA")[n % 12],
        "latitude": 42 + (n * 37 % 1000) / 100,
        "longitude": 10 + (n * 61 % 1800) / 100,
        "population": 2_000 + n * 13 % 60_000,
    }


def _record(key: int, kind: str, **values: Any) -> dict[str, Any]:
    return {
        "id": key,
        "kind": kind,
        "reference": f"B-{key}",
        "slug": None,
        "visibility": "public",
        "moderation": "visible",
        "support_count": 0,
        "comment_count": 0,
        "follow_count": 0,
        "version": 1,
        "context_id": None,
        **values,
    }


def _insert(table: Any, rows: Any) -> None:
    """In batches: memory does not grow with the number of rows."""
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            db.session.execute(sa.insert(table), batch)
            batch = []
    if batch:
        db.session.execute(sa.insert(table), batch)


def grow(site: Site, size: int) -> float:
    """Raise the number of contributions to ``size``: one proposal to four comments. Returns the seconds it took."""
    begun = time.perf_counter()
    with site.app.app_context():
        for start in range(site.contributions, size, BATCH):
            _contribute(site.editions, start, min(size, start + BATCH))
        site.contributions = size
        rebuild_counts()
        _people(site.editions)
        _analyse(site.kind)
    return time.perf_counter() - begun


@operation
def _contribute(editions: list[tuple[int, int]], start: int, end: int) -> None:
    title = Multilingual.of("More homes", "en")
    first = GROUND + 100_000
    records, proposals, comments, links = [], [], [], []
    for n in range(start, end):
        consultation, town = editions[n // 5 % len(editions)]
        key, is_proposal = first + n, n % 5 == 0
        values = {"territory_id": town, "context_id": consultation, "title": title}
        kind, state = ("proposal", "submitted") if is_proposal else ("comment", "published")
        records.append(_record(key, kind, state=state, comment_count=4 if is_proposal else 0, **values))
        body = {"id": key, "body_text": "Homes.", "body_html": "<p>Homes.</p>"}
        if is_proposal:
            proposals.append(body | {"consultation_id": consultation})
            links.append({"source_id": consultation, "relation": Relation.PROMPTED, "target_id": key})
        else:
            comments.append(body | {"subject_id": key - n % 5, "thread": f"{key:010d}"})
    for table, rows in (
        (Record.__table__, records),
        (Proposal.__table__, proposals),
        (Comment.__table__, comments),
        (Link.__table__, links),
    ):
        _insert(table, rows)


@operation
def _people(editions: list[tuple[int, int]]) -> None:
    """Who took part: kept counts alone, for the pages read nothing else."""
    db.session.execute(sa.delete(ParticipantCount))
    rows = (
        {"consultation_id": consultation, "sector": sector.value, "people": 4 + (n * 7 + at * 13) % 60}
        for n, (consultation, _town) in enumerate(editions)
        for at, sector in enumerate(Sector)
    )
    _insert(ParticipantCount.__table__, rows)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(BallotCount)) == len(editions)


def _analyse(kind: str) -> None:
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if kind == "sqlite" else "VACUUM ANALYZE")


@contextmanager
def _heard(engine: Any) -> Iterator[list[tuple[str, Any]]]:
    heard: list[tuple[str, Any]] = []

    def note(_c: Any, _cur: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            heard.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield heard
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def measure(site: Site, rounds: int) -> list[dict[str, Any]]:
    """Every page: p50 in milliseconds, statements, bytes, and tables of contributions that were read whole."""
    client, rows = site.app.test_client(), []
    with site.app.app_context():
        engine = db.engine
    for name, address in site.pages.items():
        with _heard(engine) as heard:
            answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
        times, work = [], []
        for _round in range(rounds):
            begun, used = time.perf_counter(), time.process_time()
            client.get(address)
            times.append((time.perf_counter() - begun) * 1000)
            work.append((time.process_time() - used) * 1000)
        rows.append(
            {
                "database": site.kind,
                "page": name,
                "contributions": site.contributions,
                "p50_ms": round(statistics.median(times), 1),
                "cpu_ms": round(statistics.median(work), 1),
                "statements": len(heard),
                "bytes": len(answer.data),
                "read_whole": sorted({t for s in heard for t in read_whole(engine, site.kind, *s)}),
            }
        )
    return rows


def read_whole(engine: Any, kind: str, statement: str, parameters: Any) -> set[str]:
    """The tables of contributions that the database would read from end to end for this statement."""
    explain = "EXPLAIN QUERY PLAN " if kind == "sqlite" else "EXPLAIN "
    with engine.connect() as connection:
        plan = "\n".join(str(row) for row in connection.exec_driver_sql(explain + statement, parameters))
        connection.rollback()
    names = "|".join(CONTRIBUTIONS)
    if kind == "sqlite":
        return set(re.findall(rf"SCAN ({names})\b(?! USING (?:COVERING )?INDEX)", plan))
    return set(re.findall(rf"Seq Scan on \"?({names})\b", plan))


def run(
    kind: str, url: str | None, instance: Path, sizes: Sequence[int], rounds: int
) -> list[dict[str, Any]]:
    """All sizes on one database, the smaller ones first."""
    site = make_site(instance, url, kind)
    rows: list[dict[str, Any]] = []
    for size in sizes:
        seconds = grow(site, size)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{kind}: {size:,} contributions in {seconds:.0f} s, {memory} MB at most", file=sys.stderr)
        found = measure(site, rounds)
        for row in found:
            whole = ", ".join(row["read_whole"]) or "nothing"
            print(
                f"  {row['page']}: {row['p50_ms']} ms (processor {row['cpu_ms']}), read whole: {whole}",
                file=sys.stderr,
            )
        rows += found
    return rows


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table, or JSON; 1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="hub bench levels", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true", help="up to 10,000 contributions only")
    parser.add_argument("--rounds", type=int, default=9, help="requests per page and size")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    chosen = parser.parse_args(argv)
    sizes = QUICK if chosen.quick else SIZES
    rows: list[dict[str, Any]] = []
    shared = "/tmp" if os.access("/tmp", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="hub-bench-", dir=shared) as folder:
        place = Path(folder)
        if chosen.database != "postgresql":
            (place / "sqlite").mkdir()
            rows += run("sqlite", None, place / "sqlite", sizes, chosen.rounds)
        if chosen.database != "sqlite":
            (place / "pg").mkdir()
            try:
                rows += run("postgresql", _database(place), place / "pg", sizes, chosen.rounds)
            finally:
                postgresql.stop(place)
    if chosen.json:
        print(json.dumps(rows, indent=2))
    else:
        _table(rows, sizes)
    return 0


def _database(place: Path) -> str:
    socket = postgresql.ensure_started(place)
    with psycopg.connect(
        host=socket, port=postgresql.PORT, user="hub", dbname="postgres", autocommit=True
    ) as admin:
        admin.execute("CREATE DATABASE bench TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
    return postgresql.url(socket, "bench")


def _table(rows: list[dict[str, Any]], sizes: Sequence[int]) -> None:
    print(f"p50 in milliseconds without the page cache, {PLACES:,} places, {EDITIONS:,} editions")
    print(f"(target: comparison at most {TARGET} ms, growth at most 1.5)")
    heads = "".join(f"{size:>11,}" for size in sizes)
    print(
        f"{'database':<12}{'page':<20}{heads}{'growth':>8}{'cpu ms':>9}{'statements':>12}{'kB':>7}  read whole"
    )
    for kind, page in dict.fromkeys((row["database"], row["page"]) for row in rows):
        line = [row for row in rows if (row["database"], row["page"]) == (kind, page)]
        times = "".join(f"{row['p50_ms']:>11.1f}" for row in line)
        growth = line[-1]["p50_ms"] / line[0]["p50_ms"]
        whole = ", ".join(line[-1]["read_whole"]) or "nothing"
        print(
            f"{kind:<12}{page:<20}{times}{growth:>8.2f}{line[-1]['cpu_ms']:>9.1f}{line[-1]['statements']:>12}"
            f"{line[-1]['bytes'] / 1000:>7.0f}  {whole}"
        )


if __name__ == "__main__":
    sys.exit(main())
