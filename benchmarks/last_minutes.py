"""Votes cast through the served site as people cast them: half of all in the last fifth of the time.

Every voter opens the form and sends it; every twentieth sends it twice, as a second press of the button does. With
``--kill`` the server is ended by SIGKILL in the middle of the last fifth and started again; whoever had no answer
sends the same form again. After the close every vote that was acknowledged must be in the count, once.

Accounts and sessions are made beforehand: signing in is not measured. PostgreSQL is the one of the tests, which does
not wait for the disk (fsync off); SQLite does.
"""

import argparse
import dataclasses
import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import sqlalchemy as sa
from flask import Flask

from benchmarks.serving import ROOT, Served, free_port
from stakeholder_hub.accounts.models import User
from stakeholder_hub.app import create_app
from stakeholder_hub.decisions.models import Ballot, Vote, Voter
from stakeholder_hub.decisions.operations import close_ballot
from stakeholder_hub.decisions.operations.voting import voter_key
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.settings import Settings, ensure_secret
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.server import upgrade_database
from tests.factories.decisions import make_ballot
from tests.infrastructure import postgresql

CONNECTIONS = 50
OPTIONS = 5
PATIENCE = 90.0
"""Seconds for which a voter without an answer tries again, and for which the last ones may after the end."""

HIDDEN = re.compile(r'<input[^>]*name="(csrf_token|idempotency_key)"[^>]*value="([^"]+)"')
GOAL_MS = 500


@dataclasses.dataclass(frozen=True)
class Person:
    """One who will vote: when (seconds after the start), and for what (positions of options)."""

    id: int
    cookie: str
    at: float
    choices: tuple[int, ...]
    twice: bool


@dataclasses.dataclass
class Seen:
    """What the voters met with, in seconds; of a vote that was sent also when, counted from the start."""

    posts: list[tuple[float, float]] = dataclasses.field(default_factory=list)
    pages: list[float] = dataclasses.field(default_factory=list)
    lag: list[float] = dataclasses.field(default_factory=list)
    acknowledged: set[int] = dataclasses.field(default_factory=set)
    statuses: Counter[int] = dataclasses.field(default_factory=Counter)
    broken: int = 0
    retried: int = 0


