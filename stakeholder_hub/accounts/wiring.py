"""Connects this feature to the application."""

import hashlib
from typing import Any

from flask import Flask, redirect, request, url_for
from flask_security import Security, SQLAlchemyUserDatastore
from werkzeug.wrappers import Response

from stakeholder_hub.accounts import jobs, views
from stakeholder_hub.accounts.models import SecurityRole, User
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotAllowed
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.settings import Settings
from stakeholder_hub.webkit.actor import request_path

__all__ = ["jobs"]


def _ask_to_sign_in(_mechanisms: Any, _headers: Any = None) -> Response:
    """A page for people who have signed in leads to signing in, and back."""
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("security.login", next=request_path()), code=302)
    raise NotAllowed(_l("Sign in first, then repeat what you meant to do."), sign_in=True)


def init_app(app: Flask) -> None:
    """Sessions and password hashes by Flask-Security, with our own pages."""
    settings: Settings = app.config["HUB_SETTINGS"]
    salt = hashlib.sha256(b"hub-password-salt:" + settings.secret_key.encode()).hexdigest()
    app.config.update(
        SECURITY_PASSWORD_SALT=salt,
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
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_SECURE=app.config["SESSION_COOKIE_SECURE"],
    )
    security = Security(app, SQLAlchemyUserDatastore(db, User, SecurityRole), register_blueprint=False)
    security.unauthn_handler(_ask_to_sign_in)
    app.register_blueprint(views.security_bp)
    app.register_blueprint(views.bp)
