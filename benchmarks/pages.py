"""What a page costs, as a share of what a constant string through Flask costs on the same server, in the same run.

The figure is processor time of the server for one request: it is steadier than time on a busy machine. A ratio of
50 % means that the page is served at half the rate of the constant. Visitors' pages are measured as they are served,
with the short shared cache, and without it.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import psycopg

from benchmarks.seeding import EMAIL, PASSWORD, Seeded, make_site
from benchmarks.serving import Load, Served, serving
from tests.infrastructure import postgresql

ROUNDS = 3


def measure(
    served: Served, constant: Served, path: str, headers: dict[str, str], seconds: float
) -> tuple[float, float]:
    """Ratio of the constant's cost to the page's, and the page's cost in microseconds; the best of some rounds each."""
    served.load(path, headers, 0.3)
    pages: list[Load] = []
    constants: list[Load] = []
    for _round in range(ROUNDS):
        constants.append(constant.load("/", {}, seconds))
        pages.append(served.load(path, headers, seconds))
    base = min(load.cpu_per_request for load in constants)
    cost = min(load.cpu_per_request for load in pages)
    return base / cost, cost


def run(
    kind: str, url: str | None, instance: Path, seconds: float, sizes: tuple[int, int]
) -> list[dict[str, object]]:
    """Measure every page on one database."""
    seeded: Seeded = make_site(instance, url, proposals=sizes[0], comments=sizes[1])
    pages = {
        "home": "/en/",
        "consultation": seeded.consultation,
        f"proposals ({sizes[0]})": seeded.proposals,
        f"proposal ({sizes[1]} comments)": seeded.proposal,
    }
    environ = {"HUB_INSTANCE": str(instance), "HUB_LOG_LEVEL": "WARNING", "HUB_DEMO": "0"}
    if url:
        environ["HUB_DATABASE_URL"] = url
    rows = []
    with serving("benchmarks.constant:app", {}) as constant:
        with serving("wsgi:app", environ) as served:
            cookie = served.sign_in(EMAIL, PASSWORD)
            for name, path in pages.items():
                shared, cost = measure(served, constant, path, {"Accept-Encoding": "br"}, seconds)
                own, own_cost = measure(served, constant, path, {"Cookie": cookie}, seconds)
                size = len(served.get(path, {"Accept-Encoding": "br"})[2])
                rows.append(
                    {"database": kind, "page": name, "visitor": shared, "visitor_us": cost, "signed_in": own}
                    | {"signed_in_us": own_cost, "bytes": size}
                )
        with serving("wsgi:app", {**environ, "HUB_PAGE_CACHE_SECONDS": "0"}) as served:
            for row, path in zip(rows, pages.values(), strict=True):
                row["uncached"], _cost = measure(served, constant, path, {}, seconds)
    return rows


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(prog="hub bench pages", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=1.0, help="seconds per page and round")
    parser.add_argument("--proposals", type=int, default=500)
    parser.add_argument("--comments", type=int, default=200)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    chosen = parser.parse_args(argv)
    sizes = (chosen.proposals, chosen.comments)
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory(
        prefix="hub-bench-", dir="/tmp" if os.access("/tmp", os.W_OK) else None
    ) as folder:
        place = Path(folder)
        if chosen.database != "postgresql":
            (place / "sqlite").mkdir()
            rows += run("sqlite", None, place / "sqlite", chosen.seconds, sizes)
        if chosen.database != "sqlite":
            (place / "pg").mkdir()
            try:
                rows += run("postgresql", _database(place), place / "pg", chosen.seconds, sizes)
            finally:
                postgresql.stop(place)
    if chosen.json:
        print(json.dumps(rows, indent=2))
    else:
        _table(rows)
    return 0


def _database(place: Path) -> str:
    socket = postgresql.ensure_started(place)
    with psycopg.connect(
        host=socket, port=postgresql.PORT, user="hub", dbname="postgres", autocommit=True
    ) as admin:
        admin.execute("CREATE DATABASE bench TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
    return postgresql.url(socket, "bench")


def _table(rows: list[dict[str, object]]) -> None:
    print("Rate as a share of a constant string through Flask (target: visitors 50 %, signed in 15 %)")
    print(f"{'database':<12}{'page':<28}{'visitor':>9}{'uncached':>10}{'signed in':>11}{'kB (br)':>9}")
    for row in rows:
        shares = [f"{float(str(row[name])):.0%}" for name in ("visitor", "uncached", "signed_in")]
        print(
            f"{row['database']!s:<12}{row['page']!s:<28}{shares[0]:>9}{shares[1]:>10}{shares[2]:>11}"
            f"{int(str(row['bytes'])) / 1000:>9.1f}"
        )


if __name__ == "__main__":
    sys.exit(main())
