"""Forms are sent without a secret: that is tested elsewhere."""

from collections.abc import Iterator

import pytest
from flask import Flask


@pytest.fixture(autouse=True)
def _csrf_is_tested_elsewhere(application: Flask) -> Iterator[None]:
    before = application.config.get("WTF_CSRF_ENABLED", True)
    application.config["WTF_CSRF_ENABLED"] = False
    yield
    application.config["WTF_CSRF_ENABLED"] = before
