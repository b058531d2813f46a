"""A small tree: the programme, a state with two regions, towns in them."""

from types import SimpleNamespace

import pytest
from flask import Flask

from stakeholder_hub.territories.models import Level
from tests.factories.territories import make_region, make_territory


def make_tree() -> SimpleNamespace:
    """``state`` > ``north`` > ``town`` and ``neighbour``; ``state`` > ``south`` > ``far``; beside it ``abroad``."""
    programme = make_region(name="Programme", timezone="UTC")
    state = make_territory(parent=programme, level=Level.NATIONAL, name="State")
    abroad = make_territory(parent=programme, level=Level.NATIONAL, name="Abroad")
    north = make_territory(parent=state, level=Level.REGIONAL, name="North")
    south = make_territory(parent=state, level=Level.REGIONAL, name="South")
    return SimpleNamespace(
        programme=programme,
        state=state,
        abroad=abroad,
        north=north,
        south=south,
        town=make_territory(parent=north, name="Town"),
        neighbour=make_territory(parent=north, name="Neighbour"),
        far=make_territory(parent=south, name="Far"),
    )


@pytest.fixture
def tree(app: Flask) -> SimpleNamespace:
    """The small tree."""
    return make_tree()