class Site:
    """The server as ``stakeholder-hub run`` starts it, its processes and its worker included."""

    def __init__(self, instance: Path, url: str | None) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
        self.environ = {**kept, "HUB_INSTANCE": str(instance), "HUB_DEMO": "0", "HUB_LOG_LEVEL": "WARNING"}
        if url:
            self.environ["HUB_DATABASE_URL"] = url
        self.port, self.log = free_port(), instance / "server.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.cpu = 0.0

    def start(self) -> None:
        """Start it, and wait until it answers.

        Raises:
            RuntimeError: it does not; with the end of what it wrote.
        """
        command = [sys.executable, "-m", "stakeholder_hub", "run", "--no-demo", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environ, stdout=log, stderr=log, start_new_session=True
            )
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            if self._listens():
                return
            time.sleep(0.05)
        raise RuntimeError(f"the server did not start:\n{self.log.read_text(errors='replace')[-3000:]}")

    def kill(self) -> None:
        """End all of its processes at once, with no chance to finish anything."""
        self._signal(signal.SIGKILL)
        while self._listens():  # its children end a moment later
            time.sleep(0.01)

    def stop(self) -> None:
        """Ask it to end."""
        self._signal(signal.SIGTERM)

    def cpu_now(self) -> float:
        """Processor seconds that the server has taken so far, those of killed processes included."""
        running = self.process is not None and self.process.poll() is None
        return self.cpu + (Served(self.port, self.process.pid).cpu() if self.process and running else 0.0)

    def _listens(self) -> bool:
        with closing(socket.socket()) as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _signal(self, number: int) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.cpu = self.cpu_now()
        try:
            os.killpg(self.process.pid, number)
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def schedule(voters: int, seconds: float, draw: random.Random) -> list[float]:
    """When each voter comes: one half in the first four fifths of the time, the other in the last, in order."""
    early = [draw.uniform(0, 0.8 * seconds) for _ in range(voters // 2)]
    late = [draw.uniform(0.8 * seconds, seconds) for _ in range(voters - voters // 2)]
    return sorted(early + late)


def prepare(
    instance: Path, url: str | None, times: Sequence[float], draw: random.Random
) -> tuple[Flask, int, str, list[Person]]:
    """A fresh installation with an open ballot and signed-in people: application, ballot, its path, the people."""
    ensure_secret(instance)
    settings = Settings.load({"HUB_INSTANCE": str(instance), "HUB_DEMO": "0", "HUB_LOG_LEVEL": "ERROR"})
    if url:
        settings = dataclasses.replace(settings, database_url=url)
    app = create_app(settings)
    upgrade_database(app)
    with app.app_context():
        ids = _make_accounts(len(times))
    with app.test_request_context("/en/"):
        ballot = make_ballot(
            costs=[None] * OPTIONS, winners_wanted=2, closes_at=clock.now() + timedelta(days=1)
        )
        ballot_id, path = ballot.id, record_url(ballot) + "vote"
        db.session.remove()
        db.engine.dispose()
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    people = []
    for number, (user_id, at) in enumerate(zip(ids, times, strict=True)):
        cookie = serializer.dumps({"_user_id": f"bench{number}", "_fresh": True})
        choices = tuple(sorted(draw.sample(range(1, OPTIONS + 1), draw.randint(1, 3))))
        people.append(Person(user_id, f"hub_session={cookie}", at, choices, number % 20 == 0))
    return app, ballot_id, path, people


@operation
def _make_accounts(number: int) -> list[int]:
    now = clock.now()
    rows = [
        {
            "email": f"voter{n}@example.org",
            "email_key": f"voter{n}@example.org",
            "name": f"Voter {n}",
            "confirmed_at": now,
            "fs_uniquifier": f"bench{n}",
        }
        for n in range(number)
    ]
    db.session.execute(sa.insert(User), rows)
    return list(
        db.session.scalars(sa.select(User.id).where(User.email.like("voter%@example.org")).order_by(User.id))
    )


class Voting:
    """The voters at work: at most fifty connections, each serving the next voter whose time has come."""

    def __init__(self, port: int, path: str, people: Sequence[Person], seconds: float) -> None:
        self.port, self.path = port, path
        self.seconds = seconds
        self.seen = Seen()
        self._waiting: Iterator[Person] = iter(people)
        self._lock = threading.Lock()
        self.begun = self.end = 0.0

    def run(self, connections: int) -> None:
        """Until everybody has voted or given up."""
        self.begun = time.perf_counter()
        self.end = self.begun + self.seconds + PATIENCE
        threads = [
            threading.Thread(target=self._work, daemon=True) for _ in range(min(connections, CONNECTIONS))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _work(self) -> None:
        while True:
            with self._lock:
                person = next(self._waiting, None)
            if person is None:
                return
            early = self.begun + person.at - time.perf_counter()
            if early > 0:
                time.sleep(early)
            with self._lock:
                self.seen.lag.append(max(0.0, -early))
            self._vote(person)

    def _vote(self, person: Person) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as line:
            page = self._ask(line, "GET", person.cookie, None, 200)
            if page is None:
                return
            cookie, text = page
            fields: list[tuple[str, str]] = HIDDEN.findall(text)
            fields += [("choices", str(choice)) for choice in person.choices]
            form = urlencode(fields)
            if self._ask(line, "POST", cookie, form, 303) is None:
                return
            with self._lock:
                self.seen.acknowledged.add(person.id)
            if person.twice:
                self._ask(line, "POST", cookie, form, 303)

    def _ask(
        self, line: http.client.HTTPConnection, method: str, cookie: str, form: str | None, good: int
    ) -> tuple[str, str] | None:
        """The cookie and the page answered; tries again while nobody answers or the server has failed.

        A form that is sent again may be answered with 409: it was taken before its answer got lost.
        """
        headers = {"Cookie": cookie}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        end, tries = time.perf_counter() + PATIENCE, 0
        while time.perf_counter() < min(end, self.end):
            tries += 1
            sent = time.perf_counter()
            try:
                line.request(method, self.path, form, headers)
                answer = line.getresponse()
                text = answer.read().decode()
            except (OSError, http.client.HTTPException):
                line.close()
                with self._lock:
                    self.seen.broken += 1
                time.sleep(0.5)
                continue
            taken = time.perf_counter() - sent
            status = answer.status
            with self._lock:
                self.seen.statuses[status] += 1
                self.seen.retried += tries > 1
                if method == "POST":
                    self.seen.posts.append((sent - self.begun, taken))
                else:
                    self.seen.pages.append(taken)
            if status == good or (status == 409 and tries > 1):
                fresh = answer.getheader("Set-Cookie", "")
                return (fresh.split(";")[0] if "hub_session=" in fresh else cookie), text
            if status < 500:
                return None
            time.sleep(0.5)
        return None


def check(app: Flask, ballot_id: int, people: Sequence[Person], acknowledged: set[int]) -> dict[str, object]:
    """Close the ballot, and say what is lost, what is there twice, and whether the count is that of the votes sent."""
    with app.app_context():
        ballot = db.session.get_one(Ballot, ballot_id)
        stored = sa.select(Vote.voter_key, Vote.choices).where(Vote.ballot_id == ballot_id)
        votes = {str(key): tuple(sorted(choices)) for key, choices in db.session.execute(stored)}
        kept = {person.id: votes.get(voter_key(ballot, person.id)) for person in people}
        rows = _count(Vote, ballot_id)
        voters = _count(Voter, ballot_id)
        begun = time.perf_counter()
        close_ballot(ballot, actor=SYSTEM)
        seconds = time.perf_counter() - begun
        expected = Counter(choice for person in people if kept[person.id] for choice in person.choices)
        counted = list(dict(ballot.result or {})["scores"].values())
        return {
            "lost": sum(kept[person.id] != person.choices for person in people if person.id in acknowledged),
            "unacknowledged": len(people) - len(acknowledged),
            "stored_unacknowledged": sum(
                kept[person.id] is not None for person in people if person.id not in acknowledged
            ),
            "twice": rows - len(votes),
            "voters": voters,
            "votes": rows,
            "counted": ballot.vote_count,
            "right_count": counted == [expected[position] for position in range(1, OPTIONS + 1)],
            "close_seconds": seconds,
        }


def _count(kind: type[Vote] | type[Voter], ballot_id: int) -> int:
    counted = sa.select(sa.func.count()).select_from(kind).where(kind.ballot_id == ballot_id)
    return int(db.session.scalar(counted) or 0)


def run(
    kind: str, url: str | None, instance: Path, *, voters: int, seconds: float, connections: int, kill: bool
) -> dict[str, object]:
    """Vote on one database, and check."""
    draw = random.Random(2024)
    app, ballot_id, path, people = prepare(instance, url, schedule(voters, seconds, draw), draw)
    site = Site(instance, url)
    killed_at, down = (0.9 * seconds if kill else seconds), [0.0]

    def interrupt() -> None:
        begun = time.perf_counter()
        site.kill()
        site.start()
        down[0] = time.perf_counter() - begun

    timer = threading.Timer(killed_at, interrupt)
    try:
        site.start()
        voting = Voting(site.port, path, people, seconds)
        if kill:
            timer.start()
        voting.run(connections)
        if kill:
            timer.join()
    finally:
        timer.cancel()
        site.stop()
    seen = voting.seen
    row: dict[str, object] = {"database": kind, "people": voters, "seconds": seconds, "kill": kill}
    posts = [taken for _at, taken in seen.posts]
    row |= {f"p{share}_ms": _percentile(posts, share) * 1000 for share in (50, 95, 99)}
    parts = {"early": (0.0, 0.8 * seconds), "late": (0.8 * seconds, killed_at)}
    for part, (begin, end) in parts.items():
        row[f"{part}_p95_ms"] = _percentile([t for at, t in seen.posts if begin <= at < end], 95) * 1000
    row |= {"page_p95_ms": _percentile(seen.pages, 95) * 1000, "late_s": max(seen.lag, default=0.0)}
    row |= {
        "statuses": dict(seen.statuses),
        "broken": seen.broken,
        "retried": seen.retried,
        "down_s": down[0],
    }
    row["cpu_ms"] = site.cpu * 1000 / max(1, voters)
    row["errors"] = sum(number for status, number in seen.statuses.items() if status >= 500)
    return row | check(app, ballot_id, people, seen.acknowledged)


def _percentile(figures: Sequence[float], share: int) -> float:
    ordered = sorted(figures)
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)] if ordered else 0.0


def is_right(row: dict[str, object]) -> bool:
    """Whether nothing was lost, nothing is there twice, and the count fits."""
    nothing = not row["lost"] and not row["twice"] and not row["unacknowledged"]
    return nothing and row["voters"] == row["votes"] == row["counted"] and bool(row["right_count"])


@contextmanager
def database(kind: str, place: Path) -> Iterator[str | None]:
    """The address of a fresh database: ``None`` for SQLite in the installation's own folder."""
    if kind == "sqlite":
        yield None
        return
    host = postgresql.ensure_started(place)
    try:
        with psycopg.connect(
            host=host, port=postgresql.PORT, user="hub", dbname="postgres", autocommit=True
        ) as admin:
            admin.execute("CREATE DATABASE bench TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
            admin.execute("ALTER DATABASE bench SET synchronous_commit = on")
        yield postgresql.url(host, "bench")
    finally:
        postgresql.stop(place)


def main(argv: Sequence[str] | None = None) -> int:
    """Print what was measured and what the checks found, or JSON; the status tells whether all of it is in order."""
    parser = argparse.ArgumentParser(prog="hub bench last_minutes", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--voters", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--quick", action="store_true", help="1,000 voters in a minute (as without figures)")
    parser.add_argument("--connections", type=int, default=CONNECTIONS, help=f"at most {CONNECTIONS}")
    parser.add_argument("--kill", action="store_true", help="end the server once by SIGKILL")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    chosen = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the server is then stopped as well
    voters, minutes = (1000, 1.0) if chosen.quick else (chosen.voters, chosen.minutes)
    kinds = ("sqlite", "postgresql") if chosen.database == "both" else (chosen.database,)
    rows = []
    for kind in kinds:
        with tempfile.TemporaryDirectory(
            prefix="hub-bench-", dir="/tmp" if os.access("/tmp", os.W_OK) else None
        ) as folder:
            instance = Path(folder) / "site"
            instance.mkdir()
            with database(kind, Path(folder)) as url:
                rows.append(
                    run(
                        kind,
                        url,
                        instance,
                        voters=voters,
                        seconds=60 * minutes,
                        connections=chosen.connections,
                        kill=chosen.kill,
                    )
                )
    if chosen.json:
        print(json.dumps(rows, indent=2))
    else:
        _table(rows)
    return 0 if all(is_right(row) for row in rows) else 1


def _table(rows: Sequence[dict[str, object]]) -> None:
    for row in rows:
        figures = [float(str(row[name])) for name in ("p50_ms", "p95_ms", "p99_ms", "page_p95_ms")]
        print(f"{row['database']}: {row['people']} voters in {row['seconds']:.0f} s")
        print(
            f"  a vote is stored in {figures[0]:.0f} ms (p50), {figures[1]:.0f} ms (p95, goal {GOAL_MS}), "
            f"{figures[2]:.0f} ms (p99); the form is shown in {figures[3]:.0f} ms (p95)"
        )
        print(
            f"  p95 {row['early_p95_ms']:.0f} ms in the first four fifths, {row['late_p95_ms']:.0f} ms in the last"
            f"{' until the kill' if row['kill'] else ''}; nobody waited more than {row['late_s']:.1f} s for a "
            f"connection; {row['cpu_ms']:.0f} ms of processor time a voter, starting included"
        )
        print(f"  answers {row['statuses']}; server errors {row['errors']}")
        if row["kill"]:
            print(
                f"  killed once, back after {row['down_s']:.1f} s: {row['broken']} requests without an answer, "
                f"{row['retried']} answered when sent again"
            )
        print(
            f"  lost {row['lost']}, twice {row['twice']}, not acknowledged {row['unacknowledged']} (of these stored "
            f"{row['stored_unacknowledged']}); voters {row['voters']}, votes {row['votes']}, counted {row['counted']} "
            f"in {row['close_seconds']:.1f} s: {'in order' if is_right(row) else 'NOT IN ORDER'}"
        )


if __name__ == "__main__":
    sys.exit(main())
