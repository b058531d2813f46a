"""Connects this feature to the application."""

from typing import Any

from flask import Flask, Request, redirect, request, url_for
from flask_security import Security, SQLAlchemyUserDatastore
from werkzeug.wrappers import Response

from stakeholder_hub.accounts import jobs, views
from stakeholder_hub.accounts.models import SecurityRole, User
from stakeholder_hub.accounts.settings_links import settings_links
from stakeholder_hub.accounts.signing import LONGEST_SESSION, person_of_session
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotAllowed
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.webkit.actor import request_path

__all__ = ["jobs"]


def _ask_to_sign_in(mechanisms: Any = None, headers: Any = None) -> Response:
    """A page for people who have signed in leads to signing in, and back."""
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("security.login", next=request_path()), code=302)
    raise NotAllowed(_l("Sign in first, then repeat what you meant to do."), sign_in=True)


def _nobody(_request: Request) -> None:
    """No account is opened by a token in an address or a header."""


@operation
def write_down() -> None:
    """What Flask-Security changed is committed with the operation around it, or by this one."""
    db.session.flush()


class People(SQLAlchemyUserDatastore):
    """Flask-Security's way to accounts: it joins our transactions."""

    def commit(self) -> None:
        """Never ends a transaction by itself."""
        write_down()


def init_app(app: Flask) -> None:
    """Sessions and password hashes by Flask-Security, with our own pages."""
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of a method
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS={
            # OWASP's second choice: 19 MiB, two passes; signing in stays cheap enough for a town.
            "argon2__memory_cost": 19456,
            "argon2__rounds": 2,
            "argon2__parallelism": 1,
        },
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS=False,
        PERMANENT_SESSION_LIFETIME=LONGEST_SESSION,
    )
    # Its pages are not used: they confirm and sign in when a link is merely opened, which mail scanners do.
    security = Security(app, People(db, User, SecurityRole), register_blueprint=False)
    security.unauthn_handler(_ask_to_sign_in)
    security.login_manager.user_loader(person_of_session)
    security.login_manager.request_loader(_nobody)
    app.jinja_env.globals["settings_links"] = settings_links
    app.register_blueprint(views.security_bp)
    app.register_blueprint(views.bp)
