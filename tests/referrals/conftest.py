"""Four levels, each with an authority and an official."""

import pytest
from flask import Flask

from tests.factories.referrals import Ladder, make_ladder


@pytest.fixture
def ladder(app: Flask) -> Ladder:
    """The rungs from a town to the programme."""
    return make_ladder()
