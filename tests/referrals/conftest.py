"""Four levels, each with an authority and an official."""

import pytest
from flask import Flask

from tests.factories.referrals import Ladder, make_ladder
from tests.referrals.pages import Scene, scene_of


@pytest.fixture
def ladder(app: Flask) -> Ladder:
    """The rungs from a town to the programme."""
    return make_ladder()


@pytest.fixture
def scene(web: Flask, without_csrf: None) -> Scene:
    """A ladder with a proposal that nobody has referred yet."""
    with web.app_context():
        return scene_of(make_ladder())
