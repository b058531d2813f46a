"""A ladder as pages know it: addresses, keys of people, and the form of a matter."""

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient

from tests.factories.accounts import make_user
from tests.factories.referrals import (
    Ladder,
)


@dataclass(frozen=True)
class Scene:
    """Addresses and keys."""

    proposal: str
    town: str
    region: str
    region_body: str
    region_id: int
    state_id: int
    group_id: int
    coordinator: str
    official: str
    author: str
    stranger: str


def scene_of(ladder: Ladder) -> Scene:
    return Scene(
        ladder.proposal.reference,
        ladder.town.place.slug,
        ladder.region.place.slug,
        ladder.region.body.slug,
        ladder.region.body.id,
        ladder.state.body.id,
        ladder.group.id,
        ladder.coordinator.fs_uniquifier,
        ladder.region.official.fs_uniquifier,
        ladder.author.fs_uniquifier,
        make_user().fs_uniquifier,
    )


def text_of(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.get_data(as_text=True)


def form_of(scene: Scene, **values: Any) -> dict[str, Any]:
    return {
        "request": "Let the flats of the state.",
        "gap": "funding",
        "reason": "We have no money.",
        "to_body": scene.region_id,
        "other_body": 0,
        "language": "en",
        **values,
    }
