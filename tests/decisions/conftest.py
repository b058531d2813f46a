"""People who vote."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from stakeholder_hub.kernel.sectors import Sector
from tests.factories.accounts import make_user


@pytest.fixture
def voters() -> Callable[..., list[Any]]:
    """``voters(12, sector=Sector.BUSINESS)``: confirmed people of one sector."""

    def made(number: int, *, sector: Sector = Sector.CITIZEN) -> list[Any]:
        return [make_user(sector=sector) for _ in range(number)]

    return made


@pytest.fixture
def log_lines() -> Iterator[list[Any]]:
    """Every line that is logged, however quiet the tests are otherwise."""
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG))
    with capture_logs() as lines:
        yield lines
    structlog.configure(wrapper_class=before)
