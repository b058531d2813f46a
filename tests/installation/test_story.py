"""``stakeholder-hub demo --story``: the references of the records by which the demonstration tells its story."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.demonstration.across import OPINIONS, opinions_in
from stakeholder_hub.demonstration.cli import demo
from stakeholder_hub.demonstration.operations import REAL_FILE
from stakeholder_hub.demonstration.stories.levels import LOCAL
from stakeholder_hub.editions.models import Edition, EditionItem
from stakeholder_hub.kernel.authorization import VISITOR
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.settings import Settings
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.records.queries import load_record

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("HUB_TEST_DATA") or ROOT.parent / "shared" / "data")
KINDS = {
    "consultation": "consultation",
    "editions": "consultation",
    "proposal": "proposal",
    "referral": "referral",
    "answer": "response",
    "action_items": "action_item",
}


def told(web: Flask, *options: str) -> str:
    """What the command writes to its standard output."""
    with web.app_context():
        result = CliRunner().invoke(demo, ["--story", *options], catch_exceptions=False)
    return str(result.stdout)


def told_again(web: Flask) -> str:
    """The same in a process of its own, as somebody types it."""
    settings: Settings = web.config["HUB_SETTINGS"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    ours = {
        "HUB_INSTANCE": str(settings.instance),
        "HUB_DATABASE_URL": settings.database_url,
        "HUB_DEMO": "0",
    }
    command = [sys.executable, "-m", "stakeholder_hub", "demo", "--story"]
    ran = subprocess.run(command, cwd=ROOT, env={**kept, **ours}, capture_output=True, text=True, check=True)
    return ran.stdout


def references(story: dict[str, Any], name: str) -> list[str]:
    return [story[name]] if isinstance(story[name], str) else story[name]


def test_the_story_is_told_by_records_that_everybody_can_read(web: Flask, client: FlaskClient) -> None:
    """Nothing but JSON is written, the second time the same, and each of the records is public."""
    first = told(web)
    story = json.loads(first)
    assert set(story) == set(KINDS)
    assert len(set(story["editions"])) == 6
    assert len(story["action_items"]) >= 2
    with web.app_context():
        for name, kind in KINDS.items():
            for reference in references(story, name):
                assert load_record(reference, VISITOR).kind == kind, (name, reference)
    for name in KINDS:
        for reference in references(story, name):
            assert client.get(f"/en/records/{reference}/journey").status_code == 200, reference
    page = client.get(f"/hu/records/{story['proposal']}/journey").get_data(as_text=True)
    for name in KINDS:
        assert any(reference in page for reference in references(story, name)), name
    assert told_again(web) == first


def test_with_real_data_people_agree_as_those_of_a_real_conversation(web: Flask) -> None:
    """The participatory budget of Veszprém is imported, and every statement has the votes that were published."""
    for file in (DATA / OPINIONS, DATA / "pabulib" / REAL_FILE):
        if not file.is_file():
            pytest.skip(f"no {file.name} in {DATA}; set HUB_TEST_DATA to the folder with polis/ and pabulib/")
    assert len(json.loads(told(web, "--data", str(DATA)))["editions"]) == 6
    opinions = opinions_in(DATA)
    assert len(opinions) > 100
    with web.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Proposal)) > 60
        counts = db.session.execute(
            sa.select(EditionItem.key, Ballot.vote_count)
            .join(Ballot, Ballot.id == EditionItem.ballot_id)
            .join(Edition, Edition.id == EditionItem.edition_id)
            .join(Edition.territory)
            .where(Edition.territory.has(slug="velenje"))
        )
        voters = dict(counts.all())
    first = opinions[: next(part.voters for part in LOCAL if part.town == "velenje")]
    for place, key in enumerate(("flat", "remote", "office")):
        assert voters[key] == sum(opinion[place] is not None for opinion in first), key
