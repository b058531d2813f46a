"""People who vote."""

from collections.abc import Callable
from typing import Any

import pytest

from stakeholder_hub.kernel.sectors import Sector
from tests.factories.accounts import make_user


@pytest.fixture
def voters() -> Callable[..., list[Any]]:
    """``voters(12, sector=Sector.BUSINESS)``: confirmed people of one sector."""

    def made(number: int, *, sector: Sector = Sector.CITIZEN) -> list[Any]:
        return [make_user(sector=sector) for _ in range(number)]

    return made
