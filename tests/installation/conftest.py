"""Forms are sent without a secret: that is tested elsewhere."""

import pytest


@pytest.fixture(autouse=True)
def _csrf_is_tested_elsewhere(without_csrf: None) -> None:
    """Every form here is sent without its token."""
