"""``create_app``: an explicit tuple of features, each wired by its own ``init_app``."""

import os
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from stakeholder_hub.accounts import wiring as accounts
from stakeholder_hub.actions import wiring as actions
from stakeholder_hub.audit import wiring as audit
from stakeholder_hub.bodies import wiring as bodies
from stakeholder_hub.commitments import wiring as commitments
from stakeholder_hub.comparisons import wiring as comparisons
from stakeholder_hub.consultations import wiring as consultations
from stakeholder_hub.decisions import wiring as decisions
from stakeholder_hub.deliberation import wiring as deliberation
from stakeholder_hub.demonstration import wiring as demonstration
from stakeholder_hub.editions import wiring as editions
from stakeholder_hub.groups import wiring as groups
from stakeholder_hub.installation import wiring as installation
from stakeholder_hub.kernel import catalogues, clock, jobs, logs
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.settings import Settings
from stakeholder_hub.mail import wiring as mail
from stakeholder_hub.moderation import wiring as moderation
from stakeholder_hub.notifications import wiring as notifications
from stakeholder_hub.outcomes import wiring as outcomes
from stakeholder_hub.portal import wiring as portal
from stakeholder_hub.proposals import wiring as proposals
from stakeholder_hub.ratifications import wiring as ratifications
from stakeholder_hub.records import wiring as records
from stakeholder_hub.referrals import wiring as referrals
from stakeholder_hub.representation import wiring as representation
from stakeholder_hub.residents import wiring as residents
from stakeholder_hub.search import wiring as search
from stakeholder_hub.territories import wiring as territories
from stakeholder_hub.webkit import wiring as webkit

FEATURES: tuple[ModuleType, ...] = (
    webkit,
    mail,
    audit,
    accounts,
    territories,
    installation,
    records,
    notifications,
    search,
    moderation,
    residents,
    groups,
    bodies,
    deliberation,
    consultations,
    proposals,
    ratifications,
    decisions,
    editions,
    comparisons,
    representation,
    commitments,
    referrals,
    actions,
    outcomes,
    portal,
    demonstration,
)

ROOT = Path(__file__).parent.parent


def load_models() -> None:
    """Import every feature's models, so that the mappers know each other whatever is used first."""
    for feature in FEATURES:
        name = f"{feature.__package__}.models"
        if find_spec(name) is not None:
            import_module(name)


def create_app(settings: Settings | None = None) -> Flask:
    """The application for ``settings`` (default: read from the environment and ``instance/``)."""
    load_models()
    settings = settings or Settings.load(os.environ)
    app = Flask(
        "stakeholder_hub",
        root_path=str(Path(__file__).parent),
        instance_path=str(settings.instance.resolve()),
        static_folder=None,
    )
    app.config.update(
        HUB_SETTINGS=settings,
        HUB_LANGUAGE=settings.default_language,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        TESTING=settings.testing,
        MAX_CONTENT_LENGTH=settings.max_upload,
        MAX_FORM_MEMORY_SIZE=2_000_000,
        MAX_FORM_PARTS=2000,
        SESSION_COOKIE_NAME="hub_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://") if settings.base_url else False,
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "translations"),
        BABEL_DEFAULT_LOCALE=settings.default_language,
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_ENABLED=not settings.testing,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    logs.configure(settings.log_level)
    clock.start_at(settings.clock)
    catalogues.compile_changed()
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    jobs.init_app(app)
    for feature in FEATURES:
        feature.init_app(app)
    if settings.trusted_proxies:
        # Outermost: what stands before the application is to know the same address and scheme as the application.
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=0)  # type: ignore[method-assign]
    return app


def engine_options(url: str) -> dict[str, object]:
    """Pool settings per database: connections are checked before use, so that a restart is survived.

    What is asked of the database holds personal data: errors and logs tell the statement, never its parameters.
    """
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": 15}, "pool_size": 8, "max_overflow": 24, "hide_parameters": True}
    # The connection that was used last is used first: it has prepared what is asked most.
    pool = {
        "pool_pre_ping": True,
        "pool_size": 8,
        "max_overflow": 8,
        "pool_recycle": 1800,
        "pool_use_lifo": True,
    }
    return {**pool, "hide_parameters": True}
