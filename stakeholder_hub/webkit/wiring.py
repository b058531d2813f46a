"""Puts the web layer together, in the order in which a request meets it."""

from flask import Flask
from flask_babel import Babel
from flask_wtf import CSRFProtect

from stakeholder_hub.kernel.settings import Settings
from stakeholder_hub.webkit import (
    addresses,
    assets,
    compression,
    errors,
    formats,
    health,
    idempotency,
    layout,
    pagecache,
    preferences,
    requests,
    security,
    wording,
)
from stakeholder_hub.webkit.actor import language
from stakeholder_hub.webkit.limits import limiter

csrf = CSRFProtect()


def init_app(app: Flask) -> None:
    """Languages, forms, errors, headers, static files and the layout."""
    settings: Settings = app.config["HUB_SETTINGS"]
    requests.init_app(app)
    Babel(app, locale_selector=language)
    wording.init_app(app)
    # after_request functions run in the reverse of this order: compression last, headers before it.
    compression.init_app(app)
    security.init_app(app)
    pagecache.init_app(app, settings.page_cache_seconds)
    csrf.init_app(app)
    limiter.init_app(app)
    addresses.init_app(app)
    idempotency.init_app(app)
    formats.init_app(app)
    layout.init_app(app)
    errors.init_app(app)
    app.register_blueprint(health.bp)
    app.register_blueprint(preferences.bp)
    csrf.exempt(preferences.bp)  # checks by itself where the form was sent from
    assets.init_app(app, settings.instance / "static")
