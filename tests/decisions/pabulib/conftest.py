"""Small files made on the spot, and the real ones where they are there."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def real_files() -> Path:
    """Directory of the real ``.pb`` files."""
    data = Path(os.environ.get("HUB_TEST_DATA") or CHECKOUT.parent / "shared" / "data") / "pabulib"
    if not data.is_dir():
        pytest.skip(f"no real files in {data}; set HUB_TEST_DATA to a directory with pabulib/*.pb")
    return data


@pytest.fixture
def make_file() -> Callable[..., bytes]:
    """A ``.pb`` file as bytes: three projects, four votes, any part replaced."""

    def make(
        *,
        meta: Mapping[str, object] | None = None,
        columns: str = "project_id;cost;votes;name;selected",
        projects: Sequence[str] = ("p1;50;3;Park;1", "p2;60;2;Pool;0", "p3;30;1;Path;1"),
        vote_columns: str = "voter_id;vote",
        votes: Sequence[str] = ("1;p1,p2", "2;p1,p3", "3;p1", "4;p2"),
        end: str = "\n",
    ) -> bytes:
        stated: dict[str, object] = {
            "description": "Budget of a small town",
            "country": "Slovenia",
            "unit": "Velenje",
            "instance": 2026,
            "num_projects": len(projects),
            "num_votes": len(votes),
            "budget": 100,
            "vote_type": "approval",
            "rule": "greedy",
            "language": "en",
            "currency": "EUR",
            **(meta or {}),
        }
        rows = [f"{key};{value}" for key, value in stated.items() if value is not None]
        lines = [
            "META",
            "key;value",
            *rows,
            "PROJECTS",
            columns,
            *projects,
            "VOTES",
            vote_columns,
            *votes,
            "",
        ]
        return end.join(lines).encode()

    return make
